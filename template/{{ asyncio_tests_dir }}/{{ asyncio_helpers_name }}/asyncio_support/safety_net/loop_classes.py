"""The classes of event loops, and of what runs them, that the net stands in for."""

import asyncio
import importlib
import sys
from typing import cast


def loop_classes() -> list[type[asyncio.AbstractEventLoop]]:
    """Return asyncio's, and uvloop's where that is used."""
    uvloop = sys.modules.get("uvloop")
    found: list[type[asyncio.AbstractEventLoop]] = [asyncio.BaseEventLoop]
    if uvloop is not None:
        found.append(uvloop.Loop)
    return found


def runner_class() -> type:
    """Return the class of pytest-asyncio's runners; on Python 3.10, another package's."""
    found = getattr(asyncio, "Runner", None)
    if found is None:
        found = importlib.import_module("backports.asyncio.runner").Runner
    return cast("type", found)
