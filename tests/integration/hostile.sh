#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A container whose root file system an enemy has prepared: target x shape x moment.
#
#   target  where we mount, look or go below the container's root
#   shape   what lies there instead: links of every kind, files, devices, pipes
#   moment  before the start; exchanged while the start stands before one of its steps, which a
#           build for tests of the monitor can do (core/run.c); exchanged all the time; before
#           an attach
#
# Whatever happens: it ends soon, refuses or stays inside, nothing outside is touched, no
# secret of the host gets in, nothing is left, and a container that is not hostile starts.
# LXC_HOSTILE_RACES is how many starts run against the exchanges (30).
. "$(dirname "$0")/../lib/lib.sh"
. "$(dirname "$0")/../lib/steps.sh"
need_root
need_tools attach create info start stop
need busybox mkfifo timeout unshare

outside=$work/outside secret=$work/secret
mkdir -p "$outside/dir" "$secret"
echo "HOSTSECRET-$unique" >"$secret/flag"
for name in ptmx console tty1 null pts.file decoy; do cp "$secret/flag" "$outside/$name"; done

container hostile 'lxc.net.0.type = empty'
root=$lxcpath/$c/rootfs
echo "HOSTSECRET-$unique" >"$work/pattern"

# ------------------------------------------------------------------------- what must hold

# tripwire: whatever an escape could touch
tripwire() {
	find "$outside" "$secret" "$LXC_PREFIX/bin" "$LXC_PREFIX/libexec" -printf '%p %i %m %U %s %T@ %l\n' | sort
	cat /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe 2>/dev/null
	grep -F " $work/" /proc/self/mountinfo
}
tripwire >"$work/tripwire"

# judge STATUS: 0 when the start that said $work/said and ended with STATUS was all right
judge() {
	case $1 in
	124) echo "it hung" ;;
	0) ;;
	1) [ -s "$work/said" ] || echo "refused without a word" ;;
	*) echo "it ended with $1" ;;
	esac
	echo "$1" >>"$work/codes"
	if [ "$1" = 0 ]; then
		pid=$(init_pid)
		if [ -n "$pid" ]; then
			# what is mounted inside comes from inside
			grep -F "$outside" "/proc/$pid/mountinfo" && echo "mounted inside"
			for place in cwd root; do
				find "$work" -maxdepth 2 -type d -samefile "/proc/$pid/$place/" 2>/dev/null |
					sed "s/^/its $place is /"
			done
			timeout 5 grep -rlsF -D skip -f "$work/pattern" "/proc/$pid/root/mnt" "/proc/$pid/root/dev" 2>/dev/null |
				sed 's/^/the secret is in /'
		fi
		lxc stop -k -n "$c" >>"$work/said" 2>&1
	fi
	grep -aE 'Sanitizer|runtime error' "$work/said"
	grep -aqF -f "$work/pattern" "$work/said" && echo "the secret was said"
	tripwire >"$work/now"
	cmp -s "$work/tripwire" "$work/now" && return
	diff "$work/tripwire" "$work/now" | sed 's/^/touched: /'
	cp "$work/now" "$work/tripwire"
}

# start [LINE]...: start $c with these lines, judge it; words only when it was not all right
attempt() {
	printf '%s\n' "$@" | cat "$lxcpath/$c/config" - >"$work/conf"
	timeout -k 1 "$((10 * LXC_SLOW))" "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c" -f "$work/conf" \
		>"$work/said" 2>&1 </dev/null
	judge $?
}

# ------------------------------------------------------------------------------- shapes

