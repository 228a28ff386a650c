#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# lxc.idmap = auto: ids that no other container has, whatever happens to the one that asks.
#
# Everything works in a mount namespace with a record and files of subordinate ids of its own.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools attach create destroy info start stop
need busybox mount setpriv stat unshare

if [ -z "${LXC_IDS_ALONE:-}" ]; then
	trap - EXIT
	rm -rf "$work"
	LXC_IDS_ALONE=1 exec unshare -m "$0" "$@"
fi
[ -e /proc/self/ns/user ] || skip_all "this kernel has no user namespaces"

# localstatedir, which lxc.lxcpath is below: the record lies beside it
lib=$("$LXC_PREFIX/bin/lxc-config" lxc.lxcpath)
lib=${lib%/lxc}
record=$lib/lxc-ids/ranges
own_files() {
	[ -e /etc/subuid ] && [ -e /etc/subgid ] && mount --make-rprivate / && mount -t tmpfs lxc-test "$lib" &&
		touch "$lib/subuid" "$lib/subgid" && cp /etc/passwd "$lib/passwd" &&
		mount --bind "$lib/subuid" /etc/subuid && mount --bind "$lib/subgid" /etc/subgid
}
own_files 2>"$work/output" || skip_all "files cannot be put in the place of the host's: $(cat "$work/output")"

echo "lxc.idmap = auto" >"$work/auto.conf"

# grant LINE...: what both files say
grant() {
	printf '%s\n' "$@" | tee "$lib/subgid" >"$lib/subuid"
}
new() { # NAME [OPTION]...
	new_name=$1
	shift
	lxc create -n "$new_name" -t none -f "$work/auto.conf" "$@"
}
gone() { # NAME...
	for name in "$@"; do lxc destroy -n "$name" || return 1; done
}
map() { # NAME
	sed -n 's/^lxc.idmap = //p' "$lxcpath/$1/config" | paste -sd, -
}
base() { # NAME
	map "$1" | awk '{ print $3 }'
}
recorded() {
	sed 1d "$record" | paste -sd, -
}

# ------------------------------------------------------------------ one after another

ok "a container is created" new one
is "with ids that nobody has" "$(map one)" "u 0 1000000 65536,g 0 1000000 65536"
is "which are recorded" "$(cat "$record")" "$(printf 'version 1\n1000000 65536 %s/one' "$lxcpath")"
is "for all to read" "$(stat -c %a:%u "$record")" 644:0
ok "another one" new two
is "gets the next" "$(base two)" 1065536
ok "which says how many" sh -c "echo 'lxc.idmap = auto 100000' >'$work/auto.conf'"
ok "is created, too" new three
is "and gets as many" "$(map three)" "u 0 1131072 100000,g 0 1131072 100000"
ok "it is destroyed" gone one
is "its ids are given back" "$(recorded)" "1065536 65536 $lxcpath/two,1131072 100000 $lxcpath/three"
echo "lxc.idmap = auto" >"$work/auto.conf"
ok "the next one" new four
is "takes them" "$(base four)" 1000000
fails "what fails" lxc create -n five -t /bin/false -f "$work/auto.conf"
is "takes none" "$(recorded | grep -c five)" 0
printf '%s\n' "lxc.idmap = u 0 1231072 65536" "lxc.idmap = g 0 1300000 65536" >"$work/hand.conf"
lxc create -n hand -t none -f "$work/hand.conf" >"$work/output" 2>&1
new five >"$work/output" 2>&1
is "what is mapped by hand is in use" "$(base five)" 1365536
printf 'lxc.include = %s\n' "$work/auto.conf" >"$work/include.conf"
ok "auto may come from an included file" lxc create -n six -t none -f "$work/include.conf"
is "what was chosen stays" "$(base six)" 1431072
like "it is what counts" "$(lxc info -n six -c lxc.idmap)" "u 0 1431072 65536"
mkdir "$lxcpath/other"
ok "a container elsewhere" "$LXC_PREFIX/bin/lxc-create" -P "$lxcpath/other" -n two -t none -f "$work/auto.conf"
is "shares the record" "$(sed -n 's/ 65536.*other.two$//p' "$record")" 1496608
ok "it goes" "$LXC_PREFIX/bin/lxc-destroy" -P "$lxcpath/other" -n two
"$LXC_PREFIX/bin/lxc-create" -P "$lxcpath/other" -n two -t none -f "$work/auto.conf" >"$work/output" 2>&1
mkfifo "$lxcpath/other/fifo"
mkdir "$lxcpath/other/trap"
mv "$lxcpath/other/fifo" "$lxcpath/other/trap/config"
chown 65534 "$lxcpath/other"
ok "a user's own directory cannot hold anybody up" timeout 20 \
	"$LXC_PREFIX/bin/lxc-create" -P "$lxcpath" -n seven -t none -f "$work/auto.conf"
