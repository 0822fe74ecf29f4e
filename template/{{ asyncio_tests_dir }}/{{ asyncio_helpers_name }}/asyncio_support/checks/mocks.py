"""A plain mock where an async one was wanted, and code that hides the TypeError.

`await client.fetch()` with a `MagicMock` for `fetch` raises a TypeError. Where the code
under test catches it, the test goes on as if the call had failed. So each call of a
mock looks at the instruction that comes next in its caller: an `await` of what cannot
be awaited.
"""

import dis
import inspect
from collections.abc import Callable
from functools import partial
from types import FrameType, ModuleType
from typing import ClassVar

from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
from ..safety_net.patching import Patches
from ..safety_net.places import caller, place_of

UNAWAITABLE_MOCK = Check(
    "unawaitable_mock",
    "code awaits the result of a mock that cannot be awaited",
    "put a unittest.mock.AsyncMock in the place of the async function",
    "Work that never happens",
)

_AWAIT = dis.opmap["GET_AWAITABLE"]
# What stands between a call and what is done with its result: nothing, but for the
# space that newer Pythons keep there.
_CACHE = dis.opmap.get("CACHE", 0)


class TheGuard(Guard):
    """Looks at the callers of mocks."""

    checks: ClassVar = (UNAWAITABLE_MOCK,)
    needs: ClassVar = ("unittest.mock.CallableMixin.__call__",)

    def install(self, patches: Patches) -> None:
        """Look at every call of a mock, as soon as there can be any."""
        self.net.when_imported("unittest.mock", partial(self._install, patches))

    def _install(self, patches: Patches, mock: ModuleType) -> None:
        patches.wrap(getattr(mock, "CallableMixin", None), "__call__", self._look)

    def _look(self, original: Callable[..., object]) -> Callable[..., object]:
        def call(mocked: object, /, *args: object, **named: object) -> object:
            result = original(mocked, *args, **named)
            frame = caller()
            if (
                frame is not None
                and _awaits_next(frame)
                and not inspect.isawaitable(result)
            ):
                what = f"{_name_of(mocked)} was awaited, and returned {_kind(result)}"
                self.net.found(Finding(UNAWAITABLE_MOCK, what, place_of(frame)))
            return result

        return call


def _awaits_next(frame: FrameType) -> bool:
    code = frame.f_code.co_code
    after = frame.f_lasti + 2
    while after < len(code) and code[after] == _CACHE:
        after += 2
    return after < len(code) and code[after] == _AWAIT


def _name_of(mocked: object) -> str:
    named = getattr(mocked, "_extract_mock_name", None)
    name = named() if named else "mock"
    return f"the {type(mocked).__name__} {name!r}"


def _kind(result: object) -> str:
    return f"a {type(result).__name__}, which nothing can await"
