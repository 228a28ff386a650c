#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What attackers did to container managers before, tried on ours: each check names the case.
# The containers are privileged on purpose: their root has every right that there is.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools attach create destroy execute info start stop
need busybox setpriv timeout unshare
helper=${LXC_BUILD:-}/tests/integration/hostile-helper
[ -x "$helper" ] || skip_all "LXC_BUILD does not say where tests/integration/hostile-helper is: make check TESTS="

outside=$work/outside
mkdir -p "$outside/dir"
echo "HOSTSECRET-$unique" >"$outside/secret"
programs() {
	sha256sum "$LXC_PREFIX"/bin/lxc-* "$LXC_PREFIX"/lib/liblxc.so.1 "$LXC_PREFIX"/libexec/lxc/*
}
programs >"$work/programs"
are_unchanged() {
	programs | cmp - "$work/programs"
}

# rights LINE...: a container with every capability and no filter
powerful() {
	started "$@" 'lxc.net.0.type = empty'
	cp "$helper" "$lxcpath/$c/rootfs/bin/helper"
}

powerful strong
sed -i '/^lxc.cap.drop/d' "$lxcpath/$c/config"
lxc stop -k -n "$c" && lxc start -n "$c" >"$work/output" 2>&1 || bail "start $c with all rights"
wait_for 10 is_up || bail "$c is up"

# --------------------------------------------------------------- descriptors and memory

# attack VERB: attach to $c while the helper does that inside; the attached process stands at its
# birth until the helper has something to say of it.  Who executes our program here executes a
# copy that nobody else does, as every monitor executes the one that is installed: busy, it could
# not be written, and the thief had to wait for a better day.
cp "$LXC_PREFIX/libexec/lxc/lxc-monitor" "$work/monitor"
attack() {
	: >"$work/$1"
	inside /bin/helper "$1" >"$work/$1" 2>&1 &
	thief=$!
	# shellcheck disable=SC2016
	timeout 60 unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh \
		"$work/monitor" "$LXC_PREFIX/libexec/lxc/lxc-monitor" "$helper" hold "$work/$1" \
		"$LXC_PREFIX/bin/lxc-attach" -P "$lxcpath" -n "$c" -- /bin/busybox true >"$work/hold-$1" 2>&1 </dev/null
	result $? "attached while the helper inside does $1" "$work/hold-$1"
}
# the thief is done: its file has a line that matches
has_said() { # VERB PATTERN
	grep -q "$2" "$work/$1"
}
dismiss() {
	inside busybox killall helper >/dev/null 2>&1
	wait $thief
}

# CVE-2019-5736, 92fea74bf: /proc/PID/exe is the host's program until it executes ours
attack steal
wait_for 15 has_said steal ^then
dismiss
ok "LXC-12: the thief got hold of our program" has_said steal ^held
is "LXC-12: and could not write to it when it was free" "$(grep ^then "$work/steal" | sort -u)" \
	"then: Read-only file system"
ok "LXC-12: it is as it was" cmp "$work/monitor" "$LXC_PREFIX/libexec/lxc/lxc-monitor"
ok "LXC-12: and so is what is installed" are_unchanged

# CVE-2016-8649: an attaching process with a directory of the host open
attack peek
dismiss
ok "LXC-05: the watcher saw the attaching process" has_said peek ^fine
is "LXC-05: it has no directory of the host open" "$(sort -u "$work/peek" | grep ^directory)" ""
ok "LXC-05: it was followed up to its exec" grep -q '^executed after [1-9]' "$work/hold-peek"
is "LXC-05: nor at any step before that" "$(grep ^directory "$work/hold-peek")" ""

fds='for f in /proc/self/fd/*; do readlink "$f"; done'
is "I-04: an attached program has three descriptors" \
	"$(inside sh -c "$fds" </dev/null 2>/dev/null | grep -cv '/proc/')" 3
# shellcheck disable=SC3021
(
	exec 5</ 6<"$outside" 7<"$outside/secret" 8</proc 9<&7
	inside sh -c "$fds" </dev/null
) 2>/dev/null | grep -v '^/proc' | grep -F "$work" >"$work/inherited"
is "I-04: what the caller has open stays out" "$(grep -v background "$work/inherited" | grep -cF "$outside")" 0
is "I-04: init has three" "$(find "/proc/$(init_pid)/fd" -lname "$outside*" -o -lname / | wc -l)" 0
lxc stop -k -n "$c"
# shellcheck disable=SC3021
(
	exec 5</ 6<"$outside" 7<"$outside/secret" 8</proc 9<&7
	lxc start -n "$c"
) >"$work/output" 2>&1
result $? "I-04: it starts from a caller with open directories" "$work/output"
monitor=$(sed -n 's/^PPid:\t//p' "/proc/$(init_pid)/status")
is "I-04: init has none of them" "$(find "/proc/$(init_pid)/fd" -printf '%l\n' | grep -cE "^($outside.*|/|/proc)\$")" 0
is "I-04: nor has the monitor" "$(find "/proc/$monitor/fd" -printf '%l\n' | grep -cE "^($outside.*|/|/proc)\$")" 0
lxc stop -k -n "$c"
lxc start -n "$c" <&- >&- 2>&-
is "I-05: standard descriptors may be closed" "$(state)" RUNNING
wait_for 10 is_up

# CVE-2016-8659, 19ad80ed8: a process of ours that somebody else may look into
setpriv --reuid=65534 --regid=65534 --clear-groups "$helper" touch "$monitor" >"$work/touch" 2>&1
monitor=$(sed -n 's/^PPid:\t//p' "/proc/$(init_pid)/status")
cp "$helper" "$work/helper" && chmod 755 "$work/helper"
setpriv --reuid=65534 --regid=65534 --clear-groups "$work/helper" touch "$monitor" >"$work/touch" 2>&1
is "BW-01: another user cannot touch the monitor" "$(grep -c 'Operation not permitted' "$work/touch")" 3
is "BW-01: the control: root can" "$("$work/helper" touch "$monitor" 2>&1 | grep -c 'pidfd_getfd: done')" 1
inside /bin/helper touch "$monitor" >"$work/touch" 2>&1
fails "BW-01: nor does the container's root see it" grep "done" "$work/touch"

# CVE-2022-29162: inheritable capabilities
is "RUNC-08: init inherits no capability" "$(sed -n 's/^CapInh:\t//p' "/proc/$(init_pid)/status")" 0000000000000000
is "RUNC-08: nor does what is attached" "$(inside sed -n 's/^CapInh:\t//p' /proc/self/status)" 0000000000000000
is "RUNC-08: nor with all privileges" \
	"$(lxc attach -n "$c" -e -- sed -n 's/^CapInh:\t//p' /proc/self/status)" 0000000000000000
is "RUNC-08: nor when the caller has them" \
	"$(setpriv --inh-caps +net_raw,+sys_admin "$LXC_PREFIX/bin/lxc-attach" -P "$lxcpath" -n "$c" -- \
		sed -n 's/^CapInh:\t//p' /proc/self/status)" 0000000000000000

# ------------------------------------------------------------------------------- terminal

# CVE-2016-10124, CVE-2017-5226: characters pushed into the caller's terminal
if command -v script >/dev/null; then
	[ ! -e /proc/sys/dev/tty/legacy_tiocsti ] || {
		before=$(cat /proc/sys/dev/tty/legacy_tiocsti)
		echo 1 >/proc/sys/dev/tty/legacy_tiocsti
	}
	# pushed COMMAND: what a terminal has typed into it while the command runs there, whatever
	# its screen shows
	pushed() {
		printf '%s\nstty -icanon min 0 time 5\ncat >%s\n' "$1" "$work/typed" >"$work/session"
		script -qec "sh $work/session" /dev/null </dev/null >/dev/null 2>&1
		tr -d '\r' <"$work/typed"
	}
	attach="$LXC_PREFIX/bin/lxc-attach -P $lxcpath -n $c -- /bin/helper push"
	like "LXC-06: the control: a program of the host can" "$(pushed "$helper push PWNED >/dev/null 2>&1")" PWNED
	for form in "$attach PWNED" "$attach PWNED | cat" "$attach PWNED 2>/dev/null >/dev/null" "$attach PWNED </dev/tty >/dev/null"; do
		said=$(pushed "$form >/dev/null 2>&1")
		is "LXC-06: ${form#*helper }" "$(printf '%s' "$said" | grep -c PWNED)" 0
	done
	[ ! -e /proc/sys/dev/tty/legacy_tiocsti ] || echo "$before" >/proc/sys/dev/tty/legacy_tiocsti
else
	skip "LXC-06" "script is missing"
fi
lxc stop -k -n "$c"

# ----------------------------------------------------------- what a start follows and writes

printf '#!/proc/self/exe\n' >"$lxcpath/$c/rootfs/sbin/own"
chmod 755 "$lxcpath/$c/rootfs/sbin/own"
timeout 20 "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c" -s lxc.init.cmd=/sbin/own >"$work/output" 2>&1
result $(($? == 124)) "LXC-12: an init that executes our own program ends" "$work/output"
lxc stop -k -n "$c" >/dev/null 2>&1
ok "LXC-12: which is as it was" are_unchanged

# CVE-2024-21626: a working directory that is a descriptor of the host
: >"$work/all"
for cwd in $(seq 0 40) cwd/.. root/.. ../1/root ../1/cwd; do
	case $cwd in [0-9]*) cwd=/proc/self/fd/$cwd ;; *) cwd=/proc/self/$cwd ;; esac
	timeout 20 "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c" -s "lxc.init.cwd=$cwd" >"$work/output" 2>&1 || continue
	readlink "/proc/$(init_pid)/cwd" | grep -v '^/$' | sed "s|^|$cwd: |" >>"$work/all"
	lxc stop -k -n "$c"
done
ln -s /proc/self/fd/5 "$lxcpath/$c/rootfs/srv-link"
! lxc start -n "$c" -s lxc.init.cwd=/srv-link >"$work/output" 2>&1 || echo "a link to one" >>"$work/all"
is "RUNC-10: no working directory is a descriptor" "$(cat "$work/all")" ""
is "RUNC-10: lxc-execute shows three descriptors" \
	"$(lxc execute -n "$c" -- /bin/busybox sh -c "$fds" </dev/null 2>/dev/null | grep -cv '^/proc/')" 3

# CVE-2025-31133: /dev/null that is something else
: >"$work/all"
null=$lxcpath/$c/rootfs/dev/null
before=$(cat /proc/sys/kernel/core_pattern)
for shape in link file fifo disk memory; do
	rm -f "$null"
	case $shape in
	link) ln -s /proc/sys/kernel/core_pattern "$null" ;;
	file) echo unread >"$null" ;;
	fifo) mkfifo "$null" ;;
	disk) mknod "$null" b 8 0 ;;
	memory) mknod "$null" c 1 1 ;;
	esac
	timeout 20 "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c" -s lxc.autodev=0 -s lxc.console.path=none \
		-s lxc.tty.max=0 -s lxc.pty.max=0 >"$work/output" 2>&1
	[ $? != 124 ] || echo "$shape: it hung" >>"$work/all"
	# shape link: init's standard output is not the file that it points at
	pid=$(init_pid)
	[ -z "$pid" ] || readlink "/proc/$pid/fd/1" | grep -v '^/dev/null$' | sed "s/^/$shape: output is /" >>"$work/all"
	lxc stop -k -n "$c" >/dev/null 2>&1
done
rm -f "$null"
is "RUNC-13: /dev/null of a container is one, or not used" "$(cat "$work/all")" ""
is "RUNC-13: core_pattern is as it was" "$(cat /proc/sys/kernel/core_pattern)" "$before"

# CVE-2025-52881: what is mounted over /proc/sys takes no write of ours
mkdir -p "$outside/sys/net/ipv4"
echo decoy >"$outside/sys/net/ipv4/ip_forward"
ok "RUNC-16: it starts with a /proc/sys that is not one" lxc start -n "$c" -s lxc.mount.auto= \
	-s lxc.mount.auto=proc:rw -s "lxc.mount.entry=$outside/sys proc/sys none bind 0 0" -s lxc.sysctl.net.ipv4.ip_forward=1
is "RUNC-16: the decoy is as it was" "$(cat "$outside/sys/net/ipv4/ip_forward")" decoy
is "RUNC-16: the parameter is set" \
	"$(nsenter -t "$(init_pid)" -n cat /proc/sys/net/ipv4/ip_forward)" 1
lxc stop -k -n "$c"

# CVE-2022-0811: names and values of parameters
: >"$work/all"
before=$(cat /proc/sys/kernel/core_pattern)
for item in kernel.core_pattern=x kernel.sysrq=1 vm.swappiness=3 fs.file-max=9 kernel.modprobe=/x \
	'net.ipv4/../../kernel/core_pattern=x' 'net/../kernel/core_pattern=x' '../sysrq-trigger=b' \
	'net.ipv4.ip_forward=1+kernel.core_pattern=x' 'net..ipv4.ip_forward=1' '/kernel/core_pattern=x'; do
	if lxc start -n "$c" -s "lxc.sysctl.$item" >"$work/output" 2>&1; then
		echo "$item was taken" >>"$work/all"
		lxc stop -k -n "$c"
	fi
done
is "NS-05: parameters of the host are refused" "$(cat "$work/all")" ""
is "NS-05: core_pattern is as it was" "$(cat /proc/sys/kernel/core_pattern)" "$before"

# ----------------------------------------------------------------------- names and directories

# CVE-2015-1331 and its like: a link where the container's directory would be
ln -s "$outside/dir" "$lxcpath/link-$unique"
fails "LXC-02: no container is made through a link" lxc create -n "link-$unique" -t "$LXC_TEMPLATES/lxc-busybox"
: >"$outside/dir/config"
fails "LXC-02: nor removed" lxc destroy -n "link-$unique"
is "LXC-02: behind the link all is as it was" "$(ls "$outside/dir")" config
rm -f "$lxcpath/link-$unique"

# 589981f4f: a name in a hook's command line
cd "$work" || exit 1
for name in "q\$(touch $work/ran)" "q'\$(touch $work/ran)'" "q;touch $work-ran;" "q\`touch ran\`"; do
	lxc start -n "$name" -f "$lxcpath/$c/config" -s lxc.hook.pre-start=/bin/true >"$work/output" 2>&1
	lxc stop -k -n "$name" >/dev/null 2>&1
done
fails "LXC-17: no name is executed" ls "$work/ran" "$work-ran" ran
