"""Real time, for what has to pass for real while time is virtual."""

import time
from collections.abc import Callable

# Kept where freezegun does not replace it: it does so with what modules have.
_KEPT: list[Callable[[], float]] = [time.perf_counter]


def now() -> float:
    """Return a real time in seconds, of which differences mean something."""
    return _KEPT[0]()
