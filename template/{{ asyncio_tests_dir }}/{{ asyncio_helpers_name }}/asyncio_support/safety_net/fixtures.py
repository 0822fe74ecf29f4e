"""Fixtures: whose work is theirs, and when they are over."""

from collections.abc import Generator

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

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        """Know a fixture's work as its own, and the loops of pytest-asyncio's."""
        __tracebackhide__ = True
        owner = Owner(fixturedef.argname, fixturedef.scope, request.node)
        self._owners[fixturedef] = owner
        token = OWNER.set(owner)
        try:
            value = yield
        finally:
            OWNER.reset(token)
        owner.is_set_up = True
        net = self._net
        loop = loop_of_runner_fixture(fixturedef)
        if loop is not None:
            net.loop_begins(loop, fixturedef.scope)
            # Finalizers run in reverse order: what runs on the loop has ended by then,
            # and the loop is still open.
            fixturedef.addfinalizer(lambda: net.loop_ends(loop))
        net.fixture_set_up(owner, fixturedef)
        return value

    def pytest_fixture_post_finalizer(
        self, fixturedef: pytest.FixtureDef[object]
    ) -> None:
        """Know that a fixture is over; pytest may say so more than once."""
        owner = self._owners.pop(fixturedef, None)
        if owner is not None:
            owner.over = True
