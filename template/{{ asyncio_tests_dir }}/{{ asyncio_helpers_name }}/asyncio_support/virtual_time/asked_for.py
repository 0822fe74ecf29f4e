"""Setting tests to virtual time: one by one by the marker `virtual_clock`, or all.

    asyncio_virtual_clock = true

sets every async test to it, and `@pytest.mark.virtual_clock(False)` one of them back to
real time. On a loop that cannot be told the time, a test fails, or is skipped if it is
marked with `@pytest.mark.virtual_clock(otherwise="skip")`: for suites that also run on
uvloop.
"""

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from ..ensured_loop import loop_scope_of
from ..safety_net.idle_loop import nameless_threads
from ..safety_net.private_names import loop_of_runner_fixture
from .fixture import CLOCK, NAME, NAMELESS, begun_clock

if TYPE_CHECKING:
    from .clock import VirtualClock

SETTING = "asyncio_virtual_clock"
BAD_MARKER = (
    "the marker virtual_clock takes nothing, False for real time, or "
    'otherwise="skip" for other loops; this test\'s has {given}'
)
NO_ASYNC_TEST = (
    "the marker virtual_clock is on a test that pytest-asyncio does not run; in a sync "
    "test take the fixture virtual_clock beside standard_event_loop"
)

# pytest-asyncio's, which has the loop of a test that shares it with no other.
_RUNNER = "_function_scoped_runner"
_IS_ON = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the setting."""
    parser.addini(
        SETTING,
        "whether async tests run on virtual time, where sleeping takes none "
        "(default: false; for one test: the marker or fixture virtual_clock)",
        type="bool",
        default=False,
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker; know the threads that no test has started."""
    text = (
        f"{NAME}(is_on=True, otherwise='fail'): whether this test runs on virtual "
        "time; otherwise='skip' skips it on loops that cannot"
    )
    config.addinivalue_line("markers", text)
    config.stash[NAMELESS] = nameless_threads() or 0


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Let those tests use the fixture that are set to virtual time."""
    for_all = bool(config.getini(SETTING))
    for item in items:
        mark = item.get_closest_marker(NAME) if NAME in item.keywords else None
        if mark is None and not for_all:
            continue
        is_on, problem = _asked(item, mark)
        if problem:
            fail = partial(pytest.fail, problem, pytrace=False)
            setattr(item, "setup", fail)  # noqa: B010 - it is a method, which type checkers let nobody replace
        elif is_on:
            _use_clock(item)


def _asked(item: pytest.Item, mark: pytest.Mark | None) -> tuple[bool, str]:
    """Return whether a test is to run on virtual time, and what is wrong with that."""
    is_async = pytest_asyncio.is_async_test(item)
    if mark is None:
        return is_async, ""
    is_known = mark.kwargs in ({}, {"otherwise": "skip"}, {"otherwise": "fail"})
    if not is_known or mark.args not in ((), (True,), (False,)):
        return False, BAD_MARKER.format(given=_shown(mark))
    is_on = mark.args != (False,)
    return is_on, NO_ASYNC_TEST if is_on and not is_async else ""


def _shown(mark: pytest.Mark) -> str:
    named = [f"{name}={value!r}" for name, value in mark.kwargs.items()]
    return f"({', '.join([*map(repr, mark.args), *named])})"


def _use_clock(item: pytest.Item) -> None:
    names: list[str] = getattr(item, "fixturenames", [])
    if NAME in names or loop_scope_of(item) != "function":
        _use_fixture(item)
        return
    item.stash[_IS_ON] = True
    manager = item.config.pluginmanager
    if not manager.has_plugin(ClockWithLoop.__name__):
        manager.register(ClockWithLoop(), ClockWithLoop.__name__)


class ClockWithLoop:
    """Begins a clock where the loop of a test begins, of which no other test knows.

    A fixture for each test takes a tenth of a short one.
    """

    # Called around the net's, so that the clock ends before the net looks at the loop.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        """Begin it, if it is that fixture of pytest-asyncio's."""
        value = yield
        if fixturedef.argname == _RUNNER and request.node.stash.get(_IS_ON, False):
            loop = loop_of_runner_fixture(fixturedef)
            if loop is not None:
                clock = request.node.stash[CLOCK] = begun_clock(request.node, loop)
                fixturedef.addfinalizer(partial(_end_clock, request.node, clock))
        return value


def _end_clock(test: pytest.Item, clock: "VirtualClock") -> None:
    del test.stash[CLOCK]
    clock.end()


def _use_fixture(item: pytest.Item) -> None:
    """Set the clock up before the test's own fixtures, and after those it shares."""
    # A list of its own: tests that differ in their parameters share one.
    names: list[str] = [*getattr(item, "fixturenames", ())]
    setattr(item, "fixturenames", names)  # noqa: B010 - only functions have it
    if NAME in names:
        names.remove(NAME)
    info = getattr(item, "_fixtureinfo", None)
    known = getattr(info, "name2fixturedefs", {})
    own = (
        place
        for place, name in enumerate(names)
        if name in known and known[name][-1].scope == "function"
    )
    names.insert(next(own, len(names)), NAME)
