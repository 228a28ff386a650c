# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2034,SC2154 # lib.sh sets c; the test uses stopped
#
# A start of the container $c that stands before one of its steps, which a build for tests of
# the monitor can do: LXC_TEST_STOP_AT, core/run.c.

# Set stopped to the process that stands there; fails while there is none.
stopped_process() {
	for stopped_comm in /proc/[0-9]*/comm; do
		{ read -r stopped_name <"$stopped_comm"; } 2>/dev/null || continue
		[ "$stopped_name" = lxc-test-stop ] || continue
		stopped=${stopped_comm%/comm}
		stopped=${stopped#/proc/}
		{ tr '\0' ' ' <"/proc/$stopped/cmdline"; } 2>/dev/null | grep -qF "$c" && return 0
	done
	return 1
}
