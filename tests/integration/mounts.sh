#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# lxc.mount.entry with every option, lxc.mount.fstab, lxc.mount.auto in every form.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach
need busybox findmnt

container mnt
root=$lxcpath/$c/rootfs
mkdir "$work/dir" "$work/dir/sub"
echo file >"$work/file"
echo in-dir >"$work/dir/file"

# with NAME LINE...: start with these lines more
with() {
	tap_with=$1
	shift
	lxc stop -k -n "$c" >/dev/null 2>&1
	for tap_line in "$@"; do
		set -- "$@" -s "$tap_line"
		shift
	done
	ok "$tap_with" lxc start -n "$c" "$@"
	[ "$(state)" = RUNNING ] || bail "$c runs"
}

# refused NAME PATTERN LINE...: a start with these lines fails and says so
refused() {
	tap_with=$1 tap_pattern=$2
	shift 2
	lxc stop -k -n "$c" >/dev/null 2>&1
	for tap_line in "$@"; do
		set -- "$@" -s "$tap_line"
		shift
	done
	fails "$tap_with" lxc start -n "$c" "$@"
	like "$tap_with: the words" "$(cat "$work/output")" "$tap_pattern"
}

# mounted PATH: the options of the topmost mount there, inside
mounted() {
	inside cat /proc/self/mountinfo | path=$1 awk '$5 == ENVIRON["path"] { o = $6 } END { print o }'
}

# the optional fields
propagation() {
	inside cat /proc/self/mountinfo | path=$1 awk '$5 == ENVIRON["path"] { o = $7 " " $8 } END { print o }'
}

# ------------------------------------------------------------- entries

with "bind mounts" \
	"lxc.mount.entry = $work/dir srv none bind,create=dir 0 0" \
	"lxc.mount.entry = $work/dir mnt/a\\040b/c none bind,ro,nosuid,nodev,noexec,noatime,create=dir 0 0" \
	"lxc.mount.entry = $work/file etc/new/file none bind,create=file 0 0" \
	"lxc.mount.entry = etc/passwd etc/copy none bind,relative,create=file" \
	"lxc.mount.entry = $work/dir $root/absolute none bind,create=dir 0 0" \
	"lxc.mount.entry = $work/dir /elsewhere none bind,create=dir 0 0" \
	"lxc.mount.entry = $work/missing gone none bind,optional,create=dir 0 0" \
	"lxc.mount.entry = $work/dir no/such/target none bind,optional 0 0"
is "a directory" "$(inside cat /srv/file)" in-dir
like "its options" "$(mounted '/mnt/a\040b/c')" "^ro,nosuid,nodev,noexec,noatime"
is "a file" "$(inside cat /etc/new/file)" file
ok "relative: of the container's own" inside cmp /etc/passwd /etc/copy
is "an absolute target below the root" "$(inside cat /absolute/file)" in-dir
fails "an absolute one elsewhere is ignored" test -e /elsewhere
fails "an optional one without a source, too" inside test -e /gone
fails "an optional one without a target, too" inside test -e /no/such/target
like "it goes on below the root" "$(lxc start -n "$c" --explain \
	-s "lxc.mount.entry = $work/dir srv none bind,create=dir 0 0")" "^container mount +$work/dir on /srv, bind"

mkdir "$work/peer" "$work/peer/below"
mount -t tmpfs none "$work/peer" && mkdir "$work/peer/below" && mount -t tmpfs below "$work/peer/below"
mount --make-shared "$work/peer"
with "file systems and trees" \
	"lxc.mount.entry = none mnt/one tmpfs size=64k,mode=0700,create=dir 0 0" \
	"lxc.mount.entry = none mnt/sync tmpfs sync,dirsync,lazytime,create=dir 0 0" \
	"lxc.mount.entry = $work/peer mnt/bind none bind,create=dir" \
	"lxc.mount.entry = $work/peer mnt/tree none rbind,create=dir,rslave" \
	"lxc.mount.entry = none mnt/private tmpfs create=dir,private" \
	"lxc.mount.entry = none mnt/one none remount,ro 0 0"
