"""Calls the hooks of the loop fixtures only in runs that have a test with one.

Most have none, and hooks are called for each test.
"""

import pytest

from .open_loops import LOOP_FIXTURES, NEEDS_HOOKS

_ASKING = {*LOOP_FIXTURES, "ensure_test_event_loop"}


def pytest_configure(config: pytest.Config) -> None:
    """Let a fixture that a test asks for while it runs have the hooks called, too."""
    config.stash[NEEDS_HOOKS] = lambda: _call_hooks(config.pluginmanager)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Have them called, if any test names such a fixture, or depends on one."""
    for item in session.items:
        if not _ASKING.isdisjoint(getattr(item, "fixturenames", ())):
            _call_hooks(session.config.pluginmanager)
            return


def _call_hooks(manager: pytest.PytestPluginManager) -> None:
    from . import loop_hooks  # noqa: PLC0415 - most runs need none

    if not manager.is_registered(loop_hooks):
        manager.register(loop_hooks)
