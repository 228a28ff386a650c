#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What our own small processes can still do once they have what they need: nothing that an
# intruder would want.  Builds for tests try it: open, socket, ptrace, unshare, execve.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create execute monitor
need busybox timeout unshare
init=${LXC_BUILD:-}/tests/integration/monitor-stops monitord=${LXC_BUILD:-}/tests/integration/monitord-intruded
[ -x "$init" ] && [ -x "$monitord" ] || skip_all "LXC_BUILD does not say where the builds for tests are: make check TESTS="

# ------------------------------------------------------------- process 1 of an application

container app
# intruded ENVIRONMENT COMMAND...: below an init that is an intruder after its set-up
intruded() {
	# shellcheck disable=SC2016
	timeout -k 1 "$((20 * LXC_SLOW))" unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh \
		"$init" "$LXC_PREFIX/libexec/lxc/lxc-monitor" env "$1" "$LXC_PREFIX/bin/lxc-execute" -P "$lxcpath" -n "$c" -- sh -c "$2"
}

status "init can do nothing of it" 7 intruded LXC_TEST_INTRUDE=1 "sleep 0.3; exit 7"
status "the control: it would be noticed" 91 intruded LXC_TEST_UNCONFINED=1 "sleep 0.3; exit 7"
is "the command is not confined by it" \
	"$(lxc execute -n "$c" -- grep -c -e 'NoNewPrivs:.0' -e 'Seccomp:.0' /proc/self/status)" 2
is "init is" "$(lxc execute -n "$c" -- sh -c 'sleep 0.3; grep -c -e "NoNewPrivs:.1" -e "Seccomp:.2" /proc/1/status')" 2
is "it reaps all the same" \
	"$(lxc execute -n "$c" -- sh -c '(sleep 0.1 &); sleep 0.4; grep -l "State:.Z" /proc/[0-9]*/status' 2>/dev/null)" ""
lxc execute -d -n "$c" -- sh -c 'trap "" TERM; sleep 1000; sleep 1000'
ok "it ends what does not listen" lxc stop -n "$c" -t 20
lxc execute -d -n "$c" -s lxc.namespace.keep=pid -- sh -c 'trap "" TERM; sleep 1000 & sleep 1000; sleep 1000'
ok "also where it is not process 1" lxc stop -n "$c" -t 20

# ------------------------------------------------------------- lxc-monitord

# serves ENVIRONMENT: whether such an lxc-monitord is there after a while
serves() {
	# looking for leaks takes rights that it has not any more
	env "$1" ASAN_OPTIONS=detect_leaks=0 "$monitord" --daemon "$lxcpath" >"$work/monitord" 2>&1 </dev/null &
	pid=$!
	sleep 0.5
	kill -0 "$pid" 2>/dev/null || return 1
	grep -q "NoNewPrivs:.1" "/proc/$pid/status"
}

ok "lxc-monitord can do nothing of it" serves LXC_TEST_INTRUDE=1
"$LXC_PREFIX/bin/lxc-monitor" -P "$lxcpath" -n "$c" >"$work/events" 2>&1 </dev/null &
listener=$!
helpers="$helpers $listener"
sleep 0.3
lxc execute -n "$c" -- true
ok "it passes on what happens" wait_for 5 grep -q STOPPED "$work/events"
kill "$listener"
ok "it can be told to quit" lxc monitor -Q
wait "$pid"
is "and leaves no pipe behind" "$(ls "/run/lxc$lxcpath" 2>/dev/null)" ""
fails "the control: it would be noticed" serves LXC_TEST_UNCONFINED=1
wait "$pid"
is "by its status" "$?" 91
