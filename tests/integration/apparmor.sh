#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# AppArmor: the label that a container's processes have, seen from the host; that it confines
# them; that a generated profile goes when the container does; what is said when one is missing.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools attach create execute info start stop
policy=/sys/kernel/security/apparmor
case $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) in
Y*) ;;
*) skip_all "this kernel has no AppArmor" ;;
esac
need busybox apparmor_parser unshare
[ -r "$policy/profiles" ] || skip_all "no $policy/profiles"
[ "$(cat "$policy/.ns_stacked")" = no ] || skip_all "this machine is in a policy namespace itself"

# again LINE...: the container starts anew, with these lines behind its configuration
again() {
	lxc stop -k -n "$c" >/dev/null 2>&1
	[ -f "$lxcpath/$c/config.first" ] || cp "$lxcpath/$c/config" "$lxcpath/$c/config.first"
	{
		cat "$lxcpath/$c/config.first"
		printf '%s\n' "$@"
	} >"$lxcpath/$c/config"
	lxc start -n "$c" >"$work/output" 2>&1
}

restarted() {
	again "$@" || bail "start $c"
	wait_for 10 is_up || bail "$c is up"
}

# label of init, without the mode
label() {
	sed 's/ ([a-z]*)$//' "/proc/$(init_pid)/attr/current"
}

# attached_label OPTION...: of a process that lxc-attach runs, seen from here
attached_label() {
	# not a function: the background's process has to be the tool itself
	"$LXC_PREFIX/bin/lxc-attach" -P "$lxcpath" -n "$c" "$@" -- sh -c 'touch /there; exec sleep 1000' >"$work/output" 2>&1 &
	attached=$!
	wait_for 10 test -e "$lxcpath/$c/rootfs/there" || cat "$work/output"
	rm -f "$lxcpath/$c/rootfs/there"
	for pid in $(pgrep -P "$attached"); do
		sed 's/ ([a-z]*)$//' "/proc/$pid/attr/current"
		kill "$pid"
	done
	wait "$attached" 2>/dev/null
}

loaded() {
	sed 's/ ([a-z]*)$//' "$policy/profiles" | grep -qxF "$1"
}

# ------------------------------------------------------------------ generated

container apparmor
root=$lxcpath/$c/rootfs
name="lxc-${c}_<$lxcpath>"
space="lxc-${c}_<$(echo "$lxcpath" | tr / -)>"
everything='lxc.mount.auto = proc:rw sys:rw'
restarted 'lxc.apparmor.profile = generated' 'lxc.cap.drop =' 'lxc.mount.auto =' "$everything"
is "init has the generated profile, and a namespace below it" "$(label)" "$name//&:$space:unconfined"
is "so has an attached process" "$(attached_label)" "$name//&:$space:unconfined"
is "with -eLSM it keeps the caller's" "$(attached_label -eLSM)" "$(cat /proc/self/attr/current)"
ok "the profile is loaded" loaded "$name"

fails "sysrq-trigger is closed" inside sh -c 'echo h >/proc/sysrq-trigger'
like "by AppArmor" "$(cat "$work/output")" "Permission denied"
before=$(cat /proc/sys/kernel/core_pattern)
fails "so are parameters of the host" inside sh -c 'echo "|/evil" >/proc/sys/kernel/core_pattern'
is "which stay" "$(cat /proc/sys/kernel/core_pattern)" "$before"
fails "so are files of sysfs" inside sh -c 'echo 1 >/sys/kernel/mm/ksm/run'
fails "proc is mounted on /proc only" inside mount -t proc proc /mnt
fails "and is not bound elsewhere" inside mount -o bind /proc /mnt
fails "nor is sysfs moved" inside sh -c 'mkdir -p /m && mount --move /sys /m'
ok "a tmpfs can be mounted" inside sh -c 'mount -t tmpfs none /mnt && umount /mnt'
ok "parts of its tree can be bound" inside sh -c 'mount -o bind /etc /mnt && umount /mnt'
ok "and made private" inside busybox unshare -m true
ok "processes signal each other" inside sh -c 'sleep 100 & kill $!'
ok "and may change what is theirs" inside sh -c 'echo name >/proc/sys/kernel/hostname'