is "what is recorded of it counts" "$(base seven)" 1562144
gone seven >"$work/output" 2>&1
rm -r "$lxcpath/other"
ok "all are destroyed" gone two three four five six hand
is "nothing is recorded any more" "$(recorded)" ""

# ------------------------------------------------------------------ whose ids they are

grant root:500000:70000 alice:500000:4000
new one >"$work/output" 2>&1
is "they lie in what root is granted, beside what others are" "$(base one)" 504000
fails "when it is used up" new two
like "the error says so" "$(cat "$work/output")" \
	'create two: config lxc.idmap: no 65536 ids in a row are free of those that /etc/subuid and /etc/subgid grant root$'
is "and nothing is left" "$(ls -A "$lxcpath"):$(recorded)" "one:504000 65536 $lxcpath/one"
gone one
grant 0:500000:65536 alice:500000:65536
fails "what is granted to others, too, is not taken" new two
grant root:2000000000:65536
echo "bob:2000000000:1" >"$lib/subgid"
fails "users and groups are looked at, each" new two
printf 'bob:1000000:65536\n' >"$lib/subgid"
: >"$lib/subuid"
new one >"$work/output" 2>&1
is "so they are without any for root" "$(base one)" 1065536
gone one
grant
echo "carol:x:1000007:100::/:/bin/sh" >>"$lib/passwd"
mount --bind "$lib/passwd" /etc/passwd
new one >"$work/output" 2>&1
is "a user's own id is not handed out" "$(base one)" 1000008
umount /etc/passwd
gone one
fails "a user namespace without such ids has none to give" \
	unshare -Ur "$LXC_PREFIX/bin/lxc-create" -P "$lxcpath" -n two -t none -f "$work/auto.conf"

# ------------------------------------------------------------------ all at once

many() { # FIRST LAST
	pids=
	for i in $(seq "$1" "$2"); do
		lxc create -n "m$i" -t none -f "$work/auto.conf" >>"$work/many" 2>&1 &
		pids="$pids $!"
	done
	many_failed=0
	for pid in $pids; do wait "$pid" || many_failed=1; done
	return "$many_failed"
}
bases() {
	cat "$lxcpath"/m*/config | sed -n 's/^lxc.idmap = u 0 //p' | sort -n
}
ok "64 are created at once" many 1 64
is "each has ids of its own" "$(bases | uniq | wc -l)" 64
is "which do not overlap" "$(bases | awk '$1 < end { print } { end = $1 + $2 }')" ""
is "all are recorded" "$(sed 1d "$record" | cut -d' ' -f1,2 | sort -n)" "$(bases)"

half() {
	pids=
	for i in $(seq 1 2 64); do
		lxc destroy -n "m$i" >>"$work/many" 2>&1 &
		pids="$pids $!"
	done
	many 65 96 || return 1
	for pid in $pids; do wait "$pid" || return 1; done
}
ok "half are destroyed while others are created" half
is "each has ids of its own still" "$(bases | uniq | wc -l):$(bases | awk '$1 < end { print } { end = $1 + $2 }')" "64:"
is "and is recorded" "$(sed 1d "$record" | cut -d' ' -f1,2 | sort -n)" "$(bases)"

# ------------------------------------------------------------------ killed in the middle

# a template that stays: the ids own a file by then
cat >"$work/stays" <<'END'
#!/bin/sh
for a in "$@"; do case $a in --rootfs=*) touch "${a#*=}/file" ;; --path=*) path=${a#*=} ;; esac; done
echo $$ >"$path.pid"
exec sleep 1000
END
chmod 755 "$work/stays"
for name in "$lxcpath"/*; do gone "${name##*/}" >"$work/output" 2>&1; done
setpriv --pdeathsig KILL "$LXC_PREFIX/bin/lxc-create" -P "$lxcpath" -n killed -t "$work/stays" \
	-f "$work/auto.conf" >"$work/killed" 2>&1 &
