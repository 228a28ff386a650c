#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Callers in strange states: what they have left open, blocked, ignored or lost is not the
# container's, and does not harm it.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach execute
need busybox
caller=${LXC_BUILD:-$LXC_SOURCE/build/developer}/tests/integration/caller
[ -x "$caller" ] || skip_all "no $caller: make check builds it"

# as STATE... -- VERB ARGUMENT...: a tool, called by such a process
as() {
	states=''
	while [ "$1" != -- ]; do
		states="$states $1"
		shift
	done
	verb=$2
	shift 2
	# shellcheck disable=SC2086 # several
	"$caller" $states -- "$LXC_PREFIX/bin/lxc-$verb" -P "$lxcpath" "$@"
}

nothing_of_the_caller="fds 0 1 2
ignored
blocked
umask 022"

# seen NAME FILE: the report of a process in the container, or of a hook
seen() {
	is "$1" "$(cat "$2" 2>&1)" "$nothing_of_the_caller"
}

container caller "lxc.init.cmd = /reporter" \
	"lxc.hook.pre-start = $caller report >>$work/pre-start" "lxc.hook.pre-mount = $caller report >>$work/pre-mount" \
	"lxc.hook.mount = $caller report >>$work/mount" "lxc.hook.autodev = $caller report >>$work/autodev" \
	"lxc.hook.start = /caller report >>/start" "lxc.hook.start-host = $caller report >>$work/start-host" \
	"lxc.hook.stop = $caller report >>$work/stop" "lxc.hook.post-stop = $caller report >>$work/post-stop"
root=$lxcpath/$c/rootfs
cp "$caller" "$root/caller"
# a shell keeps its script open, for itself alone
printf '#!/bin/sh\n/caller report >/init.new\nmv /init.new /init\nexec sleep 1000\n' >"$root/reporter"
chmod +x "$root/reporter" "$root/caller"

# ------------------------------------------------------------- each state

for state in fds blocked ignored umask nocwd noenv stack "fds blocked ignored umask nocwd noenv"; do
	rm -f "$root/init" "$root/start" "$work/p"* "$work/mount" "$work/autodev" "$work/start-host" "$work/stop"
	# shellcheck disable=SC2086 # several
	ok "$state: lxc-start" as $state -- start -n "$c"
	ok "$state: init runs" wait_for 10 test -f "$root/init"
	seen "$state: init" "$root/init"
	# shellcheck disable=SC2086 # several
	as $state -- attach -n "$c" -- /caller report >"$work/attached" 2>"$work/output"
	seen "$state: an attached process" "$work/attached"
	# shellcheck disable=SC2086 # several
	is "$state: lxc-info" "$(as $state -- info -n "$c" -sH)" RUNNING
	# shellcheck disable=SC2086 # several
	ok "$state: lxc-stop" as $state -- stop -k -n "$c"
	ok "$state: it is gone" wait_for 10 test -s "$work/post-stop"
	for hook in pre-mount mount autodev; do
		seen "$state: hook $hook" "$work/$hook"
	done
	for hook in pre-start start-host stop post-stop; do
		# on the host the umask is the caller's choice
		sed -i 's/^umask .*/umask 022/' "$work/$hook"
		seen "$state: hook $hook" "$work/$hook"
	done
	seen "$state: hook start" "$root/start"
	# shellcheck disable=SC2086 # several
	as $state -- execute -n "$c" -- /caller report >"$work/executed" 2>"$work/output"
	seen "$state: an application" "$work/executed"
done

# ------------------------------------------------------------- what is too little, or too much

ok "deaf: lxc-start" as deaf -- start -n "$c"
status "deaf: lxc-attach" 7 as deaf -- attach -n "$c" -- sh -c "exit 7"
status "deaf: lxc-execute" 7 as deaf -- execute -n "app-$unique" -s lxc.net.0.type=empty -- sh -c "exit 7"
ok "deaf: lxc-stop" as deaf -- stop -k -n "$c"
fails "noproc: lxc-start" as noproc -- start -n "$c"
like "noproc: is said" "$(cat "$work/output")" "^hint: .*/proc"
is "noproc: nothing runs" "$(state)" STOPPED

for verb in start execute; do
	fails "8 descriptors: lxc-$verb" as nofile -- "$verb" -n "$c" -- /caller report
	like "8 descriptors: is said" "$(cat "$work/output")" "open files"
	is "8 descriptors: nothing runs" "$(state)" STOPPED
done

# ------------------------------------------------------------- keys

is "a key of the caller" "$("$caller" keyring -- "$caller" key)" 42
is "is none of a program's" "$(as keyring -- execute -n "$c" -- /caller key)" none
is "unless it is asked for" "$(as keyring -- execute -n "$c" -s lxc.keyring.session=1 -- /caller key)" 42
ok "lxc-start" as keyring -- start -n "$c" -s "lxc.init.cmd = /reporter"
is "nor of an attached program" "$(as keyring -- attach -n "$c" -- /caller key)" none
ok "lxc-stop" lxc stop -k -n "$c"
ok "lxc-start with the caller's" as keyring -- start -n "$c" -s lxc.keyring.session=1
is "lxc-attach with the caller's" "$(as keyring -- attach -n "$c" -- /caller key)" 42
