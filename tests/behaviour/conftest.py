"""What waits for other tasks has to do so on any loop."""

from __future__ import annotations

import asyncio
from importlib import import_module, util
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

ON_ANY_LOOP = {"test_sequencer", "test_settling", "test_waiting"}


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run those tests on uvloop as well, where it is installed."""
    factories = {"asyncio": asyncio.new_event_loop}
    if item.path.stem in ON_ANY_LOOP and util.find_spec("uvloop"):
        factories["uvloop"] = import_module("uvloop").new_event_loop
    return factories
