#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The library is exchanged while containers run: their monitors, which have plans of another
# version, are still commanded.  And of programs that don't belong together each says so.
. "$(dirname "$0")/../lib/lib.sh"
. "$(dirname "$0")/../lib/console.sh"
need_root
need_tools attach console create freeze info ls start stop unfreeze wait
need busybox unshare script
old=${LXC_BUILD:-}/tests/integration/monitor-old other=${LXC_BUILD:-}/tests/integration/monitor-99
[ -x "$old" ] || skip_all "LXC_BUILD does not say where tests/integration/monitor-old is: make check TESTS="

# with_monitor PROGRAM VERB ARGUMENT...: as lxc, with another monitor program
with_monitor() {
	monitor=$1 verb=$2
	shift 2
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$monitor" \
		"$LXC_PREFIX/libexec/lxc/lxc-monitor" "$LXC_PREFIX/bin/lxc-$verb" -P "$lxcpath" -n "$c" "$@"
}

cat >"$work/filter" <<TEXT
2
denylist
[all]
umount errno 5
TEXT
container old 'lxc.net.0.type = empty' "lxc.seccomp.profile = $work/filter" 'lxc.no_new_privs = 1' \
	'lxc.environment = FROM=config'
ok "an older library starts it" with_monitor "$old" start
wait_for 10 is_up || bail "$c is up"
pid=$(init_pid)
monitor_pid=$(sed -n 's/^PPid:\t//p' "/proc/$pid/status")
is "its monitor is the old one" "$(stat -Lc %i "/proc/$monitor_pid/exe")" "$(stat -Lc %i "$old")"

is "its state" "$(state)" RUNNING
is "lxc-ls lists it" "$(lxc ls --active -1)" "$c"
like "lxc-info tells its memory" "$(lxc info -n "$c" -S)" '^(Memory|CPU) use: *[0-9]'
is "lxc-info tells what it was started with" "$(lxc info -n "$c" -c lxc.no_new_privs)" "lxc.no_new_privs = 1"
like "it is not started twice" "$(lxc start -n "$c" 2>&1)" 'already running'

# what is attached is what init is, although nobody can read the old plan
field() { # PID NAME
	sed -n "s/^$2:\t//p" "/proc/$1/status"
}
status "an attached program's exit status" 7 inside sh -c 'exit 7'
is "it sees the container" "$(inside cat /proc/1/comm /proc/self/comm | xargs)" "init cat"
is "it is in its cgroups" \
	"$(inside sed 's/^[^/]*//; s:^/\.lxc[-0-9]*$:/:' /proc/self/cgroup | sort -u)" /
for name in CapBnd NoNewPrivs Seccomp; do
	is "its $name is that of init" "$(inside sed -n "s/^$name:\t//p" /proc/self/status)" "$(field "$pid" $name)"
done
is "the control: init has a filter" "$(field "$pid" Seccomp)" 2
is "its environment" "$(inside sh -c 'echo $FROM')" config
is "as another user" "$(lxc attach -n "$c" -u 1000 -- id -u)" 1000
is "with all rights" "$(lxc attach -n "$c" -e -- sed -n 's/^CapEff:\t//p' /proc/self/status)" "$(field self CapEff)"

ok "lxc-freeze" lxc freeze -n "$c"
is "it is frozen" "$(state)" FROZEN
fails "nothing is attached to what is frozen" inside true
ok "lxc-unfreeze" lxc unfreeze -n "$c"
is "it runs" "$(state)" RUNNING

ok "lxc-console takes its terminal" console_open 1
console_send '\r'
ok "which asks for a login" console_expect "$c login: *"
ok "and leaves" console_close

# a reboot executes the old plan again
rebooted() {
	now=$(init_pid)
	[ -n "$now" ] && [ "$now" != "$pid" ] && is_up
}
ok "lxc-stop -r" lxc stop -r -n "$c"
ok "it boots again" wait_for 10 rebooted
is "below the same monitor" "$(sed -n 's/^PPid:\t//p' "/proc/$(init_pid)/status")" "$monitor_pid"
is "and a program is attached to this life" "$(inside cat /proc/1/comm)" init

lxc wait -n "$c" -s STOPPED -t 20 &
waiter=$!
ok "lxc-stop shuts it down" lxc stop -n "$c"
wait $waiter
result $? "lxc-wait hears of it"
wait_for 5 nothing_left
ok "nothing of it is left" nothing_left

# ------------------------------------------------- what does not belong together

ok "it starts with the new monitor" lxc start -n "$c"
wait_for 10 is_up || bail "$c is up"
fails "a helper of another version is no help" with_monitor "$other" attach -- true
like "it says why" "$(cat "$work/output")" 'plan version [0-9]+: this program executes plans of version 99'
like "and what to do" "$(cat "$work/output")" '^hint: .*install liblxc again'
ok "the container does not mind" inside true
lxc stop -k -n "$c"
fails "nor does a monitor of another version start one" with_monitor "$other" start
like "it says why" "$(cat "$work/output")" 'plan version [0-9]+: this program executes plans of version 99'