# shape NAME PATH: put that there, where nothing is
shape() {
	case $1 in
	absent) ;;
	absolute) ln -s "$outside/dir" "$2" ;;
	upward) ln -s "../../../../../../../../../..$outside/dir" "$2" ;;
	self-root) ln -s "/proc/self/root$outside/dir" "$2" ;;
	init-root) ln -s "/proc/1/root$outside/dir" "$2" ;;
	self-fd) ln -s /proc/self/fd/3 "$2" ;;
	to-file) ln -s "$outside/decoy" "$2" ;;
	dangling) ln -s "$outside/new" "$2" ;;
	cyclic) ln -s "${2##*/}" "$2" ;;
	deep)
		i=0
		while [ $i -lt 45 ]; do
			ln -s "/mnt/deep$((i + 1))" "$root/mnt/deep$i"
			i=$((i + 1))
		done
		ln -s "$outside/dir" "$root/mnt/deep45"
		ln -s /mnt/deep0 "$2"
		;;
	file) echo hello >"$2" ;;
	fifo) mkfifo "$2" ;;
	character) mknod "$2" c 1 1 ;;
	block) mknod "$2" b 8 0 ;;
	closed) mkdir -m 000 "$2" ;;
	esac
}
shapes='absent absolute upward self-root init-root self-fd to-file dangling cyclic deep file fifo character block closed'

# hide PATH, show PATH: take what is there out of the way, and back
hide() {
	rm -rf "$work/hidden"
	mkdir "$work/hidden"
	mkdir -p "${1%/*}"
	if [ -e "$1" ] || [ -L "$1" ]; then mv "$1" "$work/hidden/it"; fi
}
show() {
	if [ -d "$1" ] && [ ! -L "$1" ]; then rm -rf --one-file-system "$1"; else rm -f "$1"; fi
	rm -f "$root"/mnt/deep*
	if [ -e "$work/hidden/it" ] || [ -L "$work/hidden/it" ]; then mv "$work/hidden/it" "$1"; fi
}

# targets: NAME PATH LINE...; the lines are joined by |
targets() {
	cat <<-TEXT
		dev dev lxc.autodev = 1
		dev-own dev lxc.autodev = 0|lxc.tty.max = 1|lxc.pty.max = 4
		dev-pts dev/pts lxc.autodev = 0|lxc.tty.max = 1|lxc.pty.max = 4
		dev-ptmx dev/ptmx lxc.autodev = 0|lxc.tty.max = 1|lxc.pty.max = 4
		dev-console dev/console lxc.autodev = 0|lxc.tty.max = 1|lxc.pty.max = 4
		dev-tty1 dev/tty1 lxc.autodev = 0|lxc.tty.max = 1|lxc.pty.max = 4
		dev-tty-dir dev/lxc lxc.autodev = 0|lxc.tty.max = 1|lxc.pty.max = 4|lxc.tty.dir = lxc
		proc proc lxc.mount.auto = proc:mixed
		sys sys lxc.mount.auto = sys:mixed
		cgroup sys/fs/cgroup lxc.mount.auto =|lxc.mount.auto = proc:mixed cgroup:mixed:force
		entry-dir mnt/target lxc.mount.entry = $outside/dir mnt/target none bind,create=dir 0 0
		entry-file mnt/target lxc.mount.entry = $secret/flag mnt/target none bind,create=file 0 0
		entry-deep mnt/target lxc.mount.entry = none mnt/target/a/b/c tmpfs create=dir 0 0
		entry-source mnt/source lxc.mount.entry = mnt/source mnt none bind,relative 0 0
		cwd mnt/cwd lxc.init.cwd = /mnt/cwd
		cwd-below mnt/cwd lxc.init.cwd = /mnt/cwd/a/b
		init sbin/init lxc.init.cmd = /sbin/init
		sbin sbin lxc.init.cmd = /sbin/init
	TEXT
}

# Where the outside is mounted because the configuration says so, it may be inside.
is_asked_for() {
	case $1 in entry-dir | entry-file) return 0 ;; esac
	return 1
}

# tally: how the starts since the last call ended
tally() {
	echo "# $(grep -c '^0$' "$work/codes") started, $(grep -cv '^0$' "$work/codes") refused"
	: >"$work/codes"
}

# the lines behind a target's path, one each
lines_of() {
	printf '%s\n' "$1" | tr '|' '\n'
}

