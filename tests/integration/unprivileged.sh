#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A user without rights makes, starts, enters, stops and removes a container.
#
# The user is there in this test's mount namespace alone: nothing of the machine's accounts
# is changed.
if [ -z "${LXC_TEST_PRIVATE:-}" ] && [ "$(id -u)" = 0 ]; then
	exec unshare --mount --propagation private env LXC_TEST_PRIVATE=1 sh "$0" "$@"
fi
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools attach create destroy execute freeze info ls start stop usernsexec
need busybox mount newuidmap setpriv unshare
newuidmap=$(command -v newuidmap)
uid=54321 first=700000
[ "$(cat /proc/sys/kernel/unprivileged_userns_clone 2>/dev/null || echo 1)" = 1 ] ||
	skip_all "users may not make user namespaces: sysctl kernel.unprivileged_userns_clone"

home=$work/home
mkdir -m 700 "$home"
chown $uid:$uid "$home" "$lxcpath"
chmod 700 "$lxcpath"
# private FILE LINE: the machine's file and one line more, seen by this test alone
private() {
	{ cat "$1" 2>/dev/null; [ -z "$2" ] || echo "$2"; } >"$work/${1##*/}"
	chmod 644 "$work/${1##*/}"
	mount --bind "$work/${1##*/}" "$1"
}
private /etc/passwd "lxctester:x:$uid:$uid::$home:/bin/sh"
private /etc/group "lxctester:x:$uid:"
private /etc/subuid "lxctester:$first:65536"
private /etc/subgid "lxctester:$first:65536"
finish_private() {
	private_code=$?
	umount /etc/passwd /etc/group /etc/subuid /etc/subgid "$newuidmap" 2>/dev/null
	(exit $private_code)
	finish
}
trap finish_private EXIT

# user COMMAND...
user() {
	env -i HOME="$home" PATH="$PATH" LC_ALL=C LXC_CACHE_PATH="$work/cache" setpriv --reuid $uid \
		--regid $uid --clear-groups "$@"
}
own() { # VERB ARGUMENT...
	own_verb=$1
	shift
	user "$LXC_PREFIX/bin/lxc-$own_verb" -P "$lxcpath" "$@"
}
init_pid() {
	own info -n "$c" -pH 2>/dev/null
}
inside() {
	own attach -n "$c" -- "$@"
}
make() { # NAME ARGUMENT...
	c=$1-$unique
	shift
	containers="$containers $c"
	own create -n "$c" "$@" -t "$LXC_TEMPLATES/lxc-busybox" >"$work/output" 2>&1
}

# ------------------------------------------------------------------------ start to finish

make first
result $? "a user creates a container without a word about ids" "$work/output"
root=$lxcpath/$c/rootfs
like "the ids are those granted to him" "$(cat "$lxcpath/$c/config")" "^lxc.idmap = u 0 $first 65536"
is "the tree is its root's" "$(stat -c %u:%g "$root")" $first:$first
is "the configuration is his" "$(stat -c %u "$lxcpath/$c/config")" $uid
ok "he starts it" own start -n "$c"
wait_for 10 is_up
is "its root is nobody" "$(stat -c %u "/proc/$(init_pid)")" $first
is "and root inside" "$(inside id -u):$(inside id -g)" 0:0
like "which is in no group of the host's" "$(inside cat /proc/self/status)" '^Groups:[[:space:]]*$'
is "its status is that of the command" "$(inside sh -c 'exit 7'; echo $?)" 7
is "lxc-ls shows it" "$(own ls -f -F NAME,STATE,UNPRIVILEGED | tail -n 1 | xargs)" "$c RUNNING true"
ok "it may write its tree" inside touch /here
fails "the host's files are out of reach" inside cat /proc/1/root/etc/shadow
is "another user sees nothing" "$(setpriv --reuid 65533 --regid 65533 --clear-groups \
	"$LXC_PREFIX/bin/lxc-attach" -P "$lxcpath" -n "$c" -- true >/dev/null 2>&1; echo $?)" 1
