#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whatever is said to the command socket, the monitor lives, and answers everybody else.
. "$(dirname "$0")/../lib/lib.sh"
need_root
need_tools create start stop info
need busybox python3

started fuzz "lxc.net.0.type = empty" "lxc.console.buffer.size = 4096"
pid=$(init_pid)
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$LXC_SOURCE/tests/lib python3 - "$lxcpath" "$c" >"$work/fuzz" 2>&1 <<'PYTHON'
import command, os, pwd, random, socket, struct, sys, time
from socket import SOL_SOCKET, SCM_RIGHTS
path, name = sys.argv[1:]
random.seed(7)
# those that end the container or wait for something are left to other tests
COMMANDS = [n for n in range(0, 40) if n not in (2, 15, 16)] + [-1, 0x7fffffff, -0x80000000, 0x4c58]
EINVAL, ENOSYS = -22, -38


def check(text, good):
    print("%s %s" % ("PASS" if good else "FAIL", text))


def close(answer):
    for fd in answer[3] if answer else []:
        os.close(fd)


def ask(*args, **more):
    answer = command.ask(path, name, *args, **more)
    close(answer)
    return answer


def alive():
    answer = ask(3)
    return answer is not None and answer[0] == 0 and answer[1] == 2


def descriptors():
    pid = None
    for p in os.listdir("/proc"):
        try:
            if p.isdigit() and open("/proc/%s/cmdline" % p).read().startswith(
                    "[lxc monitor] %s %s\0" % (path, name)):
                pid = p
        except OSError:
            pass
    return len(os.listdir("/proc/%s/fd" % pid))


before = descriptors()
for length in (-1, 8193, 0x7fffffff, -0x80000000):
    answers = [ask(n, length=length) for n in COMMANDS]
    check("length %d is EINVAL for every command" % length,
          all(a is not None and a[0] == EINVAL for a in answers))
check("the monitor answers", alive())

for n in COMMANDS:
    for size in (0, 1, 3, 7, 8, 16, 23, 24, 31, 32, 33, 40, 64, 79, 80, 81, 92, 96, 200, 1000):
        if n == 13 and size == 0:
            continue  # waits for a second message
        ask(n, os.urandom(size) if size % 2 else b"A" * size, number=random.getrandbits(64))
check("payloads of any size, and numbers", alive())

check("a key without its NUL is EINVAL", ask(7, b"lxc.uts.name")[0] == EINVAL)
check("a controller without its NUL is EINVAL", ask(6, b"memory")[0] == EINVAL)
check("a state client with a short list is EINVAL", ask(10, b"\0" * 28)[0] == EINVAL)
check("a console log with a short struct is EINVAL", ask(11, b"\0")[0] == EINVAL)
check("a cgroup with a short struct is EINVAL", ask(25, b"\0" * 79)[0] == EINVAL)
check("a controller that fills its room is EINVAL", ask(25, b"A" * 80)[0] == EINVAL)
check("a rule for a device that is none is EINVAL", ask(14, b"\xff" * 40)[0] == EINVAL)
check("unknown commands are ENOSYS", all(ask(n)[0] == ENOSYS for n in (27, 39, 99, -1, 0x7fffffff)))
check("a state that is none is EINVAL", ask(12, number=99)[0] == EINVAL)

null = os.open("/dev/null", os.O_RDONLY)
for n in (1, 64, 253):
    ask(3, fds=[null] * n)
    with command.connect(path, name) as s:
        command.send(s, 7, b"", length=13, fds=[null] * n)
        s.sendmsg([b"lxc.uts.name\0"], [(SOL_SOCKET, SCM_RIGHTS, struct.pack("%di" % n, *[null] * n))])
        close(command.receive(s))
check("descriptors that nobody asked for", alive())

for what, fds, expected in (("none", [], -9), ("another one", [null], EINVAL), ("two", [null] * 2, -9)):
    with command.connect(path, name) as s:
        command.send(s, 13, b"")
        s.sendmsg([b"x"], [(SOL_SOCKET, SCM_RIGHTS, struct.pack("%di" % len(fds), *fds))] if fds else [])
        answer = command.receive(s)
    check("a listener is expected, and %s comes" % what, answer and answer[0] == expected)

