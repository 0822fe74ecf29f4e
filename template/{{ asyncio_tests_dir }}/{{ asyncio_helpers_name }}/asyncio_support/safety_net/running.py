"""The async code of the user's that pytest waits for: a test's body, or a fixture's."""

import asyncio
import threading
import time
from collections.abc import Callable

from ..real_time import now
from .owners import Owner

# In what pytest is told of a fixture that hung.
ENDED = "hung, and was ended by the asyncio safety net"


class Interrupted(BaseException):
    """Raised in user code that did not come back in time.

    It is no `Exception`, which that code might catch.
    """

    def __init__(
        self, text: str = "", swallowed: Callable[[], None] = lambda: None
    ) -> None:
        """Say what was interrupted.

        Args:
            text: What it was.
            swallowed: Called when nobody has this error any more.
        """
        super().__init__(text)
        self._swallowed = swallowed

    def __del__(self) -> None:
        """Code that catches everything has dropped it, or the report was made."""
        self._swallowed()


class Running:
    """Something async that pytest runs and waits for.

    Attributes:
        owner: The test or fixture.
        part: Which part of it, as a report says it: `the body of`, `the setup of`.
        limit: Seconds that it may take; None is no limit.
        loops: The loops that it can be running on, with their scopes.
        thread: The thread that it runs in.
        native_thread: It, as the system calls it.
        started: When it began, in seconds of `now()`.
        counts_from: From when on its time counts against the limit.
        worked_before: The processor time that its thread had used by then, in seconds.
        is_cleanup: Whether it is no code that pytest waits for, but what the net does
            to end what was left.
    """

    def __init__(
        self,
        owner: Owner,
        part: str,
        limit: float | None,
        loops: dict[asyncio.AbstractEventLoop, str],
        *,
        is_cleanup: bool = False,
    ) -> None:
        """It begins, in this thread."""
        self.owner = owner
        self.part = part
        self.limit = limit
        self.loops = loops
        self.is_cleanup = is_cleanup
        this = threading.current_thread()
        self.thread = this.ident or 0
        self.native_thread = this.native_id or 0
        self.started = self.counts_from = now()
        self.worked_before = time.thread_time()

    def loop(self) -> asyncio.AbstractEventLoop | None:
        """Return the loop that runs it, if it is one of pytest-asyncio's."""
        return next((loop for loop in tuple(self.loops) if loop.is_running()), None)

    def seconds(self) -> float:
        """Return how long it has been running, of what counts against the limit."""
        return now() - self.counts_from

    def __str__(self) -> str:
        """Return what a report calls it."""
        return f"{self.part} {self.owner}"
