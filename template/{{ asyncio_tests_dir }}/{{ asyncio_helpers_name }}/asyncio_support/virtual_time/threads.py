"""Threads that are at work, and might call the loop when they are done.

- One that waits for another thread without a limit does nothing by itself. So an idle
  thread of a pool, or of aiosqlite's, does not count: it waits for a job.
- A server in a thread that waits for connections does not count either. What is sent to
  it does: the connection's other end is not on the loop.
- One that began after the clock did counts otherwise, even while it sleeps. Of one that
  was there before only what it works counts: it may sleep for reasons of its own.
- asyncio's own, which wait for child processes on Python 3.10 and 3.11, count while a
  task waits for that child.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from ..loop_turns import LoopTurns
from .reachable import awaited_futures, leads_to

_WAITS = ("threading", "queue")
_SERVERS = ("selectors", "socketserver")
# The numbers of Linux's call in which a thread waits for another, by kinds of machines;
# and where in its arguments the time stands after which it waits no more.
_FUTEX = frozenset({"202", "98", "240", "422"})
_LIMIT_OF_FUTEX = 4
_NO_LIMIT = "0x0"
_WORKING = "RD"


class Threads:
    """The other threads of this process.

    Attributes:
        excepted: Those that never count, as far as they are known.
    """

    def __init__(
        self,
        turns: LoopTurns,
        is_excepted: Callable[[threading.Thread], bool],
    ) -> None:
        """Note which are there already.

        Args:
            turns: Those of the loop that they might call.
            is_excepted: Tells of a thread whether it never counts.
        """
        self._turns = turns
        self._before = set(threading.enumerate())
        self.excepted = {threading.current_thread()}
        self._is_excepted = is_excepted

    def at_work(self) -> str:
        """Name one that is at work; empty if none is."""
        frames: dict[int, FrameType] | None = None
        for thread in threading.enumerate():
            if thread in self.excepted or self._excepts(thread):
                continue
            if frames is None:
                frames = sys._current_frames()  # noqa: SLF001 - documented
            if self._is_at_work(thread, frames.get(thread.ident or 0)):
                return f"the thread {thread.name!r}"
        return ""

    def _is_at_work(self, thread: threading.Thread, frame: FrameType | None) -> bool:
        waits_for_child = _frame_of(frame, "_do_waitpid")
        if waits_for_child is not None:
            told = waits_for_child.f_locals.get("args")
            is_awaited = leads_to([told], awaited_futures(self._turns.loop))
            return is_awaited or self._turns.are_looked_at
        return _is_at_work(thread, frame, was_there=thread in self._before)

    def could_wake(self) -> bool:
        """Tell whether any might call a loop some day, for whatever reason."""
        frames = sys._current_frames()  # noqa: SLF001 - documented
        return any(
            thread not in self.excepted
            and not self._excepts(thread)
            and not _waits_for_another(thread, frames.get(thread.ident or 0))
            for thread in threading.enumerate()
        )

    def _excepts(self, thread: threading.Thread) -> bool:
        excepts = self._is_excepted(thread)
        if excepts:
            self.excepted.add(thread)
        return excepts


def _is_at_work(
    thread: threading.Thread, frame: FrameType | None, *, was_there: bool
) -> bool:
    if _is_server(frame):
        return False
    state, call = _state_of(thread), _call_of(thread)
    if state in _WORKING:
        return True
    in_wait = _module_of(frame) in _WAITS
    if call and call[0] in _FUTEX:
        has_limit = call[_LIMIT_OF_FUTEX] != _NO_LIMIT
        # A thread that wants Python's lock waits with a limit, wherever it stands.
        return has_limit and not (was_there and in_wait)
    if call:
        return not was_there
    return not _waits_without_limit(frame) and not (was_there and in_wait)


def _waits_for_another(thread: threading.Thread, frame: FrameType | None) -> bool:
    """Tell whether a thread does nothing before another one, or xdist, has it do so."""
    call = _call_of(thread)
    if call and call[0] in _FUTEX:
        return call[_LIMIT_OF_FUTEX] == _NO_LIMIT
    return _waits_without_limit(frame) or _module_of(frame).startswith("execnet.")


def _state_of(thread: threading.Thread) -> str:
    """Return Linux's letter for what a thread does; of a sleeping one elsewhere."""
    text = _told(thread, "stat").rpartition(")")[2].split()
    return text[0] if text else "S"


def _call_of(thread: threading.Thread) -> list[str]:
    """Return the number and the arguments of the system call that a thread is in."""
    told = _told(thread, "syscall").split()
    return told if len(told) > _LIMIT_OF_FUTEX else []


def _told(thread: threading.Thread, what: str) -> str:
    try:
        return Path(f"/proc/self/task/{thread.native_id}/{what}").read_text()
    except OSError:  # it has just ended, or the system does not tell
        return ""


def _frame_of(frame: FrameType | None, function: str) -> FrameType | None:
    """Return the frame of a function of asyncio's on a stack, if it is there."""
    while frame is not None and not (
        frame.f_code.co_name == function and _module_of(frame).startswith("asyncio.")
    ):
        frame = frame.f_back
    return frame


def _module_of(frame: FrameType | None) -> str:
    return "" if frame is None else str(frame.f_globals.get("__name__", ""))


def _is_server(frame: FrameType | None) -> bool:
    """Tell whether a thread waits for connections, or is another loop that idles."""
    if _module_of(frame) != "selectors" or frame is None:
        return False
    caller = frame.f_back
    return _module_of(caller) in _SERVERS or frame.f_locals.get("timeout") is None


def _waits_without_limit(frame: FrameType | None) -> bool:
    """Tell it by what Python knows, where the system does not."""
    if frame is None or _module_of(frame) not in (*_WAITS, "concurrent.futures.thread"):
        return False
    return frame.f_locals.get("timeout") is None
