"""An explanation: which errors it is for, and what it tells of them.

Only errors that Python, pytest or pytest-asyncio raises count: of a class of theirs,
in their words, and not from a `raise` in the user's own code.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import pytest

from .places import innermost_place, is_raised_by_user, test_place

_MAKERS = frozenset({"builtins", "_pytest", "pytest"})


@dataclass(frozen=True)
class Failure:
    """One error of one test, or of one module that was to be collected.

    Attributes:
        node: The test or the module.
        error: The error; what it was raised from or with has a failure of its own.
        match: What the explanation's pattern has found in the error's text.
    """

    node: pytest.Item | pytest.Collector
    error: BaseException
    match: re.Match[str]

    @cached_property
    def place(self) -> str:
        """The innermost line of the user's, as `file:line`, or else the test's own."""
        return innermost_place(self.error) or test_place(self.node)


class Seen(NamedTuple):
    """What is to be seen in one failure: words for its cause, and maybe its remedy."""

    cause: str
    remedy: str = ""


Look = Callable[[Failure], Seen | None]


def _see_nothing(_failure: Failure) -> None:
    return None


def _concerns_all(_failure: Failure) -> bool:
    return True


@dataclass(frozen=True)
class Explanation:
    """What one message means.

    Attributes:
        heading: The message as the guide's troubleshooting has it, without backticks.
        raised: The classes of the errors that it comes with.
        wordings: Patterns for the error's text, those of all supported versions.
        cause: What is said where nothing more is seen.
        remedy: What to do about it.
        look: Words the cause that is seen in a failure; `None` if it sees nothing.
        concerns: Tells failures that have another reason than asyncio.
        is_often_handled: Programs catch this error and go on, so that it explains
            nothing once another error has followed from it.
    """

    heading: str
    raised: tuple[type[BaseException], ...]
    wordings: tuple[str, ...]
    cause: str
    remedy: str
    look: Look = _see_nothing
    concerns: Callable[[Failure], bool] = _concerns_all
    is_often_handled: bool = False

    def failure(
        self, node: pytest.Item | pytest.Collector, error: BaseException
    ) -> Failure | None:
        """Return the failure that this explains, or `None` if it is not for it."""
        if not self._is_of_its_kind(error):
            return None
        text = text_of(error)
        for wording in self.wordings:
            if match := re.search(wording, text):
                failure = Failure(node, error, match)
                return failure if self.concerns(failure) else None
        return None

    def _is_of_its_kind(self, error: BaseException) -> bool:
        maker = type(error).__module__.partition(".")[0]
        is_theirs = maker in _MAKERS and not is_raised_by_user(error)
        return isinstance(error, self.raised) and is_theirs


def text_of(error: BaseException) -> str:
    """Return an error's text; pytest words a missing fixture only when it prints."""
    if isinstance(error, pytest.FixtureLookupError):
        return f"fixture {error.argname!r} not found"
    return str(error)
