"""The pytest plugin of this package: registers its parts, and does nothing else.

Each part is a module with fixtures or hooks of its own; one that is not listed here is
as good as absent.
"""

import pytest

from . import (
    blocking_allowed,
    default_time_limit,
    ensured_loop,
    explained_errors,
    loop_fixtures,
    loops_on_demand,
    reports,
)
from .interleavings import plugin as interleavings
from .safety_net import plugin as safety_net
from .virtual_time import asked_for as virtual_time
from .virtual_time import fixture as virtual_clock

_PARTS = (
    blocking_allowed,
    default_time_limit,
    loop_fixtures,
    loops_on_demand,
    ensured_loop,
    virtual_clock,
    virtual_time,
    explained_errors,
    safety_net,
    interleavings,
    reports,
)


# Under a name that is no hook's, a conftest.py can import it beside its own hooks.
@pytest.hookimpl(specname="pytest_addoption")
def pytest_asyncio_support(pluginmanager: pytest.PytestPluginManager) -> None:
    """Register the parts, early enough for them to declare settings."""
    for part in _PARTS:
        if not pluginmanager.is_registered(part):
            pluginmanager.register(part)
