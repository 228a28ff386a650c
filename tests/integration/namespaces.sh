#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Namespaces that a container shares with another, a process or a file, and what is its own.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach execute wait
need busybox unshare

# namespace KIND PID
namespace() {
	readlink "/proc/$2/ns/$1"
}

# shares WHAT KIND PID-OF-THE-OTHER: the container $c has it in common
shares() {
	is "$1" "$(namespace "$2" "$(init_pid)")" "$(namespace "$2" "$3")"
}

is_stopped() {
	[ "$(state)" = STOPPED ]
}

refused() { # VALUE KIND PATTERN
	fails "refused: $2 of '$1'" lxc start -n "$c" -s "lxc.namespace.share.$2 = $1"
	like "is said" "$(cat "$work/output")" "^lxc-start: start $c: config lxc.namespace.share.$2 = $1: $3"
	is "and nothing is started" "$(state)" STOPPED
}

started other "lxc.net.0.type = empty" "lxc.net.0.flags = up"
other=$c other_init=$(init_pid)

# ------------------------------------------------------------- by name, each kind

container one "lxc.init.cmd = /bin/sleep 1000"
one=$c
for kind in uts ipc net pid cgroup; do
	ok "$kind" lxc start -n "$c" -s "lxc.namespace.share.$kind = $other"
	shares "$kind is the other's" "$kind" "$other_init"
	apart=0
	for own in mnt uts ipc net pid cgroup; do
		[ "$(namespace "$own" "$(init_pid)")" = "$(namespace "$own" "$other_init")" ] || apart=$((apart + 1))
	done
	is "$kind alone" "$apart" 5
	is "an attached process is in it, too" "$(inside readlink "/proc/self/ns/$kind")" "$(namespace "$kind" "$other_init")"
	ok "lxc-stop" lxc stop -k -n "$c"
	c=$other
	is "the other runs on" "$(state)" RUNNING
	c=$one
done

# ------------------------------------------------------------- what is shared is used, and left alone

ok "all of them" lxc start -n "$c" -s "lxc.namespace.share.uts = $other" -s "lxc.namespace.share.ipc = $other" \
	-s "lxc.namespace.share.net = $other" -s "lxc.namespace.share.pid = $other" -s "lxc.uts.name = mine"
is "the host name is the other's" "$(inside uname -n)" "$other"
is "and the processes" "$(inside cat /proc/1/comm)" init
is "and the interfaces" "$(inside ls /sys/class/net)" lo
lxc info -n "$c" >"$work/info"
like "lxc-info shows it" "$(cat "$work/info")" '^State: +RUNNING$'
ok "lxc-stop" lxc stop -k -n "$c"
c=$other
is "what it ran is gone" "$(inside ps | grep -c 'sleep [1]000')" 0
is "the other is unharmed" "$(state) $(init_pid)" "RUNNING $other_init"
c=$one
is "a program without a root file system" \
	"$(lxc execute -n "app-$unique" -s "lxc.namespace.share.net = $other" -- readlink /proc/self/ns/net)" \
	"$(namespace net "$other_init")"
is "interfaces are those of the namespace, whatever is configured" \
	"$(lxc execute -n "$c" -s lxc.net.1.type=veth -s "lxc.namespace.share.net = $other" -- ls /sys/class/net)" lo
is "--explain shows it" "$(lxc start -n "$c" -s "lxc.namespace.share.ipc = $other" --explain | sed -n 's/^monitor *share *//p')" \
	"namespace ipc of $other"

# ------------------------------------------------------------- the options of the tools

for kind in net ipc uts pid; do
	is "lxc-execute --share-$kind" "$(lxc execute -n "$c" "--share-$kind" "$other" -- readlink "/proc/self/ns/$kind")" \
		"$(namespace "$kind" "$other_init")"
done
ok "lxc-start --share-net PID" lxc start -n "$c" --share-net "$other_init"
shares "is the process's" net "$other_init"
ok "lxc-stop" lxc stop -k -n "$c"

# ------------------------------------------------------------- other values

