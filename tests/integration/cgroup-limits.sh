#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Limits are in the files of the container's cgroup, and hold.  Which files depends on the
# layout: version 1 controllers (alone or beside an empty version 2) or version 2 alone.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach
need busybox

root=/sys/fs/cgroup
if [ -f $root/cgroup.controllers ]; then
	layout=2 key=lxc.cgroup2
	set -- "memory.max = 67108864" "pids.max = 30" "cpu.max = 50000 100000"
	kind=memory
elif [ -d $root/memory ] && [ -d $root/pids ]; then
	layout=1 key=lxc.cgroup
	set -- "memory.limit_in_bytes = 67108864" "pids.max = 30" "cpu.shares = 512"
else
	skip_all "no cgroup hierarchy with memory and pids"
fi

# the lines of the configuration
lines="$(for limit in "$@"; do echo "$key.$limit"; done)"
started lim "lxc.net.0.type = empty" "$lines" \
	"$key.devices.deny = a" "$key.devices.allow = c 1:3 rwm" "$key.devices.allow = c 5:* rwm" \
	"$key.devices.allow = c 136:* rwm" "$key.devices.allow = c *:* m"
pid=$(init_pid)

# file_of FILE: where the container's FILE is
file_of() {
	if [ "$layout" = 2 ]; then
		echo "$root$(sed -n 's/^0:://p' "/proc/$pid/cgroup")/$1"
	else
		kind=${1%%.*}
		echo "$root/$kind$(sed -n "s/^[0-9]*:[^:]*${kind}[^:]*://p" "/proc/$pid/cgroup" | head -n 1)/$1"
	fi
}

for limit in "$@"; do
	file=${limit%% =*}
	is "$file" "$(cat "$(file_of "$file")")" "${limit#*= }"
	[ ! -x "$LXC_PREFIX/bin/lxc-cgroup" ] ||
		is "$file by lxc-cgroup" "$(lxc cgroup -n "$c" "$file" | head -n 1)" "${limit#*= }"
done
like "the cgroup is named after the container" "$(cat "/proc/$pid/cgroup")" "/lxc.payload.$c"
is "inside it is the root" "$(inside sh -c 'cut -d: -f3 /proc/1/cgroup | sort -u')" "/"
ok "an allowed device opens" inside sh -c ': </dev/null'
fails "another one does not" inside sh -c ': </dev/zero'
fails "31 processes are too many" inside sh -c \
	'for i in $(seq 40); do sleep 3 & done; wait'
ok "the container lives" wait_for 10 inside true
