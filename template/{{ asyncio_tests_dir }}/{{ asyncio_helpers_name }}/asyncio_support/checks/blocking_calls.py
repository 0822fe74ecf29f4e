"""Calls that block the thread, and so the whole loop, made from async code.

Known by name, so that a short one is found as well. What blocks without being known
here is found by how long it takes: see stalls.py.
"""

import asyncio
import concurrent.futures
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar

from ..safety_net.debuggers import is_debugging
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
from ..safety_net.patching import Patches
from ..safety_net.places import made_here

BLOCKING_CALL = Check(
    "blocking_call",
    "async code called something that blocks the loop",
    "await asyncio's own, or give it to a thread: `await asyncio.to_thread(...)`",
    "Blocking and hanging",
)

_SOCKET_CALLS = (
    "recv",
    "recv_into",
    "recvfrom",
    "recvmsg",
    "send",
    "sendall",
    "sendto",
)
# Seconds that a thread may take to end when it is waited for.
_ENDING = 0.02
_running_here = asyncio._get_running_loop  # noqa: SLF001 - documented, and quick


class TheGuard(Guard):
    """Looks at every known call that can block."""

    checks: ClassVar = (BLOCKING_CALL,)

    def install(self, patches: Patches) -> None:
        """Look at them; where no loop is running they are nobody's business."""
        watch = self._watch
        patches.wrap(time, "sleep", watch("time.sleep", lambda seconds: seconds > 0))
        for name in (*_SOCKET_CALLS, "connect", "accept"):
            blocks = watch(f"socket.{name}", lambda it, *_: it.gettimeout() != 0)
            patches.wrap(socket.socket, name, blocks)
        for name in ("wait", "communicate"):
            runs = watch(f"subprocess ({name})", lambda it, *_: it.poll() is None)
            patches.wrap(subprocess.Popen, name, runs)
        waits = watch("Future.result", lambda it, *_: not it.done())
        patches.wrap(concurrent.futures.Future, "result", waits)
        patches.wrap(concurrent.futures.Future, "exception", waits)
        join = threading.Thread.join
        joins = watch("Thread.join", lambda it, *_: _goes_on(it, join))
        patches.wrap(threading.Thread, "join", joins)
        patches.wrap(os, "system", watch("os.system", lambda *_: True))

    def _watch(
        self, name: str, blocks: Callable[..., bool]
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **named: Any) -> object:
                if _running_here() is not None:
                    self._look(name, blocks, args)
                return original(*args, **named)

            return call

        return wrap

    def _look(self, name: str, blocks: Callable[..., bool], args: Any) -> None:
        caller = sys._getframe(2).f_globals.get("__name__", "")  # noqa: SLF001
        if caller.startswith(("asyncio.", "concurrent.")) or not blocks(*args):
            return
        place = made_here()
        if place and not is_debugging(sys._getframe()):  # noqa: SLF001 - as above
            what = f"{name} blocked the event loop"
            self.net.found(Finding(BLOCKING_CALL, what, place))


def _goes_on(thread: threading.Thread, join: Callable[..., None]) -> bool:
    """Tell whether a thread runs, and was not just told to end."""
    if thread.is_alive():
        join(thread, _ENDING)
    return thread.is_alive()
