#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Who and where the container's first process is, what becomes of it and of its starter, and
# what those who attach get of that.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach execute
need busybox setpriv

run() { # COMMAND...: as the container $c
	lxc execute -n "$c" -- "$@"
}

# foreground COMMAND...: in the background of this shell; $pid is the tool itself
foreground() {
	"$LXC_PREFIX/bin/lxc-execute" -P "$lxcpath" -n "$c" -- "$@" >"$work/foreground" 2>&1 </dev/null &
	pid=$!
	helpers="$helpers $pid"
	wait_for 10 grep -q ready "$work/foreground" || bail "ready: $*"
}

is_stopped() {
	[ "$(state)" = STOPPED ]
}

# ------------------------------------------------------------- identity

container id "lxc.net.0.type = empty" "lxc.init.uid = 7" "lxc.init.gid = 8" \
	"lxc.init.groups = 20,21" "lxc.init.cwd = /made/for/it" \
	"lxc.environment = SEA=blue" "lxc.environment.runtime = SKY=grey" \
	"lxc.prlimit.nofile = 512:1024" "lxc.prlimit.core = 0" "lxc.proc.oom_score_adj = 77"
is "lxc.init.uid and .gid" "$(run sh -c 'id -u; id -g' | paste -sd ' ')" "7 8"
is "lxc.init.groups" "$(run sed -n 's/^Groups:[ \t]*//p' /proc/self/status | xargs)" "20 21"
is "lxc.init.cwd is made and entered" "$(run pwd)" /made/for/it
is "-u and -g come first" "$(lxc execute -n "$c" -u 9 -g 10 -- sh -c 'id -u; id -g' | paste -sd ' ')" "9 10"
is "the environment is the configured one" "$(LEAK=1 run env | grep -v '^PWD\|^SHLVL\|^container_ttys' | sort | xargs)" \
	"SEA=blue SKY=grey container=lxc"
is "lxc.prlimit" "$(run sh -c 'ulimit -Sn; ulimit -Hn; ulimit -c' | xargs)" "512 1024 0"
is "lxc.proc" "$(run cat /proc/self/oom_score_adj)" 77
ok "it starts as a system, too" lxc start -n "$c" -s lxc.init.uid=0 -s lxc.init.gid=0
wait_for 10 is_up || bail "init is up"
is "its first process has the limits" "$(awk '/open files/ { print $4, $5 }' "/proc/$(init_pid)/limits")" "512 1024"
is "an attached one has them, too" "$(inside sh -c 'ulimit -Sn; ulimit -Hn' | xargs)" "512 1024"
is "and lxc.proc" "$(inside cat /proc/self/oom_score_adj)" 77
is "and the environment" "$(inside sh -c 'echo $SEA $SKY $container')" "blue grey lxc"
is "as root" "$(inside sh -c 'id -u; id -g; id -G' | xargs)" "0 0 0"
fails "a limit that cannot be had" lxc attach -n "$c" -f /dev/stdin -- true <<TEXT
lxc.prlimit.nofile = 4611686018427387904
TEXT
like "is named" "$(cat "$work/output")" "attach $c: set lxc.prlimit.nofile"
ok "lxc-stop" lxc stop -k -n "$c"

if [ "$(uname -m)" = x86_64 ]; then
	container arch "lxc.net.0.type = empty" "lxc.arch = i686"
	is "lxc.arch" "$(run uname -m)" i686
	ok "as a system" lxc start -n "$c"
	wait_for 10 is_up || bail "init is up"
	is "attached processes have it" "$(inside uname -m)" i686
	is "-a changes it" "$(lxc attach -n "$c" -a x86_64 -- uname -m)" x86_64
	ok "lxc-stop" lxc stop -k -n "$c"
fi

# ------------------------------------------------------------- attach

started at "lxc.net.0.type = empty" "lxc.net.0.flags = up"
is "one namespace alone" "$(lxc attach -n "$c" -s UTSNAME -- sh -c 'uname -n; readlink /proc/self/ns/mnt' | xargs)" \
	"$c $(readlink /proc/self/ns/mnt)"
