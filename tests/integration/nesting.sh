#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers in a container: the outer one has the programs under test and the host's libraries
# mounted, and is told by nesting.conf that it shall have some of its own.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools attach create destroy freeze info start stop unfreeze
need busybox
config=$LXC_PREFIX/share/lxc/config
[ -f "$config/nesting.conf" ] || skip_all "no $config/nesting.conf"

libraries() {
	for dir in usr lib lib64; do
		[ ! -d "/$dir" ] || echo "lxc.mount.entry = $(readlink -f /$dir) $dir none ro,bind,create=dir 0 0"
	done
	case $LXC_PREFIX/ in
	/usr/*) ;;
	*) echo "lxc.mount.entry = $LXC_PREFIX ${LXC_PREFIX#/} none ro,bind,create=dir 0 0" ;;
	esac
}
container outer "lxc.include = $config/common.conf" "lxc.include = $config/nesting.conf" \
	'lxc.net.0.type = empty' "$(libraries)"
outer=$c

# nested VERB ARGUMENT...: lxc-VERB in the outer container, on the inner one
nested() {
	nested_verb=$1
	shift
	lxc attach -n "$outer" -- "$LXC_PREFIX/bin/lxc-$nested_verb" -P /inner -n deep "$@"
}
nested_state() {
	nested info -sH
}
innermost() {
	nested attach -- "$@"
}
deep_is_up() {
	innermost ip link show lo | grep -q LOWER_UP
}
cgroups_inside() {
	inside find /sys/fs/cgroup -name '*deep*'
}

# boot LINE...: the outer container
boot() {
	printf '%s\n' "$@" | cat "$lxcpath/$outer/config" - >"$work/conf"
	lxc start -n "$outer" -f "$work/conf" >"$work/output" 2>&1 || bail "start $outer"
	wait_for 10 is_up || bail "$outer is up"
}

boot 'lxc.mount.auto =' 'lxc.mount.auto = cgroup:rw:force proc:rw sys:rw'
inside sh -c "mkdir /inner && echo 'lxc.net.0.type = empty' >/inner/new.conf"
ok "a container is made inside" nested create -f /inner/new.conf -t "$LXC_TEMPLATES/lxc-busybox" -- \
	--busybox-path /bin/busybox
ok "it starts" nested start
ok "it boots" wait_for 10 deep_is_up
is "it runs" "$(nested_state)" RUNNING
is "what is attached sees it" "$(innermost cat /proc/1/comm /etc/hostname | xargs)" "init deep"
is "in its own namespaces" "$(innermost readlink /proc/self/ns/pid | grep -cF "$(inside readlink /proc/self/ns/pid)")" 0
like "its cgroups lie in those of the outer one" "$(cgroups_inside)" '^/sys/fs/cgroup/.*lxc.payload.deep$'
like "which are below its own on the host" "$(find /sys/fs/cgroup -path "*lxc.payload.$outer/*lxc.payload.deep")" .
ok "it is frozen" nested freeze
is "its state then" "$(nested_state)" FROZEN
ok "it runs on" nested unfreeze
status "the exit status of a program comes through both" 42 innermost sh -c 'exit 42'
ok "it reboots" nested stop -r
ok "and is up again" wait_for 10 deep_is_up
ok "it shuts down" nested stop
is "its cgroups are gone" "$(cgroups_inside)" ""

if [ -d /sys/fs/cgroup/pids ]; then
	ok "it starts with a limit" nested start -s lxc.cgroup.pids.max=77
	is "which it has" "$(inside cat /sys/fs/cgroup/pids/lxc.payload.deep/pids.max)" 77
else
	ok "it starts again" nested start
fi
ok "it is killed" nested stop -k
is "and stopped" "$(nested_state)" STOPPED

# the outer one ends: nothing of the inner one stays
nested start
ok "the outer one is stopped while the inner one runs" lxc stop -n "$outer"
wait_for 5 nothing_left
ok "nothing of both is left" nothing_left
is "no cgroup of the inner one" "$(find /sys/fs/cgroup -path '*lxc.payload.deep*' -path "*$unique*")" ""

# where the outer one has mounted no cgroups there are none to have; version 2 we always mount
boot
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
	skip "an outer one without cgroups" "version 2 is always mounted"
	ok "the outer one is stopped" lxc stop -n "$outer"
	exit 0
fi
is "there are no cgroups in the outer one" "$(inside ls /sys/fs/cgroup)" ""
ok "it starts without" nested start
ok "it boots" wait_for 10 deep_is_up
ok "and stops" nested stop -k
fails "a limit is refused" nested start -s lxc.cgroup.pids.max=77
like "by its name" "$(cat "$work/output")" 'lxc.cgroup.pids.max: no cgroup hierarchy is mounted'
ok "it is destroyed" nested destroy
