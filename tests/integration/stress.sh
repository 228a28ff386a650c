#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Many starts and stops in one process (LXC_ROUNDS, 200), and many containers at once: nothing
# of them stays, in that process or on the machine.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info execute
need busybox
program=${LXC_BUILD:-}/tests/integration/stress many=${LXC_BUILD:-}/examples/many
[ -x "$program" ] || skip_all "LXC_BUILD does not say where tests/integration/stress is: make check TESTS="

cgroups() {
	find /sys/fs/cgroup -type d -name "lxc.*-$unique*" 2>/dev/null | wc -l
}

container stress
"$program" "$c" "$lxcpath" "${LXC_ROUNDS:-200}" >"$work/checks" 2>&1
good=$?
sed -n 's/^#/# &/p' "$work/checks"
sed -n 's/^\(ok\|not ok\) [0-9]* - /\1 /p' "$work/checks" >"$work/results"
while read -r verdict what; do
	[ "$verdict" = ok ]
	result $? "${what#ok }"
done <"$work/results"
result "$good" "the program came to its end" "$work/checks"
wait_for 5 nothing_left
is "no control group is left" "$(cgroups)" 0
ok "nothing of the container is left" nothing_left

ok "64 containers at once" "$many" "many-$unique-" "$lxcpath" 64
is "none of them is left" "$(lxc ls --active -1)" ""
no_cgroups() { [ "$(cgroups)" = 0 ]; }
wait_for 10 no_cgroups
is "nor a control group" "$(cgroups)" 0
