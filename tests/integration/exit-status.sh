#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# lxc-execute runs one program as the container, and ends as it ends.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create execute
need busybox

container app
for number in 0 1 42 255; do
	status "exit $number" $number lxc execute -n "$c" -- sh -c "exit $number"
done
is "its output is the tool's" "$(lxc execute -n "$c" -- echo hello)" hello
is "its input, too" "$(echo hello | lxc execute -n "$c" -- cat)" hello
is "it is not process 1" "$(lxc execute -n "$c" -- sh -c 'test $$ -gt 1 && echo no')" no
is "a failing command does not stay" "$(state)" STOPPED
