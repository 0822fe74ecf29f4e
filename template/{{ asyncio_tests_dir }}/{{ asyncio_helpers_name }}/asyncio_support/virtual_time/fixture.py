"""The fixture `virtual_clock`: sets a test to virtual time, and gives it the clock."""

import inspect
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import pytest
import pytest_asyncio

from ..ensured_loop import loop_of_async_test
from ..safety_net.net import NET

if TYPE_CHECKING:
    import asyncio
    import threading
    from collections.abc import Iterator

    from .clock import VirtualClock

NAME = "virtual_clock"
OTHER_PLUGIN = (
    "virtual_clock needs an async test that pytest-asyncio runs, or a sync one; this "
    "one is run by another plugin, on a loop or clock of its own"
)

# How many threads of other languages there were before all tests.
NAMELESS = pytest.StashKey[int]()
# The clock of a test that is set to virtual time.
CLOCK = pytest.StashKey["VirtualClock"]()


@pytest.fixture
def virtual_clock(request: pytest.FixtureRequest) -> "Iterator[VirtualClock]":
    """The clock of the loop that the test runs on, which jumps instead of ticking.

    `asyncio.sleep`, timeouts and timers take no time: as soon as every task of the loop
    is blocked, the clock jumps to the next deadline. `VirtualClock` tells what it has,
    and what holds it. A test that can never end, since everything waits for something
    else, is found at once.

    Async fixtures that are on the same loop, and are set up after it, run on virtual
    time as well: let them ask for it.
    """
    if _is_others(request.node):
        _refuse(request.node, OTHER_PLUGIN)
    loop: asyncio.AbstractEventLoop
    if pytest_asyncio.is_async_test(request.node):
        loop = loop_of_async_test(request)
    else:
        loop = request.getfixturevalue("ensure_test_event_loop")
    present = request.node.stash.get(CLOCK, None)
    if present is not None:
        yield present
        return
    clock = begun_clock(request.node, loop)
    try:
        yield clock
    finally:
        clock.end()


def begun_clock(test: pytest.Item, loop: "asyncio.AbstractEventLoop") -> "VirtualClock":
    """Let a test's loop run on virtual time from now on."""
    from .clock import VirtualClock  # noqa: PLC0415 - most runs need none
    from .deadlock import tell_of_deadlock  # noqa: PLC0415 - as above

    net = test.config.stash.get(NET, None)

    def is_the_nets(thread: "threading.Thread") -> bool:
        return net is not None and net.watchdog.is_its_thread(thread)

    deadlocked = partial(tell_of_deadlock, test, loop)
    nameless = test.config.stash[NAMELESS]
    try:
        return VirtualClock(loop, deadlocked, is_the_nets, nameless)
    except RuntimeError as error:
        _refuse(test, str(error))


def _is_others(test: pytest.Item) -> bool:
    """Tell whether a test is async, and some other plugin runs it, such as anyio's."""
    function = getattr(test, "function", None)
    is_async = inspect.iscoroutinefunction(function)
    return is_async and not pytest_asyncio.is_async_test(test)


def _refuse(test: pytest.Item, reason: str) -> NoReturn:
    mark = test.get_closest_marker(NAME)
    if mark is not None and mark.kwargs.get("otherwise") == "skip":
        pytest.skip(reason)
    pytest.fail(reason, pytrace=False)
