"""The event loops that each async test of this directory runs on, one by one."""

from __future__ import annotations

import asyncio
import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def pytest_asyncio_loop_factories() -> Mapping[
    str, Callable[[], asyncio.AbstractEventLoop]
]:
    """Give each loop a name: it stands in brackets behind the name of the test.

    In the `conftest.py` of the root, the hook decides for all tests. Here, a loop of
    session scope that tests elsewhere share ends when these tests begin, with the
    fixtures that live on it, and is made again after them.
    """
    # winloop is uvloop for Windows: the same name lets markers ask for either.
    # Imported here, since the test modules are skipped where it is not installed.
    uvloop = importlib.import_module("winloop" if sys.platform == "win32" else "uvloop")
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
