#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Hooks: which run, when, where, with what in their hands, and what their failure does.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach destroy
need busybox

# the hook writes a line per call; what it does besides comes from $work/do-TYPE
cat >"$work/hook" <<TEXT
#!/bin/sh
# NAME SECTION TYPE ARGUMENT...
type=\${3:-\$LXC_HOOK_TYPE}
{
	echo "\$type args=\$*"
	env | grep -E '^(LXC|FOR)_' | sort | sed "s/^/\$type /"
} >>$work/log
[ ! -f $work/do-\$type ] || . $work/do-\$type
exit \${code:-0}
TEXT
chmod 755 "$work/hook"
h=$work/hook

# said TYPE: what the hook of that type wrote
said() {
	sed -n "s/^$1 //p" "$work/log"
}

# new_log: forget what was written
new_log() {
	rm -f "$work"/do-* "$work/log"
	: >"$work/log"
}

order() {
	sed -n 's/ args=.*//p' "$work/log" | tr '\n' ' ' | sed 's/ $//'
}

# ------------------------------------------------------------- all of them, in their order

container hook "lxc.net.0.type = empty" \
	"lxc.net.0.script.up = $h" "lxc.net.0.script.down = $h" \
	"lxc.hook.pre-start = $h" "lxc.hook.pre-mount = $h" "lxc.hook.mount = $h" \
	"lxc.hook.autodev = $h" "lxc.hook.start-host = $h" "lxc.hook.stop = $h" \
	"lxc.hook.post-stop = $h" "lxc.hook.destroy = $h" \
	"lxc.environment = FOR_ALL=all" "lxc.environment.hooks = FOR_HOOKS=hooks" \
	"lxc.environment.runtime = FOR_INIT=init"
root=$lxcpath/$c/rootfs
cat >"$root/bin/inside" <<'TEXT'
#!/bin/sh
{
	echo "args=$*"
	env | grep -E '^(LXC|FOR)_'
	grep -E '^(NoNewPrivs|CapEff|CapBnd)' /proc/self/status
	echo "device $(ls /dev/null) pid 1 $(tr '\0' ' ' </proc/1/cmdline)"
} >/root/start-hook
TEXT
chmod 755 "$root/bin/inside"
echo "lxc.hook.start = /bin/inside one two" >>"$lxcpath/$c/config"
new_log
cat >"$work/do-mount" <<TEXT
echo x >\$LXC_ROOTFS_MOUNT/dev/seen 2>/dev/null
ls \$LXC_ROOTFS_MOUNT/dev | sed 's/^/mount dev /' >>$work/log
grep -c " \$LXC_ROOTFS_MOUNT/proc " /proc/self/mountinfo | sed 's/^/mount proc /' >>$work/log
mount -t tmpfs by-hook \$LXC_ROOTFS_MOUNT/mnt
TEXT
cat >"$work/do-pre-mount" <<TEXT
grep -c " \$LXC_ROOTFS_MOUNT " /proc/self/mountinfo | sed 's/^/pre-mount root /' >>$work/log
readlink /proc/1/ns/mnt | sed 's/^/pre-mount mnt /' >>$work/log
TEXT
cat >"$work/do-autodev" <<TEXT
mknod \$LXC_ROOTFS_MOUNT/dev/by-hook c 1 3 && chmod 600 \$LXC_ROOTFS_MOUNT/dev/by-hook
ls \$LXC_ROOTFS_MOUNT/dev/null 2>/dev/null && echo "autodev too late" >>$work/log
TEXT
cat >"$work/do-start-host" <<TEXT
echo "start-host exe \$(readlink /proc/\$LXC_PID/exe)" >>$work/log
nsenter -t \$LXC_PID -m ls /dev/by-hook >>$work/log 2>&1
echo "start-host cgroup \$(grep -c 'lxc.payload.$c' /proc/\$LXC_PID/cgroup)" >>$work/log
TEXT
cat >"$work/do-stop" <<TEXT
for ns in \$4 \$5 \$6 \$7 \$8 \$9; do
	readlink "\${ns#*:}" | sed 's/^/stop leads to /' >>$work/log
