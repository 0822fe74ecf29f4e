"""One coroutine object in two places: `gather` runs it once and says nothing."""

import asyncio
import inspect
from collections import Counter
from collections.abc import Callable
from typing import ClassVar

from ..naming import name_of
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
from ..safety_net.patching import Patches
from ..safety_net.places import place_here

COROUTINE_GIVEN_TWICE = Check(
    "coroutine_given_twice",
    "asyncio.gather got the same coroutine twice, and ran it once",
    "call the async function once for each run, or gather a task of it on purpose",
    "Work that never happens",
)


class TheGuard(Guard):
    """Looks at what `gather` is given."""

    checks: ClassVar = (COROUTINE_GIVEN_TWICE,)

    def install(self, patches: Patches) -> None:
        """Look at every call, by either name."""
        patches.wrap(asyncio, "gather", self._look)
        patches.wrap(asyncio.tasks, "gather", self._look)

    def _look(self, original: Callable[..., object]) -> Callable[..., object]:
        def gather(*awaitables: object, **named: object) -> object:
            counts = Counter(map(id, awaitables))
            for each in awaitables if len(counts) < len(awaitables) else ():
                if counts.pop(id(each), 0) > 1 and inspect.iscoroutine(each):
                    what = f"asyncio.gather got the coroutine {name_of(each)!r} twice"
                    self.net.found(Finding(COROUTINE_GIVEN_TWICE, what, place_here()))
            return original(*awaitables, **named)

        return gather
