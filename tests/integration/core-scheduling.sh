#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# lxc.sched.core: a cookie of its own, or a start that fails and says why.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach execute
need busybox
caller=${LXC_BUILD:-}/tests/integration/caller
[ -x "$caller" ] || skip_all "LXC_BUILD does not say where tests/integration/caller is: make check TESTS="

container one "lxc.sched.core = 1" "lxc.init.cmd = /bin/sleep 1000"
one=$c
cp "$caller" "$lxcpath/$c/rootfs/caller"
if "$caller" cookie >"$work/cookie" 2>&1; then
	container two "lxc.sched.core = 1"
	cp "$caller" "$lxcpath/$c/rootfs/caller"
	cookie=$(lxc execute -n "$c" -- /caller cookie)
	ok "a cookie" test -n "$cookie" -a "$cookie" != 0
	is "none without the key" "$(lxc execute -n "$c" -s lxc.sched.core=0 -- /caller cookie)" 0
	c=$one
	ok "lxc-start" lxc start -n "$c"
	attached=$(inside /caller cookie)
	ok "an attached process has one" test -n "$attached" -a "$attached" != 0
	is "which is that of the container" "$(inside /caller cookie)" "$attached"
	ok "not that of another" test "$attached" != "$cookie"
	is "the host has none" "$("$caller" cookie)" "$(cat "$work/cookie")"
else
	fails "without it in the kernel or in the processor" lxc start -n "$c"
	like "is said" "$(cat "$work/output")" \
		"set lxc.sched.core = 1: (this kernel has no core scheduling|no core of this machine runs two threads)"
	like "and what to do" "$(cat "$work/output")" "^hint: remove the key"
	is "nothing runs" "$(state)" STOPPED
fi
