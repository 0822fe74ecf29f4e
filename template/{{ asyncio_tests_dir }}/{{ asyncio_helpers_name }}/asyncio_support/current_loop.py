"""Which event loop is current, and making one so.

The current loop is the one that `asyncio.get_event_loop()` returns where none runs.
Each thread has its own. Nothing here emits a DeprecationWarning on any Python.
"""

import asyncio
import sys

if sys.version_info >= (3, 14):

    def current_event_loop() -> asyncio.AbstractEventLoop | None:
        """Return the running or current loop, closed or not, or None; make none."""
        try:
            return asyncio.get_event_loop()
        except RuntimeError:
            return None

else:

    def current_event_loop() -> asyncio.AbstractEventLoop | None:
        """Return the running or current loop, closed or not, or None; make none."""
        running = asyncio._get_running_loop()  # noqa: SLF001 - documented, and quick
        if running is not None:
            return running
        # Here `get_event_loop()` makes a loop, or warns, where none was ever set: look
        # where every policy of asyncio's and uvloop's keeps it instead.
        policy = asyncio.get_event_loop_policy()  # pyright: ignore[reportDeprecated] - not before 3.14
        kept = getattr(policy, "_local", None)
        return getattr(kept, "_loop", None)


def configure_test_event_loop() -> asyncio.AbstractEventLoop:
    """Make a new event loop, make it the current one, and return it.

    Whoever calls this ends it with `cleanup_event_loop`; the fixture
    `standard_event_loop` does both.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop


def ensure_event_loop() -> asyncio.AbstractEventLoop:
    """Return the running loop, else the current one, else a new one made current.

    Unlike `asyncio.get_event_loop()` it behaves alike on every Python and whatever
    ran before. A closed loop does not count as a current one.
    """
    loop = current_event_loop()
    if loop is None or loop.is_closed():
        return configure_test_event_loop()
    return loop


def make_current(loop: asyncio.AbstractEventLoop | None) -> None:
    """Make a loop the current one; None, or one closed by now: let there be none."""
    asyncio.set_event_loop(None if loop is None or loop.is_closed() else loop)


def forget_closed_loop() -> None:
    """Let no loop be current, if the current one is closed."""
    loop = current_event_loop()
    if loop is not None and loop.is_closed():
        asyncio.set_event_loop(None)
