#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is kept of a container's past: the last failed start, and a log that rotates.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info
need busybox python3

# failure KEY: of the last failed start, from JSON
failure() {
	lxc info -n "$c" --json | python3 -c '
import json, sys
print(json.load(sys.stdin)["last_failed_start"][sys.argv[1]])' "$1"
}

container past
config=$lxcpath/$c/config
log=$lxcpath/$c/$c.log
is "a new container has no failed start" "$(lxc info -n "$c" | grep -c 'Last failed')" 0
fails "and no log" lxc info -n "$c" --log
like "which is said" "$(cat "$work/output")" 'nothing was logged'
ok "it starts" lxc start -n "$c"
ok "and stops" lxc stop -k -n "$c"
is "a start that succeeds writes nothing" "$(ls "$lxcpath/$c" | tr '\n' ' ')" "config rootfs "

cp "$config" "$work/good"
echo "lxc.mount.entry = /none-$unique srv none bind 0 0" >>"$config"
fails "a mount without its source fails" lxc start -n "$c"
shown=$(lxc info -n "$c")
like "lxc-info says when" "$shown" '^Last failed start: [0-9]{4}-[0-9][0-9]-[0-9][0-9]T[0-9:]{8}Z$'
like "and what" "$shown" "^ Error: +start $c: .*/none-$unique.*: No such file or directory\$"
like "and what to do" "$shown" '^ Hint: +.'
like "in JSON, too" "$(failure error)" "none-$unique"
like "the log has a record" "$(lxc info -n "$c" --log)" " ERROR .*none-$unique"
is "only root may read it" "$(stat -c %a "$log")" 640
fails "it fails again" lxc start -n "$c"
is "--log=1 is one line" "$(lxc info -n "$c" --log=1 | wc -l)" 1
is "--log=all are both" "$(lxc info -n "$c" --log=all | wc -l)" 2
status "a number that is none" 1 lxc info -n "$c" --log=0
like "is named" "$(cat "$work/output")" "'0' is not a number of lines"

cp "$work/good" "$config"
ok "without that mount it starts" lxc start -n "$c"
is "which makes the failure forgotten" "$(lxc info -n "$c" | grep -c 'Last failed')" 0
ok "a second start" lxc start -n "$c"
fails "is no failure of the container" test -e "$lxcpath/$c/failed-start"
ok "stop it" lxc stop -k -n "$c"

printf 'x \033[31mred\007\n' >>"$log"
is "control characters do no harm" "$(lxc info -n "$c" --log=1)" 'x \x1b[31mred\x07'
truncate -s 1M "$log"
echo >>"$log"
echo "lxc.rootfs.path = /none-$unique" >>"$config"
fails "a failure after a megabyte" lxc start -n "$c"
is "begins a new log" "$(wc -l <"$log")" 1
is "beside the old one" "$(stat -c %s "$log.1")" 1048577
is "and both are shown" "$(lxc info -n "$c" --log=3 | grep -Ec 'ERROR|red')" 2

# a start as fast as it was: what it does on success is one unlink that finds nothing
cp "$work/good" "$config"
rm -f "$lxcpath/$c/failed-start"
if command -v strace >/dev/null; then
	strace -e trace=file -o "$work/trace" "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c"
	is "one call looks for a failure" "$(grep -c 'failed-start' "$work/trace")" 1
	is "and none for the log" "$(grep -c "$c.log" "$work/trace")" 0
else
	skip "one call looks for a failure" "strace is missing"
fi
