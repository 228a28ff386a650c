# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2154,SC2034 # lib.sh sets work and net; tests read archive
#
# make_archive: an apt archive of one tiny package, lxc-test-hello, which installs the program
# of that name; served on the test's bridge.  Sets archive to its line for sources.list.
make_archive() {
	need dpkg-deb busybox
	root=$work/archive
	mkdir -p "$root" "$work/deb/DEBIAN" "$work/deb/usr/bin"
	cat >"$work/deb/DEBIAN/control" <<'TEXT'
Package: lxc-test-hello
Version: 1
Architecture: all
Maintainer: nobody <nobody@localhost>
Description: says hello
TEXT
	printf '#!/bin/sh\necho hello from apt\n' >"$work/deb/usr/bin/lxc-test-hello"
	chmod 755 "$work/deb/usr/bin/lxc-test-hello"
	dpkg-deb --root-owner-group -b "$work/deb" "$root/hello.deb" >/dev/null
	{
		cat "$work/deb/DEBIAN/control"
		echo "Filename: ./hello.deb"
		echo "Size: $(wc -c <"$root/hello.deb")"
		echo "SHA256: $(sha256sum "$root/hello.deb" | cut -d ' ' -f 1)"
	} >"$root/Packages"
	background busybox httpd -f -p "$net.1:8000" -h "$root"
	archive="deb [trusted=yes] http://$net.1:8000 ./"
}
