"""Below this directory, an async test runs on what its mark says, in auto mode too."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def strict_mode(config: pytest.Config) -> Generator[None, None, None]:
    """Let pytest-asyncio see `--asyncio-mode=strict`, and take only what is its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config.option, "asyncio_mode", "strict")
        yield


# A conftest.py is asked about what is below it only: all other tests stay as they are.
# `tryfirst` puts its wrapper around that of pytest-asyncio.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pycollect_makeitem(
    collector: pytest.Collector,
) -> Generator[None, object, object]:
    """Leave tests without the mark `asyncio` to the plugin that they are marked for."""
    with strict_mode(collector.config):
        return (yield)


# Which of the two plugins is asked first depends on the order of their installation.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(
    request: pytest.FixtureRequest,
) -> Generator[None, object, object]:
    """Leave `@pytest.fixture` on an async function to anyio, as far as module scope."""
    with strict_mode(request.config):
        return (yield)
