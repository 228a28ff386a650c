#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers of root with a user namespace: their ids, whose files they see, what they may.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools attach create destroy info start stop
need busybox chown setpriv stat
[ -e /proc/self/ns/user ] || skip_all "this kernel has no user namespaces"


# mapped NAME [LINE]...: a busybox container with that map, lines joined by |
mapped() {
	mapped_name=$1
	shift
	set -- 'lxc.net.0.type = empty' "lxc.idmap = u 0 100000 65536" "lxc.idmap = g 0 100000 65536" "$@"
	container "$mapped_name" "$@"
}
owner() { # PATH INSIDE
	inside stat -c %u:%g "$1"
}
start() { # ARGUMENT...
	lxc start -n "$c" "$@" >"$work/output" 2>&1 && wait_for 10 is_up
}
stop() {
	lxc stop -k -n "$c"
}

# ------------------------------------------------- a tree that belongs to the mapped ids

mapped shifted
root=$lxcpath/$c/rootfs
chown -R 100000:100000 "$root"
ok "it starts" start
is "its users are mapped" "$(inside cat /proc/self/uid_map | xargs)" "0 100000 65536"
is "its groups, too" "$(inside cat /proc/self/gid_map | xargs)" "0 100000 65536"
is "it is root inside" "$(inside id -u):$(inside id -g)" 0:0
is "nobody outside" "$(stat -c %u:%g "/proc/$(init_pid)")" 100000:100000
is "without groups of the host's" "$(sed -n 's/^Groups:[\t ]*//p' "/proc/$(init_pid)/status")" ""
is "an attached process as well" "$(inside sed -n 's/^Groups:[\t ]*//p' /proc/self/status)" ""
is "which is in the same user namespace" "$(inside readlink /proc/self/ns/user)" \
	"$(readlink "/proc/$(init_pid)/ns/user")"
is "lxc-ls says so" "$(lxc ls -f -F NAME,UNPRIVILEGED | tail -n 1 | xargs)" "$c true"
ok "it may write its tree" inside touch /here
is "as itself" "$(stat -c %u:%g "$root/here")" 100000:100000
ok "and mount" inside mount -t tmpfs none /mnt
like "but not set the clock" "$(inside date -s 2001-01-01 2>&1)" "not permitted"
fails "nor make devices" inside mknod /disk b 8 0
ok "while the usual ones are there" inside sh -c 'echo >/dev/null && head -c 1 /dev/zero >/dev/null && : <>/dev/tty1'
ok "its host name is its own" inside hostname other
attached=$(lxc attach -n "$c" -- sh -c 'exit 3' >/dev/null 2>&1; echo $?)
is "an exit status comes through" "$attached" 3
is "attached as a user" "$(lxc attach -n "$c" -u 1000 -g 1000 -- id -u)" 1000
before=$(init_pid)
inside reboot >/dev/null 2>&1
changed() { [ -n "$(init_pid)" ] && [ "$(init_pid)" != "$before" ]; }
ok "it reboots" wait_for 20 changed
wait_for 10 is_up
is "with the same ids" "$(inside cat /proc/self/uid_map | xargs)" "0 100000 65536"

if [ -d /sys/fs/cgroup/systemd ]; then
	cgroup=/sys/fs/cgroup/systemd/lxc.payload.$c
else
	cgroup=/sys/fs/cgroup/lxc.payload.$c
fi
is "its cgroup is its own" "$(stat -c %u:%g:%a "$cgroup")" 100000:100000:775
is "and what moves processes" "$(stat -c %u:%a "$cgroup/cgroup.procs")" 100000:664
stop

# ------------------------------------------------------ a tree that is not shifted, mapped

mapped idmapped 'lxc.rootfs.options = idmap=container'
root=$lxcpath/$c/rootfs
before=$(stat -c %u:%g:%Z "$root/bin/busybox")
ok "with idmap=container it starts" start
is "the tree belongs to root inside" "$(owner /bin/busybox)" 0:0
ok "it may write there" inside touch /here
is "which is root's on disk" "$(stat -c %u:%g "$root/here")" 0:0
is "nothing was walked over" "$(stat -c %u:%g:%Z "$root/bin/busybox")" "$before"
inside sh -c 'cp /bin/busybox /suid && chmod 4755 /suid'
is "outside of it the owner is what it is on disk" "$(stat -c %a "$root/suid")" 4755
stop
before=$(stat -c %i "$root")
ok "again" start
stop
is "the root is the same" "$(stat -c %i "$root")" "$before"

# --------------------------------------------------------------------- mounts of the host

