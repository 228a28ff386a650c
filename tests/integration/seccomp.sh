#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Policies on a real kernel: every action, tests of arguments, other architectures' calls, and
# calls that somebody decides: nobody, a proxy, a broken proxy, a client that fetched the listener.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools attach create start stop info
need busybox timeout
helper=${LXC_BUILD:-}/tests/integration/seccomp-helper
[ -x "$helper" ] || skip_all "LXC_BUILD does not say where tests/integration/seccomp-helper is: make check TESTS="

# policed NAME LINE...: a running container under a policy of these lines, with $more in its configuration
policed() {
	name=$1
	shift
	printf '%s\n' 2 "$@" >"$work/policy-$name"
	container "$name" "lxc.net.0.type = empty" "lxc.seccomp.profile = $work/policy-$name" \
		"lxc.log.file = $work/$name.log" "lxc.log.level = info" ${more:+"$more"} ${cookie:+"$cookie"}
	cp "$helper" "$lxcpath/$c/rootfs/bin/seccomp-helper"
	lxc start -n "$c" >"$work/output" 2>&1 || bail "start $c"
	wait_for 10 is_up || bail "$c is up"
}

# call ARGUMENT...: by an attached process; "killed" for one that a signal ended
call() {
	timeout $((10 * LXC_SLOW)) "$LXC_PREFIX/bin/lxc-attach" -P "$lxcpath" -n "$c" -- seccomp-helper "$@" 2>&1
	call_code=$?
	[ $call_code -lt 124 ] || echo "killed $call_code"
}

umask=95 mlockall=151
[ "$(uname -m)" = x86_64 ] || { umask=166 mlockall=230; }

# ------------------------------------------------------------------ actions
more='' cookie=''
policed actions denylist "umask errno 71" "mlockall trap" "[all]" "munlockall" "sethostname errno 4 [1,3,==]" \
	"setdomainname errno 5 [1,3,>] [0,0,!=]" "[s390x]" "getcwd errno 1" "[x86]" "acct errno 11"
is "errno" "$(call call $umask 18)" EPROTO
is "trap" "$(call call $mlockall)" "killed 159"
if [ "$(uname -m)" = x86_64 ]; then
	is "kill" "$(call call 152)" "killed 159"
	is "a test that holds" "$(call call 170 0 3)" EINTR
	is "one that does not" "$(call call 170 0 2)" EFAULT
	is "two, one of which holds" "$(call call 171 0 9)" EFAULT
	is "two that hold" "$(call call 171 1 9)" EIO
	is "a section for another architecture" "$(call call 79 0 0)" ERANGE
	is "a section for the other architecture of this machine" "$(call call 163)" EAGAIN
	like "the same call by its number of x32" "$(call call $((0x40000000 + umask)) 18)" "EPROTO|ENOSYS"
fi
policed allow "allowlist errno 72" "sendmsg allow" execve read write close exit exit_group brk mmap munmap \
	mprotect open openat fstat newfstatat lseek ioctl fcntl dup2 arch_prctl set_tid_address set_robust_list \
	rt_sigaction rt_sigprocmask rt_sigreturn prctl poll wait4 clone fork vfork getpid setsid socket bind \
	sendto recvfrom getsockname stat lstat uname getuid getgid geteuid getegid getppid kill nanosleep \
	clock_nanosleep clock_gettime access chdir mount umount2 reboot rseq prlimit64 getrandom readlink \
	close_range setgroups setresgid setresuid capget capset seccomp umask setitimer alarm sync getdents64 \
	dup clone3 pipe pipe2 select pselect6 time gettimeofday mkdir unlink sysinfo pause rt_sigsuspend \
	rt_sigtimedwait recvmsg tgkill futex sched_yield madvise getcwd symlink chmod faccessat
is "a call that the list has" "$(call call $umask 18)" ok
like "one that it has not" "$(call mount none /mnt tmpfs 0 '' ; call sysinfo)" '^[0-9]+ '
is "gets the policy's error" "$(call setxattr /bin user.x y)" EMULTIHOP

# ------------------------------------------------------------------ nobody decides
policed alone denylist "umask notify"
is "no proxy: ENOSYS" "$(call call $umask 18)" ENOSYS
like "init can call it, too" "$(state)" RUNNING

# flooded NAME: others get answers while the container calls as fast as it can
flooded() {
	lxc attach -n "$c" -- seccomp-helper flood $umask 4 >/dev/null 2>&1 &
	flood=$!
	sleep 0.5
	begun=$(date +%s%N)
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(state)" = RUNNING ] || begun=0
	done
	took=$((($(date +%s%N) - begun) / 10000000))
	[ "$took" -lt $((300 * LXC_SLOW)) ]
	result $? "$1: a flood of calls delays nobody (10 answers of $took ms each)"
	wait "$flood"
}
flooded "no proxy"

