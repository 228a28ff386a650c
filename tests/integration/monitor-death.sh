#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The monitor is killed while a start stands before one of the container's steps, which a build
# for tests of the monitor can do (core/run.c): the container's first process ends with it, also
# where it has changed its ids, which makes the kernel forget whose death it wanted to hear of.
. "$(dirname "$0")/../lib/lib.sh"
. "$(dirname "$0")/../lib/steps.sh"
need_root
need_tools attach create execute info start stop
need busybox timeout unshare
stops=${LXC_BUILD:-}/tests/integration/monitor-stops monitor=$LXC_PREFIX/libexec/lxc/lxc-monitor
[ -x "$stops" ] || skip_all "LXC_BUILD does not say where tests/integration/monitor-stops is: make check TESTS="

container orphan 'lxc.net.0.type = empty'
root=$lxcpath/$c/rootfs
printf '%s\n' '#!/bin/sh' 'exec sleep 1000' >"$root/sbin/patient"
chmod 755 "$root/sbin/patient"

# A later start takes an old cgroup for left behind, but not as soon as that.
sweep() {
	find /sys/fs/cgroup -depth -type d \( -name "lxc.payload.$c*" -o -name "lxc.monitor.$c*" \) -exec rmdir {} + 2>/dev/null
}
is_gone() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status"
}

# orphan STEP COMMAND...: kill the monitor of a start that stands there; words when that is survived
orphan() {
	step=$1
	shift
	# shellcheck disable=SC2016
	LXC_TEST_STOP_AT=$step timeout -k 1 "$((20 * LXC_SLOW))" unshare -m sh -c \
		'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$stops" "$monitor" "$@" >"$work/said" 2>&1 </dev/null &
	starter=$!
	wait_for 10 stopped_process || {
		echo "it never stood there"
		return
	}
	kill -9 "$(sed -n 's/^PPid:\t//p' "/proc/$stopped/status")"
	if ! wait_for 2 is_gone "$stopped"; then
		echo "it lives on"
		kill -CONT "$stopped"
		sleep 0.3
		is_gone "$stopped" || echo "and becomes $(tr '\0' ' ' <"/proc/$stopped/cmdline")"
		kill -9 "$stopped"
	fi
	sweep
	wait $starter && echo "the start said that all is well"
	grep -q 'ended unexpectedly' "$work/said" || sed 's/^/it said: /' "$work/said"
}

# every_step NAME LINE... -- COMMAND...: at each of the container's steps
every_step() {
	what=$1
	shift
	cp "$lxcpath/$c/config" "$work/conf"
	while [ "$1" != -- ]; do
		printf '%s\n' "$1" >>"$work/conf"
		shift
	done
	shift
	lxc start -n "$c" -f "$work/conf" --explain | grep -v '^#' >"$work/steps"
	: >"$work/all"
	number=-1 stood=0
	while read -r side kind rest; do
		number=$((number + 1))
		[ "$side" = container ] || continue
		stood=$((stood + 1))
		orphan "$number" "$@" >"$work/verdict" 2>&1
		[ ! -s "$work/verdict" ] || sed "s|^|before $kind $rest: |" "$work/verdict" >>"$work/all"
	done <"$work/steps"
	[ ! -s "$work/all" ] && [ $stood -gt 9 ]
	result $? "$what: no process outlives its monitor ($stood steps)" "$work/all"
}

start="$LXC_PREFIX/bin/lxc-start -P $lxcpath -n $c -f $work/conf"
# shellcheck disable=SC2086
{
	every_step "as root" "lxc.init.cmd = /sbin/patient" -- $start
	every_step "as another user" "lxc.init.cmd = /sbin/patient" "lxc.init.uid = 1000" "lxc.init.gid = 1000" -- $start
	every_step "told by another signal" "lxc.init.cmd = /sbin/patient" "lxc.init.uid = 1000" \
		"lxc.monitor.signal.pdeath = SIGCONT" -- $start
	every_step "with mapped ids" "lxc.init.cmd = /sbin/patient" "lxc.idmap = u 0 100000 65536" \
		"lxc.idmap = g 0 100000 65536" -- $start
}

# a running one: the signal of the configuration
for uid in 0 1000; do
	ok "it starts after all that, as user $uid" lxc start -n "$c" -s lxc.init.cmd=/sbin/patient -s lxc.init.uid=$uid
	init=$(init_pid)
	kill -9 "$(sed -n 's/^PPid:\t//p' "/proc/$init/status")"
	ok "the death of its monitor ends init of user $uid" wait_for 5 is_gone "$init"
	[ "$uid" = 1000 ] || sweep
done
sleep 6
ok "it starts again, in what is left of its cgroups" lxc start -n "$c"
lxc stop -k -n "$c"
