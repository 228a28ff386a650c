#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The historical programs, with the historical library, against containers that ours started,
# and ours against theirs: they meet on the command socket.  LXC_PEER is where scripts/peer has
# unpacked them.
. "$(dirname "$0")/../lib/lib.sh"
. "$(dirname "$0")/../lib/console.sh"
need_root
need_tools create start stop info attach console freeze unfreeze wait ls
need busybox script
peer=${LXC_PEER:-$LXC_SOURCE/build/peer}
# not with ours, which may be installed as well
their_libraries=$(printf '%s:' "$peer"/lib/*-linux-*/ "$peer"/usr/lib/*-linux-*/)
[ "$(LD_LIBRARY_PATH=$their_libraries "$peer/usr/bin/lxc-ls" --version 2>/dev/null)" = 5.0.2 ] ||
	skip_all "no lxc 5.0.2 in $peer: scripts/peer $peer"

# theirs VERB ARGUMENT...: the historical program on the test's path
theirs() {
	theirs_verb=$1
	shift
	LD_LIBRARY_PATH=$their_libraries timeout $((30 * LXC_SLOW)) \
		"$peer/usr/bin/lxc-$theirs_verb" -P "$lxcpath" "$@" </dev/null
}

ours() {
	ours_verb=$1
	shift
	timeout $((30 * LXC_SLOW)) "$LXC_PREFIX/bin/lxc-$ours_verb" -P "$lxcpath" "$@" </dev/null
}

# confined COMMAND...: what a process says of its confinement, run by that command
confined() {
	"$@" -- sh -c 'grep -E "^(CapBnd|NoNewPrivs|Seccomp):" /proc/self/status;
		grep -v "^0::" /proc/self/cgroup | sed "s/.*://"' | sort -u | tr '\t\n' '  '
}

# drive WHO OTHER: the tools of WHO on a container that OTHER started
drive() {
	who=$1
	is "$who: state" "$($who info -n "$c" -sH)" RUNNING
	[ "$($who info -n "$c" -pH)" -gt 1 ]
	result $? "$who: process id"
	if [ "$who" = ours ] || [ -d /sys/fs/cgroup/memory ]; then
		like "$who: statistics" "$($who info -n "$c")" '^Memory use: +[0-9.]+ [KM]iB'
	else
		skip "$who: statistics" "lxc 5.0.2 shows those of cgroup version 1 alone"
	fi
	like "$who: list" "$($who ls -f -F NAME,STATE,INTERFACE)" "^$c +RUNNING +lo"
	is "$who: active" "$($who ls --active -1 | tr -d ' ' | grep -x "$c")" "$c"
	is "$who: attach" "$($who attach -n "$c" -- sh -c 'echo $((6 * 7)); hostname' | tr '\n' ' ')" "42 $c "
	status "$who: and its exit status" 3 "$who" attach -n "$c" -- sh -c 'exit 3'
	is "$who: attached as confined as by the other" "$(confined "$who" attach -n "$c")" \
		"$(confined "$2" attach -n "$c")"
	ok "$who: wait" "$who" wait -n "$c" -s 'RUNNING|FROZEN' -t 5
	ok "$who: freeze" "$who" freeze -n "$c"
	is "$who: frozen" "$($who info -n "$c" -sH)" FROZEN
	is "$who: which the other sees, too" "$($2 info -n "$c" -sH)" FROZEN
	ok "$who: wait for it" "$who" wait -n "$c" -s FROZEN -t 5
	ok "$who: unfreeze" "$who" unfreeze -n "$c"
	is "$who: running again" "$($who info -n "$c" -sH)" RUNNING
	console_of "$who"
}

console_of() {
	console_program=
	[ "$1" = ours ] ||
		console_program="env LD_LIBRARY_PATH=$their_libraries $peer/usr/bin/lxc-console"
	ok "$1: console" console_open 1
	console_send '\r'
	ok "$1: which asks for a login" console_expect "$c login: *"
	ok "$1: and lets go" console_close
}

policy=$work/policy
printf '2\ndenylist\nkexec_load errno 1\n' >"$policy"

# both STARTER OTHER: each one's tools on what STARTER starts
both() {
	ok "$1 start" "$1" start -n "$c"
	wait_for 10 is_up
	drive "$2" "$1"
	is "$1: configuration of the running one" "$($1 info -n "$c" -c lxc.uts.name)" "lxc.uts.name = $c"
}

# finish_with WHO STARTER: each way of ending it
end_by() { # WHO STARTER
	ok "$1: stop, what $2 started" "$1" stop -n "$c" -t 20
	is "$1: it is gone" "$(ours info -n "$c" -sH)" STOPPED
	ok "$2: start again" "$2" start -n "$c"
	wait_for 10 is_up
	before=$(init_pid)
	ok "$1: reboot" "$1" stop -r -n "$c" -t 20
	wait_for 10 is_up
	[ "$(init_pid)" != "$before" ]
	result $? "$1: it has a new init"
	ok "$1: kill" "$1" stop -k -n "$c"
	is "$1: it is gone, too" "$(ours info -n "$c" -sH)" STOPPED
}

# what the package would have made
mkdir -p "$work/mount"
container mine "lxc.rootfs.mount = $work/mount" "lxc.net.0.type = empty" "lxc.seccomp.profile = $policy" "lxc.no_new_privs = 1"
both ours theirs
end_by theirs ours
both theirs ours
end_by ours theirs

# a path for which the socket's name is a hash
short=$lxcpath
lxcpath=$work/$(printf 'long-%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
mkdir "$lxcpath"
mv "$short/$c" "$lxcpath/"
sed -i "s|$short/|$lxcpath/|" "$lxcpath/$c/config"
for starter in ours theirs; do
	other=theirs
	[ $starter = ours ] || other=ours
	ok "$starter start in a long path" $starter start -n "$c"
	wait_for 10 is_up
	is "$other: state" "$($other info -n "$c" -sH)" RUNNING
	is "$other: list" "$($other ls --active -1 | tr -d ' ')" "$c"
	is "$other: attach" "$($other attach -n "$c" -- echo yes)" yes
	ok "$other: stop" $other stop -k -n "$c"
done
# a slash at the end is the same path
ours start -n "$c"
is "a slash at the end of the path" "$(LD_LIBRARY_PATH=$their_libraries timeout 10 \
	"$peer/usr/bin/lxc-info" -P "$lxcpath/" -n "$c" -sH)" RUNNING
ours stop -k -n "$c"
mv "$lxcpath/$c" "$short/"
rmdir "$lxcpath"
lxcpath=$short
sed -i "s|$work/long-[^ ]*/|$lxcpath/|" "$lxcpath/$c/config"

# the cgroup that the historical monitor leaves behind goes with its last process
wait_for 3 nothing_left
