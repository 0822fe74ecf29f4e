"""Sees to it that a marked test can be explored, or fails with the reason."""

from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from functools import partial

import pytest
import pytest_asyncio

from ..ensured_loop import loop_scope_of
from ..loop_turns import needed_turns_of
from ..virtual_time.fixture import NAME as VIRTUAL_CLOCK
from .exploration import Exploration
from .one_run import ORDER, Ordered
from .ready_queue import tasks_ordered
from .sets_in_order import sets_in_order
from .settings import NAME, BadMarkerError, read_settings
from .tokens import deviations_in
from .tracing import touches_noted

NOT_ASYNC = (
    "the marker interleavings is for async tests that pytest-asyncio runs, and {test} "
    "is none: the explorer has no tasks to reorder; make it `async def`, or take the "
    "marker away"
)
HYPOTHESIS = (
    "the marker interleavings and Hypothesis would both decide what {test} does; write "
    "a test of its own for the order of tasks, with an example that Hypothesis found"
)
SUBTESTS = (
    "the marker interleavings runs {test} many times, and pytest reports each subtest "
    "of each run; assert in the test itself, without the fixture subtests"
)

_WHAT = "the marker interleavings"
_EXPLORATION = pytest.StashKey[Exploration]()
# Set up for every marked test, after all others.
_FIXTURE = "_order_of_tasks"


def prepare(item: pytest.Item, token: str | None) -> None:
    """Prepare a marked test.

    Args:
        item: The test.
        token: What order to replay, if it is this test's.
    """
    complaint = _complaint(item)
    if complaint:
        setattr(item, "setup", partial(pytest.fail, complaint, pytrace=False))  # noqa: B010 - it is a method, which type checkers let nobody replace
        return
    mark = item.get_closest_marker(NAME)
    if mark is None or item.config.getoption("setuponly", default=False):
        return
    # A list of its own: tests that differ in their parameters share one.
    names: list[str] = [*getattr(item, "fixturenames", ()), _FIXTURE]
    setattr(item, "fixturenames", names)  # noqa: B010 - only functions have it
    if item.get_closest_marker(VIRTUAL_CLOCK) is None:
        # A deadlock is known at once, and what sleeps equally long is ready at once.
        item.add_marker(VIRTUAL_CLOCK)
    replayed = deviations_in(token) if token else None
    item.stash[_EXPLORATION] = Exploration(item, read_settings(mark), replayed)


def exploration_of(item: pytest.Item) -> Exploration | None:
    """Return how a test is explored; None if it is not."""
    return item.stash.get(_EXPLORATION, None)


@contextmanager
def in_order(request: pytest.FixtureRequest) -> Generator[None, None, None]:
    """Put the tasks of the test that is about to run in order."""
    present = request.node.stash.get(ORDER, None)
    if present is None:
        yield
        return
    scope = loop_scope_of(request.node)
    loop = request.getfixturevalue(f"_running_loop_of_{scope}")
    try:
        turns = needed_turns_of(loop, _WHAT)
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)
    ordered: Ordered = present
    noted = nullcontext() if ordered.traced is None else touches_noted(ordered.traced)
    with sets_in_order(), tasks_ordered(turns, ordered.order, ordered.schedule), noted:
        yield


def _complaint(item: pytest.Item) -> str:
    mark = item.get_closest_marker(NAME)
    function = getattr(item, "obj", None)
    if hasattr(function, "hypothesis"):
        return HYPOTHESIS.format(test=item.name)
    if "subtests" in getattr(item, "fixturenames", ()):
        return SUBTESTS.format(test=item.name)
    if not pytest_asyncio.is_async_test(item):
        return NOT_ASYNC.format(test=item.name)
    try:
        read_settings(mark) if mark else None
    except BadMarkerError as error:
        return str(error)
    return ""
