#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# lxc-create makes a container once and whole; lxc-destroy takes it away.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create destroy info ls
need busybox

container one
dir=$lxcpath/$c
ok "a config and a root file system are there" test -f "$dir/config" -a -x "$dir/rootfs/bin/busybox"
like "the root file system is in the config" "$(cat "$dir/config")" "^lxc.rootfs.path = dir:$dir/rootfs\$"
like "so is what the template added" "$(cat "$dir/config")" "^lxc.uts.name = $c\$"
is "its directory has the mode it always had" "$(stat -c %a "$dir")" 770
is "lxc-ls lists it" "$(lxc ls -1)" "$c"
is "it is stopped" "$(state)" STOPPED
fails "its name is taken" lxc create -n "$c" -t "$LXC_TEMPLATES/lxc-busybox"
ok "the first one is unharmed" test -f "$dir/config"

fails "a template that is missing is an error" lxc create -n none -t no-such-template
ok "which leaves nothing" test ! -e "$lxcpath/none"
fails "a template that fails is an error" \
	lxc create -n none -t "$LXC_TEMPLATES/lxc-busybox" -- --busybox-path /no/such/file
ok "which leaves nothing either" test ! -e "$lxcpath/none"

ok "lxc-destroy" lxc destroy -n "$c"
ok "nothing is left of it" test ! -e "$dir"
fails "a second time it is not there" lxc destroy -n "$c"
