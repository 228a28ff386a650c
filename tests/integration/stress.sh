#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Many starts and stops in one process (LXC_ROUNDS, 1000), and many containers at once, by
# threads of one process and by the tools: nothing of them stays, in that process or on the machine.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools attach create start stop info execute ls
need busybox
program=${LXC_BUILD:-}/tests/integration/stress many=${LXC_BUILD:-}/examples/many
[ -x "$program" ] || skip_all "LXC_BUILD does not say where tests/integration/stress is: make check TESTS="

cgroups() {
	find /sys/fs/cgroup -type d -name "lxc.*-$unique*" 2>/dev/null | wc -l
}

container stress
# with caches of its own the allocator takes for used what is free
GLIBC_TUNABLES=glibc.malloc.tcache_count=0 "$program" "$c" "$lxcpath" "${LXC_ROUNDS:-1000}" >"$work/checks" 2>&1
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

# application containers on the host's root, so that there is nothing to make or to remove
printf '%s\n' 'lxc.uts.name = crowd' 'lxc.net.0.type = empty' >"$work/crowd.conf"
crowd() { # COMMAND...: for each name
	for i in $(seq "$CROWD"); do "$@" "crowd-$unique-$i" || return; done
}
in_crowd() { # VERB NAME ARGUMENT...
	crowd_verb=$1 name=$2
	shift 2
	lxc "$crowd_verb" -n "$name" "$@"
}
start_one() { in_crowd start "$1" -f "$work/crowd.conf" -- sleep 1000; }
enter_one() { in_crowd attach "$1" -- true; }
stop_one() { in_crowd stop "$1" -k; }
CROWD=200
ok "$CROWD containers by lxc-start" crowd start_one
is "all of them run" "$(lxc ls --active -1 | grep -c "^crowd-$unique-")" $CROWD
is "with a table of them" "$(lxc ls -f | grep -c "^crowd-$unique-.*RUNNING")" $CROWD
ok "a program is attached to each" crowd enter_one
ok "each is stopped" crowd stop_one
is "none of them is left" "$(lxc ls --active -1)" ""
wait_for 10 no_cgroups
is "nor a control group" "$(cgroups)" 0
