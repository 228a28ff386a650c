#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A Debian with systemd: made by the template, booted, used, rebooted, shut down.
#
# LXC_DEBIAN_TREE is a tar from the template's cache for machines without a network.
. "$(dirname "$0")/../lib/lib.sh"
. "$(dirname "$0")/../lib/console.sh"
. "$(dirname "$0")/../lib/archive.sh"
. "$(dirname "$0")/../lib/systemd.sh"
need_root
need_tools create start stop info attach console
need script busybox dpkg-deb
[ -x "$LXC_TEMPLATES/lxc-debian" ] || skip_all "no $LXC_TEMPLATES/lxc-debian"
[ -n "${LXC_DEBIAN_TREE:-}" ] || need mmdebstrap
export LXC_CACHE_PATH="${LXC_CACHE_PATH:-$LXC_SOURCE/build/cache}"

another_init() {
	new=$(init_pid) && [ -n "$new" ] && [ "$new" != "$old" ]
}

make_bridge
make_archive
c=deb-$unique
containers=$c
cat >"$work/new.conf" <<TEXT
lxc.net.0.type = veth
lxc.net.0.link = $bridge
lxc.net.0.flags = up
lxc.net.0.ipv4.address = $net.9/24
lxc.net.0.ipv4.gateway = $net.1
TEXT
set -- --password sesame
[ -z "${LXC_DEBIAN_TREE:-}" ] || set -- "$@" --tree "$LXC_DEBIAN_TREE"
ok "lxc-create" lxc create -n "$c" -f "$work/new.conf" -t "$LXC_TEMPLATES/lxc-debian" -- "$@"
ok "lxc-start" lxc start -n "$c"
[ "$(state)" = RUNNING ] || bail "$c runs"
runs "systemd is running, nothing failed"
case $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) in
Y*) like "confined by its profile" "$(cat "/proc/$(init_pid)/attr/current")" "^lxc-${c}_<.*>//&:.*:unconfined \\(enforce\\)" ;;
*) skip "confined by its profile" "this kernel has no AppArmor" ;;
esac
is "the host name" "$(inside hostname)" "$c"
like "the machine has an id of its own" "$(inside cat /etc/machine-id)" '^[0-9a-f]{32}$'
like "the address of the configuration is there" "$(inside ip -o addr show dev eth0)" "inet $net.9/24 "
is "networkd leaves it alone" "$(inside networkctl --no-legend list eth0 | awk '{ print $NF }')" unmanaged
ok "the host answers" inside ping -c 1 -w 10 "$net.1"

echo "$archive" >"$lxcpath/$c/rootfs/etc/apt/sources.list"
ok "apt-get update" inside apt-get -q update
ok "apt-get install" inside apt-get -q install -y lxc-test-hello
is "what it installed runs" "$(inside lxc-test-hello)" "hello from apt"

ok "lxc-console" console_open 1
console_send '\r'
ok "the terminal asks for a login" console_expect "$c login: *"
console_send 'root\r'
ok "and for the password" console_expect 'Password: *'
console_send 'wrong\r'
ok "a wrong one is refused" console_expect 'Login incorrect'
ok "and it asks again" console_expect 'login: *'
console_send 'root\r'
ok "for the password, too" console_expect 'Password: *'
console_send 'sesame\r'
ok "the right one gives a shell" console_expect "root@$c:~# *"
console_send 'echo $((6 * 7))\r'
ok "that answers" console_expect '^42'
console_send 'exit\r'
ok "Ctrl-a q leaves" console_close

old=$(init_pid)
inside systemctl reboot
ok "reboot, said inside: there is another init" wait_for 30 another_init
runs "systemd is running again"
ok "what was installed is still there" inside lxc-test-hello

began=$(date +%s)
ok "lxc-stop shuts down" lxc stop -n "$c" -t $((30 * LXC_SLOW)) --nokill
took=$(($(date +%s) - began))
ok "within $((30 * LXC_SLOW)) s ($took s)" test "$took" -lt $((30 * LXC_SLOW))
is "it is stopped" "$(state)" STOPPED
