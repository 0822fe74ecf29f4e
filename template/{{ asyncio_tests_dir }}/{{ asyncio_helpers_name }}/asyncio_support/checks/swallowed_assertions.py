"""A failed assertion in a task, swallowed where other errors were expected.

`gather(return_exceptions=True)` returns it among the results, `pytest.raises` around a
TaskGroup takes it for one of the group. Only assertions are looked at: they are never
what a program raises, and a test that means to catch one says so.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, ClassVar, cast

from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
from ..safety_net.patching import Patches
from ..safety_net.places import place_here, place_of_error

ASSERTION_SWALLOWED = Check(
    "assertion_swallowed",
    "a failed assertion became one of several results or errors, and the test passed",
    "look at every result, or name every error that is expected, as in "
    "pytest.RaisesGroup(ValueError)",
    "Errors that nobody sees",
)


class TheGuard(Guard):
    """Remembers the failed assertions that went where they can get lost."""

    checks: ClassVar = (ASSERTION_SWALLOWED,)

    def install(self, patches: Patches) -> None:
        """Look at every `gather` and TaskGroup."""
        patches.wrap(asyncio, "gather", self._gather)
        patches.wrap(asyncio.tasks, "gather", self._gather)
        if sys.version_info >= (3, 11):
            patches.wrap(asyncio.TaskGroup, "__aexit__", self._leave_group)

    def _gather(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def gather(*awaitables: object, **named: object) -> object:
            gathered = original(*awaitables, **named)
            if named.get("return_exceptions"):
                place = place_here()
                gathered.add_done_callback(partial(self._gathered, place))
            return gathered

        return gather

    def _gathered(self, place: str, done: "asyncio.Future[Sequence[object]]") -> None:
        if not done.cancelled() and done.exception() is None:
            self._found(done.result(), f"asyncio.gather at {place}")

    def _leave_group(self, original: Callable[..., Any]) -> Callable[..., Any]:
        async def leave(group: object, *error: object) -> object:
            try:
                return await original(group, *error)
            except BaseException as raised:
                leaves = list(_leaves(raised))
                if len(leaves) > 1:
                    self._found(leaves, "a TaskGroup")
                raise

        return leave

    def _found(self, results: Iterable[object], where: str) -> None:
        for each in results:
            if isinstance(each, AssertionError):
                what = f"{where} took a failed assertion for a result: {each!s:.200}"
                finding = Finding(ASSERTION_SWALLOWED, what, place_of_error(each))
                self.net.found(finding)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    inside = cast("Sequence[BaseException] | None", getattr(error, "exceptions", None))
    if inside is None:
        yield error
    else:
        for each in inside:
            yield from _leaves(each)