lxc stop -r -n "$c" >"$work/output" 2>&1
wait_for 10 is_up
is "after a reboot the label is the same" "$(label)" "$name//&:$space:unconfined"
lxc stop -k -n "$c"
fails "the profile is gone after the stop" loaded "$name"
ok "and its namespace" test ! -e "$policy/policy/namespaces/$space"
lxc start -n "$c" --explain >"$work/explain" 2>&1
like "--explain names it" "$(cat "$work/explain")" "^monitor +load profile +$name, namespace "
fails "and loads nothing" loaded "$name"

# ------------------------------------------------------------------ nesting, further lines

# what its label is, says a start hook itself
printf '#!/bin/sh\ncat /proc/self/attr/current >/hook-label\n' >"$root/hook"
chmod 755 "$root/hook"
printf 'profile inner { file, deny /etc/fstab r, }\n' |
	apparmor_parser --skip-kernel-load --skip-cache --stdout >"$root/inner" 2>/dev/null
restarted 'lxc.apparmor.profile = generated' 'lxc.apparmor.allow_nesting = 1' 'lxc.cap.drop =' \
	'lxc.mount.auto =' "$everything" 'lxc.apparmor.raw = deny /etc/secret r,' 'lxc.hook.start = /hook'
echo secret >"$root/etc/secret"
echo fstab >"$root/etc/fstab"
fails "a line of lxc.apparmor.raw counts" inside cat /etc/secret
ok "with nesting proc can be mounted anywhere" inside mount -t proc proc /mnt
fails "sysrq-trigger is closed there, too" inside sh -c 'echo h >/mnt/sysrq-trigger'
ok "a profile can be loaded inside" \
	inside sh -c 'mount -t securityfs none /sys/kernel/security && cat /inner >/sys/kernel/security/apparmor/.replace'
fails "the host has none of that name" loaded inner
is "a start hook is in the namespace, too" "$(cat "$root/hook-label")" unconfined
is "a process inside can enter it" \
	"$(inside sh -c 'printf "exec inner" >/proc/self/attr/apparmor/exec && exec cat /proc/self/attr/current')" "inner (enforce)"
fails "and is confined by it" \
	inside sh -c 'printf "exec inner" >/proc/self/attr/apparmor/exec && exec cat /etc/fstab'

# ------------------------------------------------------------------ an image that lies

mkdir -p "$root/fake/thread-self/attr/apparmor" "$root/fake/self/attr/apparmor"
for file in exec current; do
	echo unconfined >"$root/fake/thread-self/attr/apparmor/$file"
	ln -f "$root/fake/thread-self/attr/apparmor/$file" "$root/fake/self/attr/apparmor/$file"
done
again 'lxc.apparmor.profile = generated' 'lxc.mount.auto =' \
	"lxc.mount.entry = $root/fake proc none bind 0 0"
is "RUNC-04: a fake /proc takes no label" "$(label)" "$name//&:$space:unconfined"
is "nor at an attach" "$(attached_label)" "$name//&:$space:unconfined"
is "it is as it was" "$(cat "$root/fake/thread-self/attr/apparmor/exec")" unconfined

# ------------------------------------------------------------------ by name

restarted ''
is "the default is one that is installed" "$(label)" lxc-container-default-cgns
is "also for what attaches" "$(attached_label)" lxc-container-default-cgns
fails "it confines" inside mount -t proc proc /mnt
lxc stop -k -n "$c"
ok "it stays loaded" loaded lxc-container-default-cgns
fails "an attach with a profile that is not loaded" \
	sh -c "'$LXC_PREFIX/bin/lxc-start' -P '$lxcpath' -n '$c' && '$LXC_PREFIX/bin/lxc-attach' -P '$lxcpath' -n '$c' -c no-such -- true"