# verdict NAME: what is in $work/verdict, without what was asked for
verdict() {
	! is_asked_for "$1" || sed -i '/mounted inside/d; /the secret is in/d; /- .*outside\//d; / \/.*outside/d' "$work/verdict"
	[ ! -s "$work/verdict" ]
}

targets >"$work/targets"
: >"$work/codes"
mkdir -p "$root/mnt"
while read -r name path lines; do
	: >"$work/all"
	for shape in $shapes; do
		hide "$root/$path"
		shape "$shape" "$root/$path"
		lines_of "$lines" >"$work/lines"
		attempt "$(cat "$work/lines")" >"$work/verdict" 2>&1
		verdict "$name" || sed "s/^/$shape: /" "$work/verdict" >>"$work/all"
		show "$root/$path"
	done
	[ ! -s "$work/all" ]
	result $? "$name: every shape, before the start" "$work/all"
	tally
done <"$work/targets"

# names that nobody expects
long=$(printf '%0255d' 0)
for name in "$long" "new
line" 'tab	ulator' '...' '-rf'; do
	hide "$root/mnt/$name"
	ln -s "$outside/dir" "$root/mnt/$name"
	encoded=$(printf '%s' "$name" | sed 's/	/\\011/g' | awk '{ printf "%s%s", n++ ? "\\012" : "", $0 }')
	attempt "lxc.mount.entry = none mnt/$encoded/x tmpfs create=dir 0 0" >"$work/verdict" 2>&1
	[ ! -s "$work/verdict" ]
	result $? "a target below a link of an odd name" "$work/verdict"
	show "$root/mnt/$name"
done
attempt "lxc.mount.entry = none mnt/${long}0/x tmpfs create=dir 0 0" >"$work/verdict" 2>&1
[ ! -s "$work/verdict" ]
result $? "a target with a name that is too long" "$work/verdict"
many=$(printf 'a/%.0s' $(seq 1 3000))
attempt "lxc.mount.entry = none mnt/${many}x tmpfs create=dir 0 0" >"$work/verdict" 2>&1
[ ! -s "$work/verdict" ]
result $? "a target that is longer than a path may be" "$work/verdict"

# ------------------------------------------- exchanged while the start stands before a step

helper=${LXC_BUILD:-}/tests/integration/hostile-helper stops=${LXC_BUILD:-}/tests/integration/monitor-stops
monitor=$LXC_PREFIX/libexec/lxc/lxc-monitor

# attempt_at STEP COMMAND...: stop before the step, run the command, go on, judge
attempt_at() {
	step=$1
	shift
	# shellcheck disable=SC2016
	LXC_TEST_STOP_AT=$step timeout -k 1 "$((20 * LXC_SLOW))" unshare -m sh -c \
		'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$stops" "$monitor" \
		"$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c" -f "$work/conf" >"$work/said" 2>&1 </dev/null &
	starter=$!
	# a step of the other side may not be reached when this one fails before
	tries=0
	until stopped_process; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] && kill -0 $starter 2>/dev/null || break
		sleep 0.01
	done
	"$@" || echo "$*: failed"
	! stopped_process || kill -CONT "$stopped"
	wait $starter
	judge $?
}

