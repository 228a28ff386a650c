#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The commonest mistakes: what the tools say about each, word by word, and that a failure leaves
# nothing behind.
#
# `mistake NAME COMMAND...` runs what is wrong.  errors/NAME.txt holds what must be said, with
# @NAME@ for the container, @PATH@ for the path of containers, @WORK@ for the test's directory and
# @PREFIX@ for where the programs are.  LXC_UPDATE_GOLDEN=1 writes these files: read them then as
# an administrator would, who wants to know what, why, and what to do.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools attach console create destroy execute info ls start stop wait
need busybox ip timeout unshare

golden=$(dirname "$0")/errors

# as in lib.sh, but a tool that hangs is a failure, too
lxc() { # VERB ARGUMENT...
	lxc_verb=$1
	shift
	timeout --foreground -k 5 "$((30 * LXC_SLOW))" "$LXC_PREFIX/bin/lxc-$lxc_verb" -P "$lxcpath" "$@"
}

# world: what a failure may not change
world() {
	find "$lxcpath" ! -path '*/rootfs/*' -printf '%y %m %p\n' | grep -Ev '\.log$|/failed-start$' | sort
	find /sys/fs/cgroup -type d -name "lxc.*-$unique*" 2>/dev/null | sort
	awk '{ print "mount", $5 }' /proc/self/mountinfo | grep -e "$work" -e "$LXC_PREFIX" | sort
	ip -o link | sed 's/@.*//; s/^[0-9]*: /link /' | grep "$unique"
	echo "$lxcpath" >"$work/pattern"
	grep -laF -f "$work/pattern" /proc/[0-9]*/cmdline 2>/dev/null
}

is_as_before() {
	world >"$work/after"
	cmp -s "$work/before" "$work/after"
}

words() {
	sed "s|$lxcpath|@PATH@|g; s|$work|@WORK@|g; s|$LXC_PREFIX|@PREFIX@|g; s|$c|@NAME@|g
		s|$unique|@N@|g; s/\(@[A-Z]*@[^ :]*\):[0-9]*:/\1:LINE:/" "$1"
}

# mistake NAME COMMAND...: it fails, in these words, and nothing is left
mistake() {
	status_wanted=1
	said "$@"
}

# said NAME COMMAND...: the same for an exit status of $status_wanted
said() {
	name=$1
	shift
	world >"$work/before"
	"$@" >"$work/output" 2>&1 </dev/null
	code=$?
	is "$name: exit status" "$code" "$status_wanted"
	# what should have failed is not in the way of the rest
	[ "$code$status_wanted" != 01 ] || lxc stop -k -n "$c" >"$work/stop" 2>&1
	words "$work/output" >"$work/said"
	[ -z "${LXC_UPDATE_GOLDEN:-}" ] || cp "$work/said" "$golden/$name.txt"
	is "$name: the words" "$(cat "$work/said")" "$(cat "$golden/$name.txt" 2>/dev/null)"
	wait_for 15 is_as_before
	diff "$work/before" "$work/after" >"$work/left"
	result $? "$name: nothing is left" "$work/left"
}

# start LINE...: the container $c, with these lines behind its own
start() {
	cat "$lxcpath/$c/config" >"$work/conf"
	printf '%s\n' "$@" >>"$work/conf"
	lxc start -n "$c" -f "$work/conf"
}

# without PATH COMMAND...: where a directory is empty, for this command alone
without() {
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount -t tmpfs none "$1" && shift && exec "$@"' sh "$1" \
		timeout "$((30 * LXC_SLOW))" "$LXC_PREFIX/bin/lxc-$2" -P "$lxcpath" -n "$c"
}

# as_nobody VERB ARGUMENT...
as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$LXC_PREFIX/bin/lxc-$1" -P "$lxcpath" -n "$c"
}

own=$work/own
mkdir "$own"
chmod 711 "$own"
container err
root=$lxcpath/$c/rootfs

# ------------------------------------------------------------ root file system and init

