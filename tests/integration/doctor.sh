#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Diagnosis: what is wrong is found, with its remedy, by root and by a plain user; what is
# passed on names nobody.  Each fault is made in a mount or network namespace of its own.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop doctor
need busybox python3 unshare setpriv
make_bridge

doctor() {
	lxc doctor "$@"
}

# finding CHECK [ARGUMENT]...: "STATUS FOUND / REMEDY" of each finding of a check
finding() {
	finding_check=$1
	shift
	lxc doctor --json --names "$@" | select_check
}

select_check() {
	python3 -c '
import json, sys
for f in json.load(sys.stdin)["findings"]:
    if f["check"] == sys.argv[1]:
        print(f["status"], f["found"], "/", f["remedy"])' "$finding_check"
}

# faked CHECK SHELL-TEXT: the same, after the text has run in namespaces of its own
faked() {
	finding_check=$1
	unshare -m sh -c "$2"' && exec "$0" -P "$1" --json --names' \
		"$LXC_PREFIX/bin/lxc-doctor" "$lxcpath" | select_check
}

container fit
doctor >"$work/all"
is "exit status without a problem" $? "$(grep -Ec '^  problem' "$work/all" | sed 's/^[1-9].*/1/')"
like "a sum stands at the end" "$(tail -n 1 "$work/all")" '^[0-9]+ problems, [0-9]+ warnings, [0-9]+ in order$'
like "the kernel is new enough" "$(finding version)" '^ok [0-9]+\.[0-9]+'
like "the monitor is of this version" "$(finding lxc-monitor)" '^ok [0-9.]+ plan [0-9]+ / None$'
like "the container is in order" "$(finding configuration)" "^ok $c: "
like "its root is there" "$(finding 'root file system')" "^ok $c: "
like "no start failed" "$(finding 'last start')" "^ok $c: none that failed"
status "one container in order" 0 doctor -n "$c"
is "and nothing else" "$(doctor -n "$c" | grep -cE '^(kernel|cgroup|network|files)')" 0
status "its name as an argument" 0 doctor "$c"
is "--problems has nothing to show" "$(doctor --problems "$c" | wc -l)" 1
status "a container that is not there" 1 doctor nobody-$unique
like "is named, with a remedy" "$(cat "$work/output")" "nobody-$unique"
status "an option that does not exist" 2 doctor --cure
status "two names" 2 doctor "$c" "$c"

# --- faults of a container
good=$c
container bad
config=$lxcpath/$c/config
cp "$config" "$work/config"
echo "lxc.mount.entry = /none-$unique srv none bind 0 0" >>"$config"
lxc start -n "$c" >"$work/output" 2>&1 && bail "a start that should fail"
like "a failed start is a problem" "$(finding 'last start')" "^problem $c: failed at 20.*/none-$unique.* / .+"
status "and so is the exit status" 1 doctor -n "$c"
cp "$work/config" "$config"
printf '%s\n' "lxc.net.1.type = veth" "lxc.net.1.link = no$unique" >>"$config"
like "a bridge that is missing" "$(finding network)" "^problem $c: no$unique of lxc.net.1.link does not exist / make it: ip link add no$unique type bridge"
ip link set "$bridge" down
sed -i "s/no$unique/$bridge/" "$config"
like "a bridge that is down" "$(finding network -n "$c")" "^warning $c: $bridge of lxc.net.1.link is down / ip link set $bridge up"
ip link set "$bridge" up
like "a bridge that is up" "$(finding network -n "$c")" "^ok $c: bridge $bridge for veth is up"
sed -i "s/$bridge/lo/" "$config"
like "what is no bridge" "$(finding network -n "$c")" "^problem $c: lo of lxc.net.1.link is no bridge / "
cp "$work/config" "$config"
printf '%s\n' "lxc.tty.maxx = 3" "lxc.tty.max = many" >>"$config"
is "every fault of a configuration" "$(finding configuration -n "$c" | grep -c '^problem .*config:[0-9]')" 2
printf '%s\n' "lxc.rootfs.path = /none-$unique" >"$config"
like "a root that is not there" "$(finding 'root file system' -n "$c")" "^problem $c: /none-$unique: No such file"
cp "$work/config" "$config"

