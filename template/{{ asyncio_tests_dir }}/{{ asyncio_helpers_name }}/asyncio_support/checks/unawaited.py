"""Work that never happens: coroutines that nobody awaits.

CPython calls `warnings._warn_unawaited_coroutine` for each that is dropped before it
ran. A warning alone says where it was dropped; with origin tracking, which is on as
long as the net is up, the coroutine remembers where it was made.
"""

import asyncio
import contextvars
import functools
import inspect
import sys
import warnings
from collections.abc import Callable
from functools import partial
from types import CodeType, CoroutineType, ModuleType
from typing import Any, ClassVar, TypeAlias

from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
from ..safety_net.owners import current_owner
from ..safety_net.patching import Patches
from ..safety_net.places import place, place_here, place_of_origin
from ..safety_net.wanted_warnings import WantedWarnings
from ..user_code import def_line

_SECTION = "Work that never happens"
NEVER_AWAITED = Check(
    "never_awaited",
    "a coroutine was made and never awaited, so its code did not run",
    "write `await` before the call",
    _SECTION,
)
UNRUN_TEST = Check(
    "unrun_test",
    "an async test was collected and never ran",
    "make the class a plain one, or a unittest.IsolatedAsyncioTestCase",
    _SECTION,
)
UNRUN_SETUP = Check(
    "unrun_setup",
    "an async setup or teardown method never ran",
    "make it an async fixture with autouse=True; pytest calls these methods without "
    "awaiting them",
    _SECTION,
)

# What an AsyncMock's call returns is a coroutine of this function's.
_MOCKED = "_execute_mock_call"
_OF_MOCK = (
    "write `await` before the call; where the function is sync, use a Mock for it"
)
_NO_THREAD = "await it right here: threads are for functions that are not async"

_Coroutine: TypeAlias = "CoroutineType[Any, Any, Any]"  # no alias before Python 3.13

# pytest's and unittest's own.
_SETUP_NAMES = frozenset(
    f"{stage}{what}"
    for stage in ("setup", "teardown")
    for what in ("_method", "_function", "_class", "_module", "")
) | {"setUp", "tearDown", "setUpClass", "tearDownClass", "setUpModule"}
# How many callers a coroutine remembers. Each more costs a task another tenth.
_DEPTH = 1


class TheGuard(Guard):
    """Sees every coroutine that is dropped before it ran."""

    checks: ClassVar = (NEVER_AWAITED, UNRUN_TEST, UNRUN_SETUP)
    needs: ClassVar = ("warnings._warn_unawaited_coroutine",)

    def install(self, patches: Patches) -> None:
        """Listen, and have coroutines remember where they were made."""
        self._wanted = WantedWarnings()
        self._wanted.install(patches)
        patches.wrap(warnings, "_warn_unawaited_coroutine", self._listen)
        self._depth = sys.get_coroutine_origin_tracking_depth()
        self._given_to_threads: dict[CodeType, str] = {}
        self._of_mocks: dict[int, str] = {}
        self.net.when_imported("unittest.mock", partial(self._install, patches))
        self._tracked = max(_DEPTH, self._depth)
        sys.set_coroutine_origin_tracking_depth(self._tracked)

    def watch_loops(
        self, loop_class: type[asyncio.AbstractEventLoop], patches: Patches
    ) -> None:
        """Look at what they give to threads."""
        patches.wrap(loop_class, "run_in_executor", self._note_job)

    def _install(self, patches: Patches, mock: ModuleType) -> None:
        patches.wrap(getattr(mock, "CallableMixin", None), "__call__", self._note_call)

    def remove(self) -> None:
        """Have coroutines remember no more than before."""
        sys.set_coroutine_origin_tracking_depth(self._depth)

    def _listen(
        self, warn: Callable[[_Coroutine], None]
    ) -> Callable[[_Coroutine], None]:
        def dropped(coroutine: _Coroutine) -> None:
            text = f"coroutine '{coroutine.__qualname__}' was never awaited"
            fails = False
            if not self._wanted.wants(RuntimeWarning, text):
                finding = self._finding(coroutine)
                self.net.found(finding)
                fails = self.net.fails(finding)
            # A setting of the user's that makes an error of the warning would report
            # the same once more, at a worse place.
            if fails:
                return
            if sys.get_coroutine_origin_tracking_depth() == self._tracked:
                # As it reads without the origin, which nobody but the net asked for.
                warnings.warn(text, RuntimeWarning, stacklevel=2, source=coroutine)
            else:
                warn(coroutine)

        return dropped

    def _note_call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(mock: Any, /, *args: Any, **named: Any) -> object:
            result = original(mock, *args, **named)
            if inspect.iscoroutine(result):  # it remembers a line of unittest.mock only
                self._of_mocks[id(result)] = place_here()
            return result

        return call

    def _note_job(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def run(loop: object, executor: object, func: Any, *args: Any) -> object:
            job = _unwrapped(func)
            code = getattr(job, "__code__", None)
            if inspect.iscoroutinefunction(job) and code is not None:
                self._given_to_threads[code] = place_here()
            return original(loop, executor, func, *args)

        return run

    def _finding(self, coroutine: _Coroutine) -> Finding:
        code = coroutine.cr_code
        name = coroutine.__qualname__
        defined = place(code, def_line(code))
        made = place_of_origin(coroutine)
        owner = current_owner()
        if code is self._code_of_test():
            what = f"the async test {name!r} never ran: nothing awaits it"
            return Finding(UNRUN_TEST, what, defined)
        if code.co_name in _SETUP_NAMES and not made:
            what = f"the async method {name!r} never ran: pytest does not await it"
            return Finding(UNRUN_SETUP, what, defined)
        if code in self._given_to_threads:
            what = f"the coroutine {name!r} was never awaited: a thread made it"
            place_given = self._given_to_threads[code]
            return Finding(NEVER_AWAITED, what, place_given, remedy=_NO_THREAD)
        if code.co_name == _MOCKED:
            made = self._of_mocks.get(id(coroutine), "")
            what = "what an AsyncMock returned was never awaited"
            return Finding(NEVER_AWAITED, what, made, owner=owner, remedy=_OF_MOCK)
        what = f"the coroutine {name!r} was never awaited"
        return Finding(NEVER_AWAITED, what, made or defined, owner=owner)

    def _code_of_test(self) -> CodeType | None:
        function = getattr(self.net.item, "function", None)
        return getattr(function, "__code__", None)


def _unwrapped(job: Any) -> Any:
    """Return what a thread would call in the end."""
    while isinstance(job, functools.partial):
        # `asyncio.to_thread` hands over a partial of `context.run`.
        is_in_context = isinstance(
            getattr(job.func, "__self__", None), contextvars.Context
        )
        job = job.args[0] if is_in_context and job.args else job.func
    return job