mistake rootfs-missing start "lxc.rootfs.path = dir:$own/nothing"
: >"$own/file"
mistake rootfs-is-file start "lxc.rootfs.path = dir:$own/file"
mkdir "$own/empty"
mistake init-missing start "lxc.rootfs.path = dir:$own/empty"
mistake init-cmd-missing start "lxc.init.cmd = /sbin/nothing here"
printf '#!/bin/sh\n' >"$root/bin/plain"
mistake init-not-executable start 'lxc.init.cmd = /bin/plain'
mistake init-is-directory start 'lxc.init.cmd = /etc'
# no more than a header; the type is executable, the machine is at byte 18
machine=$(case $(uname -m) in aarch64) printf '\076' ;; *) printf '\267' ;; esac)
{
	printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0%s\0\1\0\0\0' "$machine"
	head -c 104 /dev/zero
} >"$root/bin/foreign"
printf 'echo I am no program\n' >"$root/bin/text"
printf '#!/no/such/interpreter -x\n' >"$root/bin/script"
: >"$root/bin/nothing"
chmod 755 "$root/bin/foreign" "$root/bin/text" "$root/bin/script" "$root/bin/nothing"
mistake init-other-architecture start 'lxc.init.cmd = /bin/foreign'
mistake init-is-text start 'lxc.init.cmd = /bin/text'
mistake init-is-empty start 'lxc.init.cmd = /bin/nothing'
mistake init-without-interpreter start 'lxc.init.cmd = /bin/script'
mistake init-cwd-is-file start 'lxc.init.cwd = /bin/plain'
mkdir "$own/loop"
ln -s sbin "$own/loop/sbin"
mistake init-in-a-loop start "lxc.rootfs.path = dir:$own/loop"

# ---------------------------------------------------------------------------- network

link=lxe$unique
mistake bridge-missing start 'lxc.net.0.type = veth' "lxc.net.0.link = $link"
mistake bridge-is-no-bridge start 'lxc.net.0.type = veth' 'lxc.net.0.link = lo'
if ip link add "$link" type dummy 2>"$work/output"; then
	mistake pair-name-taken start 'lxc.net.0.type = veth' "lxc.net.0.veth.pair = $link"
	ip link del "$link"
else
	skip pair-name-taken "no dummy interface here: $(cat "$work/output")"
fi
mistake hwaddr-multicast start 'lxc.net.0.type = veth' 'lxc.net.0.hwaddr = 01:00:5e:00:00:01'
mistake net-without-type start 'lxc.net.1.link = lo'
mistake mtu-bad start 'lxc.net.0.type = veth' 'lxc.net.0.mtu = big'

# ---------------------------------------------------------------------- configuration

mistake key-unknown start 'lxc.rootfs.pth = /srv'
mistake key-far-off start 'lxc.quux.frobnicate = 1'
mistake option-s-malformed lxc start -n "$c" -s nonsense
mistake value-number start 'lxc.tty.max = many'
mistake value-arch start 'lxc.arch = pdp11'
mistake value-prlimit start 'lxc.prlimit.nofile = lots'
mistake value-prlimit-name start 'lxc.prlimit.nofiles = 10'
mistake value-signal start 'lxc.signal.halt = SIGNOTHING'
mistake value-namespace start 'lxc.namespace.keep = net home'
mistake share-stopped start 'lxc.namespace.share.net = no-such-container'
mistake share-itself start "lxc.namespace.share.net = $c"
mistake share-no-process start 'lxc.namespace.share.ipc = 4194304'
mistake share-no-name start 'lxc.namespace.share.ipc = ..'
mistake share-mnt start 'lxc.namespace.share.mnt = 1'
mistake share-is-file start 'lxc.namespace.share.uts = /etc/passwd'
mistake share-other-kind start 'lxc.namespace.share.uts = /proc/self/ns/net'
mistake time-without-namespace start 'lxc.time.offset.boot = 1h' 'lxc.namespace.keep = time'
mistake include-missing start 'lxc.include = /no/such/file'
printf 'lxc.tty.max = 3\n' >"$own/closed"
chmod 000 "$own/closed"
# root may read everything, so somebody else tries
as_nobody_reads() {
	chmod "$1" "$lxcpath/$c"
	chmod "$2" "$lxcpath/$c/config"
}
mistake config-unreadable as_nobody start
as_nobody_reads 755 644
cp "$lxcpath/$c/config" "$own/config"
echo "lxc.include = $own/closed" >>"$own/config"
chmod 644 "$own/config"
unreadable() {
	HOME=/root XDG_RUNTIME_DIR=$1 setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c" -f "$own/config"
}
mkdir "$own/run"
chown 65534:65534 "$own/run"
mistake include-unreadable unreadable "$own/run"
mistake lock-unwritable unreadable ''
mistake include-itself start "lxc.include = $work/conf"
printf 'lxc.uts.name = a\0b\n' >"$own/binary"
mistake config-binary lxc start -n "$c" -f "$own/binary"
mistake config-missing lxc start -n "$c" -f "$own/no.conf"
mistake no-such-container lxc start -n "none-$unique"
mistake idmap-malformed start 'lxc.idmap = u 0 100000'
mistake host-name-too-long start "lxc.uts.name = $(printf '%070d' 0)"
mistake sysctl-of-the-host start 'lxc.sysctl.kernel.panic = 0'
mistake sysctl-unknown start 'lxc.sysctl.net.ipv4.no_such_thing = 1'
mistake sysctl-bad-value start 'lxc.sysctl.net.ipv4.ip_forward = perhaps'
mistake proc-unknown start 'lxc.proc.no_such_file = 1'
if unshare --time true 2>/dev/null; then
	mistake time-before-zero start 'lxc.time.offset.boot = -1000000h'