done
find /sys/fs/cgroup -name "lxc.payload.$c" | grep -c . | sed 's/^/stop cgroups /' >>$work/log
"$LXC_PREFIX/bin/lxc-info" -P "$lxcpath" -n "$c" -sH | sed 's/^/stop state /' >>$work/log
TEXT
cat >"$work/do-post-stop" <<TEXT
find /sys/fs/cgroup -name "lxc.payload.$c" | grep -c . | sed 's/^/post-stop cgroups /' >>$work/log
"$LXC_PREFIX/bin/lxc-info" -P "$lxcpath" -n "$c" -sH | sed 's/^/post-stop state /' >>$work/log
TEXT
ok "lxc-start with a hook of every kind" lxc start -n "$c"
[ "$(state)" = RUNNING ] || bail "$c runs"
pid=$(init_pid)
# the interfaces are made while the container's side goes on
is "their order" "$(order | sed 's/ up//')" "pre-start pre-mount mount autodev start-host"
like "script.up before mount" "$(order)" " up .*mount"
is "pre-start: arguments" "$(said pre-start | sed -n 1p)" "args=$c lxc pre-start"
like "pre-start: LXC_NAME" "$(said pre-start)" "^LXC_NAME=$c$"
like "pre-start: LXC_CONFIG_FILE" "$(said pre-start)" "^LXC_CONFIG_FILE=$lxcpath/$c/config$"
like "pre-start: LXC_ROOTFS_PATH" "$(said pre-start)" "^LXC_ROOTFS_PATH=$root$"
like "pre-start: LXC_ROOTFS_MOUNT" "$(said pre-start)" "^LXC_ROOTFS_MOUNT=/"
like "pre-start: LXC_HOOK_VERSION" "$(said pre-start)" "^LXC_HOOK_VERSION=0$"
like "pre-start: LXC_LOG_LEVEL" "$(said pre-start)" "^LXC_LOG_LEVEL=[A-Z]+$"
like "pre-start: LXC_CGNS_AWARE" "$(said pre-start)" "^LXC_CGNS_AWARE=1$"
is "pre-start: not the container's variables" "$(said pre-start | grep -c '^FOR_')" 0
is "pre-start: no LXC_PID yet" "$(said pre-start | grep -c '^LXC_PID')" 0
is "pre-mount: the root is not mounted yet" "$(said pre-mount | sed -n 's/^root //p')" 0
like "pre-mount: lxc.environment" "$(said pre-mount)" "^FOR_ALL=all$"
like "pre-mount: lxc.environment.hooks" "$(said pre-mount)" "^FOR_HOOKS=hooks$"
is "pre-mount: not lxc.environment.runtime" "$(said pre-mount | grep -c FOR_INIT)" 0
is "mount: /proc is mounted" "$(said mount | sed -n 's/^proc //p')" 1
is "mount: /dev has no devices yet" "$(said mount | grep -Ec '^dev (null|zero|tty)$')" 0
like "what it mounts is there inside" "$(inside cat /proc/self/mountinfo)" ' /mnt .* tmpfs by-hook'
is "autodev: before the standard devices" "$(said autodev | grep -c '^too late')" 0
is "the device that it made is there" "$(inside stat -c %t:%T:%a /dev/by-hook)" 1:3:600
ok "and the standard ones are, too" inside sh -c 'test -c /dev/null && test -c /dev/tty1 && test -L /dev/fd'
like "start-host: LXC_PID is init's" "$(said start-host)" "^LXC_PID=$pid$"
like "start-host: the container is complete" "$(cat "$work/log")" "^/dev/by-hook$"
like "start-host: init is in its cgroups" "$(said start-host)" "^cgroup [1-9]"
is "start: arguments" "$(sed -n 1p "$root/root/start-hook")" "args=one two $c lxc start"
like "start: its variables" "$(cat "$root/root/start-hook")" "^FOR_HOOKS=hooks$"
is "start: the capabilities are init's" "$(sed -n 's/^CapEff:\t//p' "$root/root/start-hook")" \
	"$(sed -n 's/^CapEff:\t//p' "/proc/$pid/status")"