like "names it" "$(cat "$work/output")" "^lxc-attach: attach $c: AppArmor profile no-such: not loaded"
like "and the remedy" "$(cat "$work/output")" "^hint: load the file that defines it: apparmor_parser -r "
is "with one that is, it has that" "$(attached_label -c lxc-container-default-with-mounting)" lxc-container-default-with-mounting
restarted 'lxc.apparmor.profile = unconfined'
is "unconfined" "$(label)" unconfined
restarted 'lxc.apparmor.profile = unchanged'
is "unchanged" "$(label)" "$(cat /proc/self/attr/current)"

fails "a start with a profile that is not loaded" again 'lxc.apparmor.profile = no-such'
is "says so, and what to do" "$(cat "$work/output")" \
	"lxc-start: start $c: config lxc.apparmor.profile: AppArmor profile no-such: not loaded
hint: load the file that defines it: apparmor_parser -r /etc/apparmor.d/FILE"
fails "a start with a namespace that is not there" again 'lxc.apparmor.profile = lxc-container-default//&:no-such:'
is "is told by the kernel" "$(cat "$work/output")" \
	"lxc-start: start $c: take security label lxc-container-default//&:no-such:: a profile of it is not loaded
hint: load the file that defines it: apparmor_parser -r FILE"
fails "a line that is no rule" again 'lxc.apparmor.profile = generated' 'lxc.apparmor.raw = no rule,'
like "is shown" "$(cat "$work/output")" "^hint: the parser stops at the line: no rule,"
fails "without the parser" unshare -m sh -c "
	mount --bind /dev/null \$(readlink -f /usr/sbin/apparmor_parser)
	sed -i 's/no rule/deny \/x r/' '$lxcpath/$c/config'
	exec '$LXC_PREFIX/bin/lxc-start' -P '$lxcpath' -n '$c'"
like "it is asked for" "$(cat "$work/output")" "apparmor_parser is not there to compile it"

# ------------------------------------------------------------------ without a program to execute

# a C function in a copy of the caller, by the library itself
cat >"$work/function.py" <<'TEXT'
import ctypes, os, signal, sys
lxc = ctypes.CDLL(sys.argv[1])
lxc.lxc_container_new.restype = ctypes.c_void_p
function = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(lambda payload: signal.pause() or 0)
container = ctypes.c_void_p(lxc.lxc_container_new(sys.argv[2].encode(), sys.argv[3].encode()))
pid = ctypes.c_int()
assert lxc.lxc_container_attach(container, function, None, None, ctypes.byref(pid)) == 0
print(open(f"/proc/{pid.value}/attr/current").read().split(" (")[0])
os.kill(pid.value, signal.SIGKILL)
os.waitpid(pid.value, 0)
TEXT
restarted 'lxc.apparmor.profile = generated'
if command -v python3 >/dev/null; then
	is "a function that is attached has the label" \
		"$(python3 "$work/function.py" "$LXC_PREFIX/lib/liblxc.so.1" "$c" "$lxcpath" 2>&1)" "$name//&:$space:unconfined"
else
	skip "a function that is attached has the label" "python3 is missing"
fi
lxc stop -k -n "$c"

{
	cat "$lxcpath/$c/config.first"
	echo 'lxc.apparmor.profile = generated'
} >"$lxcpath/$c/config"
lxc execute -n "$c" -- /bin/sh -c 'sleep 1000' >"$work/output" 2>&1 &
helpers="$helpers $!"
wait_for 10 sh -c "'$LXC_PREFIX/bin/lxc-attach' -P '$lxcpath' -n '$c' -- true"
is "our own small init has the label, too" "$(label)" "$name//&:$space:unconfined"
lxc stop -k -n "$c"
fails "and no profile is left" loaded "$name"
