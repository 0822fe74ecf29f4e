"""What the loop fixtures need beside their scopes: the right loop at the right time."""

import inspect
from collections.abc import Callable, Container, Generator
from functools import partial
from typing import cast

import pytest
import pytest_asyncio

from .current_loop import current_event_loop, make_current
from .open_loops import LOOP_FIXTURES, narrowest_loop, open_loops, requested_scopes

ASYNC_ASKS = (
    "The async {kind} {name!r} asks for the fixture {fixture!r}, a loop for sync tests "
    "that it would never run on; use asyncio.get_running_loop() inside it instead."
)

_PACKAGE_FIXTURE = "package_scoped_event_loop"
_RUNNING = pytest.StashKey[pytest.Item]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Leave the current loop as it was before a test that used one of ours."""
    before = current_event_loop()
    try:
        return (yield)
    finally:
        after = current_event_loop()
        if after in open_loops(item.config).values() or (
            after is None and requested_scopes(item)
        ):
            make_current(before)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Make a loop current that an earlier test has opened."""
    item.config.stash[_RUNNING] = item
    _make_current_for(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Refuse an async test that asks for a loop; else make its loop current meanwhile.

    Fixtures of pytest-asyncio that were set up later have made theirs current, and find
    it so when they end.
    """
    __tracebackhide__ = True
    if _is_async(item):
        if requested_scopes(item):
            _refuse(_named_directly(item), kind="test", name=item.name)
        return (yield)
    before = current_event_loop()
    is_ours = _make_current_for(item)
    try:
        return (yield)
    finally:
        if is_ours:
            make_current(before)


def pytest_fixture_post_finalizer(request: pytest.FixtureRequest) -> None:
    """Make a loop current again where the end of another one has left none.

    The fixtures that end next began with it.
    """
    running = request.config.stash.get(_RUNNING, None)
    if running is not None and current_event_loop() is None:
        _make_current_for(running)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Refuse an async fixture that asks for a loop; end a package's loop with it."""
    function = fixturedef.func
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        _refuse(fixturedef.argnames, kind="fixture", name=fixturedef.argname)
    value = yield
    if fixturedef.argname == _PACKAGE_FIXTURE and request.node is request.session:
        # To pytest, the package of a plugin's fixture is the whole run.
        for package in _packages(request.config.stash[_RUNNING])[-1:]:
            package.addfinalizer(
                partial(fixturedef.finish, request)  # type: ignore[arg-type] # a SubRequest, which has no public name
            )
    return value


def _is_async(item: pytest.Item) -> bool:
    """Tell whether a test runs on a loop of its plugin's, whichever plugin that is."""
    # A hypothesis test is a sync function around an async one: only the plugin knows.
    return pytest_asyncio.is_async_test(item) or inspect.iscoroutinefunction(
        _function_of(item)
    )


def _function_of(item: pytest.Item) -> object:
    return getattr(item, "function", None)


def _make_current_for(item: pytest.Item) -> bool:
    loop = narrowest_loop(item)
    if loop is not None:
        make_current(loop)
    return loop is not None


def _packages(item: pytest.Item) -> list[pytest.Package]:
    return [node for node in item.listchain() if isinstance(node, pytest.Package)]


def _named_directly(test: pytest.Item) -> set[str]:
    function = cast("Callable[..., object]", _function_of(test))
    named = set(inspect.signature(function).parameters)
    for mark in test.iter_markers("usefixtures"):
        named.update(mark.args)
    return named


def _refuse(named: Container[str], kind: str, name: str) -> None:
    for fixture in LOOP_FIXTURES:
        if fixture in named:
            text = ASYNC_ASKS.format(kind=kind, name=name, fixture=fixture)
            pytest.fail(text, pytrace=False)
