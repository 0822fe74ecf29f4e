"""Child processes that outlive the test."""

import os
import signal
import subprocess
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, NamedTuple

from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover
from ..safety_net.patching import Patches
from ..safety_net.places import made_here
from ..safety_net.registry import Registry

CHILD_PROCESS = Check(
    "child_process",
    "a child process was still running",
    "terminate() it and wait for it in a `finally`, also where the test fails",
    "Left behind",
)


class _Child(NamedTuple):
    process: Callable[[], "subprocess.Popen[Any] | None"]
    pid: int
    command: str


class TheGuard(Guard):
    """Notes every process that user code starts, asyncio's included."""

    checks: ClassVar = (CHILD_PROCESS,)

    def install(self, patches: Patches) -> None:
        """Look at what starts them."""
        self._children = Registry[_Child]()
        self.held = (self._children.made,)
        patches.wrap(subprocess.Popen, "__init__", self._note)

    def _note(self, original: Callable[..., None]) -> Callable[..., None]:
        def init(process: Any, *args: Any, **named: Any) -> None:
            original(process, *args, **named)
            place = made_here()
            if place:
                command = str(args[0] if args else named.get("args"))
                self._children.keep(
                    _Child(weakref.ref(process), process.pid, command), place
                )

        return init

    def left_behind(self) -> Iterable[Leftover]:
        """Return the processes that run."""
        for made in self._children.of_those_over():
            child = made.thing()
            if child is None or not _is_running(child.pid):
                self._children.forget(made)
                continue
            what = f"the process {child.pid} was still running: {child.command:.100}"
            finding = Finding(CHILD_PROCESS, what, made.place, owner=made.owner)
            forget = partial(self._children.forget, made)
            yield Leftover(finding, forget, partial(_end, child))


def _end(child: _Child) -> None:
    process = child.process()
    if process is not None:
        process.kill()
        process.wait()
        return
    with suppress(OSError):
        os.kill(child.pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        os.waitpid(child.pid, 0)


def _is_running(pid: int) -> bool:
    """Tell whether a child has not ended yet; whether it did stays to be asked for."""
    if not hasattr(os, "waitid"):
        return False  # nobody can tell on Windows without its handle
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except ChildProcessError:  # somebody has waited for it
        return False