before=$(init_pid)
inside reboot >/dev/null 2>&1
changed() { [ -n "$(init_pid)" ] && [ "$(init_pid)" != "$before" ]; }
ok "it reboots" wait_for 20 changed
wait_for 10 is_up
cgroups=
if [ -z "$(user sh -c 'for d in $(cut -d: -f3 /proc/self/cgroup | sort -u); do find /sys/fs/cgroup/*$d /sys/fs/cgroup$d -maxdepth 0 -writable 2>/dev/null; done')" ]; then
	fails "without a cgroup it cannot be frozen" own freeze -n "$c"
	like "which is said" "$(cat "$work/output")" "neither cgroup.freeze nor the freezer"
	cgroups=none
else
	skip "without a cgroup" "the user has one here"
fi
ok "he stops it" own stop -n "$c" -t 20
is "it is stopped" "$(state)" STOPPED
if [ "$cgroups" = none ]; then
	fails "nor limited" own execute -n "$c" -s lxc.cgroup.pids.max=50 -s lxc.cgroup2.pids.max=50 \
		-- true
	like "which is said, too" "$(cat "$work/output")" "limit lxc.cgroup2?.pids.max"
fi
is "an application" "$(own execute -n "$c" -- sh -c 'id -u; exit 4'; echo $?)" "0
4"
# the template's tree and what the container made in it
inside_tree=$(own destroy -n "$c" 2>&1)
is "he destroys it" "$?:$inside_tree" "0:"
is "nothing of it is left" "$(ls -A "$lxcpath")" ""

# ---------------------------------------------------------------------- what goes wrong

