#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A Debian with systemd in a user namespace: of root's, and of a user who has a systemd.
#
# shellcheck disable=SC2218 # the functions of the second part replace those of the first
# LXC_DEBIAN_TREE is a tar from the template's cache for machines without a network.
. "$(dirname "$0")/../lib/lib.sh"
. "$(dirname "$0")/../lib/systemd.sh"
need_root
need_tools attach create destroy info start stop
need newuidmap setpriv
[ -x "$LXC_TEMPLATES/lxc-debian" ] || skip_all "no $LXC_TEMPLATES/lxc-debian"
[ -n "${LXC_DEBIAN_TREE:-}" ] || need mmdebstrap
export LXC_CACHE_PATH="${LXC_CACHE_PATH:-$LXC_SOURCE/build/cache}"

set --
[ -z "${LXC_DEBIAN_TREE:-}" ] || set -- --tree "$LXC_DEBIAN_TREE"
c=deb-$unique
containers=$c
printf '%s\n' 'lxc.net.0.type = empty' 'lxc.idmap = u 0 200000 65536' 'lxc.idmap = g 0 200000 65536' \
	>"$work/new.conf"
ok "lxc-create" lxc create -n "$c" -f "$work/new.conf" -t "$LXC_TEMPLATES/lxc-debian" -- "$@"
is "the tree belongs to its root" "$(stat -c %u:%g "$lxcpath/$c/rootfs/etc")" 200000:200000
ok "lxc-start" lxc start -n "$c"
runs "systemd is running, nothing failed"

# what asks for namespaces and mounts inside, without any switch for nesting
confined=$(tr -d '\0' <"/proc/$(init_pid)/attr/current" 2>/dev/null)
while read -r name option; do
	# AppArmor of Linux 6.1 has no rule that permits to lock a socket, which DynamicUser does
	case $name-$confined in
	DynamicUser-*lxc*)
		skip "a unit with $name" "AppArmor of this kernel denies a lock on a socket"
		continue
		;;
	esac
	# shellcheck disable=SC2086 # several options
	ok "a unit with $name" inside systemd-run -q --wait --pipe $option true
done <<'TEXT'
PrivateTmp -p PrivateTmp=yes
ProtectSystem -p ProtectSystem=strict
ProtectHome -p ProtectHome=yes -p ReadOnlyPaths=/etc
DynamicUser -p DynamicUser=yes -p StateDirectory=lxctest
PrivateDevices -p PrivateDevices=yes
PrivateNetwork -p PrivateNetwork=yes
PrivateUsers -p PrivateUsers=yes
ProtectKernel -p ProtectKernelTunables=yes -p ProtectControlGroups=yes -p ProtectHostname=yes
MemoryMax -p MemoryMax=100M -p TasksMax=20
TEXT
inside sh -c 'echo credential >/root/credential'
is "a unit with LoadCredential" "$(inside systemd-run -q --wait --pipe -p LoadCredential=word:/root/credential \
	sh -c 'cat "$CREDENTIALS_DIRECTORY/word"')" credential
ok "it shuts down" lxc stop -n "$c" -t 60
ok "and is destroyed" lxc destroy -n "$c"

# ------------------------------------------------------------------ a user with a systemd

tester=$(id -u tester 2>/dev/null)
if [ "${LAB_VM:-}" != 1 ] || [ -z "$tester" ] ||
	! systemctl start "user@$tester.service" >"$work/output" 2>&1; then
	skip "a user's own" "there is no user 'tester' with a systemd: this is not the virtual machine"
	exit 0
fi
user() {
	env -i HOME="$work/home" PATH="$PATH" LC_ALL=C XDG_RUNTIME_DIR="/run/user/$tester" setpriv \
		--reuid "$tester" --regid "$tester" --init-groups "$@"
}
own() { # VERB ARGUMENT...
	own_verb=$1
	shift
	user "$LXC_PREFIX/bin/lxc-$own_verb" -P "$lxcpath" "$@"
}
inside() {
	own attach -n "$c" -- "$@"
}
mkdir "$work/home"
chown "$tester:$tester" "$work/home" "$lxcpath"
c=own-$unique
containers=$c
ok "a user creates one" own create -n "$c" -t "$LXC_TEMPLATES/lxc-debian" -- "$@"
ok "starts it" own start -n "$c"
runs "and systemd is running in it, nothing failed"
own info -n "$c" -pH >"$work/pid"
like "in a scope of his" "$(cat "/proc/$(cat "$work/pid")/cgroup")" \
	"/user@$tester.service/app.slice/lxc-$c-.*\.scope/lxc.payload.$c"
ok "with controllers" grep -q memory "$(sed 's|^0::|/sys/fs/cgroup|; s|/init.scope$||' \
	"/proc/$(cat "$work/pid")/cgroup")/cgroup.controllers"
ok "a limit inside" inside systemd-run -q --wait --pipe -p MemoryMax=100M -p DynamicUser=yes true
is "from within his own session an attached process is in its cgroup" "$(user systemd-run --user --scope -q \
	"$LXC_PREFIX/bin/lxc-attach" -P "$lxcpath" -n "$c" -- sed -n 's|^0::/\.lxc.*|inside|p' /proc/self/cgroup)" inside
ok "it shuts down" own stop -n "$c" -t 120
no_scope() { ! user systemctl --user list-units --all "lxc-$c-*" | grep -q scope; }
ok "the scope goes with it" wait_for 10 no_scope
ok "he destroys it" own destroy -n "$c"
is "nothing is left" "$(ls -A "$lxcpath")" ""