if [ -x "$helper" ] && [ -x "$stops" ]; then
	grep -q LXC_TEST_STOP_AT "$stops" && ! grep -q LXC_TEST_STOP_AT "$monitor" "$LXC_PREFIX"/lib/liblxc.so.1
	result $? "what is installed does not know how to stop at a step"
	LXC_TEST_STOP_AT=dev timeout 20 "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c" >"$work/output" 2>&1
	result $? "and does not stop" "$work/output"
	lxc stop -k -n "$c"
	printf '%s\n' 'lxc.mount.auto = proc:mixed sys:mixed' 'lxc.init.cwd = /mnt/cwd' \
		"lxc.mount.entry = none mnt/target tmpfs create=dir 0 0" \
		"lxc.mount.entry = none mnt/made/a/b tmpfs create=dir 0 0" \
		"lxc.mount.entry = /dev/null mnt/file none bind,create=file 0 0" \
		"lxc.mount.entry = mnt/source mnt/target none bind,relative 0 0" |
		cat "$lxcpath/$c/config" - >"$work/conf"
	for dir in target made made/a source cwd; do mkdir -p "$root/mnt/$dir"; done
	lxc start -n "$c" -f "$work/conf" --explain | grep -v '^#' >"$work/steps"
	for path in dev proc sys mnt mnt/target mnt/made mnt/made/a mnt/file mnt/source mnt/cwd sbin etc; do
		: >"$work/all"
		[ -e "$root/$path" ] || : >"$root/$path"
		number=-1
		while read -r side kind rest; do
			number=$((number + 1))
			case $side-$kind in
			container-root | container-dev* | container-console | container-ttys | container-mount | container-pivot | container-directory | container-exec | container-boot) ;;
			*) continue ;;
			esac
			rm -f "$root/evil"
			ln -s "$outside/dir" "$root/evil"
			attempt_at "$number" "$helper" exchange "$root/$path" "$root/evil" >"$work/verdict" 2>&1
			[ ! -s "$work/verdict" ] || sed "s|^|before $kind $rest: |" "$work/verdict" >>"$work/all"
			# back, whatever has become of it
			"$helper" exchange "$root/$path" "$root/evil"
		done <"$work/steps"
		[ ! -s "$work/all" ]
		result $? "/$path is exchanged for a link before each step" "$work/all"
		tally
	done
	rm -f "$root/evil"

	# and blindly, all the time
	ln -s "$outside/dir" "$root/evil"
	: >"$work/all"
	for path in dev proc mnt/made mnt/target mnt/source; do
		"$helper" spin "$root/$path" "$root/evil" &
		spinner=$!
		i=0
		while [ $i -lt "${LXC_HOSTILE_RACES:-30}" ]; do
			i=$((i + 1))
			timeout -k 1 "$((20 * LXC_SLOW))" "$LXC_PREFIX/bin/lxc-start" -P "$lxcpath" -n "$c" -f "$work/conf" \
				>"$work/said" 2>&1 </dev/null
			judge $? | sed "s|^|$path: |" >>"$work/all"
		done
		kill $spinner
		wait $spinner 2>/dev/null
		# which of both is which is not known any more
		if [ -L "$root/$path" ]; then "$helper" exchange "$root/$path" "$root/evil"; fi
	done
	[ ! -s "$work/all" ]
	result $? "names are exchanged all the time" "$work/all"
	tally
	rm -f "$root/evil"
else
	skip "exchanges at each step" "no $stops: make check TESTS="
fi

# -------------------------------------------------------------------------- before an attach

lxc start -n "$c" >"$work/output" 2>&1 || bail "start $c"
wait_for 10 is_up || bail "$c is up"
: >"$work/all"
for shape in $shapes; do
	for path in etc/passwd bin/sh dev/pts/ptmx dev/null tmp; do
		hide "$root/$path"
		shape "$shape" "$root/$path" 2>/dev/null
		for arguments in "" "-- /bin/busybox true"; do
			# shellcheck disable=SC2086
			echo exit | timeout -k 1 "$((10 * LXC_SLOW))" "$LXC_PREFIX/bin/lxc-attach" -P "$lxcpath" -n "$c" $arguments \
				>"$work/said" 2>&1
			code=$?
			[ $code != 124 ] || echo "$path $shape: it hung" >>"$work/all"
			grep -aE 'Sanitizer|HOSTSECRET' "$work/said" >>"$work/all"
		done
		show "$root/$path"
	done
done
tripwire | diff "$work/tripwire" - >>"$work/all"
[ ! -s "$work/all" ]
result $? "attach: every shape" "$work/all"
ok "and the container still works" inside /bin/busybox true
lxc stop -k -n "$c"

started tame
ok "a container that is not hostile starts" inside true