pid=$!
ok "a create is on its way" wait_for 10 test -e "$lxcpath/killed/rootfs/file"
new one >"$work/output" 2>&1
is "its ids are in use" "$(base one)" 1065536
kill -9 "$pid"
wait "$pid" 2>/dev/null
new two >"$work/output" 2>&1
is "they stay so as long as there are files" "$(base two):$(stat -c %u "$lxcpath/killed/rootfs/file")" 1131072:1000000
ok "the rest is destroyed" gone killed
new three >"$work/output" 2>&1
is "then they are free" "$(base three)" 1000000
mv "$lxcpath/two" "$lxcpath/.destroyed-two"
new four >"$work/output" 2>&1
is "a destroy that was cut short keeps its ids" "$(base four)" 1196608
ok "a namesake" new two
is "has others" "$(base two)" 1262144
rm -r "$lxcpath/.destroyed-two" "$lxcpath/three"
new five >"$work/output" 2>&1
is "what was removed by hand is free" "$(base five)" 1000000

# tries at any moment
tries() {
	for i in $(seq 1 40); do
		lxc create -n "t$i" -t none -f "$work/auto.conf" >>"$work/many" 2>&1 &
		pid=$!
		sleep "0.00$((i % 8))"
		kill -9 "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	return 0
}
ok "creates are killed at any moment" tries
ok "one more is created" new last
all_bases() {
	cat "$lxcpath"/*/config | sed -n 's/^lxc.idmap = u 0 //p' | sort -n
}
is "no ids are given twice" "$(all_bases | awk '$1 < end { print } { end = $1 + $2 }')" ""
is "each container is recorded" \
	"$(all_bases | while read -r line; do grep -q "^$line " "$record" || echo "$line"; done)" ""

# ------------------------------------------------------------------ the record

printf 'version 2\n' >"$record"
fails "a newer record is not touched" new more
like "the error says which" "$(cat "$work/output")" "read $record:1: it does not begin with 'version 1'\$"
printf 'version 1\n1000000 x %s/one\n' "$lxcpath" >"$record"
fails "a damaged one, either" new more
like "the error says where" "$(cat "$work/output")" "read $record:2: "
is "it is as it was" "$(cat "$record")" "$(printf 'version 1\n1000000 x %s/one' "$lxcpath")"
rm "$record"
ok "a lost one" new more
is "is made up for by the configurations" "$(all_bases | awk '$1 < end { print } { end = $1 + $2 }')" ""
for name in "$lxcpath"/*; do rm -r "$name"; done

# ------------------------------------------------------------------ they run

container first 'lxc.net.0.type = empty' 'lxc.idmap = auto'
a=$c
container second 'lxc.net.0.type = empty' 'lxc.idmap = auto'
b=$c
both() {
	lxc start -n "$a" &
	pid=$!
	lxc start -n "$b" && wait "$pid"
}
ok "two start at once" both
for c in "$a" "$b"; do
	wait_for 10 is_up
	is "$c has its ids" "$(inside cat /proc/self/uid_map | xargs)" "0 $(base "$c") 65536"
	is "its files are its root's" "$(inside stat -c %u:%g /etc)" 0:0
	is "its init is, outside" "$(stat -c %u "/proc/$(init_pid)")" "$(base "$c")"
done
[ "$(base "$a")" != "$(base "$b")" ]
result $? "and they are not the same"
lxc stop -k -n "$a"
lxc stop -k -n "$b"
cp "$lxcpath/$a/config" "$work/saved"
sed -i '/^lxc.idmap/d' "$lxcpath/$a/config"
echo "lxc.idmap = auto" >>"$lxcpath/$a/config"
fails "auto that nobody has resolved does not start" lxc start -n "$a"
like "the error says why" "$(cat "$work/output")" "config lxc.idmap: ids for 'auto' are chosen when lxc-create makes the container"
like "and what to do" "$(cat "$work/output")" '^hint: make it with lxc-create -f FILE, or name free ids'
cp "$work/saved" "$lxcpath/$a/config"