fi
mistake capability-unknown start 'lxc.cap.drop = sys_modul'
mistake capabilities-both start 'lxc.cap.drop = sys_module' 'lxc.cap.keep = chown'
if [ -e /sys/kernel/security/apparmor ]; then
	mistake apparmor-not-loaded start 'lxc.apparmor.profile = no-such-profile'
else
	mistake apparmor-profile start 'lxc.apparmor.profile = no-such-profile'
fi
if [ ! -e /sys/fs/selinux ]; then
	mistake selinux-context start 'lxc.selinux.context = system_u:system_r:lxc_t:s0'
	mistake selinux-keyring start 'lxc.selinux.context.keyring = system_u:system_r:lxc_t:s0'
fi
mistake seccomp-missing start 'lxc.seccomp.profile = /no/such/policy'
printf '2\ndenylist\n[all]\nread explode\n' >"$own/policy"
mistake seccomp-unknown-action start "lxc.seccomp.profile = $own/policy"
printf '2\ndenylist\n[all]\nread errno 1 [0,1,SCMP_CMP_ODD]\n' >"$own/policy"
mistake seccomp-malformed start "lxc.seccomp.profile = $own/policy"
printf '2\ndenylist\nuname notify\nsendmsg errno 1\n' >"$own/policy"
mistake seccomp-without-sendmsg start "lxc.seccomp.profile = $own/policy"
printf '2\ndenylist\numask\nmount errno 1\n' >"$own/policy"
mistake intercept-and-policy start "lxc.seccomp.profile = $own/policy" 'lxc.seccomp.intercept.mount = ext4'
mistake intercept-device-bad start 'lxc.seccomp.intercept.mknod = c 1:3, null'
mistake intercept-type-refused start 'lxc.seccomp.intercept.mount = ext4 proc'
mistake intercept-attribute-refused start 'lxc.seccomp.intercept.setxattr = security.capability'
mistake notify-proxy-bad start 'lxc.seccomp.notify.proxy = /run/proxy'

mistake hook-missing start 'lxc.hook.pre-start = /no/such/hook'
mistake hook-fails start 'lxc.hook.pre-start = sh -c "echo the disk is not there >&2; exit 3"'
mistake hook-fails-inside start 'lxc.hook.start = /bin/false'

# ------------------------------------------------------------------------------ mounts

mistake mount-source-missing start 'lxc.mount.entry = '"$own/nothing"' mnt none bind 0 0'
mistake mount-target-missing start 'lxc.mount.entry = /srv no/such/place none bind 0 0'
mistake mount-target-is-file start 'lxc.mount.entry = /srv bin/plain none bind 0 0'
mistake mount-type-unknown start 'lxc.mount.entry = none mnt nosuchfs defaults 0 0'
mistake mount-option-unknown start 'lxc.mount.entry = none mnt tmpfs size=1M,colour=red 0 0'
mistake mount-entry-short start 'lxc.mount.entry = /srv'
mistake mount-target-escapes start 'lxc.mount.entry = /srv ../../srv none bind 0 0'
mistake mount-device-missing start 'lxc.mount.entry = /dev/no-such-disk mnt ext4 ro 0 0'
mistake mount-auto-unknown start 'lxc.mount.auto = proc:maybe'
mistake mount-point-missing without "$LXC_PREFIX/lib/lxc" start

# ---------------------------------------------------------------------- control groups

unified=$([ -e /sys/fs/cgroup/cgroup.controllers ] && echo 1 || echo 0)
if [ "$unified" = 1 ]; then
	mistake cgroup2-unknown start 'lxc.cgroup2.memory.maxi = 1G'
	mistake cgroup2-value start 'lxc.cgroup2.memory.max = much'
	mistake cgroup2-controller start 'lxc.cgroup2.nosuch.max = 1'
else
	mistake cgroup-unknown start 'lxc.cgroup.memory.limit = 1G'
	mistake cgroup-value start 'lxc.cgroup.memory.limit_in_bytes = much'
	mistake cgroup-controller start 'lxc.cgroup.nosuch.max = 1'
