"""Fixtures: whose work is theirs, how long they may take, and when they are over."""

import inspect
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from .net import SafetyNet
from .owners import OWNER, Owner
from .private_names import loop_of_runner_fixture


class FixtureWatch:
    """The fixtures that are set up."""

    def __init__(self, net: SafetyNet) -> None:
        """Begin with none."""
        self._net = net
        self._owners: dict[pytest.FixtureDef[object], Owner] = {}

    @contextmanager
    def set_up(
        self, fixture: pytest.FixtureDef[object], request: pytest.FixtureRequest
    ) -> Generator[None, None, None]:
        """A fixture is being set up."""
        owner = self._owners[fixture] = Owner(fixture.argname, fixture.scope)
        token = OWNER.set(owner)
        function = fixture.func
        is_async = inspect.iscoroutinefunction(function)
        is_async = is_async or inspect.isasyncgenfunction(function)
        try:
            if is_async:
                with self._net.limited(owner, "the setup of", request.node):
                    yield
            else:
                yield
        finally:
            OWNER.reset(token)
        self._was_set_up(fixture, owner, is_async=is_async, request=request)

    def torn_down(self, fixture: pytest.FixtureDef[object]) -> None:
        """A fixture has ended; pytest may say so more than once."""
        owner = self._owners.pop(fixture, None)
        if owner is not None:
            owner.over = True
            self._net.limit_ends(owner)

    def _was_set_up(
        self,
        fixture: pytest.FixtureDef[object],
        owner: Owner,
        *,
        is_async: bool,
        request: pytest.FixtureRequest,
    ) -> None:
        net = self._net
        loop = loop_of_runner_fixture(fixture)
        if loop is not None:
            net.loop_begins(loop, fixture.scope)
            # Finalizers run in reverse order: what runs on the loop has ended by then,
            # and the loop is still open.
            fixture.addfinalizer(lambda: net.loop_ends(loop))
        elif is_async:
            # The first to run, before the fixture's own teardown.
            fixture.addfinalizer(
                lambda: net.limit_begins(owner, "the teardown of", request.node)
            )
        net.fixture_set_up(owner, fixture)