container_fails() { # NAME CREATE-ARGUMENT...
	fails_name=$1
	shift
	fails "$fails_name" own create -n "bad-$unique" "$@"
	is "$fails_name: nothing is left" "$(ls -A "$lxcpath")" ""
}
cat >"$work/half" <<'TEXT'
#!/bin/sh
for a; do case $a in --rootfs=*) root=${a#*=} ;; esac; done
mkdir -m 700 "$root/mine" && : >"$root/mine/file"
exit 3
TEXT
chmod 755 "$work/half"
container_fails "a template that fails half-way" -t "$work/half"
like "is told" "$(cat "$work/output")" "exit status 3"
printf 'lxc.idmap = u 0 1000000 10\nlxc.idmap = g 0 1000000 10\n' >"$work/foreign.conf"
container_fails "ids that are not his" -f "$work/foreign.conf" -t "$LXC_TEMPLATES/lxc-busybox"
like "are refused with the remedy" "$(cat "$work/output")" \
	'usermod --add-subuids 1000000-1000009 lxctester'
printf 'lxc.net.0.type = empty\n' >"$work/none.conf"
fails "without a map" own execute -n "none-$unique" -f "$work/none.conf" -- true
like "it says which one to take" "$(cat "$work/output")" \
	"add lxc.idmap = u 0 $first 65536 and lxc.idmap = g 0 $first 65536"

# ------------------------------------------------------------------ lxc.idmap = auto

auto() { # NAME VALUE
	echo "lxc.idmap = $2" >"$work/auto.conf"
	own create -n "$1" -t none -f "$work/auto.conf"
}
ok "auto is" auto all auto
is "what is granted" "$(sed -n 's/^lxc.idmap = //p' "$lxcpath/all/config" | xargs)" "u 0 $first 65536 g 0 $first 65536"
ok "with a number it is" auto few "auto 1000"
is "as many of them" "$(sed -n 's/^lxc.idmap = //p' "$lxcpath/few/config" | xargs)" "u 0 $first 1000 g 0 $first 1000"
fails "more is refused" auto more "auto 65537"
like "by what would grant it" "$(cat "$work/output")" '^hint: ask for fewer, or as root: usermod --add-subuids FIRST-LAST USER'
ok "one goes" own destroy -n all
ok "and the other" own destroy -n few

# -------------------------------------------------------------------- lxc-usernsexec

ok "lxc-usernsexec: granted ids" user "$LXC_PREFIX/bin/lxc-usernsexec" -- sh -c \
	'[ "$(id -u)" = 0 ] && grep -Eq "^ +0 +700000 +65536" /proc/self/uid_map'
is "its status" "$(user "$LXC_PREFIX/bin/lxc-usernsexec" -- sh -c 'exit 9'; echo $?)" 9
user mkdir "$home/tree"
ok "with one's own, one's files can be given away" user "$LXC_PREFIX/bin/lxc-usernsexec" -s -- \
	chown 5:6 "$home/tree"
is "they are" "$(stat -c %u:%g "$home/tree")" $((first + 5)):$((first + 6))
ok "and removed" user "$LXC_PREFIX/bin/lxc-usernsexec" -s -- rmdir "$home/tree"
fails "ids that are not granted" user "$LXC_PREFIX/bin/lxc-usernsexec" -m b:0:0:1 -- true
like "are refused" "$(cat "$work/output")" "usermod --add-subuids 0-0 lxctester"
fails "a map that is none" user "$LXC_PREFIX/bin/lxc-usernsexec" -m b:0:1 -- true
like "is told" "$(cat "$work/output")" "KIND:INSIDE:HOST:COUNT"

# ----------------------------------------------------------- a cgroup handed over before

# delegated COMMAND...: below cgroups that are the user's, as libpam-cgfs makes them
hierarchies=$(find /sys/fs/cgroup -maxdepth 1 -type d ! -path /sys/fs/cgroup)
[ ! -e /sys/fs/cgroup/cgroup.controllers ] || hierarchies=
delegated() {
	sh -c 'for h in $1; do echo 0 >"$h/lxctest-$2/cgroup.procs" || exit; done; shift 2; exec "$@"' sh \
		"$hierarchies" "$unique" env -i HOME="$home" PATH="$PATH" LC_ALL=C setpriv --reuid $uid \
		--regid $uid --clear-groups "$@"
}
if [ -n "$hierarchies" ]; then
	for h in $hierarchies; do
		mkdir "$h/lxctest-$unique"
		if [ -e "$h/cpuset.cpus" ]; then
			cat "$h/cpuset.cpus" >"$h/lxctest-$unique/cpuset.cpus"
			cat "$h/cpuset.mems" >"$h/lxctest-$unique/cpuset.mems"
		fi
		chown -R $uid:$uid "$h/lxctest-$unique"
	done
	make limited
	ok "below a cgroup of his own he starts it with a limit" delegated "$LXC_PREFIX/bin/lxc-start" \
		-P "$lxcpath" -n "$c" -s lxc.cgroup.pids.max=50 -s lxc.mount.auto=cgroup:mixed:force
	wait_for 10 is_up
	group=/sys/fs/cgroup/pids/lxctest-$unique/lxc.payload.$c
	is "which is set" "$(cat "$group/pids.max")" 50
	is "init is there" "$(grep -c "/lxctest-$unique/lxc.payload.$c" "/proc/$(init_pid)/cgroup")" \
		"$(echo "$hierarchies" | wc -l)"
	is "the cgroup is its root's" "$(stat -c %u "$group")" $first
	ok "who may use it" inside mkdir -p /sys/fs/cgroup/pids/below/deep
	is "what is attached from there is there, too" "$(delegated "$LXC_PREFIX/bin/lxc-attach" -P "$lxcpath" \
		-n "$c" -- grep -c ':/$' /proc/self/cgroup)" "$(echo "$hierarchies" | wc -l)"
	ok "it can be frozen" own freeze -n "$c"
	is "it is" "$(state)" FROZEN
	ok "and thawed" own unfreeze -n "$c"
	ok "he stops it" own stop -k -n "$c"
	wait_for 5 nothing_left
	for h in $hierarchies; do rmdir "$h/lxctest-$unique" 2>/dev/null; done
	is "no cgroup is left" "$(find /sys/fs/cgroup -maxdepth 2 -name "lxctest-$unique")" ""
	own destroy -n "$c"
else
	skip "a cgroup handed over before" "version 1 alone is tested"
fi

# ------------------------------------------------------------------- without newuidmap

mount --bind /dev/null "$newuidmap"
make lonely
result $? "without newuidmap he still creates one" "$work/output"
like "of his own ids" "$(cat "$lxcpath/$c/config")" "^lxc.idmap = u 0 $uid 1"
ok "starts it" own start -n "$c"
wait_for 10 is_up
is "as himself" "$(stat -c %u "/proc/$(init_pid)")" $uid
is "who is root inside" "$(inside id -u)" 0
ok "stops it" own stop -k -n "$c"
sed -i "s/^lxc.idmap = u.*/lxc.idmap = u 0 $first 65536/" "$lxcpath/$c/config"
fails "with other ids" own start -n "$c"
like "it says what is missing" "$(cat "$work/output")" "newuidmap is not installed"
ok "and destroys it" own destroy -n "$c"
umount "$newuidmap"
is "nothing is left of his" "$(ls -A "$lxcpath")" ""