fi
mistake cgroup-dir-escapes start 'lxc.cgroup.dir = ../elsewhere'
# limits that nobody can set are no reason to run without them
if [ "$unified" = 1 ]; then limit='lxc.cgroup2.pids.max = 100'; else limit='lxc.cgroup.pids.max = 100'; fi
cp "$lxcpath/$c/config" "$own/unlimited"
echo "$limit" >>"$lxcpath/$c/config"
mistake cgroup-none without /sys/fs/cgroup start
read_only_cgroups() {
	# shellcheck disable=SC2016
	unshare -m sh -c '
		grep -E " - cgroup2? " /proc/self/mountinfo | cut -d " " -f 5 | while read -r dir; do
			mount -o remount,bind,ro "$dir"
		done
		exec "$@"' sh "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c"
}
mistake cgroup-read-only read_only_cgroups
cp "$own/unlimited" "$lxcpath/$c/config"

# --------------------------------------------------------------------- rights and limits

mistake not-root as_nobody start
few_descriptors() {
	# shellcheck disable=SC3045
	(ulimit -n "$1" && exec "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c")
}
mistake descriptors-few few_descriptors 7
no_namespaces() {
	# shellcheck disable=SC2016
	unshare -Urm sh -c '
		echo 0 >/proc/sys/user/max_net_namespaces || exit 1
		exec "$@"' sh "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c"
}
if unshare -Urm sh -c 'echo 1 >/proc/sys/user/max_net_namespaces' 2>/dev/null; then
	mistake namespaces-exhausted no_namespaces
else
	skip namespaces-exhausted "no user namespaces here"
fi
mistake log-file-unwritable lxc start -n "$c" -o /dev/null/dir/log
mistake log-key-unwritable start 'lxc.log.file = /dev/null/dir/log'
mistake log-level-unknown lxc start -n "$c" -l LOUD -o "$own/log"
with_pidfile() {
	lxc start -n "$c" -p "$lxcpath/pid" -s lxc.rootfs.path="dir:$own/nothing"
}
mistake pidfile-of-a-failure with_pidfile
mistake pidfile-unwritable lxc start -n "$c" -p /dev/null/dir/pid
mistake console-log-unwritable start 'lxc.console.logfile = /dev/null/dir/log'
mistake console-path-bad start 'lxc.console.path = /dev/null/tty'

# ---------------------------------------------------------------------------- templates

