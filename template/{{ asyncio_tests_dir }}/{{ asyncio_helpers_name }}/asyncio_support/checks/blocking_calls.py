"""Calls that block the thread, and so the whole loop, made from async code.

Known by name, so that a short one is found as well. What blocks without being known
here is found by how long it takes: see stalls.py.
"""

import asyncio
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, ClassVar

from ..blocking_allowed import is_allowed
from ..real_time import now
from ..safety_net.debuggers import is_debugging
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
from ..safety_net.known_calls import KnownCall, known_calls
from ..safety_net.patching import Patches
from ..safety_net.places import (
    is_importing,
    library_between,
    made_here,
    place_of,
)

BLOCKING_CALL = Check(
    "blocking_call",
    "async code called something that blocks the loop",
    "await asyncio's own, or give it to a thread: `await asyncio.to_thread(...)`",
    "Blocking and hanging",
)

# What these call, they call for asyncio, or are watched for themselves.
_OTHERS = (
    "asyncio",
    "concurrent",
    "multiprocessing",
    "queue",
    "selectors",
    "threading",
)
# Seconds from which on a call by a library counts, which may know that it is short.
LONG = 0.05
_running_here = asyncio._get_running_loop  # noqa: SLF001 - documented, and quick


class TheGuard(Guard):
    """Looks at every known call that can block."""

    checks: ClassVar = (BLOCKING_CALL,)

    def install(self, patches: Patches) -> None:
        """Look at them; where no loop is running they are nobody's business."""
        for known in known_calls():
            patches.wrap(known.owner, known.attribute, self._watch(known))

    def _watch(
        self, known: KnownCall
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **named: Any) -> object:
                __tracebackhide__ = True
                if _running_here() is None:
                    return original(*args, **named)
                frame = sys._getframe(1)  # noqa: SLF001 - documented for CPython
                if _is_anothers(frame) or not _would_block(known, args, named):
                    return original(*args, **named)
                self._found(known, frame, made_here())
                started = now()
                try:
                    return original(*args, **named)
                finally:
                    if now() - started > LONG and library_between(frame):
                        self._found(known, frame, place_of(frame))

            return call

        return wrap

    def _found(self, known: KnownCall, frame: FrameType, place: str) -> None:
        item = self.net.item
        # `subprocess.run` makes several such calls, for one.
        if not place or any(place == each.made_at for each in self.net.findings):
            return
        if item is None or is_debugging(frame) or is_importing(frame):
            return
        if not is_allowed(item.config, known.shown, frame):
            what = f"{known.shown} blocked the event loop"
            self.net.found(Finding(BLOCKING_CALL, what, place))


def _is_anothers(frame: FrameType) -> bool:
    module = str(frame.f_globals.get("__name__"))
    return module.partition(".")[0] in _OTHERS


def _would_block(known: KnownCall, args: Any, named: Any) -> bool:
    try:
        return known.would_block(*args, **named)
    except Exception:  # noqa: BLE001 - wrong arguments, or a closed socket: not our word
        return False