is "options of the file system" "$(inside stat -c %a /mnt/one)" 700
like "remount: it is read-only now" "$(mounted /mnt/one)" "^ro,"
like "sync" "$(inside cat /proc/self/mountinfo | grep ' /mnt/sync ')" " [^ ]*sync,.*dirsync"
is "bind: without what is mounted below" "$(mounted /mnt/bind/below)" ""
like "rbind: with it" "$(mounted /mnt/tree/below)" "^rw"
umount "$work/peer/below"
umount "$work/peer"

mkdir -p "$work/moving"
with "move" "lxc.hook.pre-mount = mount -t tmpfs moved $work/moving; true" \
	"lxc.hook.pre-mount = touch $work/moving/moved; true" \
	"lxc.mount.entry = $work/moving mnt none move 0 0"
ok "what was there is here" inside test -e /mnt/moved
is "and nothing on the host" "$(grep -c "$work/moving" /proc/self/mountinfo)" 0

mkdir "$lxcpath/$c/lower"
echo lower >"$lxcpath/$c/lower/file"
with "an overlay makes its own directories" "lxc.mount.entry = none mnt overlay \
lowerdir=$lxcpath/$c/lower,upperdir=$lxcpath/$c/over/delta,workdir=$lxcpath/$c/over/work 0 0"
ok "it can be written" inside sh -c 'echo upper >/mnt/new'
is "to the upper directory" "$(cat "$lxcpath/$c/over/delta/new")" upper
is "what is below shows" "$(inside cat /mnt/file)" lower

for device in fuse net/tun kvm; do
	if [ ! -c /dev/$device ]; then
		skip "/dev/$device in one line" "the host has none"
		continue
	fi
	with "/dev/$device in one line" "lxc.mount.entry = /dev/$device dev/$device none bind,create=file,optional 0 0"
	is "it is the device" "$(inside stat -c %t:%T /dev/$device)" "$(stat -c %t:%T /dev/$device)"
	[ $device = kvm ] || ok "that opens" inside sh -c "exec 3<>/dev/$device"
done

refused "a target that is missing" "^hint: /no/such does not exist in the container: create it there, or add the option create=dir or create=file$" \
	"lxc.mount.entry = $work/dir no/such none bind 0 0"
refused "a source that is missing" "^hint: the source does not exist" "lxc.mount.entry = $work/no mnt none bind 0 0"
refused "a file system that there is none of" "does not know the file system type nosuchfs" "lxc.mount.entry = none mnt nosuchfs defaults 0 0"
refused "type none without bind" "type none needs the option bind$" "lxc.mount.entry = $work/dir mnt none ro 0 0"
refused "the root itself" "the target is the root file system itself" "lxc.mount.entry = $work/dir ./ none bind 0 0"
refused "the root by its path" "the target is the root file system itself" "lxc.mount.entry = $work/dir $root none bind 0 0"
refused "too few fields" "not a line as in fstab: SOURCE TARGET TYPE OPTIONS$" "lxc.mount.entry = one two"
refused "a relative source" "the source is no absolute path$" "lxc.mount.entry = dir mnt none bind 0 0"
refused "remount of what is no mount" "^hint: remount changes what an earlier line mounted there$" "lxc.mount.entry = none mnt none remount,ro 0 0"
refused "move of what is no mount" "^hint: only a mount point can move" "lxc.mount.entry = $work/dir mnt none move 0 0"
refused "an option that the file system does not have" "nosuchoption" "lxc.mount.entry = none mnt tmpfs nosuchoption=1 0 0"

# ------------------------------------------------------------- fstab

cat >"$work/fstab" <<TEXT
# a comment

	$work/dir srv none bind,create=dir 0 0
none mnt tmpfs size=64k
TEXT
with "lxc.mount.fstab" "lxc.mount.fstab = $work/fstab" "lxc.mount.entry = $work/file mnt/file none bind,create=file"
is "its lines are mounted" "$(inside cat /srv/file)" in-dir
is "entries after them" "$(inside cat /mnt/file)" file
echo "only two" >>"$work/fstab"
refused "a bad line has its number" "lxc.mount.fstab $work/fstab:5 = only two: not a line as in fstab" "lxc.mount.fstab = $work/fstab"
refused "a file that is missing" "^lxc-start: start $c: config lxc.mount.fstab = /no/such/fstab: No such file or directory$" "lxc.mount.fstab = /no/such/fstab"