# --- faults of the machine
like "no room" "$(faked room "mount -t tmpfs -o size=1m none $lxcpath")" '^warning [01] MB left'
like "a path for everybody" "$(faked 'container path' "mount -t tmpfs none $lxcpath && chmod 777 $lxcpath")" '^problem everybody may write'
like "a monitor that is missing" "$(faked lxc-monitor "mount -t tmpfs none $LXC_PREFIX/libexec")" '^problem .*No such file.* / install liblxc completely'
printf '#!/bin/sh\necho 6.0.0\n' >"$work/other"
chmod 755 "$work/other"
monitor=$(find "$LXC_PREFIX/libexec" -name lxc-monitor)
like "a monitor of another version" "$(faked lxc-monitor "mount --bind $work/other $monitor")" '^problem .*another version'
printf '%s\n' "alice:100000:65536" "bob:165000:65536" >"$work/subuid"
like "ids that two users have" "$(faked 'shared users' "mount --bind $work/subuid /etc/subuid")" '^warning /etc/subuid gives alice and bob the same ids from 165000 / .'
printf '%s\n' "lxc.net.0.type = veth" "lxc.net.0.link = no$unique" >"$work/default.conf"
like "a bridge of default.conf" "$(faked default.conf "mount --bind $work/default.conf $LXC_PREFIX/etc/lxc/default.conf")" "^problem no$unique of lxc.net.0.link does not exist / ."

# --- a plain user
# user CHECK [SHELL-TEXT]: what it finds for one who has nothing
user() {
	finding_check=$1
	unshare -m sh -c "${2:-:}"' && exec setpriv --reuid 54321 --regid 54321 --clear-groups \
		env HOME=/nowhere USER=alice "$0" --json --names' "$LXC_PREFIX/bin/lxc-doctor" | select_check
}
if setpriv --reuid 54321 --regid 54321 --clear-groups "$LXC_PREFIX/bin/lxc-doctor" --version >/dev/null 2>&1; then
	like "no ids" "$(user 'subordinate users')" '^problem /etc/subuid has no line for 54321 / as root: usermod'
	echo "54321:300000:1000" >"$work/subuid"
	like "few ids" "$(user 'subordinate users' "mount --bind $work/subuid /etc/subuid")" '^warning /etc/subuid gives 54321 only 1000'
	echo "54321:300000:65536" >"$work/subuid"
	like "enough ids" "$(user 'subordinate users' "mount --bind $work/subuid /etc/subuid")" '^ok 65536 for 54321'
	map=$(command -v newuidmap)
	if [ -n "$map" ]; then
		like "newuidmap" "$(user newuidmap)" "^ok "
		cp "$map" "$work/newuidmap"
		chmod 755 "$work/newuidmap"
		like "without its right" "$(user newuidmap "mount --bind $work/newuidmap $map")" '^problem .* has not the right'
		: >"$work/newuidmap"
		chmod 644 "$work/newuidmap"
		like "none" "$(PATH=/usr/bin:/bin:/usr/sbin:/sbin user newuidmap "mount --bind $work/newuidmap $map")" '^problem not found / install the package uidmap'
	else
		skip "newuidmap" "newuidmap is missing"
	fi
	like "no delegated cgroup" "$(user delegation)" '^(problem no hierarchy .*systemd-run|ok )'
else
	skip "a plain user" "$LXC_PREFIX cannot be reached by others"
fi

# --- what is passed on
lxc start -n "$c" >/dev/null 2>&1 && lxc stop -k -n "$c"
cp "$work/config" "$config"
printf '%s\n' "lxc.uts.name = secret-host" "lxc.net.0.ipv4.address = 10.9.8.7/33" "lxc.net.0.hwaddr = 00:16:3e:11:22:zz" >>"$config"
printf '%s\n' "alice:100000:65536" "bob:165000:65536" >"$work/subuid"
passed() {
	unshare -m -u sh -c 'hostname zeus-'$unique' && mount --bind "$2" /etc/subuid && exec "$0" -P "$1" --json $3' \
		"$LXC_PREFIX/bin/lxc-doctor" "$lxcpath" "$work/subuid" "$1"
}
passed "" >"$work/redacted"
passed --names >"$work/open"
ok "it is JSON" python3 -m json.tool "$work/redacted"
like "that says it is redacted" "$(cat "$work/redacted")" '"redacted":true'
for secret in "$c" "$good" alice bob 10.9.8.7 "zeus-$unique"; do
	is "no $secret in it" "$(grep -cF "$secret" "$work/redacted")" 0
done
like "but what stands for them" "$(cat "$work/redacted")" '\[container 1\].*'
like "with --names there are" "$(cat "$work/open")" "$c.*"
like "and it says so" "$(cat "$work/open")" '"redacted":false'
cp "$work/config" "$config"