is "a process" "$(lxc execute -n "$c" -s "lxc.namespace.share.ipc = $other_init" -- readlink /proc/self/ns/ipc)" \
	"$(namespace ipc "$other_init")"
is "a process of the host" "$(lxc execute -n "$c" -s "lxc.namespace.share.net = $$" -- readlink /proc/self/ns/net)" \
	"$(namespace net $$)"
is "a file" "$(lxc execute -n "$c" -s "lxc.namespace.share.uts = /proc/$other_init/ns/uts" -- readlink /proc/self/ns/uts)" \
	"$(namespace uts "$other_init")"
is "a container of a path" "$(lxc execute -n "$c" -s "lxc.namespace.share.uts = $lxcpath/$other" -- readlink /proc/self/ns/uts)" \
	"$(namespace uts "$other_init")"
touch "$work/net"
if mount --bind "/proc/$other_init/ns/net" "$work/net" 2>"$work/output"; then
	is "a bind mount of one" "$(lxc execute -n "$c" -s "lxc.namespace.share.net = $work/net" -- readlink /proc/self/ns/net)" \
		"$(namespace net "$other_init")"
	umount "$work/net"
else
	skip "a bind mount of one" "$(cat "$work/output")"
fi

# ------------------------------------------------------------- mistakes

container stopped
c=$one
refused "stopped-$unique" net "that container does not run"
like "the remedy, too" "$(cat "$work/output")" "^hint: start it first: lxc-start -P $lxcpath -n stopped-$unique"
refused "missing-$unique" uts "that container does not run"
refused "$lxcpath/missing-$unique" uts "that container does not run"
refused "$c" uts "a container cannot share with itself"
refused 4194304 ipc "there is no such process"
refused .. ipc "this names no container"
refused some/where ipc "this names no container"
refused /etc/passwd net "this is no file of a namespace"
refused /dev/null net "this is no file of a namespace"
refused "/proc/$other_init/ns/uts" net "this is a namespace of the kind uts"
refused "/proc/$other_init/ns/pid_for_children" net "this is a namespace of the kind pid"
fails "a mount namespace" lxc start -n "$c" -s "lxc.namespace.share.mnt = $other"
like "is refused" "$(cat "$work/output")" "lxc.namespace.share.mnt: a container needs a mount namespace of its own"

# a process namespace that has ended, held by a file
unshare -pf --kill-child sh -c "echo ready; exec sleep 1000" >"$work/background" 2>&1 </dev/null &
helper=$!
wait_for 10 grep -q ready "$work/background"
touch "$work/pid"
if mount --bind "/proc/$helper/ns/pid_for_children" "$work/pid" 2>"$work/output"; then
	kill -KILL "$helper"
	wait "$helper" 2>/dev/null
	fails "a process namespace that has ended" lxc start -n "$c" -s "lxc.namespace.share.pid = $work/pid"
	like "is refused" "$(cat "$work/output")" "the process namespace to share has ended"
	umount -l "$work/pid"
else
	kill -KILL "$helper"
	skip "a process namespace that has ended" "$(cat "$work/output")"
fi

# ------------------------------------------------------------- a reboot

cat >"$work/reboots" <<'TEXT'
#!/bin/sh
n=$(cat /lives 2>/dev/null || echo 0)
echo $((n + 1)) >/lives
readlink /proc/self/ns/net >>/nets
[ "$n" = 0 ] || exec sleep 1000
sleep 1
exec reboot -f
TEXT
chmod +x "$work/reboots"
cp "$work/reboots" "$lxcpath/$c/rootfs/sbin/reboots"
ok "a container that reboots" lxc start -n "$c" -s "lxc.init.cmd = /sbin/reboots" -s "lxc.namespace.share.net = $other"
c=$other
net_was=$(namespace net "$other_init")
ok "while the other stops" lxc stop -k -n "$c"
c=$one
ok "lives again" wait_for 15 grep -qx 2 "$lxcpath/$c/rootfs/lives"
is "in the same namespace" "$(sort -u "$lxcpath/$c/rootfs/nets")" "$net_was"
ok "lxc-stop" lxc stop -k -n "$c"
ok "it ends" wait_for 5 is_stopped