is "init gets the variables of the run time" "$(tr '\0' '\n' <"/proc/$pid/environ" | grep '^FOR_' | tr '\n' ' ')" \
	"FOR_ALL=all FOR_INIT=init "
is "script.up: arguments" "$(said up | sed -n 1p)" "args=$c net up empty"

: >"$work/log"
net_ns=$(readlink "/proc/$pid/ns/net")
cgroup_ns=$(readlink "/proc/$pid/ns/cgroup")
ok "lxc-stop" lxc stop -k -n "$c"
ended() { said post-stop | grep -q state; }
ok "post-stop comes" wait_for 5 ended
is "the order of the end" "$(order)" "down stop post-stop"
like "stop: namespaces as arguments" "$(said stop | sed -n 1p)" \
	"args=$c lxc stop mnt:/proc/[0-9]+/fd/[0-9]+ pid:/proc/.* net:/proc/.* cgroup:/proc/"
like "stop: they lead to the container's network" "$(said stop)" "leads to $(echo "$net_ns" | sed 's/[][]/\\&/g')"
like "stop: and to its own cgroup namespace" "$(said stop)" "leads to $(echo "$cgroup_ns" | sed 's/[][]/\\&/g')"
like "stop: LXC_NET_NS" "$(said stop)" "^LXC_NET_NS=/proc/[0-9]+/fd/[0-9]+$"
like "stop: LXC_PID" "$(said stop)" "^LXC_PID=$pid$"
like "stop: LXC_TARGET" "$(said stop)" "^LXC_TARGET=stop$"
like "stop: the cgroups are still there" "$(said stop)" "^cgroups [1-9]"
like "stop: the state" "$(said stop)" "^state STOPPING$"
like "post-stop: the cgroups are gone" "$(said post-stop)" "^cgroups 0$"
like "post-stop: the state" "$(said post-stop)" "^state STOPPED$"

# ------------------------------------------------------------- arguments are data

ok "a value may carry shell text" lxc start -n "$c" -s "lxc.hook.pre-start =" \
	-s "lxc.hook.pre-start = printf '<%s>' 'b c' \$((6 * 7)) >$work/shell; true"
lxc stop -k -n "$c"
is "it was taken as shell text" "$(cat "$work/shell" 2>/dev/null)" "<b c><42>"

# a name of before there were rules for names
cd "$work" || exit 1
evil="q\$(id >pwned)'\$(id >pwned);"
mkdir "$lxcpath/$evil"
cp "$lxcpath/$c/config" "$lxcpath/$evil/config"
: >"$work/log"
lxc start -n "$evil" >"$work/output" 2>&1
lxc stop -k -n "$evil" >/dev/null 2>&1
ok "a name is refused, or one argument" sh -c "! test -s '$work/log' || grep -F 'args=$(echo "$evil" | sed "s/'/'\\\\''/g") lxc pre-start' '$work/log'"
is "and never a command" "$(ls pwned /pwned 2>/dev/null)" ""
rm -r "${lxcpath:?}/$evil"

# ------------------------------------------------------------- version 1

new_log
ok "version 1" lxc start -n "$c" -s "lxc.hook.version = 1" -s "lxc.net =" -s "lxc.net.0.type = veth" \
	-s "lxc.net.0.veth.pair = lxh$unique" -s "lxc.net.0.script.up = $h" -s "lxc.net.0.script.down = $h"
