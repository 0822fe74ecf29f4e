"""The event loops that fixtures have open, and which of them is whose."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

from .current_loop import configure_test_event_loop, current_event_loop, make_current

# From the narrowest scope to the widest: of several in one test, the first is current.
LOOP_FIXTURES = {
    "standard_event_loop": "function",
    "function_scoped_event_loop": "function",
    "class_scoped_event_loop": "class",
    "module_scoped_event_loop": "module",
    "package_scoped_event_loop": "package",
    "session_scoped_event_loop": "session",
}

_Loops = dict[tuple[str, object], asyncio.AbstractEventLoop]
_OPEN = pytest.StashKey[_Loops]()
# A function that has the hooks of loop_hooks.py called from then on.
NEEDS_HOOKS = pytest.StashKey[Callable[[], None]]()


@contextmanager
def open_loop(
    request: pytest.FixtureRequest,
) -> Generator[asyncio.AbstractEventLoop, None, None]:
    """Keep a loop open and current as long as the fixture that asks lives.

    One scope of one node has one loop: a fixture that was also imported into a test
    module, or has a second name, shares it.
    """
    request.config.stash[NEEDS_HOOKS]()
    loops = open_loops(request.config)
    key = (request.scope, request.node)
    if key in loops:
        yield loops[key]
        return
    previous = current_event_loop()
    loop = loops[key] = configure_test_event_loop()
    try:
        yield loop
    finally:
        del loops[key]
        from .loop_cleanup import cleanup_event_loop  # noqa: PLC0415 - most runs need none

        was_current = current_event_loop() is loop
        try:
            cleanup_event_loop(loop)
        finally:
            if was_current:
                make_current(previous)


def open_loops(config: pytest.Config) -> _Loops:
    """Return the loops that are open, by scope and by the node that they live with."""
    return config.stash.setdefault(_OPEN, {})


def narrowest_loop(item: pytest.Item) -> asyncio.AbstractEventLoop | None:
    """Return the open loop of the narrowest scope that a test depends on, if any."""
    loops = open_loops(item.config)
    for scope in requested_scopes(item):
        for node in item.listchain():
            if (scope, node) in loops:
                return loops[scope, node]
    return None


def requested_scopes(item: pytest.Item) -> list[str]:
    """Return the scopes of the loop fixtures that a test depends on, narrowest first.

    Items that know no fixtures, as other plugins have them, depend on none.
    """
    requested = getattr(item, "fixturenames", ())
    return [scope for name, scope in LOOP_FIXTURES.items() if name in requested]
