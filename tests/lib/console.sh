# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2154 # lib.sh sets work, c and lxcpath
#
# Talk to a terminal of the container $c through lxc-console, which gets a terminal of its own
# from script(1).  One console at a time; console_program is another one than ours.
#
#   console_open TTY         console_send TEXT (printf escapes)
#   console_expect PATTERN   within 10 s, in what came since the last match
#   console_close            by Ctrl-a q; fails when lxc-console does not leave by that

# a console that has ended is noticed by what it does not show
trap '' PIPE

console_open() {
	need script
	rm -f "$work/keys"
	mkfifo "$work/keys"
	: >"$work/screen"
	console_seen=0
	script -qefc "${console_program:-$LXC_PREFIX/bin/lxc-console} -P $lxcpath -n $c -t $1" "$work/screen" \
		<"$work/keys" >/dev/null 2>&1 &
	console_pid=$!
	exec 8>"$work/keys"
	console_expect 'Connected to tty'
}

console_send() {
	printf '%b' "$1" >&8
}

# what came since the last match, without carriage returns and escape sequences
console_text() {
	tr -d '\r' <"$work/screen" | sed "s/$(printf '\033')\[[?0-9;]*[a-zA-Z]//g" |
		tail -c "+$((console_seen + 1))"
}

console_shows() {
	console_text | grep -Eabo -- "$1" >"$work/match"
}

console_expect() {
	wait_for 10 console_shows "$1" || {
		echo "no '$1' in:"
		console_text
		return 1
	}
	# the first match's offset and text
	console_match=$(head -n 1 "$work/match")
	console_matched=${console_match#*:}
	console_seen=$((console_seen + ${console_match%%:*} + ${#console_matched}))
}

console_gone() {
	! kill -0 "$console_pid" 2>/dev/null
}

console_close() {
	console_send '\001q'
	wait_for 5 console_gone
	console_left=$?
	kill "$console_pid" 2>/dev/null
	exec 8>&-
	wait "$console_pid" 2>/dev/null
	return $console_left
}