half = []
for i in range(300):
    s = command.connect(path, name)
    if i % 3 == 1:
        s.send(b"\3\0\0")
    if i % 3 == 2:
        command.send(s, 7, b"", length=20)
    half.append(s)
start = time.monotonic()
check("300 clients that say nothing, or half of it, are in nobody's way", alive())
check("not even for long", time.monotonic() - start < 1)
waiters = []
for i in range(200):
    s = command.connect(path, name)
    command.send(s, 10, struct.pack("8i", 1, 0, 0, 0, 0, 0, 0, 0))
    waiters.append((s, command.receive(s)))
check("200 that wait for a state are all registered", all(a and a[0] == 8 for _, a in waiters))
check("with room for others", alive())
crowd = []
refused = None
for i in range(400):
    s = command.connect(path, name)
    command.send(s, 10, struct.pack("8i", 1, 0, 0, 0, 0, 0, 0, 0))
    refused = command.receive(s)
    crowd.append(s)
    if refused is None or refused[0] != 8:
        break
check("too many are told so", refused is not None and refused[0] == -16)
for s in crowd + half + [w for w, _ in waiters]:
    s.close()
# the monitor notices them one after the other
end = time.monotonic() + 10
while not alive() and time.monotonic() < end:
    time.sleep(0.1)
check("and nothing of that stays", alive())

# bytes that arrive one by one
with command.connect(path, name) as s:
    message = struct.pack("iiQ", 7, 13, 0) + b"lxc.uts.name\0"
    s.sendmsg([message[:1]], [(SOL_SOCKET, socket.SCM_CREDENTIALS,
                               struct.pack("iii", os.getpid(), 0, 0))])
    for i in range(1, len(message)):
        time.sleep(0.002)
        s.send(message[i:i + 1])
    answer = command.receive(s)
check("a request byte by byte", answer and answer[2] == name.encode() + b"\0")

# an answer that nobody fetches
for i in range(50):
    with command.connect(path, name) as s:
        command.send(s, 23, b"\0" * 92)
check("answers that nobody waits for", alive())

nobody = pwd.getpwnam("nobody")
pid = os.fork()
if pid == 0:
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
    bad = 0
    for n in COMMANDS + [2, 15, 16]:
        answer = command.ask(path, name, n)
        bad += answer is not None and answer[0] != -1
    keep = []
    try:
        for i in range(300):
            keep.append(command.connect(path, name, 1))
    except OSError:
        pass
    time.sleep(1)
    os._exit(bad)
time.sleep(0.5)
check("strangers are in nobody's way", alive())
check("and get nothing but EPERM", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0)

for i in range(20000):
    n = random.choice(COMMANDS)
    with command.connect(path, name) as s:
        try:
            s.sendmsg([struct.pack("iiQ", n, random.choice((0, 1, 8, 40, 80, 92, 1024)),
                                   random.getrandbits(64))],
                      [(SOL_SOCKET, socket.SCM_CREDENTIALS, struct.pack("iii", os.getpid(), 0, 0))])
            s.send(os.urandom(random.choice((1, 8, 40, 80, 92, 1024))))
            s.settimeout(0.02 if i % 50 == 0 else 0)
            close(command.receive(s))
        except (BlockingIOError, TimeoutError, OSError):
            pass
check("20000 random requests", alive())
time.sleep(0.2)
check("no descriptor is left", descriptors() == before)
PYTHON
while read -r verdict text; do
	case $verdict in
	PASS) result 0 "$text" ;;
	FAIL) result 1 "$text" ;;
	*) result 1 "$verdict $text" ;;
	esac
done <"$work/fuzz"
[ "$(grep -c . "$work/fuzz")" -ge 28 ]
result $? "all of it ran" "$work/fuzz"
is "the container has not noticed" "$(init_pid)" "$pid"
is "it can still be asked for its state" "$(state)" RUNNING
ok "and stopped" lxc stop -k -n "$c"
