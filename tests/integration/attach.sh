#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# lxc-attach runs programs in the container as if they had been started there.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach
need busybox

started at
is "in its UTS namespace" "$(inside uname -n)" "$c"
is "in its PID namespace" "$(inside cat /proc/1/comm)" init
is "in its root file system" "$(inside cat /etc/hostname)" "$c"
is "in its network" "$(inside ip -o link | grep -c .)" 1
is "as root" "$(inside id -u)" 0
# a version 2 cgroup that has children takes it into a child
is "in its cgroup" "$(inside sed 's/^[^/]*//; s:^/\.lxc[-0-9]*$:/:' /proc/self/cgroup | sort -u)" /
is "standard input arrives" "$(echo hello | inside cat)" hello
is "standard error is apart" "$(inside sh -c 'echo out; echo err >&2' 2>/dev/null)" out
is "a large output arrives whole" \
	"$(inside sh -c 'dd if=/dev/zero bs=1024 count=2048 2>/dev/null' | wc -c)" 2097152
is "-v sets a variable" "$(lxc attach -n "$c" -v SEA=blue -- sh -c 'echo $SEA')" blue
is "--clear-env clears" "$(SEA=red lxc attach -n "$c" --clear-env -- sh -c 'echo $SEA')" ""
is "-u and -g choose ids" "$(lxc attach -n "$c" -u 7 -g 8 -- sh -c 'id -u; id -g' | paste -sd ' ')" "7 8"
is "dropped capabilities stay dropped" "$(inside sh -c 'grep CapBnd /proc/self/status')" \
	"$(inside sh -c 'grep CapBnd /proc/1/status')"
descriptors='ls /proc/self/fd | wc -l'
ok "no descriptors but the caller's are open" \
	test "$(inside sh -c "$descriptors")" -le "$(sh -c "$descriptors")"
ok "lxc-stop" lxc stop -k -n "$c"
fails "nothing to attach to in a stopped container" inside true
