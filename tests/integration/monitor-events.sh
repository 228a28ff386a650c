#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# lxc-monitor shows what happens to the containers of several paths, also the historical one's.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop freeze unfreeze monitor
need busybox

# listening PATTERN ARGUMENT...: lxc-monitor into $work/events, connected when this returns
listening() {
	"$LXC_PREFIX/bin/lxc-monitor" -P "$lxcpath" "$@" >"$work/events" 2>"$work/events.err" </dev/null &
	monitor=$!
	helpers="$helpers $monitor"
	wait_for 5 connected
}

connected() {
	[ -p "/run/lxc$lxcpath/monitor-fifo" ] && grep -q "lxc/.*/$lxcpath\$" /proc/net/unix
}

seen() {
	grep -qF -- "$1" "$work/events"
}

second=$work/second
mkdir "$second"
# whatever the checks do, nobody goes on listening
quit() {
	"$LXC_PREFIX/bin/lxc-monitor" -Q -P "$lxcpath" -P "$second" >/dev/null 2>&1
}
trap 'quit; finish' EXIT

container ev
listening -P "$second/" -n "e.*-$unique"
lxc start -n "$c"
lxc freeze -n "$c"
lxc unfreeze -n "$c"
lxc stop -k -n "$c"
ok "the end of a container is seen" wait_for 5 seen "'$c' changed state to [STOPPED]"
is "and everything before it" "$(tr '\n' ';' <"$work/events" | sed "s/'$c' changed state to//g; s/'$c' exited with//")" \
	" [STARTING]; [RUNNING]; [FREEZING]; [FROZEN]; [THAWED]; [RUNNING]; status [0]; [STOPPING]; [STOPPED];"
lxc start -n "$c" -- /bin/sh -c 'exit 7'
ok "the exit code is seen" wait_for 5 seen "'$c' exited with status [7]"
first=$c
container other
lxc start -n "$c"
lxc stop -k -n "$c"
mv "$lxcpath/$first" "$second/"
sed -i "s|$lxcpath/$first|$second/$first|" "$second/$first/config"
: >"$work/events"
"$LXC_PREFIX/bin/lxc-start" -P "$second" -n "$first"
"$LXC_PREFIX/bin/lxc-stop" -k -P "$second" -n "$first"
ok "a container of the second path is seen" wait_for 5 seen "'$first' changed state to [STOPPED]"
fails "a name that does not match is not" seen "'$c'"
mv "$second/$first" "$lxcpath/"
sed -i "s|$second/$first|$lxcpath/$first|" "$lxcpath/$first/config"

c=$first
"$LXC_PREFIX/bin/lxc-monitor" --json -P "$lxcpath" >"$work/json" 2>&1 </dev/null &
helpers="$helpers $!"
sleep 0.3
lxc start -n "$c" -- /bin/sh -c 'exit 7'
json_has() {
	grep -qF "$1" "$work/json"
}
ok "--json has the exit status" wait_for 5 json_has '"exit_status":7'
like "and one object a line" "$(head -1 "$work/json")" "^\{\"name\":\"$c\",\"path\":\"$lxcpath\",\"state\":\"STARTING\"\}\$"

ok "-Q ends it" quit
wait "$monitor"
is "and lxc-monitor, with an error" $? 1
[ ! -e "/run/lxc$lxcpath/monitor-fifo" ]
result $? "the named pipe is gone"
ok "-Q where there is none is fine" quit
ok "nobody listens, and a start is not in want of it" lxc start -n "$c"
lxc stop -k -n "$c"
