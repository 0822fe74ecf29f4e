"""The classes of event loops whose methods the net stands in for."""

import asyncio
import sys


def loop_classes() -> list[type[asyncio.AbstractEventLoop]]:
    """Return asyncio's, and uvloop's where that is used."""
    uvloop = sys.modules.get("uvloop")
    found: list[type[asyncio.AbstractEventLoop]] = [asyncio.BaseEventLoop]
    if uvloop is not None:
        found.append(uvloop.Loop)
    return found
