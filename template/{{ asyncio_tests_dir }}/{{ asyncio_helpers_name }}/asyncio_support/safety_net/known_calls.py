"""The calls of the standard library that block, and how to know whether they would."""

import concurrent.futures
import os
import queue
import select
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

# Seconds that a thread may take to end when it is waited for.
_ENDING = 0.02
_READS = ("recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "accept")
_WRITES = ("send", "sendall", "sendto", "sendmsg")


class KnownCall(NamedTuple):
    """A call that can block.

    Attributes:
        owner: The module or class that has it.
        attribute: Under which name.
        shown: What a report calls it.
        would_block: Tells by its arguments whether it would.
    """

    owner: object
    attribute: str
    shown: str
    would_block: Callable[..., bool]


def known_calls() -> Iterator[KnownCall]:
    """Return them all."""
    yield KnownCall(time, "sleep", "time.sleep", _sleeps)
    for name in _READS:
        yield KnownCall(socket.socket, name, f"socket.{name}", _waits_to_read)
    for name in _WRITES:
        yield KnownCall(socket.socket, name, f"socket.{name}", _waits_to_write)
    yield KnownCall(socket.socket, "connect", "socket.connect", _connects)
    yield KnownCall(subprocess.Popen, "wait", "subprocess (wait)", _waits_for_process)
    name = "subprocess (communicate)"
    yield KnownCall(subprocess.Popen, "communicate", name, _talks_to_process)
    for name in ("result", "exception"):
        future = concurrent.futures.Future
        yield KnownCall(future, name, f"Future.{name}", _waits_for_result)
    thread = threading.Thread
    joins = _joins(thread.join)
    yield KnownCall(thread, "join", "Thread.join", joins)
    for kind in (threading.Event, threading.Condition):
        yield KnownCall(
            kind, "wait", f"threading.{kind.__name__}.wait", _waits_for_thread
        )
    yield KnownCall(queue.Queue, "get", "queue.Queue.get", _gets)
    yield KnownCall(queue.Queue, "put", "queue.Queue.put", _puts)
    yield KnownCall(os, "system", "os.system", _always)


def _always(_command: object) -> bool:
    return True


def _sleeps(seconds: float) -> bool:
    return seconds > 0


def _waits_to_read(sock: socket.socket, *_: object, **__: object) -> bool:
    return sock.gettimeout() != 0 and not _is_ready(sock, "POLLIN")


def _waits_to_write(sock: socket.socket, *_: object, **__: object) -> bool:
    return sock.gettimeout() != 0 and not _is_ready(sock, "POLLOUT")


def _is_ready(sock: socket.socket, event: str) -> bool:
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sock, getattr(select, event))
        return bool(poll.poll(0))
    wanted = [sock]
    found = select.select(*((wanted, []) if event == "POLLIN" else ([], wanted)), [], 0)
    return any(found)


def _connects(sock: socket.socket, *_: object) -> bool:
    is_local = sock.family == getattr(socket, "AF_UNIX", None)
    return sock.gettimeout() != 0 and sock.type == socket.SOCK_STREAM and not is_local


def _waits_for_process(
    process: "subprocess.Popen[Any]", timeout: float | None = None
) -> bool:
    return timeout != 0 and process.poll() is None


def _talks_to_process(
    process: "subprocess.Popen[Any]", _: object = None, timeout: float | None = None
) -> bool:
    return timeout != 0 and process.poll() is None


def _waits_for_result(
    future: "concurrent.futures.Future[Any]", timeout: float | None = None
) -> bool:
    return timeout != 0 and not future.done()


def _joins(join: Callable[..., None]) -> Callable[..., bool]:
    def would_block(thread: threading.Thread, timeout: float | None = None) -> bool:
        """Tell whether a thread runs, and was not just told to end."""
        if timeout != 0 and thread.is_alive():
            join(thread, _ENDING)
        return timeout != 0 and thread.is_alive()

    return would_block


def _waits_for_thread(
    thing: "threading.Event | threading.Condition", timeout: float | None = None
) -> bool:
    is_set = isinstance(thing, threading.Event) and thing.is_set()
    return timeout != 0 and not is_set


def _gets(
    jobs: "queue.Queue[Any]", block: object = 1, timeout: float | None = None
) -> bool:
    return bool(block) and timeout != 0 and jobs.empty()


def _puts(
    jobs: "queue.Queue[Any]",
    _: object,
    block: object = 1,
    timeout: float | None = None,
) -> bool:
    return bool(block) and timeout != 0 and jobs.full()
