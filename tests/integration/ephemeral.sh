#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A container with lxc.ephemeral = 1 is gone when it has stopped, and only then.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach destroy
need busybox

another_init() {
	new=$(init_pid) && [ -n "$new" ] && [ "$new" != "$old" ]
}

gone() {
	[ ! -e "$lxcpath/$c" ]
}

container eph "lxc.net.0.type = empty" "lxc.ephemeral = 1" \
	"lxc.hook.destroy = sh -c 'echo destroyed >>$work/log'" \
	"lxc.hook.post-stop = sh -c 'test -d $lxcpath && ls $lxcpath >>$work/log'"
# a second one beside it, which must stay
mkdir "$lxcpath/neighbour"
ok "lxc-start" lxc start -n "$c"
ok "it is up" wait_for 10 is_up
old=$(init_pid)
ok "reboot" lxc stop -r -n "$c"
ok "there is another init" wait_for 15 another_init
ok "it is up again" wait_for 10 is_up
ok "a reboot does not remove it" test -f "$lxcpath/$c/config"
: >"$work/log"
ok "lxc-stop" lxc stop -k -n "$c"
ok "it is gone" wait_for 10 gone
is "post-stop hooks came before, destroy hooks with it" "$(tr '\n' ' ' <"$work/log")" "$c neighbour destroyed "
ok "its neighbour is not" test -d "$lxcpath/neighbour"

container fore "lxc.net.0.type = empty" "lxc.ephemeral = 1"
ok "in the foreground" timeout 20 "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c" -F -s "lxc.init.cmd = /bin/true"
ok "it is gone when lxc-start returns" gone

container fail "lxc.net.0.type = empty" "lxc.ephemeral = 1" "lxc.hook.pre-start = false"
fails "a start that fails" lxc start -n "$c"
ok "removes it, too" gone

container keep "lxc.net.0.type = empty" "lxc.ephemeral = 1" "lxc.rootfs.managed = 0"
ok "storage of somebody else" lxc start -n "$c"
lxc stop -k -n "$c"
reaped() { [ -z "$(pgrep -f "lxc-destroy -P $lxcpath")" ]; }
wait_for 5 reaped
ok "is left alone" test -d "$lxcpath/$c/rootfs"

container live "lxc.net.0.type = empty" "lxc.ephemeral = 1"
ok "a running one" lxc start -n "$c"
ok "lxc-destroy -f" lxc destroy -f -n "$c"
ok "it is gone" wait_for 10 gone
