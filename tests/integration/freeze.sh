#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Freezing stops every process, tells those who wait for it, and is no obstacle to the end.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach freeze unfreeze wait
need busybox

# counter: a number in the container that grows while its processes run
counter() {
	cat "$lxcpath/$c/rootfs/tick" 2>/dev/null
}

moves() {
	before=$(counter)
	sleep 0.5
	[ "$(counter)" != "$before" ]
}

stands() {
	! moves
}

started ice
lxc attach -n "$c" -- sh -c 'i=0; while :; do i=$((i+1)); echo $i >/tick; sleep 0.05; done' \
	>/dev/null 2>&1 </dev/null &
helpers="$helpers $!"
ok "the container counts" wait_for 5 moves
lxc wait -n "$c" -s FROZEN -t 20 &
waiter=$!
ok "lxc-freeze" lxc freeze -n "$c"
is "the state is FROZEN" "$(state)" FROZEN
ok "a process that was attached stands, too" stands
ok "lxc-wait has noticed" wait $waiter
ok "freezing it again is fine" lxc freeze -n "$c"
fails "nothing can be attached" lxc attach -n "$c" -- true
like "and that says why" "$(cat "$work/output")" 'it is frozen'
like "and what to do" "$(cat "$work/output")" '^hint: .*lxc-unfreeze'
ok "lxc-unfreeze" lxc unfreeze -n "$c"
is "the state is RUNNING" "$(state)" RUNNING
ok "it counts on" moves
ok "thawing it again is fine" lxc unfreeze -n "$c"

lxc freeze -n "$c"
ok "a frozen container can be killed" timeout 10 "$LXC_PREFIX/bin/lxc-stop" -k -P "$lxcpath" -n "$c"
is "it is STOPPED" "$(state)" STOPPED
fails "a stopped container cannot be frozen" lxc freeze -n "$c"
like "which is the reason" "$(cat "$work/output")" 'not running'

started ice2
lxc freeze -n "$c"
before=$(date +%s)
ok "a frozen container can be shut down" lxc stop -n "$c" -t 20
[ $(($(date +%s) - before)) -lt 10 ]
result $? "by its init, not by the time-out"

# whoever freezes behind our back, in the other hierarchy, does not keep it from ending
started ice3
freezer=/sys/fs/cgroup/freezer/lxc.payload.$c/freezer.state
if [ -e "$freezer" ]; then
	echo FROZEN >"$freezer"
	ok "a container frozen by freezer.state can be killed" \
		timeout 10 "$LXC_PREFIX/bin/lxc-stop" -k -P "$lxcpath" -n "$c"
else
	skip "a container frozen by freezer.state can be killed" "no version 1 freezer here"
fi

# a container whose stop signal is not SIGKILL has to run to get it
started ice4 "lxc.net.0.type = empty" "lxc.signal.stop = SIGUSR1"
lxc freeze -n "$c"
ok "a frozen container with lxc.signal.stop can be stopped" \
	timeout 10 "$LXC_PREFIX/bin/lxc-stop" -k -P "$lxcpath" -n "$c"