is "version 1: no arguments" "$(said pre-start | sed -n 1p)" "args="
like "version 1: LXC_HOOK_TYPE" "$(said pre-start)" "^LXC_HOOK_TYPE=pre-start$"
like "version 1: LXC_HOOK_SECTION" "$(said pre-start)" "^LXC_HOOK_SECTION=lxc$"
like "version 1: LXC_HOOK_VERSION" "$(said pre-start)" "^LXC_HOOK_VERSION=1$"
lxc stop -k -n "$c"
like "script: LXC_HOOK_SECTION" "$(cat "$work/log")" "^veth LXC_HOOK_SECTION=net$|^[^ ]* LXC_HOOK_SECTION=net$"
like "script: LXC_NET_TYPE" "$(cat "$work/log")" "LXC_NET_TYPE=veth$"
like "script: LXC_NET_PEER" "$(cat "$work/log")" "LXC_NET_PEER=lxh$unique$"
like "script: the other arguments" "$(cat "$work/log")" "args=veth lxh$unique$"

# ------------------------------------------------------------- failures

failing() { # TYPE [LINE]...: a start with a failing hook of that type
	tap_type=$1
	shift
	new_log
	fails "$tap_type fails: so does the start" lxc start -n "$c" -s "lxc.hook.$tap_type =" \
		-s "lxc.hook.$tap_type = sh -c 'echo one; echo two >&2; exit 3'" -s "lxc.hook.$tap_type = touch $work/second" "$@"
	is "$tap_type: the words" "$(cat "$work/output")" "lxc-start: start $c: hook lxc.hook.$tap_type = sh -c 'echo one; echo two >&2; exit 3': exit status 3: one / two
hint: correct the program of lxc.hook.$tap_type, or remove the line; all that it says is in the log at level DEBUG"
	is "$tap_type: the next one is not run" "$(ls "$work/second" 2>/dev/null)" ""
	is "$tap_type: the hooks of the end are" "$(order | grep -o 'stop post-stop')" "stop post-stop"
	is "$tap_type: it is stopped" "$(state)" STOPPED
}
for type in pre-start pre-mount mount autodev start-host start; do failing "$type"; done
fails "script.up fails: so does the start" lxc start -n "$c" -s "lxc.net.0.script.up = false"
like "script.up: the words" "$(cat "$work/output")" "^lxc-start: start $c: hook lxc.net.0.script.up = false: exit status 1$"
fails "a hook that is not there" lxc start -n "$c" -s "lxc.hook.pre-start = /no/such/hook"
like "its words" "$(cat "$work/output")" "^hint: the program of lxc.hook.pre-start was not found: correct its path"
touch "$work/plain"
fails "a hook that is no program" lxc start -n "$c" -s "lxc.hook.pre-start = $work/plain"
like "its words" "$(cat "$work/output")" "^hint: the program of lxc.hook.pre-start cannot be executed"
fails "a start hook that is not in the container" lxc start -n "$c" -s "lxc.hook.start = $work/hook"
is "its words" "$(cat "$work/output")" "lxc-start: start $c: hook lxc.hook.start = $work/hook: $work/hook does not exist in the container
hint: a start hook runs inside: the program has to be in the root file system, or bound into it with lxc.mount.entry"
fails "a mount hook that hides the root" lxc start -n "$c" \
	-s "lxc.hook.mount = sh -c 'mount -t tmpfs none \$LXC_ROOTFS_MOUNT'"
like "its words" "$(cat "$work/output")" "something was mounted over the root file system itself$"
fails "what a hook says is shown without control characters" lxc start -n "$c" \
	-s "lxc.hook.pre-start = sh -c 'printf \"\\\\033[31mred\\\\n\"; exit 1'"
like "as text" "$(cat "$work/output")" 'exit status 1: \\x1b\[31mred$'

# ------------------------------------------------------------- one that never ends

ok "hooks of the end may fail" lxc start -n "$c" -s "lxc.hook.stop = false" -s "lxc.hook.post-stop = false"
ok "the stop does not" lxc stop -k -n "$c"
is "it is stopped" "$(state)" STOPPED

