#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# An interface on a bridge with addresses from the configuration.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info ls attach
need busybox

no_port() {
	[ -z "$(ip -o link show master "$bridge")" ]
}

make_bridge
started net "lxc.net.0.type = veth" "lxc.net.0.link = $bridge" "lxc.net.0.flags = up" \
	"lxc.net.0.name = eth0" "lxc.net.0.hwaddr = 10:66:6a:01:02:03" \
	"lxc.net.0.ipv4.address = $net.7/24" "lxc.net.0.ipv4.gateway = $net.1" \
	"lxc.net.0.ipv6.address = fd00:1234::7/64" "lxc.net.0.mtu = 1400"
like "the address is there" "$(inside ip -o addr show dev eth0)" "inet $net.7/24 "
like "the IPv6 address, too" "$(inside ip -o addr show dev eth0)" "inet6 fd00:1234::7/64 "
like "the hardware address" "$(inside ip link show dev eth0)" "10:66:6a:01:02:03"
like "the MTU" "$(inside ip link show dev eth0)" "mtu 1400 "
like "the route" "$(inside ip route)" "^default via $net.1 dev eth0"
is "one end is on the bridge" "$(ip -o link show master "$bridge" | grep -c .)" 1
ok "the host answers the container" inside ping -c 1 -w 5 "$net.1"
ok "the container answers the host" busybox ping -c 1 -w 5 "$net.7"
is "lxc-info says the address" "$(lxc info -n "$c" -iH | grep -F "$net.7")" "$net.7"
like "so does lxc-ls -f" "$(lxc ls -f)" "$net.7"
ok "lxc-stop" lxc stop -k -n "$c"
# the kernel takes its time for that
ok "the host's end goes" wait_for 5 no_port

container bad "lxc.net.0.type = veth" "lxc.net.0.link = nobridge0" "lxc.net.0.flags = up"
fails "a bridge that is missing is an error" lxc start -n "$c"
is "nothing was started" "$(state)" STOPPED
