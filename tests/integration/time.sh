#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Clocks of a container: lxc.time.offset.*.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach execute
need busybox unshare
unshare --time true 2>/dev/null || skip_all "this kernel has no time namespaces"

# seconds_ahead COMMAND...: how far the container's clock since boot is ahead of the host's
seconds_ahead() {
	ahead=$("$@" cut -d . -f 1 /proc/uptime) && here=$(cut -d . -f 1 /proc/uptime) && echo $((ahead - here))
}

# near NAME GOT EXPECTED
near() {
	ok "$1: $2, not $3" test "$2" -ge "$(($3 - 2 * LXC_SLOW))" -a "$2" -le "$(($3 + 2 * LXC_SLOW))"
}

started clocks "lxc.time.offset.boot = 3h" "lxc.time.offset.monotonic = -1500ms"
near "the clock since boot" "$(seconds_ahead inside)" 10800
is "a negative offset" "$(sed -n 's/^monotonic *//p' "/proc/$(init_pid)/timens_offsets" | xargs)" "-2 500000000"
is "an attached process has it" "$(inside readlink /proc/self/ns/time)" "$(readlink "/proc/$(init_pid)/ns/time")"
is "unless other namespaces are named" "$(lxc attach -n "$c" -s "PID|MOUNT" -- readlink /proc/self/ns/time)" \
	"$(readlink /proc/self/ns/time)"
is "and its children as well" "$(inside readlink /proc/self/ns/time_for_children)" "$(readlink "/proc/$(init_pid)/ns/time")"
is "the host's clock is as it was" "$(readlink /proc/self/ns/time)" "$(readlink /proc/self/ns/time_for_children)"
first=$c
started sharing "lxc.namespace.share.time = $first"
near "another shares it" "$(seconds_ahead inside)" 10800
ok "lxc-stop" lxc stop -k -n "$c"
c=$first
ok "lxc-stop" lxc stop -k -n "$c"

near "one offset alone" "$(seconds_ahead lxc execute -n "$c" -s lxc.time.offset.monotonic= -s "lxc.time.offset.boot = 90m" --)" 5400
is "a namespace without an offset" "$(lxc execute -n "$c" -s lxc.time.offset.boot= -s lxc.time.offset.monotonic= \
	-s "lxc.namespace.clone = mnt pid cgroup time" -- cat /proc/self/timens_offsets | xargs)" "monotonic 0 0 boottime 0 0"
is "none without a key" "$(lxc execute -n "$c" -s lxc.time.offset.boot= -s lxc.time.offset.monotonic= -- readlink /proc/self/ns/time)" \
	"$(readlink /proc/self/ns/time)"
container mapped "lxc.idmap = u 0 100000 65536" "lxc.idmap = g 0 100000 65536" "lxc.time.offset.boot = 1h"
if lxc start -n "$c" >"$work/output" 2>&1; then
	near "below mapped ids" "$(seconds_ahead inside)" 3600
	ok "lxc-stop" lxc stop -k -n "$c"
else
	result 1 "below mapped ids" "$work/output"
fi

# ------------------------------------------------------------- a reboot

container again "lxc.init.cmd = /sbin/reboots" "lxc.time.offset.boot = 3h"
cat >"$lxcpath/$c/rootfs/sbin/reboots" <<'TEXT'
#!/bin/sh
cut -d . -f 1 /proc/uptime >>/lives
[ "$(wc -l </lives)" = 1 ] || exec sleep 1000
exec reboot -f
TEXT
chmod +x "$lxcpath/$c/rootfs/sbin/reboots"
ok "a container that reboots" lxc start -n "$c"
ok "lives again" wait_for 15 sh -c "[ \$(wc -l <$lxcpath/$c/rootfs/lives) = 2 ]"
near "with the same clock" "$(tail -n 1 "$lxcpath/$c/rootfs/lives")" "$(($(cut -d . -f 1 /proc/uptime) + 10800))"
ok "lxc-stop" lxc stop -k -n "$c"

# ------------------------------------------------------------- mistakes

container wrong
refused() { # PATTERN KEY=VALUE...
	pattern=$1 options=''
	shift
	for setting; do options="$options -s $setting"; done
	# shellcheck disable=SC2086 # options
	fails "refused: $*" lxc start -n "$c" $options
	like "is said" "$(cat "$work/output")" "$pattern"
	is "and nothing runs" "$(state)" STOPPED
}
refused "lxc.namespace.keep: a time offset requires" lxc.time.offset.boot=1h lxc.namespace.keep=time
refused "lxc.namespace.clone: a time offset requires" lxc.time.offset.boot=1h lxc.namespace.clone=mnt
refused "lxc.namespace.share.time: a time offset requires" lxc.time.offset.boot=1h lxc.namespace.share.time=1
refused "set lxc.time.offset.*: .*range" lxc.time.offset.boot=-2000000h
