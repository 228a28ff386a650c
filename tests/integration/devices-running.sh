#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rules for devices of a running container, in the layout that this machine has.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop attach
need busybox python3

# item FILE VALUE: lxc_container_set_cgroup_item()
item() {
	LD_LIBRARY_PATH=$LXC_PREFIX/lib python3 - "$lxcpath" "$c" "$@" <<'PYTHON'
import ctypes, sys
path, name, key, value = sys.argv[1:]
lxc = ctypes.CDLL("liblxc.so.1")
lxc.lxc_container_new.restype = ctypes.c_void_p
lxc.lxc_container_set_cgroup_item.restype = ctypes.c_bool
lxc.lxc_last_error.restype = ctypes.c_void_p
lxc.lxc_error_message.restype = ctypes.c_char_p
c = ctypes.c_void_p(lxc.lxc_container_new(name.encode(), path.encode()))
if not lxc.lxc_container_set_cgroup_item(c, key.encode(), value.encode()):
    print(lxc.lxc_error_message(ctypes.c_void_p(lxc.lxc_last_error())).decode())
    sys.exit(1)
PYTHON
}

# can NODE: the container may read the device
can() {
	inside head -c 1 "$1"
}

started dev "lxc.net.0.type = empty" \
	"lxc.cgroup.devices.deny = a" "lxc.cgroup.devices.allow = c 1:3 rwm" \
	"lxc.cgroup.devices.allow = c 1:5 rwm" "lxc.cgroup.devices.allow = c *:* m" \
	"lxc.cgroup.devices.allow = c 5:* rwm" "lxc.cgroup.devices.allow = c 136:* rwm" \
	"lxc.cgroup2.devices.deny = a" "lxc.cgroup2.devices.allow = c 1:3 rwm" \
	"lxc.cgroup2.devices.allow = c 1:5 rwm" "lxc.cgroup2.devices.allow = c *:* m" \
	"lxc.cgroup2.devices.allow = c 5:* rwm" "lxc.cgroup2.devices.allow = c 136:* rwm"
inside mknod /dev/kmsg c 1 11
ok "what the configuration allows" can /dev/zero
fails "what it does not" can /dev/kmsg
ok "a rule is added" item devices.allow 'c 1:11 r'
ok "and holds" can /dev/kmsg
ok "beside the others" can /dev/zero
fails "for no more than it says" inside sh -c 'echo test >/dev/kmsg'
ok "it is taken back" item devices.deny 'c 1:11 r'
fails "and holds no more" can /dev/kmsg
ok "another of the configuration is" item devices.deny 'c 1:5 rwm'
fails "and holds, too" can /dev/zero
fails "a rule that is none is refused" item devices.allow 'x 1:3 rwm'
ok "everything is allowed" item devices.allow a
ok "and that holds" can /dev/kmsg
lxc stop -k -n "$c"

# nothing is confined without rules, and a rule that allows does not change that
started free "lxc.net.0.type = empty" "lxc.cgroup.devices.allow = a" "lxc.cgroup2.devices.allow = a"
inside mknod /dev/kmsg c 1 11
ok "a container without rules may use every device" can /dev/kmsg
ok "a rule that allows one" item devices.allow 'c 1:3 rwm'
ok "takes nothing away" can /dev/kmsg
ok "a rule that denies one" item devices.deny 'c 1:11 rwm'
fails "holds" can /dev/kmsg
ok "and leaves the others" can /dev/zero
