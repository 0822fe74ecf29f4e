"""A bar that shows how far a run is, where somebody waits for it."""

from __future__ import annotations

import sys
import time

# --- Progress -------------------------------------------------------------------------

_PATIENCE = 1.0  # seconds before a bar is of use
_EVERY = 0.1  # seconds between two looks of it
_WIDTH = 30


class Progress:
    """A bar on stderr, if that is a terminal and it takes long."""

    def __init__(self, *, is_wanted: bool) -> None:
        """Begin to count the time.

        Args:
            is_wanted: Whether people read what comes of it, and no program.
        """
        self._is_wanted = is_wanted
        self._next = time.monotonic() + _PATIENCE
        self._is_shown = False

    def __call__(self, done: int, total: int) -> None:
        """Show how many files are done."""
        now = time.monotonic()
        if not self._is_wanted or now < self._next or not sys.stderr.isatty():
            return
        self._next = now + _EVERY
        self._is_shown = True
        filled = _WIDTH * done // total
        bar = "#" * filled + "." * (_WIDTH - filled)
        print(f"\r[{bar}] {done}/{total} files", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Take the bar away."""
        if self._is_shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self._is_shown = False
