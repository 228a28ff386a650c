#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is wrong with a configuration is said before anything is started, and in what words.
#
# Each config-errors/NAME.conf must be refused by lxc-start.  Where NAME.txt is there, the
# tool must say exactly that; @FILE@ stands for the configuration file, LINE for the line.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start info
need busybox

container cfg
for file in "$(dirname "$0")"/config-errors/*.conf; do
	name=$(basename "$file" .conf)
	expected=${file%.conf}.txt
	# behind what is right otherwise
	config=$work/$name.conf
	cat "$lxcpath/$c/config" "$file" >"$config"
	fails "$name is refused" lxc start -n "$c" -f "$config"
	sed "s|$config|@FILE@|g; s|@FILE@:[0-9]*|@FILE@:LINE|; s|$c|@NAME@|g; s|$lxcpath|@PATH@|g" \
		"$work/output" >"$work/said"
	[ -z "${LXC_UPDATE_GOLDEN:-}" ] || cp "$work/said" "$expected"
	if [ -f "$expected" ]; then
		is "$name: the words" "$(cat "$work/said")" "$(cat "$expected")"
	else
		skip "$name: the words" "no $(basename "$expected") yet; it said: $(head -n 1 "$work/said")"
	fi
	is "$name: nothing was started" "$(state)" STOPPED
done