# ------------------------------------------------------------- auto

auto() { # WORDS [LINE]...
	auto_words=$1
	shift
	with "lxc.mount.auto = $auto_words" "lxc.mount.auto =" "lxc.mount.auto = $auto_words" "$@"
}
auto "proc:rw sys:rw"
like "proc:rw" "$(mounted /proc/sys)$(mounted /proc)" "^rw,nosuid,nodev,noexec"
like "sys:rw" "$(mounted /sys)" "^rw"
auto "proc:mixed sys:mixed"
like "proc:mixed: sysctls are read-only" "$(mounted /proc/sys)" "^ro"
like "the network's are not" "$(mounted /proc/sys/net)" "^rw"
[ ! -e /proc/sysrq-trigger ] || like "sysrq-trigger is" "$(mounted /proc/sysrq-trigger)" "^ro"
like "sys:mixed: read-only" "$(mounted /sys)" "^ro"
like "the network's devices are not" "$(mounted /sys/devices/virtual/net)" "^rw"
auto "proc sys:ro"
like "sys:ro" "$(mounted /sys)" "^ro"
is "all of it" "$(mounted /sys/devices/virtual/net)" ""

mkdir "$work/channel"
mount --bind "$work/channel" "$work/channel"
mount --make-private "$work/channel"
refused "shmounts of what is not shared" "^hint: mkdir -p $work/channel && mount --bind" \
	"lxc.mount.auto = shmounts:$work/channel"
mount --make-shared "$work/channel"
auto "proc sys shmounts:$work/channel:/mnt/channel"
mkdir "$work/channel/later"
mount -t tmpfs later "$work/channel/later"
like "what the host mounts there later arrives" "$(mounted /mnt/channel/later)" "^rw"
like "it is a slave, and no peer" "$(propagation /mnt/channel)" "^master:[0-9]+ -$"
inside mkdir /mnt/channel/back
inside mount -t tmpfs back /mnt/channel/back
is "what the container mounts does not come out" "$(grep -c "$work/channel/back" /proc/self/mountinfo)" 0
umount "$work/channel/later"
auto "proc sys shmounts:$work/channel"
mount -t tmpfs later "$work/channel/later"
like "its usual place" "$(mounted /dev/.lxc-mounts/later)" "^rw"
lxc stop -k -n "$c"
umount "$work/channel/later" "$work/channel"

# cgroups
own=lxc.payload.$c
set_layout() {
	if [ -f /sys/fs/cgroup/cgroup.controllers ]; then layout=2; else layout=1; fi
}
set_layout
auto "proc sys cgroup2"
like "cgroup2" "$(inside cat /proc/self/mountinfo | grep ' /sys/fs/cgroup ')" " / /sys/fs/cgroup rw.* - cgroup2 "
ok "it can be written" inside mkdir /sys/fs/cgroup/below
inside rmdir /sys/fs/cgroup/below
auto "proc sys cgroup2:ro"
like "cgroup2:ro" "$(mounted /sys/fs/cgroup)" "^ro"
if [ "$layout" = 2 ]; then
	auto "proc sys cgroup:ro"
	like "cgroup:ro" "$(mounted /sys/fs/cgroup)" "^ro"
	auto "proc sys cgroup:mixed"
	like "cgroup:mixed" "$(mounted /sys/fs/cgroup)" "^rw"
	refused "no cgroup namespace" "cgroup v2 without a cgroup namespace would show every cgroup of the host$" \
		"lxc.mount.auto =" "lxc.mount.auto = proc sys cgroup" "lxc.namespace.keep = cgroup"
	exit
fi
auto "proc sys cgroup:mixed" "lxc.cap.drop ="
is "with a cgroup namespace: left to init" "$(mounted /sys/fs/cgroup)" ""
auto "proc sys cgroup:mixed:force"
like "force: a tmpfs" "$(inside cat /proc/self/mountinfo | grep ' /sys/fs/cgroup ')" " - tmpfs "
like "force: version 1 in it" "$(inside cat /proc/self/mountinfo | grep ' /sys/fs/cgroup/memory ')" " / /sys/fs/cgroup/memory rw.* - cgroup "
[ ! -d /sys/fs/cgroup/unified ] ||
	like "force: version 2, too" "$(inside cat /proc/self/mountinfo | grep ' /sys/fs/cgroup/unified ')" " / /sys/fs/cgroup/unified rw.* - cgroup2 "
