#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What a container costs, as far as that is exact: system calls of a whole life, and memory that
# a monitor has for itself.  Time is measured by tests/bench/run.
. "$(dirname "$0")/../lib/lib.sh"

# five for each v1 hierarchy
CALLS_MAX=$((331 + 5 * $(grep -c ' cgroup ' /proc/mounts)))
PRIVATE_MAX_KIB=160
MONITORS=20

# As liblxc does on a host where the dynamic linker knows its directory: what it looks for in
# vain elsewhere is not counted.
count_calls() { # FILE
	grep -vc -e '<\.\.\. ' -e '^[0-9]* *[-+][-+][-+] ' -e "\"$LXC_PREFIX/lib/.*ENOENT" "$1"
}

private_kib() { # PID
	awk '/^Private_/ { sum += $2 } END { print sum }' "/proc/$1/smaps_rollup"
}

at_most() { # NAME NUMBER LIMIT
	echo "$2, at most $3" >"$work/is"
	[ "$2" -gt 0 ] && [ "$2" -le "$3" ]
	result $? "$1: $2" "$work/is"
}

need_root
need_tools create start stop info destroy

# without what the template's own configuration adds
container life
cat >"$lxcpath/$c/config" <<-END
	lxc.rootfs.path = dir:$lxcpath/$c/rootfs
	lxc.uts.name = $c
	lxc.net.0.type = empty
	lxc.mount.auto = proc:rw sys:ro
	lxc.tty.max = 0
	lxc.pty.max = 64
	lxc.cap.drop = sys_module sys_rawio sys_time mac_override mac_admin
	lxc.seccomp.profile = $LXC_PREFIX/share/lxc/config/common.seccomp
END
if command -v strace >/dev/null; then
	lxc start -n "$c" -F -- /bin/true >"$work/output" 2>&1 || bail "start $c" # fills the cache
	ok "a start is traced" strace -f -qq -o "$work/calls" \
		"$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c" -F -- /bin/true
	at_most "system calls of start, /bin/true and tear-down" "$(count_calls "$work/calls")" $CALLS_MAX
else
	skip "system calls of start, /bin/true and tear-down" "strace is missing"
fi

for i in $(seq $MONITORS); do
	started "many$i"
done
init=$(lxc info -n "$c" -pH)
monitor=$(awk '/^PPid/ { print $2 }' "/proc/$init/status")
at_most "KiB that one of $MONITORS monitors has for itself" "$(private_kib "$monitor")" $PRIVATE_MAX_KIB
