#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# lxc-console connects a terminal with the container's console and terminals.
. "$(dirname "$0")/../lib/lib.sh"
. "$(dirname "$0")/../lib/console.sh"
need_root
need_tools create start stop info attach console
need busybox script

started con
ok "lxc-console takes the first terminal" console_open 1
console_send '\r'
ok "which asks for a login" console_expect "$c login: *"
console_send 'root\r'
ok "and gives a shell" console_expect '# '
console_send 'echo $((6 * 7)) $(tty)\r'
ok "that answers" console_expect '^42 /dev/tty1'
console_send 'exit\r'
ok "and asks again after it" console_expect "$c login: *"
ok "Ctrl-a q leaves" console_close
is "the container runs on" "$(state)" RUNNING

ok "tty 0 is the console" console_open 0
console_send '\r'
ok "which gives a shell" console_expect '# '
console_send 'echo $((6 * 7))\r'
ok "that answers" console_expect '^42'
ok "Ctrl-a q leaves it" console_close
fails "there is no terminal 99" lxc console -n "$c" -t 99
