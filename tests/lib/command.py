# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command socket of a container, spoken to byte by byte.

ask(path, name, command, data, number) returns (ret, number, data, descriptors), or None when the
connection ended without an answer."""
import array
import os
import socket
import struct
import time

HEAD = "iiQ"


def address(path, name):
    text = "%s/%s/command" % (path, name)
    if len(text) >= 106:
        h = 0xCBF29CE484222325
        for byte in ("%s/%s" % (path, name)).encode():
            h = ((h ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
        text = "lxc/%016x/command" % h
    return b"\0" + text.encode()


def connect(path, name, timeout=5):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.settimeout(timeout)
    for _ in range(200):
        try:
            s.connect(address(path, name))
            return s
        except BlockingIOError:  # its queue is full
            time.sleep(0.005)
    raise TimeoutError("connect")


def send(s, command, data=b"", number=0, length=None, fds=()):
    control = [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS,
                struct.pack("iii", os.getpid(), os.geteuid(), os.getegid()))]
    if fds:
        control.append((socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds)))
    head = struct.pack(HEAD, command, len(data) if length is None else length, number)
    s.sendmsg([head], control)
    if data:
        s.sendall(data)


def receive(s):
    """The answer, or None."""
    try:
        got, control, _, _ = s.recvmsg(65536, socket.CMSG_SPACE(4 * 64) + 64)
    except ConnectionResetError:
        return None
    fds = array.array("i")
    for level, kind, data in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data[:len(data) - len(data) % fds.itemsize])
    if len(got) < struct.calcsize(HEAD):
        return None
    ret, size, number = struct.unpack(HEAD, got[:16])
    data = got[16:]
    while len(data) < size:
        more = s.recv(65536)
        if not more:
            break
        data += more
    return ret, number, data, list(fds)


def ask(path, name, command, data=b"", number=0, length=None, fds=()):
    with connect(path, name) as s:
        try:
            send(s, command, data, number, length, fds)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return receive(s)
