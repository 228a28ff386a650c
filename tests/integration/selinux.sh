#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# SELinux: the context of a container's processes and keys, seen from the host, and what is said
# when the policy does not know one.  LXC_SELINUX_CONTEXT is one that it knows, and that what
# starts containers may give (that of tests/vm/selinux.cil).
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools attach create execute info start stop
need busybox
[ -e /sys/fs/selinux/enforce ] || skip_all "this kernel has no SELinux"
context=${LXC_SELINUX_CONTEXT:-system_u:system_r:lxc_t:s0}
printf %s "$context" 2>/dev/null >/sys/fs/selinux/context || skip_all "the policy does not know $context"
own=$(tr -d '\0' </proc/self/attr/current)

# of a process
context_of() {
	tr -d '\0' <"/proc/$1/attr/current"
}

# the contexts of all session keyrings that we may ask for
keyrings() {
	python3 - <<'TEXT'
import ctypes
libc = ctypes.CDLL(None)
for line in open("/proc/keys"):
    if "_ses" in line:
        text = ctypes.create_string_buffer(256)
        if libc.syscall(250, 17, int(line.split()[0], 16), text, 256) > 0:
            print(text.value.decode())
TEXT
}

started selinux "lxc.selinux.context = $context" "lxc.selinux.context.keyring = $context" 'lxc.net.0.type = empty'
is "init has the context" "$(context_of "$(init_pid)")" "$context"
is "so has an attached process" "$(inside cat /proc/self/attr/current | tr -d '\0')" "$context"
is "with -eLSM it keeps the caller's" \
	"$(lxc attach -n "$c" -eLSM -- cat /proc/self/attr/current | tr -d '\0')" "$own"
is "with -c it has that" "$(lxc attach -n "$c" -c "$own" -- cat /proc/self/attr/current | tr -d '\0')" "$own"
if [ "$(uname -m)" = x86_64 ] && command -v python3 >/dev/null; then
	like "its session keyring has the other one" "$(keyrings)" "^$context\$"
else
	skip "its session keyring has the other one" "python3 on x86_64 is needed"
fi
unknown=system_u:system_r:no_such_t:s0
fails "an attach with one that the policy does not know" lxc attach -n "$c" -c "$unknown" -- true
is "names it, and what to do" "$(cat "$work/output")" \
	"lxc-attach: attach $c: SELinux context $unknown: the loaded policy does not know it
hint: correct it, or load the policy module that defines it: semodule -i FILE"
lxc stop -k -n "$c"
is "our own small init has it, too" \
	"$(lxc execute -n "$c" -- /bin/cat /proc/1/attr/current | tr -d '\0')" "$context"

container unknown "lxc.selinux.context = $unknown" 'lxc.net.0.type = empty'
fails "a start with one that the policy does not know" lxc start -n "$c"
like "names key and context" "$(cat "$work/output")" \
	"^lxc-start: start $c: config lxc.selinux.context: SELinux context $unknown: the loaded"
container keys "lxc.selinux.context.keyring = $unknown" 'lxc.net.0.type = empty'
fails "so does a keyring's" lxc start -n "$c"
like "by its key" "$(cat "$work/output")" "config lxc.selinux.context.keyring: SELinux context $unknown: "
container caller "lxc.selinux.context.keyring = $context" 'lxc.keyring.session = 1' 'lxc.net.0.type = empty'
like "without a new keyring that key is skipped, and says so" "$(lxc start -n "$c" --explain)" \
	"^# lxc.selinux.context.keyring is skipped: "
container plain 'lxc.selinux.context = unconfined_t' 'lxc.net.0.type = empty'
ok "unconfined_t" lxc start -n "$c"
is "leaves it to the policy" "$(context_of "$(init_pid)")" "$own"