hanging() {
	[ "$(state)" = STARTING ] && pgrep -f "^sleep 98$unique" >/dev/null
}
for type in pre-start mount start-host start; do
	lxc start -n "$c" -s "lxc.hook.$type =" -s "lxc.hook.$type = /bin/sh -c 'sleep 98$unique; true'" \
		>"$work/hanging" 2>&1 &
	starter=$!
	ok "a $type hook that never ends: the state" wait_for 10 hanging
	ok "$type: lxc-stop -k comes through" timeout 10 "$LXC_PREFIX/bin/lxc-stop" -P "$lxcpath" -n "$c" -k
	wait $starter
	is "$type: the start has failed" "$?" 1
	like "$type: and says why" "$(cat "$work/hanging")" "stopped on request"
	is "$type: it is stopped" "$(state)" STOPPED
	is "$type: the hook is gone" "$(pgrep -f "^sleep 98$unique")" ""
done
lxc start -n "$c" -s "lxc.hook.stop = /bin/sh -c 'sleep 98$unique; true'" || bail "start $c"
lxc stop -k -n "$c" &
stopper=$!
stopping() { pgrep -f "^sleep 98$unique" >/dev/null; }
ok "a stop hook that never ends" wait_for 10 stopping
ok "the next lxc-stop -k ends it" timeout 10 "$LXC_PREFIX/bin/lxc-stop" -P "$lxcpath" -n "$c" -k
wait $stopper
is "it is stopped" "$(state)" STOPPED

# ------------------------------------------------------------- what a hook leaves behind

ok "a hook may leave a process that keeps its output" timeout 20 "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" \
	-n "$c" -s "lxc.hook.pre-start = sh -c 'sleep 97$unique &'"
pkill -f "^sleep 97$unique"
lxc stop -k -n "$c"

# ------------------------------------------------------------- reboot

another_init() {
	new=$(init_pid) && [ -n "$new" ] && [ "$new" != "$old" ]
}
new_log
ok "start" lxc start -n "$c"
wait_for 10 is_up
old=$(init_pid)
: >"$work/log"
ok "reboot" lxc stop -r -n "$c"
ok "there is another init" wait_for 15 another_init
wait_for 10 is_up
is "the hooks of an end and of a start" "$(order | sed 's/ up//')" \
	"down stop post-stop pre-start pre-mount mount autodev start-host"
like "LXC_TARGET" "$(said stop)" "^LXC_TARGET=reboot$"
like "also for post-stop" "$(said post-stop)" "^LXC_TARGET=reboot$"
echo 'code=1' >"$work/do-post-stop"
: >"$work/log"
lxc stop -r -t 10 -n "$c" >/dev/null 2>&1
is_stopped() { [ "$(state)" = STOPPED ]; }
ok "post-stop fails: the reboot is cancelled" wait_for 15 is_stopped
is "it ran once" "$(order)" "down stop post-stop"

# ------------------------------------------------------------- monitor.unshare

cat >"$work/do-pre-start" <<TEXT
mkdir -p $work/private && mount -t tmpfs private $work/private && touch $work/private/file
TEXT
ok "lxc.monitor.unshare" lxc start -n "$c" -s "lxc.monitor.unshare = 1" -s "lxc.mount.entry = $work/private mnt none bind 0 0" \
	-s "lxc.hook.mount ="
ok "what pre-start mounted is there for the container" inside test -e /mnt/file
is "and nobody else" "$(grep -c "$work/private" /proc/self/mountinfo)" 0
lxc stop -k -n "$c"

# ------------------------------------------------------------- destroy

new_log
echo 'echo not now; code=1' >"$work/do-destroy"
fails "destroy fails: so does lxc-destroy" lxc destroy -n "$c"
like "its words" "$(cat "$work/output")" "hook lxc.hook.destroy = $h: exit status 1: not now$"
ok "nothing was removed" test -f "$lxcpath/$c/config"
rm "$work/do-destroy"
ok "lxc-destroy" lxc destroy -n "$c"
is "destroy: arguments" "$(said destroy | sed -n 1p)" "args=$c lxc destroy"
fails "it is gone" test -e "$lxcpath/$c"
