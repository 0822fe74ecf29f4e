"""What every check module in `asyncio_support/checks` is made of."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sized
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import pytest

from .finding import Check, Finding
from .owners import Owner
from .patching import Patches
from .running import Running

if TYPE_CHECKING:
    from .net import SafetyNet


class Leftover(NamedTuple):
    """Something that a test or fixture has left behind.

    Attributes:
        finding: What the report says.
        forget: Sees to it that it is found once.
        end: Ends it, so that the next test starts clean, if it fails this one. May
            return an awaitable if it was found on a loop. What it raises is dropped:
            the finding tells enough.
    """

    finding: Finding
    forget: Callable[[], object]
    end: Callable[[], Awaitable[object] | object] = lambda: None


class WatchedLoop(NamedTuple):
    """A loop that tests run on, while it is not running.

    Attributes:
        loop: The loop.
        scope: For how long it is kept: for a function, a module and so on.
        is_ending: Whether it is about to be closed: whatever is on it is left behind.
    """

    loop: asyncio.AbstractEventLoop
    scope: str
    is_ending: bool

    def is_over(self, owner: Owner | None) -> bool:
        """Tell whether what belongs to an owner should have ended by now."""
        return self.is_ending or (owner is not None and owner.over)


class Guard:
    """One idea of what can go wrong, with its checks. Every method is optional.

    Attributes:
        checks: What it looks for.
        needs: The private names that it uses, out of those in private_names.py.
        held: What it keeps of tests and fixtures. Only if any of that is not empty, the
            guards are asked what is left: most tests have nothing to leave.
    """

    checks: ClassVar[tuple[Check, ...]]
    needs: ClassVar[tuple[str, ...]] = ()
    held: Iterable[Sized] = ()

    def __init__(self, net: "SafetyNet") -> None:
        """Remember where findings go."""
        self.net = net

    def install(self, patches: Patches) -> None:
        """Stand in for functions of the library, for the whole run."""

    def watch_loops(
        self, loop_class: type[asyncio.AbstractEventLoop], patches: Patches
    ) -> None:
        """Stand in for methods of a class of event loops, once for each such class."""

    def remove(self) -> None:
        """Undo what `install` did beside its patches."""

    def test_begins(self, item: pytest.Item) -> None:
        """Note the state before a test, before its first fixture."""

    def test_ends(self) -> None:
        """Look at the state after a test, and put it back in order."""

    def async_ends(self, running: Running) -> None:
        """Look at something async that pytest has run."""

    def fixture_set_up(self, owner: Owner, fixture: pytest.FixtureDef[object]) -> None:
        """Look at a fixture that has just been set up."""

    def left_on_loop(self, watched: WatchedLoop) -> Iterable[Leftover]:
        """Return what is left on a loop that should have ended."""
        return ()

    def left_behind(self) -> Iterable[Leftover]:
        """Return what else is left of tests and fixtures that are over."""
        return ()