# descriptor: what the API gives for the listener of $c
descriptor() {
	python3 -c '
import ctypes, sys
lib = ctypes.CDLL(sys.argv[1])
lib.lxc_container_new.restype = ctypes.c_void_p
c = ctypes.c_void_p(lib.lxc_container_new(sys.argv[2].encode(), sys.argv[3].encode()))
print(lib.lxc_container_seccomp_notify_fd(c))
fd = lib.lxc_container_seccomp_notify_fd_active(c)
import os
print(os.readlink("/proc/self/fd/%d" % fd) if fd >= 0 else fd)
' "$(echo "$LXC_PREFIX"/lib/liblxc.so.1 "$LXC_PREFIX"/lib*/*/liblxc.so.1 | tr ' ' '\n' | while read -r f; do [ -e "$f" ] && echo "$f" && break; done)" "$c" "$lxcpath" 2>&1 | tr '\n' ' '
}
if command -v python3 >/dev/null; then
	is "the API gives the listener" "$(descriptor)" "-9 anon_inode:seccomp notify "
	is "attached processes do not wait for whoever took it" "$(call call $umask 18)" ENOSYS
	policed none denylist "umask errno 1"
	is "and says that there is none" "$(descriptor)" "-9 -9 "
fi

# ------------------------------------------------------------------ a proxy

# proxy HOW...: decides from now on; $proxy is its process
proxy() {
	"$helper" proxy "$work/proxy" "$@" >"$work/proxy.out" 2>&1 &
	proxy=$!
	helpers="$helpers $proxy"
	wait_for 5 grep -q listening "$work/proxy.out"
}

unproxy() {
	kill "$proxy" 2>/dev/null
	wait "$proxy" 2>/dev/null
}

supervisor_of() { # the child of $c's monitor with that name
	monitor=$(awk '/^PPid/ { print $2 }' "/proc/$(init_pid)/status")
	for supervisor in $(cat "/proc/$monitor/task/$monitor/children"); do
		[ "$(cat "/proc/$supervisor/comm")" = lxc-supervisor ] && return
	done
	supervisor=''
	return 1
}

more="lxc.seccomp.notify.proxy = unix:$work/proxy" cookie="lxc.seccomp.notify.cookie = a cookie"
policed proxied denylist "umask notify"
supervisor_of
is "nobody listens: ENOSYS" "$(call call $umask 18)" ENOSYS
proxy errno 71
is "the proxy decides: an error" "$(call call $umask 18)" EPROTO
like "what it gets to know" "$(cat "$work/proxy.out")" \
	"^call $umask of seccomp-helper, monitor $monitor, init $(init_pid), cookie a cookie, sizes 80 24 64, fds there$"
unproxy
proxy value 7
is "another one on the same socket: a value" "$(call call $umask 18)" ok
unproxy
proxy continue
is "that the call goes on" "$(call call $umask 18)" ok
flooded "a proxy"
unproxy
for how in hangup short other; do
	proxy "$how"
	is "a broken proxy, $how: ENOSYS" "$(call call $umask 18)" ENOSYS
	unproxy
done
proxy hang
begun=$(date +%s)
is "one that hangs: the call hangs, and can be killed" \
	"$(timeout -s KILL 2 "$LXC_PREFIX/bin/lxc-attach" -P "$lxcpath" -n "$c" -- timeout -s KILL 1 seccomp-helper call $umask 18 >/dev/null 2>&1; echo $?)" 137
ok "while others get answers" timeout $((2 * LXC_SLOW)) "$LXC_PREFIX/bin/lxc-info" -P "$lxcpath" -n "$c"
[ $(($(date +%s) - begun)) -lt $((10 * LXC_SLOW)) ]
result $? "at once"
unproxy
like "the log tells of them" "$(cat "$work/proxied.log")" "seccomp proxy $work/proxy: not an answer"

# an abstract address, and all the time of a reboot
more="lxc.seccomp.notify.proxy = unix:@lxc-test-$unique" cookie=''
"$helper" proxy "@lxc-test-$unique" errno 71 >"$work/proxy.out" 2>&1 &
helpers="$helpers $!"
wait_for 5 grep -q listening "$work/proxy.out"
policed abstract denylist "umask notify"
is "an abstract address" "$(call call $umask 18)" EPROTO
ok "reboot" lxc stop -n "$c" -r -t $((10 * LXC_SLOW))
wait_for 10 is_up
is "and after a reboot" "$(call call $umask 18)" EPROTO

# ------------------------------------------------------------------ without its supervisor
supervisor_of
kill -KILL "$supervisor"
wait_for 5 grep -q "killed by signal 9" "$work/abstract.log"
result $? "the monitor tells that its supervisor is gone" "$work/abstract.log"
is "calls fail with ENOSYS then" "$(call call $umask 18)" ENOSYS
is "and the container runs" "$(state)" RUNNING
ok "until it is stopped" lxc stop -n "$c" -k
