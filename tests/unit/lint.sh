#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The checks of the source bite: each wrong thing in a small tree is found, and named.
set -u
source=${LXC_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0

# a tree in which nothing is wrong
fresh() {
	rm -rf "$work/tree"
	mkdir -p "$work/tree/src/liblxc/util" "$work/tree/src/liblxc/net" "$work/tree/src/liblxc/mount" \
		"$work/tree/src/liblxc/api" "$work/tree/src/liblxc/conf" "$work/tree/src/tools" \
		"$work/tree/include/lxc" "$work/tree/examples" "$work/tree/tests" "$work/tree/scripts" \
		"$work/tree/doc/man"
	cd "$work/tree" || exit 1
	echo '#include <stdio.h>' >src/liblxc/util/buf.h
	printf '#include "net/nic.h"\n#include "util/buf.h"\n' >src/liblxc/net/nic.c
	echo '#include "util/buf.h"' >src/liblxc/net/nic.h
	printf '#include <lxc/lxc.h>\n#include "tool.h"\n' >src/tools/lxc-do.c
	echo 'int lxc_do(int a); /* not lxc_undo(), which is only spoken of */' >include/lxc/do.h
	echo lxc_do >src/liblxc/liblxc.sym
	echo '*lxc_do*() does' >doc/man/liblxc.3.scd
	echo 'the page' >doc/man/lxc-do.1.scd
	printf '\tKEY("lxc.do", text, x,\n' >src/liblxc/conf/keys.c
	printf '\tNET("do", text, x,\n' >src/liblxc/conf/net-keys.c
	printf '*lxc.do* = _x_\n*lxc.net.[i].do* = _x_\n' >doc/man/lxc.container.conf.5.scd
	echo 'int f(void) { return 0; }' >src/liblxc/net/f.c
}

# bites CHECK PATTERN NAME: the check fails, and some line matches
bites() {
	count=$((count + 1))
	if "$source/scripts/$1" . /nonexistent >"$work/out" 2>&1 || ! grep -Eq -- "$2" "$work/out"; then
		echo "not ok $count - $1: $3"
		sed 's/^/# /' "$work/out"
	else
		echo "ok $count - $1: $3"
	fi
	fresh
}

# passes CHECK
passes() {
	count=$((count + 1))
	if "$source/scripts/$1" . /nonexistent >"$work/out" 2>&1; then
		echo "ok $count - $1: nothing wrong, nothing said"
	else
		echo "not ok $count - $1: nothing wrong, nothing said"
		sed 's/^/# /' "$work/out"
	fi
}

fresh
passes check-layers
echo '#include "net/nic.h"' >src/liblxc/util/buf.c
bites check-layers 'util/buf\.c:1: .*net \(layer 2\) is above util' "an include upwards"
echo '#include "mount/tree.h"' >src/liblxc/net/other.c
bites check-layers 'net/other\.c:1: .*neighbours' "an include sideways"
echo '#include "../util/buf.h"' >src/liblxc/net/other.c
bites check-layers 'without dots' "an include with dots"
echo '#include "nic.h"' >src/liblxc/net/other.c
bites check-layers 'with its folder' "an include without its folder"
echo '#include "util/buf.h"' >src/tools/lxc-other.c
bites check-layers 'tools/lxc-other\.c:1: .*only <lxc/' "a tool that sees the library's inside"
echo '#include "util/buf.h"' >examples/other.c
bites check-layers 'examples/other\.c:1: .*only <lxc/' "an example, too"
echo '#include "net/b.h"' >src/liblxc/net/a.h
echo '#include "net/a.h"' >src/liblxc/net/b.h
bites check-layers 'in a circle' "a circle"
mkdir src/liblxc/misc && : >src/liblxc/misc/x.c && echo >src/liblxc/misc/x.c
bites check-layers 'misc is on no layer' "a folder that nobody knows"

passes check-symbols
echo lxc_more >>src/liblxc/liblxc.sym
bites check-symbols 'lxc_more: in liblxc.sym, but declared' "listed, not declared"
echo 'int lxc_more(void);' >>include/lxc/do.h
bites check-symbols 'lxc_more: declared, but not in' "declared, not listed"
: >doc/man/liblxc.3.scd
bites check-symbols 'lxc_do: not in doc/man' "not in the manual"

passes check-docs
rm doc/man/lxc-do.1.scd
bites check-docs 'lxc-do: no page' "a tool without a page"
printf '\tKEY("lxc.more", text, x,\n' >>src/liblxc/conf/keys.c
bites check-docs 'no entry \*lxc\.more\*' "a key without an entry"
printf '\tNET("more", text, x,\n' >>src/liblxc/conf/net-keys.c
bites check-docs 'no entry \*lxc\.net\.\[i\]\.more\*' "a key of interfaces without an entry"

if command -v ctags >/dev/null; then
	passes check-sizes
	{ echo 'int g(void)'; echo '{'; yes '	g();' | head -n 90; echo '}'; } >src/liblxc/net/g.c
	bites check-sizes 'net/g\.c:1: g has 93 lines' "a long function"
	echo 'int g(int a, int b, int c, int d, int (*e)(int, int), int f, int h) { return a; }' >src/liblxc/net/g.c
	bites check-sizes 'g has 7 parameters' "many parameters"
	yes | head -n 801 >src/liblxc/net/g.c
	bites check-sizes 'net/g\.c: 801 lines' "a long file"
	yes | head -n 60 >scripts/check-more
	bites check-sizes 'check-more: 60 lines' "a long check"
else
	count=$((count + 1))
	echo "ok $count - check-sizes # SKIP ctags is missing"
fi
echo "1..$count"
