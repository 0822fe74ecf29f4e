"""Tests and fixtures that look as if they ran, and do not."""

import inspect
from typing import ClassVar

import pytest

from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
from ..safety_net.owners import Owner
from ..safety_net.places import place_of_function
from ..safety_net.yields import place_of_yield

UNRUN_GENERATOR = Check(
    "unrun_generator",
    "a test with a `yield` is skipped, since it is an async generator",
    "take the `yield` out of the test, or make a fixture of the function",
    "Work that never happens",
)
UNRUN_FIXTURE = Check(
    "unrun_fixture",
    "an async fixture was given to a test without being run",
    "declare it with @pytest_asyncio.fixture, or set asyncio_mode = auto",
    "Work that never happens",
)


class TheGuard(Guard):
    """Looks at tests before they run, and at what fixtures return."""

    checks: ClassVar = (UNRUN_GENERATOR, UNRUN_FIXTURE)

    def test_begins(self, item: pytest.Item) -> None:
        """Look for a `yield` in an async test, which pytest-asyncio does not run."""
        if not self.net.is_async:
            return
        function = getattr(item, "function", None)
        if inspect.isasyncgenfunction(function):
            what = f"the test {item.name!r} never runs: it has a `yield`"
            made_at = place_of_yield(function)
            # pytest-asyncio marks it as expected to fail.
            self.net.found(Finding(UNRUN_GENERATOR, what, made_at, despite_skip=True))

    def fixture_set_up(self, owner: Owner, fixture: pytest.FixtureDef[object]) -> None:
        """Look for a fixture whose value is what should have been awaited."""
        value = fixture.cached_result and fixture.cached_result[0]
        if not inspect.iscoroutine(value) and not inspect.isasyncgen(value):
            return
        code = getattr(value, "cr_code", None) or getattr(value, "ag_code", None)
        if code is getattr(fixture.func, "__code__", None):
            what = f"nothing has run {owner}: its value is a {type(value).__name__}"
            place = place_of_function(fixture.func)
            self.net.found(Finding(UNRUN_FIXTURE, what, place, owner=owner))
            if inspect.iscoroutine(value):
                value.close()  # it is not going to be awaited, as is said here
