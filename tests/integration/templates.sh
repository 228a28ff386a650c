#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The templates by themselves: help, errors, and what they leave when they are interrupted.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need busybox
[ -d "$LXC_TEMPLATES" ] || skip_all "no templates in $LXC_TEMPLATES"

# fresh: an empty container directory, $work/t
fresh() {
	rm -rf "$work/t"
	mkdir -p "$work/t/rootfs"
	: >"$work/t/config"
}

# run TEMPLATE ARGUMENT...: in a fresh one
run() {
	template=$LXC_TEMPLATES/lxc-$1
	shift
	fresh
	"$template" "--path=$work/t" --name=t "--rootfs=$work/t/rootfs" "$@"
}

for kind in busybox debian; do
	[ -x "$LXC_TEMPLATES/lxc-$kind" ] || continue
	ok "$kind: -h" "$LXC_TEMPLATES/lxc-$kind" -h
	like "$kind: -h is the help" "$(cat "$work/output")" "lxc-create -t $kind"
	fails "$kind: an unknown option" run $kind --frobnicate
	like "$kind: is named" "$(cat "$work/output")" "^lxc-$kind: unknown option --frobnicate: "
	fails "$kind: an option without its argument" run $kind --name
	like "$kind: is named, too" "$(cat "$work/output")" "^lxc-$kind: --name wants an argument"
	fails "$kind: no arguments at all" "$LXC_TEMPLATES/lxc-$kind"
done
ok "busybox: options and arguments apart" run busybox --busybox-path "$(command -v busybox)"
ok "busybox: init is a link to the copy" test "$work/t/rootfs/sbin/init" -ef "$work/t/rootfs/bin/busybox" -o \
	"$(readlink "$work/t/rootfs/sbin/init")" = /bin/busybox
fails "busybox: a dynamic program is refused" run busybox --busybox-path "$(command -v cat)"
like "busybox: with the remedy" "$(cat "$work/output")" "install busybox-static"

if command -v mmdebstrap >/dev/null && [ -x "$LXC_TEMPLATES/lxc-debian" ]; then
	export LXC_CACHE_PATH="$work/cache"
	run debian --no-cache --mirror http://127.0.0.1:9/debian >"$work/output" 2>&1
	result $((! $?)) "debian: a mirror that does not answer"
	like "debian: is named as the cause" "$(cat "$work/output")" "^lxc-debian: mmdebstrap failed for bookworm"
	fresh
	"$LXC_TEMPLATES/lxc-debian" "--path=$work/t" --name=t --no-cache \
		--mirror http://192.0.2.1/debian >"$work/output" 2>&1 &
	pid=$!
	sleep 2
	kill -TERM $pid
	wait $pid
	is "debian: interrupted, it leaves nothing" "$(ls "$work/cache/debian")" lock
	is "debian: and no mount" "$(grep -F " $work/cache" /proc/self/mountinfo)" ""
else
	skip "debian: errors and interruption" "mmdebstrap is missing"
fi
