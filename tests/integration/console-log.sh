#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The console's buffer and its log file: what they keep, and what they drop.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop attach
need busybox python3

# api NAME CLEAR READ MAX: lxc_container_console_log(); prints its result and the data
api() {
	LD_LIBRARY_PATH=$LXC_PREFIX/lib python3 - "$lxcpath" "$@" <<'PYTHON'
import ctypes, sys
path, name, clear, read, most = sys.argv[1:]
lxc = ctypes.CDLL("liblxc.so.1")
class Log(ctypes.Structure):
    _fields_ = [("clear", ctypes.c_bool), ("read", ctypes.c_bool),
                ("read_max", ctypes.POINTER(ctypes.c_uint64)), ("data", ctypes.c_void_p)]
lxc.lxc_container_new.restype = ctypes.c_void_p
c = ctypes.c_void_p(lxc.lxc_container_new(name.encode(), path.encode()))
size = ctypes.c_uint64(int(most))
log = Log(clear == "1", read == "1", ctypes.pointer(size), None)
r = lxc.lxc_container_console_log(c, ctypes.byref(log))
data = ctypes.string_at(log.data, size.value).decode() if log.data else ""
print("%d %d %s" % (r, size.value, data.replace("\r\n", "|")))
PYTHON
}

# speak TEXT...: the container's processes write to its console
speak() {
	inside sh -c 'printf "%s\n" "$*" >/dev/console' - "$@"
}

log=$work/console.log
started con "lxc.net.0.type = empty" "lxc.console.buffer.size = 4096" "lxc.console.logfile = $log"
api "$c" 1 0 0 >/dev/null
like "an empty buffer is ENODATA" "$(api "$c" 0 1 0)" '^-61 0 $'
speak one two
sleep 0.2
is "what was written can be read" "$(api "$c" 0 1 0)" '0 9 one two|'
like "and is gone then" "$(api "$c" 0 1 0)" '^-61 0 $'
speak abcdefgh
sleep 0.2
is "a part of it" "$(api "$c" 0 1 3)" '0 3 abc'
is "and the next part" "$(api "$c" 0 1 2)" '0 2 de'
is "the rest, and clear" "$(api "$c" 1 1 1)" '0 1 f'
like "which leaves nothing" "$(api "$c" 0 1 0)" '^-61 0 $'
like "the log file has it all" "$(tr -d '\r' <"$log")" '^abcdefgh$'
is "only its owner and group may read it" "$(stat -c %a "$log")" 640
inside sh -c 'i=0; while [ $i -lt 2000 ]; do echo "line $i"; i=$((i+1)); done >/dev/console'
sleep 0.3
api "$c" 0 1 0 >"$work/all"
is "the buffer holds what it may" "$(cut -d' ' -f1,2 "$work/all")" "0 4096"
like "which is the newest" "$(cat "$work/all")" 'line 1998[|]line 1999[|]$'
lxc stop -k -n "$c"
like "a stopped container is ECONNREFUSED" "$(api "$c" 0 1 0)" '^-111 '

# a buffer bigger than what a socket takes at once
started big "lxc.net.0.type = empty" "lxc.console.buffer.size = 2097152"
inside sh -c 'i=0; while [ $i -lt 20000 ]; do
	echo "0123456789012345678901234567890123456789012345678901234567890 $i"; i=$((i+1)); done >/dev/console'
sleep 0.5
api "$c" 0 1 0 >"$work/all"
like "a big buffer arrives in one piece" "$(head -c 30 "$work/all")" '^0 1[0-9]{6} '
is "with every line" "$(tr '|' '\n' <"$work/all" | grep -c '^0123456789')" \
	"$(tr '|' '\n' <"$work/all" | awk '/^0123/ { n++; if (first == "") first = $2; last = $2 } END { print last - first + 1 }')"

started none
like "without a buffer it is EFAULT" "$(api "$c" 0 1 0)" '^-14 0 $'

# the file stays below its size
log=$work/small.log
started rot "lxc.net.0.type = empty" "lxc.console.logfile = $log" "lxc.console.size = 4096" \
	"lxc.console.rotate = 1"
inside sh -c 'i=0; while [ $i -lt 1000 ]; do echo "line $i"; i=$((i+1)); done >/dev/console'
sleep 0.3
[ "$(stat -c %s "$log")" -le 4096 ]
result $? "the log file stays below lxc.console.size"
is "the one before it is .1" "$(stat -c %s "$log.1")" 4096
like "no line is lost between them" "$(cat "$log.1" "$log" | tr -d '\r' | tail -n +2 |
	awk '{ if (NR > 1 && $2 != last + 1) print "gap at " last; last = $2 } END { print "end " last }' |
	tr '\n' ' ')" '^end 999 $'
log=$work/cut.log
started cut "lxc.net.0.type = empty" "lxc.console.logfile = $log" "lxc.console.size = 4096"
inside sh -c 'i=0; while [ $i -lt 1000 ]; do echo "line $i"; i=$((i+1)); done >/dev/console'
sleep 0.3
[ "$(stat -c %s "$log")" -le 4096 ]
result $? "without lxc.console.rotate it begins anew"
[ ! -e "$log.1" ]
result $? "and there is no .1"