mkdir -m 700 "$work/closed" && mkdir "$work/closed/data" "$work/own"
echo secret >"$work/closed/data/mine" && chmod 600 "$work/closed/data/mine"
echo hers >"$work/own/hers" && chown 1234:1235 "$work/own/hers" && chmod 600 "$work/own/hers"
setpriv --reuid 65534 --regid 65534 --clear-groups true
chown 65534:65534 "$work/closed"
ok "a source behind a directory that is not its own" start \
	-s "lxc.mount.entry=$work/closed/data mnt none bind 0 0"
ok "is mounted" inside test -e /mnt/mine
is "with the host's owners, whom it does not know" "$(owner /mnt/mine)" 65534:65534
fails "and does not stand above" inside cat /mnt/mine
stop
ok "idmap=container" start -s "lxc.mount.entry=$work/closed/data mnt none bind,idmap=container 0 0"
is "shows them as its own" "$(owner /mnt/mine)" 0:0
is "which it may read" "$(inside cat /mnt/mine)" secret
stop
ok "owner=1234:0" start -s "lxc.mount.entry=$work/own mnt none bind,owner=1234:0 0 0"
is "turns one owner into another" "$(inside stat -c %u /mnt/hers)" 0
is "who may read" "$(inside cat /mnt/hers)" hers
is "but not the others" "$(owner /mnt)" 65534:65534
stop
ok "idmap= of one's own" start -s "lxc.mount.entry=$work/own mnt none bind,ro,idmap=u:1234:100007:1+g:1235:100008:1 0 0"
is "shows who it says" "$(owner /mnt/hers)" 7:8
fails "and goes with ro" inside touch /mnt/hers
stop
ok "an optional source that is missing is passed over" start -s "lxc.mount.entry=/no/such mnt none bind,optional 0 0"
stop
fails "one that is not optional is an error" lxc start -n "$c" -s "lxc.mount.entry=/no/such mnt none bind 0 0"
like "that names both sides" "$(cat "$work/output")" "mount /no/such on mnt: No such file"
fails "a file system that cannot map owners" lxc start -n "$c" \
	-s "lxc.mount.entry=/proc/sys mnt none bind,idmap=container 0 0"
like "is named" "$(cat "$work/output")" "map the owners of /proc/sys: .*\(type 0x9fa0\)"
fails "a file system that a user namespace may not mount" lxc start -n "$c" \
	-s "lxc.mount.entry=/dev/loop7 mnt ext4 ro 0 0"
like "is explained" "$(cat "$work/output")" "mount it on the host, and bind it"

# the same without a user namespace
container plain
ok "a container without a map" start -s "lxc.mount.entry=$work/own mnt none bind,owner=1234:77 0 0"
is "may see other owners, too" "$(inside stat -c %u /mnt/hers)" 77
stop
ok "and a whole tree" start -s "lxc.rootfs.options=idmap=b:0:5000:65536"
is "under other ids" "$(owner /bin/busybox)" 5000:5000
stop

# ---------------------------------------------------------------------------- other maps

mapped rootless 'lxc.init.uid = 1000' 'lxc.init.gid = 1000'
chown -R 101000:101000 "$lxcpath/$c/rootfs"
sed -i '/^lxc.idmap/d' "$lxcpath/$c/config"
printf '%s\n' 'lxc.idmap = u 1000 101000 1' 'lxc.idmap = g 1000 101000 1' >>"$lxcpath/$c/config"
ok "a map without root" lxc start -n "$c" -- /bin/busybox sleep 1000
is "runs as the user that there is" "$(stat -c %u "/proc/$(init_pid)")" 101000
stop
mapped identity
sed -i '/^lxc.idmap/d' "$lxcpath/$c/config"
printf '%s\n' 'lxc.idmap = u 0 0 4294967295' 'lxc.idmap = g 0 0 4294967295' >>"$lxcpath/$c/config"
ok "a map of every id to itself" start
is "is a user namespace all the same" "$(inside cat /proc/self/uid_map | xargs)" "0 0 4294967295"
stop

# ---------------------------------------------------- a host whose mounts go to their copies

mapped shared 'lxc.rootfs.options = idmap=container'
# shellcheck disable=SC2016
ok "where mounts are shared, none of the container's appears on the host" unshare --mount --propagation private \
	sh -c 'mount --make-rshared / && "$1/bin/lxc-start" -P "$2" -n "$3" && ! grep -F " $2/" /proc/self/mountinfo' \
	sh "$LXC_PREFIX" "$lxcpath" "$c"
stop
