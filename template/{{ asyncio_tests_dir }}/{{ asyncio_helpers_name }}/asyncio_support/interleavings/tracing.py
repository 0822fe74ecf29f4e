"""Watches what the steps of a run read and write, instruction by instruction.

That makes code slow, so one run is watched: the one to report.
"""

import gc
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from ..safety_net.debuggers import is_debugging
from ..user_code import is_users
from .schedule import Line, Schedule
from .touches import Toucher
from .uses import uses_in

if TYPE_CHECKING:
    from _typeshed import TraceFunction

# Reads and writes after which nothing more is noted.
_MOST = 20_000


@contextmanager
def touches_noted(schedule: Schedule) -> Generator[None, None, None]:
    """Have the steps of a schedule know what they read and write.

    Under a debugger they do not: it is told of instructions by the same means.
    """
    frame = sys._getframe()  # noqa: SLF001 - documented
    if is_debugging(frame):
        yield
        return
    # Functions of earlier runs look like those of this one: see `Toucher`.
    gc.collect()
    tracer = _Tracer(schedule)
    before = sys.gettrace()
    # Python 3.12 tells of instructions only if it was asked for them by now.
    frame.f_trace_opcodes = True
    sys.settrace(tracer.enter)
    try:
        yield
    finally:
        frame.f_trace_opcodes = False
        schedule.touch_of = None  # with all that it knows of this run
        if sys.gettrace() == tracer.enter:  # else somebody else's, such as a debugger's
            sys.settrace(before)


class _Tracer:
    """Is told what runs, as a debugger is."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._toucher = Toucher()
        schedule.touch_of = self._toucher.of_task
        self._left = _MOST

    def enter(
        self, frame: FrameType, _event: str, _argument: object
    ) -> "TraceFunction | None":
        """Some code begins, or goes on after an await."""
        if not is_users(frame.f_code.co_filename):
            return None
        # In this order, since Python 3.13 looks whom to tell when it is asked to.
        frame.f_trace = self._inside
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._inside

    def _inside(
        self, frame: FrameType, event: str, _argument: object
    ) -> "TraceFunction":
        if event == "opcode" and self._left > 0:
            try:
                self._note(frame)
            except Exception:  # noqa: BLE001 - a report may know less, a test not fail
                self._left = 0
        return self._inside

    def _note(self, frame: FrameType) -> None:
        for use in uses_in(frame.f_code).get(frame.f_lasti, ()):
            touch = self._toucher.touch(use, frame)
            if touch is not None:
                self._left -= 1
                self._schedule.touched(touch, Line(frame.f_code, frame.f_lineno))
