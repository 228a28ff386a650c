# SPDX-License-Identifier: LGPL-2.1-or-later
# A container's life through python3-lxc: life.py NAME LXCPATH TEMPLATE.  Speaks TAP.
import os
import sys

import lxc

name, path, template = sys.argv[1:4]
count = 0
# not sys.exit(): a child that runs a function of ours must not come back to the end of this
failed = False


def check(what, got, expected=True):
    global count, failed
    count += 1
    if got != expected:
        failed = True
        print("# got:      %r\n# expected: %r" % (got, expected))
    print("%s %d - %s" % ("ok" if got == expected else "not ok", count, what), flush=True)


def inside(function, *arguments, **options):
    """What the function prints inside the container, and its wait status."""
    reader, writer = os.pipe()
    status = container.attach_wait(function, *arguments, stdout=writer, **options)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        return pipe.read().strip(), status


def identity():
    print(os.getpid(), os.uname().nodename, os.getuid(), flush=True)
    return 7


container = lxc.Container(name, path)
check("a name without a container is not defined", container.defined, False)
check("create", container.create(template))
check("it is defined", container.defined)
check("its host name is its name", container.get_config_item("lxc.uts.name"), name)

check("an item can be set", container.set_config_item("lxc.uts.name", "other"))
check("and read", container.get_config_item("lxc.uts.name"), "other")
check("a list can be set", container.set_config_item("lxc.environment", ["A=1", "B=2"]))
check("and read", container.get_config_item("lxc.environment"), ["A=1", "B=2"])
check("and appended to", container.append_config_item("lxc.environment", "C=3"))
check("and cleared", container.clear_config_item("lxc.environment"))
check("to nothing", container.get_config_item("lxc.environment") or [], [])
check("the keys are listed", "lxc.uts.name" in container.get_keys())
for i in range(len(container.network)):
    container.network.remove(0)
check("no interface is left", len(container.network), 0)
check("an interface is added", container.network.add("empty"))
check("they are counted", len(container.network), 1)
check("and have items", container.network[0].type, "empty")
check("its flags are set", container.set_config_item("lxc.net.0.flags", "up"))
check("and read", container.get_config_item("lxc.net.0.flags"), "up")
check("save_config", container.save_config())

check("start", container.start())
check("wait", container.wait("RUNNING", 10))
check("the state", container.state, "RUNNING")
check("it is running", container.running)
check("its init is a process", os.path.exists("/proc/%d" % container.init_pid))
check("it is listed", name in lxc.list_containers(config_path=path))
check("its interfaces", container.get_interfaces(), ("lo",))
check("its addresses", container.get_ips(interface="lo", family="inet"), ("127.0.0.1",))

text, status = inside(identity)
check("a function runs inside", text.split()[1:], ["other", "0"])
check("in its pid namespace", int(text.split()[0]) < 1000)
check("and its result is the exit status", os.waitstatus_to_exitcode(status), 7)
text, status = inside(lambda: print(os.listdir("/proc/1/ns") != [], flush=True))
check("so does a lambda", text, "True")
text, status = inside(lxc.attach_run_command, ["sh", "-c", "echo $((6 * 7)); exit 3"])
check("and a command", (text, os.waitstatus_to_exitcode(status)), ("42", 3))
text, status = inside(lxc.attach_run_command, ["hostname"], namespaces=lxc.CLONE_NEWUTS)
check("in one namespace only", text, "other")
text, status = inside(lxc.attach_run_command, ["/bin/sh", "-c", "id -u; id -g; echo $X; pwd"],
                      uid=7, gid=8, extra_env_vars=["X=blue"], initial_cwd="/etc",
                      env_policy=lxc.LXC_ATTACH_CLEAR_ENV)
check("with ids, environment, directory", text.split(), ["7", "8", "blue", "/etc"])
text, status = inside(lxc.attach_run_command, ["/no/such"])
check("a command that is missing", os.waitstatus_to_exitcode(status), 127)
pid = container.attach(identity, stdout=os.open("/dev/null", os.O_WRONLY))
check("attach returns a child of ours", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 7)
check("no other child is left", [], [] if not os.path.exists("/proc/self/task/%d/children" % os.getpid())
      else open("/proc/self/task/%d/children" % os.getpid()).read().split())

check("stop", container.stop())
check("it has stopped", container.state, "STOPPED")
check("no function runs in it any more", container.attach_wait(identity) < 0)
check("destroy", container.destroy())
check("it is gone", container.defined, False)
print("1..%d" % count)
sys.exit(failed)