mistake template-none lxc create -n "new-$unique"
mistake template-missing lxc create -n "new-$unique" -t no-such-system
cat >"$own/half" <<'TEXT'
#!/bin/sh
for a; do case $a in --rootfs=*) root=${a#*=} ;; esac; done
mkdir -p "$root/etc" && echo half >"$root/etc/half"
echo "half: the mirror does not answer" >&2
exit 7
TEXT
chmod 755 "$own/half"
mistake template-fails lxc create -n "new-$unique" -t "$own/half"
cp "$own/half" "$own/not-executable"
chmod 644 "$own/not-executable"
mistake template-not-executable lxc create -n "new-$unique" -t "$own/not-executable"
printf '#!/no/such/interpreter\n' >"$own/broken"
chmod 755 "$own/broken"
mistake template-without-interpreter lxc create -n "new-$unique" -t "$own/broken"
mistake template-with-slash lxc create -n "new-$unique" -t ../busybox
mistake create-config-missing lxc create -n "new-$unique" -t none -f "$own/no.conf"
mistake storage-unknown lxc create -n "new-$unique" -t none -B floppy
mistake create-size-bad lxc create -n "new-$unique" -t none -B loop --fssize many
mistake name-taken lxc create -n "$c" -t none
mkdir "$own/small"
if mount -t tmpfs -o size=400k none "$own/small"; then
	disk_full() {
		"$LXC_PREFIX/bin/lxc-create" -P "$own/small" -n "new-$unique" -t "$LXC_TEMPLATES/lxc-busybox"
	}
	mistake disk-full disk_full
	is "disk-full: nothing is left on it" "$(ls "$own/small")" ""
	umount "$own/small"
fi
mount -t tmpfs -o ro none "$own/small" && {
	read_only() {
		"$LXC_PREFIX/bin/lxc-create" -P "$own/small/new" -n "new-$unique" -t none
	}
	mistake path-read-only read_only
	umount "$own/small"
}

# -------------------------------------------------------------------------------- names

mistake name-slash lxc create -n 'a/b' -t none
mistake name-dots lxc create -n '..' -t none
mistake name-dash lxc create -n -x -t none
mistake name-long lxc create -n "$(printf '%0300d' 0)" -t none
mistake name-space lxc create -n 'my box' -t none
mistake name-empty lxc create -n '' -t none
mistake name-none lxc start
escape=$(printf 'a\033[2Jb')
mistake name-escape lxc create -n "$escape" -t none
mistake name-escape-start lxc start -n "$escape"
grep -q "$(printf '\033')" "$work/output" && raw=raw || raw=replaced
is "name-escape: control characters" "$raw" replaced
if command -v script >/dev/null; then
	script -qec "$LXC_PREFIX/bin/lxc-start -P $lxcpath -n '$escape'" /dev/null </dev/null >"$work/output" 2>&1
	grep -q "$(printf '\033')\[2J" "$work/output" && raw=raw || raw=replaced
	is "name-escape: control characters on a terminal" "$raw" replaced
fi

# --------------------------------------------------------------------- it does not run

mistake attach-stopped lxc attach -n "$c" -- true
mistake console-stopped lxc console -n "$c"
status_wanted=2 said stop-stopped lxc stop -n "$c"
mistake destroy-missing lxc destroy -n "none-$unique"
mistake info-missing lxc info -n "none-$unique"
status_wanted=0 said info-key-unknown lxc info -n "$c" -c lxc.no.such
mistake wait-state-unknown lxc wait -n "$c" -s RUNING
mistake wait-time-out lxc wait -n "$c" -s RUNNING -t 1
mistake execute-nothing lxc execute -n "$c"
mistake option-unknown lxc start -n "$c" --no-such-option
mistake argument-missing lxc start -n
mistake argument-superfluous lxc info -n "$c" again

# --------------------------------------------------------------------------- it runs

lxc start -n "$c" >"$work/output" 2>&1 || bail "start $c"
wait_for 10 is_up || bail "$c is up"
mistake destroy-running lxc destroy -n "$c"
status_wanted=0 said start-twice lxc start -n "$c"
mistake create-running lxc create -n "$c" -t none
status_wanted=127 said attach-missing lxc attach -n "$c" -- no-such-program
status_wanted=126 said attach-not-executable lxc attach -n "$c" -- /bin/plain
status_wanted=126 said attach-other-architecture lxc attach -n "$c" -- /bin/foreign
status_wanted=126 said attach-is-text lxc attach -n "$c" -- /bin/text
status_wanted=127 said attach-without-interpreter lxc attach -n "$c" -- /bin/script
mistake attach-uid-bad lxc attach -n "$c" -u daemon -- true
mistake attach-uid-beyond lxc attach -n "$c" -u 99999999999 -- true
mistake attach-namespace-unknown lxc attach -n "$c" -s HOME -- true
mistake attach-not-allowed as_nobody attach
mistake stop-not-allowed as_nobody stop
mistake console-beyond lxc console -n "$c" -t 99
mistake console-escape-bad lxc console -n "$c" -e '^^'
mistake wait-running-time-out lxc wait -n "$c" -s STOPPED -t 1
inside sh -c 'trap "" PWR; kill -STOP 1' >/dev/null 2>&1
lxc stop -k -n "$c"
status_wanted=0 said stopped-again lxc info -n "$c" -s

# ------------------------------------------------------------------------- host's ids

# without_grants FILE: create, where nobody is granted any ids
without_grants() {
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount --bind /dev/null /etc/subuid && mount --bind /dev/null /etc/subgid && exec "$@"' sh \
		"$LXC_PREFIX/bin/lxc-create" -P "$lxcpath" -n "new-$c" -t none -f "$1"
}
echo "lxc.idmap = auto 2000000000" >"$own/auto.conf"
if [ -e /etc/subuid ] && [ -e /etc/subgid ]; then
	mistake idmap-auto-exhausted without_grants "$own/auto.conf"
else
	skip idmap-auto-exhausted "no /etc/subuid or /etc/subgid to cover"
fi

# ----------------------------------------------------------------- the installed pieces

mistake monitor-missing without "$LXC_PREFIX/libexec/lxc" start
foreign_monitor() {
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh \
		"$1" "$LXC_PREFIX/libexec/lxc/lxc-monitor" "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c"
}
mistake monitor-not-executable foreign_monitor "$own/file"
other=${LXC_BUILD:-}/tests/integration/monitor-99
if [ -x "$other" ]; then
	mistake monitor-of-another-version foreign_monitor "$other"
else
	skip monitor-of-another-version "no $other: make check TESTS="
fi
lxc destroy -n "$c" >"$work/output" 2>&1 || bail "destroy $c"
