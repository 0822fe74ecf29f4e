"""A garbage collection per test that looks at what the test made, and at nothing else.

What exists when a test begins is frozen (`gc.freeze`), which takes no time and hides it
from the collector. So a coroutine in a reference cycle is found in the test that made
it, and never charged to another.
"""

import gc
import itertools
import sys
from collections.abc import Callable
from typing import TypeVar

from .patching import Patches

T = TypeVar("T")

# Frozen garbage is collected when this many objects were frozen since the last time,
# and as many as there were then: looking at everything stays rare in a long run.
_ENOUGH = 200_000
# Of so many tests, the objects of one are counted.
_SAMPLE = 16
# Python 3.14 looks at what is older in steps, and does not say how far it came.
_IN_GENERATIONS = sys.version_info < (3, 14)


class YoungObjects:
    """The objects that were made since a test began."""

    def __init__(self, silently: Callable[[Callable[[], object]], None]) -> None:
        """Freeze nothing yet.

        Args:
            silently: Does something without charging what it finds to any test.
        """
        self._silently = silently
        self._since = 0
        self._before = 0
        self._frozen = False
        self._tests = itertools.count()
        self._collect, self._get_objects = gc.collect, gc.get_objects

    def install(self, patches: Patches) -> None:
        """Let tests that ask the collector for anything see all that there is."""
        for name in ("collect", "get_objects", "get_referrers"):
            patches.wrap(gc, name, self._for_all)

    def _for_all(self, original: Callable[..., T]) -> Callable[..., T]:
        def asked(*args: object, **named: object) -> T:
            self._thaw_for_test()
            return original(*args, **named)

        return asked

    def begin(self) -> None:
        """Leave out of account what exists by now."""
        if not self._before:  # the first test: what was imported, and collected
            self._before = len(self._get_objects())
        elif next(self._tests) % _SAMPLE == 0:
            self._since += len(self._get_objects()) * _SAMPLE
        if self._since > max(_ENOUGH, self._before):
            self._before += self._since
            self._since = 0
            gc.unfreeze()
            self._silently(self._collect)
        gc.freeze()
        self._frozen = True

    def collect(self) -> None:
        """Collect garbage among what was made since.

        It is among the two younger generations, unless the collector has been through
        them meanwhile: a third of what looking at all three costs.
        """
        self._collect(1 if _IN_GENERATIONS and gc.get_count()[2] == 0 else 2)

    def those_of(self, *types: type) -> list[object]:
        """Return the objects of exactly these types that were made since."""
        return [each for each in self._get_objects() if type(each) in types]

    def _thaw_for_test(self) -> None:
        """Hide nothing from a test that asks, without charging it with old garbage."""
        if self._frozen:
            self._collect()
            self.thaw()
            self._silently(self._collect)

    def thaw(self) -> None:
        """Hide nothing any more, until the next test."""
        if self._frozen:
            gc.unfreeze()
            self._frozen = False
