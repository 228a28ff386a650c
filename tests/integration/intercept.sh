#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# lxc.seccomp.intercept: what a container without the rights gets all the same, what it does not
# get, and who in it gets nothing.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools attach create start stop info
need busybox timeout
helper=${LXC_BUILD:-}/tests/integration/seccomp-helper
[ -x "$helper" ] || skip_all "LXC_BUILD does not say where tests/integration/seccomp-helper is: make check TESTS="

# as OPTION... -- ARGUMENT...: the helper in the container
as() {
	timeout $((20 * LXC_SLOW)) "$LXC_PREFIX/bin/lxc-attach" -P "$lxcpath" -n "$c" "$@" 2>&1
}

call() {
	as -- seccomp-helper "$@"
}

limit='lxc.cgroup2.memory.max = 64M'
[ ! -d /sys/fs/cgroup/memory ] || limit='lxc.cgroup.memory.limit_in_bytes = 64M'
shown() {
	# shellcheck disable=SC2046
	set -- $(call sysinfo)
	echo "$1"
}
made_all() {
	container all "lxc.net.0.type = empty" "lxc.cap.drop = mknod sys_admin" "lxc.log.file = $work/all.log" \
		"lxc.log.level = info" "$limit" "lxc.seccomp.intercept.mknod = 1" "lxc.seccomp.intercept.mknod = b 7:77" \
		"lxc.seccomp.intercept.mount = tmpfs ext4 fuse" "lxc.seccomp.intercept.setxattr = 1" \
		"lxc.seccomp.intercept.sysinfo = 1" "lxc.mount.entry = none ro tmpfs ro,create=dir"
	root=$lxcpath/$c/rootfs
	install -m 755 "$helper" "$root/bin/seccomp-helper"
	mkdir -m 777 "$root/open" "$root/mount"
	ln -s /open "$root/link"
	ln -s /proc/1/root/open "$root/magic"
	lxc start -n "$c" >"$work/output" 2>&1 || bail "start $c"
	wait_for 10 is_up || bail "$c is up"
}
made_all

# ------------------------------------------------------------------ mknod
is "a listed device" "$(call mknod /open/null c 1 3)" ok
is "it is the device" "$(stat -c '%F %t:%T %a %u' "$root/open/null")" "character special file 1:3 644 0"
is "and works" "$(as -- sh -c 'echo x >/open/null && wc -c </open/null')" 0
is "relative to a descriptor" "$(call mknod zero c 1 5 /open)" ok
is "relative to the working directory" "$(as -- sh -c 'cd /open && seccomp-helper mknod full c 1 7')" ok
is "through a link" "$(call mknod /link/urandom c 1 9)" ok
is "at the right places" "$(cd "$root/open" && echo *)" "full null urandom zero"
is "another device" "$(call mknod /open/mem c 1 1)" EPERM
is "the same number as a block device" "$(call mknod /open/ram3 b 1 3)" EPERM
is "a listed block device" "$(call mknod /open/loop b 7 77)" ok
is "a name that is taken" "$(call mknod /open/null c 1 3)" EEXIST
is "no directory" "$(call mknod /nowhere/null c 1 3)" ENOENT
is "a slash behind the name" "$(call mknod /open/x/ c 1 3)" ENOENT
is "a bad descriptor" "$(call mknod null c 1 3 /nowhere)" EBADF
is "a bad address" "$(call call 133 8 $((020666)) $((0x103)))" EFAULT
like "a magic link" "$(call mknod /magic/null c 1 3)" "^(ELOOP|EACCES)"
is "a read-only mount" "$(call mknod /ro/null c 1 3)" EROFS
is "from a chroot of its own" "$(as -- sh -c 'mkdir -p /jail/bin /jail/open; cp /bin/seccomp-helper /jail/bin;
	chroot /jail /bin/seccomp-helper mknod /open/null c 1 3')" ok
is "the node is in there" "$(stat -c %F "$root/jail/open/null")" "character special file"
is "a user in the container" "$(as -u 1000 -- seccomp-helper mknod /open/mine c 1 3)" EPERM

