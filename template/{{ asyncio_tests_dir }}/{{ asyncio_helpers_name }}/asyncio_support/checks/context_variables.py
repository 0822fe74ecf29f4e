"""Context variables that a fixture or sync test sets for all tests after it.

What an async test sets is its own: it runs in a copy of the context. What sync code
sets stays, unless it resets it. Variables that no module of the user's knows are their
library's business, and what a hook sets for each test is the hook's.
"""

import contextvars
import sys
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NamedTuple

import pytest

from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard
from ..safety_net.method_calls import line_that_calls
from ..safety_net.owners import OWNER, Owner
from ..safety_net.places import place_of_function
from ..user_code import is_users

CONTEXT_VARIABLE = Check(
    "context_variable",
    "a context variable kept the value that a test or fixture gave it",
    "keep the token, `token = variable.set(...)`, and `variable.reset(token)` after it",
    "Left behind",
)

_Variable = contextvars.ContextVar[Any]
_ABSENT = object()
_STAGES = ("protocol", "logstart", "setup", "call")


class _Set(NamedTuple):
    owner: Owner
    function: Callable[..., object]
    value: object
    before: object


class TheGuard(Guard):
    """Compares the context before and after each fixture and test."""

    checks: ClassVar = (CONTEXT_VARIABLE,)

    def test_begins(self, item: pytest.Item) -> None:
        """Note the context."""
        self._seen = contextvars.copy_context()
        if not hasattr(self, "_set"):
            self._set: dict[_Variable, _Set] = {}

    def fixture_set_up(self, owner: Owner, fixture: pytest.FixtureDef[object]) -> None:
        """Note what a fixture has changed, to look at it again when it is over."""
        self._note(owner, fixture.func)

    def test_ends(self) -> None:
        """Note what a test has changed, and report what lasts."""
        owner = self.net.owner
        if owner is not None and contextvars.copy_context() != self._seen:
            function = getattr(self.net.item, "function", None)
            if function is not None:
                self._note(owner, function)
        for variable, change in list(self._set.items()):
            if change.owner.over:
                del self._set[variable]
                self._look(variable, change)

    def _note(self, owner: Owner, function: Callable[..., object]) -> None:
        context = contextvars.copy_context()
        if context == self._seen:
            return
        before, self._seen = self._seen, context
        for variable in context:
            value = context[variable]
            was = before.get(variable, _ABSENT)
            if value is not was and variable is not OWNER:
                self._set.setdefault(variable, _Set(owner, function, value, was))

    def _look(self, variable: _Variable, change: _Set) -> None:
        modules = list(_modules_with(variable))
        if variable.get(_ABSENT) is not change.value or not modules:
            return
        if self.net.item is not None and _is_set_by_a_hook(self.net.item, variable):
            return
        place = line_that_calls(change.function, "set", variable)
        what = f"the context variable {variable.name!r} was still {change.value!r:.80}"
        owner = change.owner
        place = place or place_of_function(change.function)
        finding = Finding(CONTEXT_VARIABLE, what, place, owner=owner)
        self.net.found(finding)
        if self.net.fails(finding):
            _restore(variable, change.before)


def _is_set_by_a_hook(item: pytest.Item, variable: _Variable) -> bool:
    known = (getattr(item.ihook, f"pytest_runtest_{stage}") for stage in _STAGES)
    functions = (each.function for hook in known for each in hook.get_hookimpls())
    return any(line_that_calls(each, "set", variable) for each in functions)


def _modules_with(variable: _Variable) -> Iterator[str]:
    """Find the user's modules that have a variable."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and is_users(file) and variable in _values(module):
            yield name


def _values(module: object) -> list[object]:
    return [v for v in vars(module).values() if isinstance(v, contextvars.ContextVar)]


def _restore(variable: _Variable, before: object) -> None:
    if before is _ABSENT:
        try:  # nothing can unset it; its default, if it has one, does as well
            before = contextvars.Context().run(variable.get)
        except LookupError:
            return
    variable.set(before)
