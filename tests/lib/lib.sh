# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# Helpers of the integration tests, which speak TAP.  A test sources this file, says what it
# needs, checks things with ok, is and like, and may end anywhere: the trap stops what was
# started, checks that nothing is left, and prints the plan.
#
#   LXC_PREFIX     where the programs under test are installed
#   LXC_TEMPLATES  their templates (LXC_PREFIX/share/lxc/templates)
#   LXC_SLOW       factor for time-outs on a slow machine (1)
#
# A container is made by `container NAME [LINE]...`; its name gets a unique suffix, so that
# tests can run side by side: "$c" is the last one made.  `lxc VERB ARGUMENT...` runs lxc-VERB
# with the test's own lxcpath.

set -u
export LC_ALL=C
LXC_TEMPLATES=${LXC_TEMPLATES:-${LXC_PREFIX:-}/share/lxc/templates}
LXC_SOURCE=${LXC_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
LXC_SLOW=${LXC_SLOW:-1}
PATH=$PATH:/usr/sbin:/sbin
count=0 failures=0 work='' lxcpath='' bridge='' containers='' helpers='' c=''
unique=$$

# ------------------------------------------------------------------ TAP

# result STATUS NAME [FILE-TO-SHOW]...
result() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
		return
	fi
	echo "not ok $count - $2"
	failures=$((failures + 1))
	shift 2
	[ $# = 0 ] || sed 's/^/# /' "$@"
}

# ok NAME COMMAND...: the command succeeds
ok() {
	tap_name=$1
	shift
	"$@" >"$work/output" 2>&1
	result $? "$tap_name" "$work/output"
}

# fails NAME COMMAND...: the command fails; its words are in $work/output
fails() {
	tap_name=$1
	shift
	if "$@" >"$work/output" 2>&1; then set -- 1; else set -- 0; fi
	result "$1" "$tap_name" "$work/output"
}

# status NAME NUMBER COMMAND...: the command ends with that exit status
status() {
	tap_name=$1 tap_expected=$2
	shift 2
	"$@" >"$work/output" 2>&1
	is "$tap_name" "$?" "$tap_expected"
}

# is NAME GOT EXPECTED
is() {
	printf 'got:      %s\nexpected: %s\n' "$2" "$3" >"$work/is"
	[ "$2" = "$3" ]
	result $? "$1" "$work/is"
}

# like NAME GOT PATTERN: some line of GOT matches the extended expression
like() {
	printf 'got:     %s\npattern: %s\n' "$2" "$3" >"$work/is"
	printf '%s\n' "$2" | grep -Eq -- "$3"
	result $? "$1" "$work/is"
}

# skip NAME WHY: one check that cannot be made here
skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# skip_all WHY: nothing of this file can be checked here
skip_all() {
	count=-1
	echo "1..0 # SKIP $1"
	exit 0
}

# bail WHAT: what the checks stand on failed
bail() {
	[ ! -s "$work/output" ] || sed 's/^/# /' "$work/output"
	result 1 "$1"
	exit 1
}

# ------------------------------------------------------------- what is needed

need_root() {
	[ "$(id -u)" = 0 ] || skip_all "root is needed"
}

need_tools() { # VERB...
	[ -n "${LXC_PREFIX:-}" ] || skip_all "LXC_PREFIX does not say where the programs are: run ./test"
	for verb in "$@"; do
		[ -x "$LXC_PREFIX/bin/lxc-$verb" ] || skip_all "no $LXC_PREFIX/bin/lxc-$verb"
	done
}

need() { # PROGRAM...
	for program in "$@"; do
		command -v "$program" >/dev/null || skip_all "$program is missing"
	done
}

# ------------------------------------------------------------------ containers

lxc() { # VERB ARGUMENT...
	lxc_verb=$1
	shift
	"$LXC_PREFIX/bin/lxc-$lxc_verb" -P "$lxcpath" "$@"
}

# container NAME [CONFIG-LINE]...: a busybox container, not started
container() {
	c=$1-$unique
	shift
	printf '%s\n' "lxc.net.0.type = empty" >"$work/new.conf"
	[ $# = 0 ] || printf '%s\n' "$@" >"$work/new.conf"
	containers="$containers $c"
	lxc create -n "$c" -f "$work/new.conf" -t "$LXC_TEMPLATES/lxc-busybox" \
		>"$work/output" 2>&1 || bail "create $c"
}

# started NAME [CONFIG-LINE]...: the same, running, its init past the set-up
started() {
	container "$@"
	lxc start -n "$c" >"$work/output" 2>&1 || bail "start $c"
	wait_for 10 is_up || bail "$c is up"
}

# its init has read its files, and so takes signals
is_up() {
	inside ip link show lo | grep -q LOWER_UP
}

# inside COMMAND...: run in the container $c
inside() {
	lxc attach -n "$c" -- "$@"
}

state() {
	lxc info -n "$c" -sH 2>/dev/null
}

init_pid() {
	lxc info -n "$c" -pH 2>/dev/null
}

# wait_for SECONDS COMMAND...: until the command succeeds
wait_for() {
	wait_tries=$(($1 * 10 * LXC_SLOW))
	shift
	while ! "$@" >"$work/wait" 2>&1; do
		wait_tries=$((wait_tries - 1))
		[ "$wait_tries" -gt 0 ] || return 1
		sleep 0.1
	done
}

# ------------------------------------------------------------------ network

# Set bridge, and net to the first three numbers of its addresses; the host is number 1.
make_bridge() {
	need ip
	bridge=lxt$unique
	net=10.$((128 + unique / 250 % 100)).$((unique % 250))
	{
		ip link add "$bridge" type bridge && ip addr add "$net.1/24" dev "$bridge" &&
			ip link set "$bridge" up
	} 2>"$work/output" || skip_all "no bridge can be made here: $(cat "$work/output")"
}

# background COMMAND...: runs until the test ends
background() {
	"$@" >"$work/background" 2>&1 </dev/null &
	helpers="$helpers $!"
}

# ------------------------------------------------------------------ the end

# leftovers: print what a stopped container should have taken along
leftovers() {
	for name in $containers; do
		find /sys/fs/cgroup -depth -type d \( -name "lxc.payload.$name*" -o -name "lxc.monitor.$name*" \) \
			2>/dev/null | sed 's/^/cgroup /'
	done
	grep -F " $lxcpath/" /proc/self/mountinfo | sed 's/^/mount /'
	# from a file, so that grep does not find itself
	echo "$lxcpath" >"$work/pattern"
	grep -laF -f "$work/pattern" /proc/[0-9]*/cmdline 2>/dev/null | while read -r file; do
		echo "process ${file%/cmdline} $(tr '\0' ' ' 2>/dev/null <"$file")"
	done
	[ -z "$bridge" ] || ip -o link show master "$bridge" | sed 's/^/link /'
}

nothing_left() {
	[ -z "$(leftovers)" ]
}

finish() {
	code=$?
	trap '' HUP INT TERM
	trap - EXIT
	for name in $containers; do
		lxc stop -k -n "$name" >/dev/null 2>&1
	done
	if [ "$count" -ge 0 ] && [ -n "$containers" ]; then
		wait_for 3 nothing_left
		leftovers >"$work/left"
		[ ! -s "$work/left" ]
		result $? "nothing is left of the stopped containers" "$work/left"
	fi
	for pid in $helpers; do kill "$pid" 2>/dev/null; done
	for name in $containers; do lxc destroy -f -n "$name" >/dev/null 2>&1; done
	[ -z "$bridge" ] || ip link del "$bridge" 2>/dev/null
	if grep -Fq " $work/" /proc/self/mountinfo; then
		echo "# mounts below $work: it is left in place"
	else
		rm -rf --one-file-system "$work"
	fi
	[ "$count" -lt 0 ] || echo "1..$count"
	[ "$failures" = 0 ] || exit 1
	exit "$code"
}

work=$(mktemp -d /tmp/lxc-test.XXXXXX) || exit 1
# the ids of a user namespace must be able to pass
chmod 755 "$work"
lxcpath=$work/lxc
mkdir "$lxcpath"
trap finish EXIT
trap 'exit 130' HUP INT TERM