auto "proc sys cgroup:ro:force"
like "ro:force" "$(mounted /sys/fs/cgroup/memory)" "^ro"
auto "proc sys cgroup:mixed" "lxc.cap.drop = sys_admin"
like "without CAP_SYS_ADMIN: mounted" "$(mounted /sys/fs/cgroup/memory)" "^rw"
auto "proc sys cgroup-full:rw:force"
ok "full in a namespace: its own root" inside test ! -e "/sys/fs/cgroup/memory/$own"

# a systemd, as far as its files tell
plan_for() { # VERSION
	mkdir -p "$root/usr/lib/systemd"
	: >"$root/usr/lib/systemd/systemd"
	: >"$root/usr/lib/systemd/libsystemd-shared-$1.so"
	lxc start -n "$c" --explain -s "lxc.mount.auto = cgroup:mixed:force" \
		-s "lxc.init.cmd = /usr/lib/systemd/systemd" | grep 'mount cgroup'
	rm -r "$root/usr/lib/systemd"
}
if [ -d /sys/fs/cgroup/unified ]; then
	like "systemd 252: version 1" "$(plan_for 252)" "cgroup on /sys/fs/cgroup/memory"
	is "systemd 257: version 2 alone" "$(plan_for 257 | sed 's/.*cgroup  *//')" "cgroup2 on /sys/fs/cgroup"
fi

keep="lxc.namespace.keep = cgroup"
writes() { # DIRECTORY
	inside mkdir "$1/below" && inside rmdir "$1/below"
}
auto "proc sys cgroup:mixed" "$keep"
is "the path of /proc/self/cgroup" "$(inside sh -c 'grep :memory: /proc/1/cgroup')" "$(inside sh -c 'grep :memory: /proc/self/cgroup')"
ok "mixed: the own cgroup is there, writable" writes "/sys/fs/cgroup/memory/$own"
ok "with its files" inside test -f "/sys/fs/cgroup/memory/$own/memory.limit_in_bytes"
fails "around it nothing is" inside mkdir /sys/fs/cgroup/memory/other
is "no other cgroup shows" "$(inside ls /sys/fs/cgroup/memory)" "$own"
ok "named hierarchies, too" writes "/sys/fs/cgroup/systemd/$own"
auto "proc sys cgroup:ro" "$keep"
fails "ro: not the own" inside mkdir "/sys/fs/cgroup/memory/$own/below"
ok "which is there" inside test -f "/sys/fs/cgroup/memory/$own/memory.limit_in_bytes"
auto "proc sys cgroup:rw" "$keep"
ok "rw: the own" writes "/sys/fs/cgroup/memory/$own"
ok "and around it" inside mkdir /sys/fs/cgroup/memory/other
auto "proc sys cgroup-full:mixed" "$keep"
ok "full, mixed: the host's hierarchy" inside test -f /sys/fs/cgroup/memory/release_agent
fails "read-only" inside mkdir "/sys/fs/cgroup/memory/lxc-evil$unique"
ok "the own is writable" writes "/sys/fs/cgroup/memory/$own"
auto "proc sys cgroup-full:ro" "$keep"
fails "full, ro: not the own" inside mkdir "/sys/fs/cgroup/memory/$own/below"
auto "proc sys cgroup-full:rw" "$keep"
ok "full, rw: everything" writes /sys/fs/cgroup/memory
auto "proc sys cgroup" "$keep" "lxc.cap.drop = sys_admin"
fails "the default without CAP_SYS_ADMIN is mixed" inside mkdir /sys/fs/cgroup/memory/other
auto "proc sys cgroup" "$keep" "lxc.cap.drop ="
ok "with it, rw" inside mkdir /sys/fs/cgroup/memory/other
refused "cgroup2 without a cgroup namespace" "cgroup v2 without a cgroup namespace would show every cgroup of the host$" \
	"lxc.mount.auto =" "lxc.mount.auto = proc sys cgroup2" "$keep"
