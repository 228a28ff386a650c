#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Bindings that were built for the historical library run on this one: Debian's packages for
# Python and Lua, as they are.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info attach destroy
need busybox

# binding LANGUAGE INTERPRETER SCRIPT: its checks become ours
binding() {
	containers="$containers $1-$unique"
	"$2" "$(dirname "$0")/bindings/$3" "$1-$unique" "$lxcpath" "$LXC_TEMPLATES/lxc-busybox" \
		>"$work/checks" 2>"$work/errors" </dev/null
	binding_status=$?
	grep -v '^1\.\.' "$work/checks" | while read -r line; do
		case $line in
		ok*) echo 0 "$1: ${line#*- }" ;;
		not*) echo 1 "$1: ${line#*- }" ;;
		esac
	done >"$work/results"
	while read -r good what; do
		if [ "$good" = 0 ]; then result 0 "$what"; else result 1 "$what"; fi
	done <"$work/results"
	grep -q '^1\.\.' "$work/checks" && [ "$binding_status" = 0 ]
	result $? "$1: all of it" "$work/checks" "$work/errors"
}

LD_LIBRARY_PATH=$LXC_PREFIX/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
found=0
if /usr/bin/python3 -c 'import lxc' 2>/dev/null; then
	binding python /usr/bin/python3 life.py
	found=1
fi
if lua5.2 -e 'require("lxc")' 2>/dev/null; then
	binding lua lua5.2 life.lua
	found=1
fi
[ "$found" = 1 ] || skip_all "python3-lxc and lua-lxc are missing"
