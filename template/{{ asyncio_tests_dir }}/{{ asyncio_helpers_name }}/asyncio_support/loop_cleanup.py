"""Ending an event loop: nothing left running, nothing that failed lost."""

import asyncio
import sys
from collections.abc import Sequence

from .current_loop import current_event_loop, forget_closed_loop
from .loop_cleanup_steps import LoopCleanup

LOOP_IS_RUNNING = (
    "cleanup_event_loop: an event loop is running in this thread, so none can be "
    "cleaned up. Call it from a sync test or fixture, when the loop has stopped; "
    "pytest-asyncio cleans up the loops of async tests by itself."
)
SEVERAL_FAILED = "{count} failures while an event loop was cleaned up:"
ONE_FAILED = "Raised while cleanup_event_loop ended what was left on the event loop."


class EventLoopCleanupError(RuntimeError):
    """Several things failed while an event loop was cleaned up.

    Attributes:
        exceptions: All that failed, in the order in which they were seen.
    """

    def __init__(self, failures: Sequence[BaseException]) -> None:
        """Describe every failure in the text."""
        lines = [SEVERAL_FAILED.format(count=len(failures))]
        lines += [f"- {type(each).__name__}: {each}" for each in failures]
        super().__init__("\n".join(lines))
        self.exceptions = tuple(failures)


def cleanup_event_loop(loop: asyncio.AbstractEventLoop) -> None:
    """End what is left on an event loop, and close it.

    Cancels the pending tasks and waits for them, and for those that they start
    meanwhile; shuts down the async generators and the default executor; closes the
    loop. Each of the three steps gets 5 seconds: what has not ended by then is given
    up and reported. Afterwards no closed loop is the current one; another loop that was
    current still is. Passing a closed loop is harmless, so calling twice is too.

    A task that failed before, with nobody awaiting it, has ended and is none of this
    function's business: asyncio logs it.

    Args:
        loop: A loop that is not running, in a thread where none is.

    Raises:
        RuntimeError: A loop is running in this thread, or something would not end.
        EventLoopCleanupError: Several things failed; a RuntimeError that names all.
        BaseException: Whatever it was, if one thing failed: raised by a task when it
            was cancelled, by an async generator when it was closed, or by a callback.
    """
    if loop.is_closed():
        forget_closed_loop()
        return
    _refuse_running(loop)
    cleanup = LoopCleanup(loop)
    try:
        cleanup.run()
    finally:  # also when interrupted from the keyboard
        loop.close()
        forget_closed_loop()
    _raise(cleanup.failures)


def _refuse_running(loop: asyncio.AbstractEventLoop) -> None:
    current = current_event_loop()
    if loop.is_running() or (current is not None and current.is_running()):
        raise RuntimeError(LOOP_IS_RUNNING)


def _raise(failures: Sequence[BaseException]) -> None:
    if len(failures) > 1:
        raise EventLoopCleanupError(failures) from failures[0]
    for failure in failures:
        if sys.version_info >= (3, 11):
            failure.add_note(ONE_FAILED)
        raise failure