# ------------------------------------------------------------------ mount
is "a listed file system" "$(call mount none /mount tmpfs 2 size=1m)" ok
like "it is mounted as asked, and without devices" "$(as -- cat /proc/mounts)" \
	'^none /mount tmpfs rw,nosuid,nodev,relatime,size=1024k'
is "another" "$(call mount none /mount proc 0 '')" EPERM
is "a bind mount" "$(call mount /bin /mount '' 4096 '')" EPERM
is "a remount" "$(call mount none /mount tmpfs 32 size=9m)" EPERM
is "with the old magic number" "$(call mount none /mount tmpfs $((0xc0ed0000)) size=1m)" ok
is "a bad option" "$(call mount none /mount tmpfs 0 size=many)" EINVAL
is "no mount point" "$(call mount none /nowhere tmpfs 0 '')" ENOENT
like "a magic link" "$(call mount none /magic tmpfs 0 '')" "^(ELOOP|EACCES)"
is "a user in the container" "$(as -u 1000 -- seccomp-helper mount none /mount tmpfs 0 '')" EPERM
is "mount(8) does it" "$(as -- sh -c 'mount -t tmpfs -o size=2m none /mnt && grep -c " /mnt tmpfs" /proc/mounts')" 1
is "nothing of it reaches the host" "$(grep -c " $root/mount " /proc/self/mountinfo)" 0
is "a type that changes while it is decided" "$(call race /mount sysfs 2)" both
is "was mounted as what was decided, if at all" "$(as -- sh -c 'grep -c " /mount sysfs" /proc/mounts')" 0

if [ -c /dev/fuse ]; then
	cp -a /dev/fuse "$root/open/fuse"
	is "FUSE, whose descriptor is the caller's" "$(call fuse /mount fuse /open/fuse)" ok
	is "a type of it that is not listed" "$(call fuse /mount fuse.other /open/fuse)" EPERM
	is "without a descriptor" "$(call mount none /mount fuse 0 rootmode=40000)" EINVAL
	is "with one that is not open" "$(call mount none /mount fuse 0 fd=77)" EBADF
else
	skip "FUSE, whose descriptor is the caller's" "no /dev/fuse"
fi

# a device takes the container's right to it
if command -v mkfs.ext4 >/dev/null && loop=$(losetup -f 2>/dev/null) && [ -b "$loop" ]; then
	truncate -s 4M "$work/image" && mkfs.ext4 -q "$work/image" && loop=$(losetup -f --show "$work/image") || loop=''
else
	loop=''
fi
if [ -n "$loop" ]; then
	cp -a "$loop" "$root/open/disk"
	is "a device that the container may use" "$(call mount /open/disk /mount ext4 1 '')" ok
	devices='lxc.cgroup.devices'
	[ -d /sys/fs/cgroup/devices ] || devices='lxc.cgroup2.devices'
	container denied "lxc.net.0.type = empty" "lxc.cap.drop = sys_admin" "$devices.deny = a" \
		"$devices.allow = c *:* rwm" "$devices.allow = b *:* m" "lxc.seccomp.intercept.mount = ext4"
	install -m 755 "$helper" "$lxcpath/$c/rootfs/bin/seccomp-helper"
	ok "start under device rules" lxc start -n "$c"
	wait_for 10 is_up
	is "make the node of the disk" "$(call mknod /disk b "$((0x$(stat -c %t "$loop")))" "$((0x$(stat -c %T "$loop")))")" ok
	is "and mount it without a right to it" "$(call mount /disk /mnt ext4 1 '')" EPERM
	lxc stop -n "$c" -k
	c=all-$unique
else
	skip "a device that the container may use" "no loop device or no mkfs.ext4"
fi

