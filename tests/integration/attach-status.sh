#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The exit status of lxc-attach is the command's.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach
need busybox

started st
for number in 0 1 2 42 127 255; do
	status "exit $number" $number inside sh -c "exit $number"
done
for signal in 1 9 15; do
	status "killed by $signal" $((128 + signal)) inside sh -c "kill -$signal \$\$"
done
status "a program that is missing" 127 inside /no/such/program
inside sh -c 'echo text >/root/plain'
status "a file that is not executable" 126 inside /root/plain
