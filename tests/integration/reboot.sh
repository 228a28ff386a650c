#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A container that reboots comes back with a new init, in the same monitor.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach
need busybox

another_init() {
	new=$(init_pid) && [ -n "$new" ] && [ "$new" != "$old" ]
}

started rb
old=$(init_pid)
inside touch /root/kept /run/old
# lxc-attach may end with its container
inside reboot
ok "reboot, said inside: there is another init" wait_for 15 another_init
is "the container runs" "$(state)" RUNNING
ok "it is up again" wait_for 10 is_up
ok "files are still there" inside test -e /root/kept

old=$(init_pid)
ok "lxc-stop --reboot" lxc stop -r -n "$c"
ok "there is another init again" wait_for 15 another_init
ok "and it is up" wait_for 10 is_up
inside poweroff
ok "poweroff, said inside, stops it" wait_for 15 sh -c "[ \"\$('$LXC_PREFIX/bin/lxc-info' -P '$lxcpath' -n '$c' -sH)\" = STOPPED ]"