is "a user namespace that it shares is passed over" "$(lxc attach -n "$c" -s "USER|UTSNAME" -- uname -n)" "$c"
cat /proc/self/mountinfo >"$work/mounts"
is "-R shows the container's processes" "$(lxc attach -n "$c" -s "PID|NETWORK" -R -- cat /proc/1/comm)" init
is "and its network" "$(lxc attach -n "$c" -s "PID|NETWORK" -R -- ls /sys/class/net)" lo
ok "of which nothing is left outside" cmp "$work/mounts" /proc/self/mountinfo
is "the directory is the caller's, if it is there" "$(cd /etc && inside pwd)" /etc
is "and / otherwise" "$(cd "$work" && inside pwd)" /
inside sh -c 'sed -i "s|^root:.*|root:x:0:0:root:/root:/bin/ash|" /etc/passwd; ln -sf busybox /bin/ash'
is "without a command it is the login shell" "$(echo 'echo $0' | lxc attach -n "$c")" /bin/ash
is "-g, too, drops other groups" "$(lxc attach -n "$c" -u 7 -g 8 -- id -G)" 8
is "lists of variables to keep and to set" \
	"$(A=1 B=2 lxc attach -n "$c" --clear-env --keep-var A -v C=3 -- env | grep '^[A-C]=' | sort | xargs)" "A=1 C=3"
if command -v script >/dev/null; then
	script -qec "$LXC_PREFIX/bin/lxc-attach -P $lxcpath -n $c -L $work/pty -- sh -c 'tty; echo said'" /dev/null \
		</dev/null >"$work/screen" 2>&1
	like "a terminal of the container's" "$(tr -d '\r' <"$work/screen")" '^/dev/pts/[0-9]+$'
	like "is logged" "$(tr -d '\r' <"$work/pty")" '^said$'
fi
if ! cat /proc/self/attr/current >/dev/null 2>&1; then
	fails "a label without a security module" lxc attach -n "$c" -c some_label -- true
	like "is refused by name" "$(cat "$work/output")" "security label some_label: this kernel has no"
fi
# processes below a cgroup that has controllers
controllers=$(inside sh -c 'mkdir -p /tmp/cg && mount -t cgroup2 none /tmp/cg && cat /tmp/cg/cgroup.controllers' | awk '{ print $1 }')
if [ -n "$controllers" ]; then
	inside sh -c "mkdir /tmp/cg/inner && for p in \$(cat /tmp/cg/cgroup.procs); do echo \$p >/tmp/cg/inner/cgroup.procs; done
		echo +$controllers >/tmp/cg/cgroup.subtree_control" >"$work/output" 2>&1 || bail "controllers"
	is "a cgroup with inner ones is entered at .lxc" "$(inside sed -n 's/^0:://p' /proc/self/cgroup)" /.lxc
	is "a second process as well" "$(inside sed -n 's/^0:://p' /proc/self/cgroup)" /.lxc
else
	skip "a cgroup with inner ones is entered at .lxc" "no controller on the unified hierarchy"
fi
ok "lxc-stop" lxc stop -k -n "$c"

# ------------------------------------------------------------- applications

container app
foreground sh -c 'trap "echo usr1" USR1; echo ready; while :; do sleep 0.1; done'
kill -USR1 "$pid"
ok "a signal to the tool reaches the program" wait_for 5 grep -q usr1 "$work/foreground"
is "its parent is init" "$(tr '\0' ' ' <"/proc/$(init_pid)/cmdline" | xargs)" init
inside kill -TERM 1
sleep 0.3
is "one from inside does not" "$(state)" RUNNING
kill -TERM "$pid"
wait "$pid"
is "SIGTERM ends it" "$?" 143
foreground sh -c 'trap "" TERM; (trap "" TERM; sleep 1000) & echo ready; sleep 1000; sleep 1000'
ok "lxc-stop ends what does not listen" lxc stop -n "$c" -t 20
wait "$pid"
is "by a second signal" "$?" 137
foreground sh -c 'echo ready; sleep 1000'
lxc stop -k -n "$c"
wait "$pid"
is "lxc-stop -k shows as a signal, too" "$?" 137
is "orphans are waited for" "$(run sh -c '(sleep 0.5; echo late) & exit 5' 2>&1; echo $?)" "late
5"
is "and reaped" "$(run sh -c '(sleep 0.1 &); sleep 0.4; grep -l "State:.Z" /proc/[0-9]*/status' 2>/dev/null)" ""
is "init holds no pipe open" "$(run sh -c 'exec cat' </dev/null | wc -c)" 0
is "lxc.execute.cmd" "$(lxc execute -n "$c" -s 'lxc.execute.cmd = sh -c "echo one two"')" "one two"
fails "no program" lxc execute -n "$c"
like "is named" "$(cat "$work/output")" "lxc.execute.cmd"
status "a program that is missing" 127 run /no/such/program
status "one that is not executable" 126 run /etc/passwd
fails "in the background it is a failure" lxc execute -d -n "$c" -- /no/such/program
ok "in the background" lxc execute -d -n "$c" -- sleep 1000
is "it runs" "$(state)" RUNNING
ok "lxc-stop" lxc stop -n "$c"

