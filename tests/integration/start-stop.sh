#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The life of a container: start, look at it, stop; and what the tools say meanwhile.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info ls attach destroy wait
need busybox

container life
status "lxc-stop of a stopped container ends with 2" 2 lxc stop -n "$c"
ok "lxc-start" lxc start -n "$c"
ok "lxc-wait sees it running" lxc wait -n "$c" -s RUNNING -t 10
wait_for 10 is_up || bail "init is up"
is "lxc-info says RUNNING" "$(state)" RUNNING
pid=$(init_pid)
like "and names its init" "$(tr '\0' ' ' <"/proc/$pid/cmdline")" '^(/sbin/)?init'
like "all of it in lines" "$(lxc info -n "$c")" "^Name: +$c\$"
like "lxc-ls -f has a row" "$(lxc ls -f)" "^$c +RUNNING +0 +- +- +- +false *\$"
is "lxc-ls --running lists it" "$(lxc ls -1 --running)" "$c"
is "lxc-ls --stopped does not" "$(lxc ls -1 --stopped)" ""
ok "a second start is no error" lxc start -n "$c"
is "and changes nothing" "$(init_pid)" "$pid"
fails "lxc-destroy refuses a running container" lxc destroy -n "$c"

ok "lxc-stop" lxc stop -n "$c"
is "it is stopped" "$(state)" STOPPED
is "lxc-info has no pid" "$(init_pid)" ""
ok "it starts again" lxc start -n "$c"
ok "lxc-stop -k" lxc stop -k -n "$c"
is "and is stopped again" "$(state)" STOPPED
fails "lxc-info of a name that is not there" lxc info -n nobody
like "says so" "$(cat "$work/output")" "nobody"
