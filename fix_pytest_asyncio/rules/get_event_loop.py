"""What rules on `get_event_loop()` have in common, and the rule on async code."""

from __future__ import annotations

import ast
import re
from abc import abstractmethod
from typing import TYPE_CHECKING

from ..changes import Replace
from ..loop_callers import LoopCaller
from ..references import call_of, references, spelled
from ..rule import Fix, Rule
from ..source import NotFixableError
from ..syntax import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..syntax import Function

# --- Rules: get_event_loop in async code ----------------------------------------------

_LOOP_GETTERS = ("asyncio.get_event_loop", "asyncio.events.get_event_loop")


class LoopGetter(Rule):
    """A rule on `asyncio.get_event_loop()` in what belongs to tests."""

    words = (b"get_event_loop",)
    pattern = re.compile(rb"\bget_event_loop\b")

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield what is found in the functions that call it."""
        calls: dict[Function, list[ast.Call]] = {}
        for function in references(module, *_LOOP_GETTERS):
            call = call_of(module, function)
            owner = module.function_of(call) if call else None
            if call and isinstance(owner, FUNCTIONS):
                calls.setdefault(owner, []).append(call)
        if calls and project.is_of_tests(module):
            for owner, inner in calls.items():
                yield from self.check_function(
                    LoopCaller(module, project, owner), inner
                )

    @abstractmethod
    def check_function(
        self, caller: LoopCaller, calls: Sequence[ast.Call]
    ) -> Iterator[Finding]:
        """Yield what is found in a function, whose calls are these."""


class GetEventLoopInAsync(LoopGetter):
    """Async code asks for an event loop that might not be the running one.

    `asyncio.get_event_loop()` has two meanings. In a coroutine it returns the loop that
    runs it; elsewhere it made a loop up to Python 3.13, and raises `RuntimeError: There
    is no current event loop in thread 'MainThread'.` since. `get_running_loop` has the
    first meaning alone.

    Before:

        import asyncio

        import pytest


        @pytest.mark.asyncio
        async def test_time():
            loop = asyncio.get_event_loop()
            assert loop.time()

    After:

        import asyncio

        import pytest


        @pytest.mark.asyncio
        async def test_time():
            loop = asyncio.get_running_loop()
            assert loop.time()

    By hand: where `asyncio` is the name of something else, import it by another.
    """

    code = "PTA111"
    name = "get-event-loop-in-async"
    message = "`get_event_loop()` in async code: `get_running_loop()` is what it means"
    by_hand = "call `asyncio.get_running_loop()`"

    def check_function(
        self, caller: LoopCaller, calls: Sequence[ast.Call]
    ) -> Iterator[Finding]:
        """Yield the calls in coroutines."""
        if not caller.is_async or caller.is_others():
            return
        for call in calls:
            if not isinstance(caller.module.parent(call), ast.Compare):
                fix = _running_loop_fix(caller.module, call)
                yield self.found(caller.module, call, fix)


def _running_loop_fix(module: Module, call: ast.Call) -> Fix | None:
    try:
        name = spelled(module, "asyncio.get_running_loop", call.func)
    except NotFixableError:
        return None
    return Fix((Replace(call.func, name.code),), needs=name.needs)


ASYNC_GETTER_RULES: tuple[Rule, ...] = (GetEventLoopInAsync(),)