cat /proc/self/mountinfo >"$work/mounts" && ls -la /dev >"$work/dev"
c=host-$unique
is "without a root file system" "$(lxc execute -n "$c" -s "lxc.uts.name = $c" -- sh -c 'uname -n; echo $$; ls -d /proc/1' | xargs)" \
	"$c 2 /proc/1"
cat /proc/self/mountinfo >"$work/mounts.after" && ls -la /dev >"$work/dev.after"
ok "the host's mounts are as before" cmp "$work/mounts" "$work/mounts.after"
ok "and its /dev" cmp "$work/dev" "$work/dev.after"

# ------------------------------------------------------------- the starter

container fg
"$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -F -n "$c" -- sh -c 'trap "exit 3" TERM; while :; do sleep 0.1; done' \
	>"$work/foreground" 2>&1 </dev/null &
pid=$!
ok "lxc-start -F runs" wait_for 10 lxc wait -n "$c" -s RUNNING -t 5
sleep 0.5
kill -TERM "$pid"
wait "$pid"
is "SIGTERM to it lets init end" "$?" 0
is "and the container" "$(state)" STOPPED
foreground sh -c 'echo ready; sleep 1000'
kill -KILL "$pid"
ok "the container ends with a starter that is killed" wait_for 5 is_stopped
ok "completely" wait_for 5 nothing_left

for mistake in lxc.rootfs.path=/no/such/root lxc.init.cmd=/no/such/init lxc.cap.drop=bad \
	lxc.net.0.type=bad lxc.mount.entry="/no/such proc none bind"; do
	lxc start -d -n "$c" -s "$mistake" >"$work/daemon" 2>&1
	lxc start -F -n "$c" -s "$mistake" >"$work/fore" 2>&1 </dev/null
	is "the same words in back- and foreground: $mistake" "$(cat "$work/fore")" "$(cat "$work/daemon")"
	ok "there are some" test -s "$work/daemon"
done

ok "nothing is open at 0, 1 and 2" sh -c '"$1" -P "$2" -n "$3" <&- >&- 2>&-' - "$LXC_PREFIX/bin/lxc-start" "$lxcpath" "$c"
wait_for 10 is_up || bail "init is up"
is "it runs" "$(state)" RUNNING
is "attach with nothing at 0" "$(lxc attach -n "$c" -- readlink /proc/self/fd/0 <&-)" /dev/null
ok "lxc-stop" lxc stop -k -n "$c"
is "lxc-execute with nothing at 0" "$(lxc execute -n "$c" -- readlink /proc/self/fd/0 <&-)" /dev/null

# ------------------------------------------------------------- paths and users

container twice
first=$lxcpath
mkdir "$work/second"
cp -a "$lxcpath/$c" "$work/second/"
sed -i "s|$lxcpath|$work/second|" "$work/second/$c/config"
ok "a name" lxc start -n "$c"
lxcpath=$work/second
ok "and the same name in another path" lxc start -n "$c"
wait_for 10 is_up || bail "init is up"
second_init=$(init_pid)
lxcpath=$first
wait_for 10 is_up || bail "init is up"
ok "are two containers" test "$(init_pid)" != "$second_init"
is "in two control groups" "$(grep '^0:' "/proc/$(init_pid)/cgroup" "/proc/$second_init/cgroup" | sed 's/.*:://' | sort -u | wc -l)" 2
ok "one is stopped" lxc stop -k -n "$c"
lxcpath=$work/second
is "the other runs" "$(state)" RUNNING
ok "until it is stopped, too" lxc stop -k -n "$c"
lxcpath=$first

# user COMMAND...: as nobody
user() {
	setpriv --reuid 65534 --regid 65534 --clear-groups env -u XDG_RUNTIME_DIR HOME="$work/home" "$@"
}
mkdir "$work/home" && chown 65534:65534 "$work/home"
fails "a user starts a container of root" user "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c"
like "which is said" "$(cat "$work/output")" "You lack access to $lxcpath/$c"
fails "or attaches" user "$LXC_PREFIX/bin/lxc-attach" -P "$lxcpath" -n "$c" -- true
like "which is said, too" "$(cat "$work/output")" "You lack access to"
ok "lists an own, empty path" user "$LXC_PREFIX/bin/lxc-ls"
