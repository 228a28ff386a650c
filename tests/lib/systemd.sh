# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2154 # lib.sh sets work
#
# Containers with systemd: whether they have booted.  `inside` runs a command in the container.

# systemd answers from the moment its bus is there; then --wait waits for the end of the boot
booted() {
	system_state=$(inside systemctl is-system-running --wait 2>/dev/null)
	case $system_state in running | degraded) ;; *) return 1 ;; esac
}

# runs NAME: it has booted, and no unit failed
runs() {
	wait_for 60 booted
	echo "$system_state" >"$work/is"
	[ "$system_state" = running ] || inside sh -c 'systemctl --failed --no-pager; journalctl -b -p warning --no-pager | tail -n 40' >>"$work/is" 2>&1
	[ "$system_state" = running ]
	result $? "$1" "$work/is"
}
