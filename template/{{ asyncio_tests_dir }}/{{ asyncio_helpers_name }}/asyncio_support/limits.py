"""Limits that are given in seconds, and the error for one that has passed."""

import asyncio
import math
import numbers
import sys
from collections.abc import Coroutine

BAD_TYPE = (
    "{function}: timeout={given!r} is not a number. Pass seconds, or None for no limit."
)
BAD_NUMBER = (
    "{function}: timeout={given!r} is not a time. "
    "Pass seconds, zero or more, or None for no limit."
)

if sys.version_info >= (3, 11):
    TimeLimitError = TimeoutError
else:

    class TimeLimitError(TimeoutError, asyncio.TimeoutError):
        """Caught by either name, which are two classes before Python 3.11."""


def limit_in_seconds(timeout: object, function: str) -> float | None:
    """Check a limit; None and infinity are none.

    Args:
        timeout: The limit.
        function: What it was given to, for the message.
    """
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, numbers.Real):
        raise TypeError(BAD_TYPE.format(function=function, given=timeout))
    if math.isnan(timeout) or timeout < 0:
        raise ValueError(BAD_NUMBER.format(function=function, given=timeout))
    return None if math.isinf(timeout) else float(timeout)


def discard(given: object) -> None:
    """Close a coroutine that is not going to be awaited, so that none complains."""
    if isinstance(given, Coroutine):
        given.close()