# ------------------------------------------------------------------ setxattr
is "a listed attribute" "$(call setxattr /open trusted.overlay.opaque y)" ok
is "of a descriptor" "$(call fsetxattr /bin trusted.overlay.opaque y)" ok
is "of a link itself" "$(call lsetxattr /link trusted.overlay.opaque y)" ok
is "another" "$(call setxattr /open trusted.other y)" EPERM
is "one that begins alike" "$(call setxattr /open trusted.overlay.opaque2 y)" EPERM
is "a user in the container" "$(as -u 1000 -- seccomp-helper setxattr /open trusted.overlay.opaque y)" EPERM
is "no file" "$(call setxattr /nowhere trusted.overlay.opaque y)" ENOENT

# ------------------------------------------------------------------ sysinfo
is "the container's memory" "$(shown)" $((64 << 20))
like "and its processes" "$(call sysinfo)" '^[0-9]+ [0-9]+ [0-9]{1,2}$'
like "init's uptime" "$(as -- uptime)" 'up [01] min'
is "for everybody inside" "$(as -u 1000 -- seccomp-helper sysinfo | cut -d' ' -f1)" $((64 << 20))

# ------------------------------------------------------------------ the supervisor
monitor=$(awk '/^PPid/ { print $2 }' "/proc/$(init_pid)/status")
for supervisor in $(cat "/proc/$monitor/task/$monitor/children"); do
	[ "$(cat "/proc/$supervisor/comm")" != lxc-supervisor ] || break
done
is "it cannot gain rights" "$(grep NoNewPrivs "/proc/$supervisor/status" | tr -d '\t')" NoNewPrivs:1
is "nor has those of networks, modules, raw devices, boot" \
	"$((0x$(awk '/^CapPrm/ { print $2 }' "/proc/$supervisor/status") & 0x1431c00))" 0
kill -KILL "$supervisor"
wait_for 5 grep -q "killed by signal 9" "$work/all.log"
result $? "the monitor tells its end" "$work/all.log"
is "then nothing is granted any more" "$(call mknod /open/late c 1 3)" ENOSYS
is "and the container goes on" "$(state)" RUNNING
lxc stop -n "$c" -k
[ -z "$loop" ] || losetup -d "$loop"

# ------------------------------------------------------------------ a user namespace
container mapped "lxc.net.0.type = empty" "lxc.idmap = u 0 1000000 65536" "lxc.idmap = g 0 1000000 65536" \
	"lxc.seccomp.intercept.mknod = 1" "lxc.seccomp.intercept.setxattr = 1" "lxc.seccomp.intercept.mount = ext4" \
	"lxc.seccomp.intercept.sysinfo = 1"
root=$lxcpath/$c/rootfs
install -m 755 "$helper" "$root/bin/seccomp-helper"
if lxc start -n "$c" >"$work/output" 2>&1; then
	wait_for 10 is_up
	is "mapped: a listed device" "$(call mknod /root/null c 1 3)" ok
	is "it belongs to root there, and works" \
		"$(as -- sh -c 'echo x >/root/null && stat -c "%F %u:%g" /root/null')" "character special file 0:0"
	is "another device" "$(call mknod /root/mem c 1 1)" EPERM
	is "an attribute" "$(call setxattr /root trusted.overlay.opaque y)" ok
	is "what the kernel allows by itself" "$(call mount none /mnt tmpfs 0 size=1m)" ok
	is "a device that is none" "$(call mount /nowhere /mnt ext4 0 '')" ENOENT
	like "sysinfo" "$(call sysinfo)" '^[0-9]+ [0-9]+ [0-9]+$'
	is "root of a namespace below" \
		"$(as -- unshare -U -r seccomp-helper mknod /root/below c 1 3)" EPERM
	lxc stop -n "$c" -k
else
	skip "mapped" "no container with a user namespace here: $(head -n 1 "$work/output")"
fi

container off "lxc.net.0.type = empty" "lxc.cap.drop = mknod"
install -m 755 "$helper" "$lxcpath/$c/rootfs/bin/seccomp-helper"
lxc start -n "$c" && wait_for 10 is_up
is "without the keys there is none of it" "$(call mknod /null c 1 3)" EPERM
is "and no supervisor" "$(cat "/proc/$(awk '/^PPid/ { print $2 }' "/proc/$(init_pid)/status")/task/"*/children | wc -w)" 1
