"""What happens between two turns of an event loop: tests may look, and may interfere.

Once a turn, asyncio's own loops ask their selector what has come from outside, and tell
it how long to wait. That is `None` or a time where nothing is left to run: then every
task is blocked. From this one place time, order and conditions can be controlled
without a change of the code under test, and without a loop of another kind.
"""

import asyncio
import selectors
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections import deque

NOT_ASYNCIOS = (
    "{what} needs one of asyncio's own event loops with a selector, and this test runs "
    "on a {loop}; let pytest_asyncio_loop_factories return asyncio.SelectorEventLoop "
    "for it"
)

# What a selector returns: descriptors with what became possible on them.
Events = list[tuple[selectors.SelectorKey, int]]
# Seconds to wait, None for no limit, 0 for not at all.
Timeout = float | None
Look = Callable[[Timeout], Timeout]
Wait = Callable[[Timeout], Events]


class LoopTurns:
    """The turns of one loop, for as long as somebody is interested in them.

    Attributes:
        loop: The loop.
        ready: What it is going to run in its next turn, in order.
        selector: What it listens with.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, selector: selectors.BaseSelector
    ) -> None:
        """Use `turns_of`: whoever is interested in a loop shares one."""
        private: Any = loop
        self.loop = loop
        self.ready: deque[asyncio.Handle] = private._ready  # noqa: SLF001 - no other way
        self.selector = selector
        self._looks: list[Look] = []
        waits: list[Wait] = [partial(type(selector).select, selector)]
        self._waits = waits
        self._first = 0

    def look(self, look: Look) -> Callable[[], None]:
        """Have something called at the beginning of every turn, until the result is.

        Args:
            look: Is given the seconds that the loop is going to wait, and returns how
                long it shall: 0 if it has made something ready to run.
        """
        self._looks.append(look)
        self._interfere()

        def end() -> None:
            self._looks.remove(look)
            self._leave_alone()

        return end

    def wait_by(self, wait: Wait) -> Callable[[], None]:
        """Have something take the place of waiting, until the result is called.

        Args:
            wait: Is given the seconds to wait, and returns what came meanwhile;
                `listen` is what does so for real.
        """
        self._waits.append(wait)
        self._interfere()

        def end() -> None:
            self._waits.remove(wait)
            self._leave_alone()

        return end

    def run_first(self, make_ready: Callable[[], None]) -> None:
        """Have what a look makes ready to run go before all else of the turn.

        So it finds everything as the look did. What is made ready so by several looks
        runs in their order.

        Args:
            make_ready: Makes one thing ready to run.
        """
        make_ready()
        self.ready.insert(self._first, self.ready.pop())
        self._first += 1

    def is_wake_up(self, key: selectors.SelectorKey) -> bool:
        """Tell whether a descriptor is the loop's own, by which others wake it up."""
        private: Any = self.loop
        return bool(key.fd == private._ssock.fileno())  # noqa: SLF001 - no other way

    @property
    def are_looked_at(self) -> bool:
        """Whether somebody looks at the beginning of every turn."""
        return bool(self._looks)

    @property
    def are_waited_for(self) -> bool:
        """Whether something takes the place of waiting."""
        return len(self._waits) > 1

    def listen(self, timeout: Timeout) -> Events:
        """Wait for what comes from outside, as the loop does when it is left alone."""
        return self._waits[0](timeout)

    def accept(self, events: Events) -> None:
        """Have what came run in this turn, as the loop does with what it is given."""
        private: Any = self.loop
        private._process_events(events)  # noqa: SLF001 - no other way

    def _select(self, timeout: Timeout = None) -> Events:
        __tracebackhide__ = True  # of errors that end the test
        self._first = 0
        for look in tuple(self._looks):
            timeout = look(timeout)
        return self._waits[-1](timeout)

    def _interfere(self) -> None:
        # On the objects: their classes are those of all other loops, too.
        select = self._select if self._looks else self._waits[-1]
        vars(self.selector).update(select=select, asyncio_turns=self)

    def _leave_alone(self) -> None:
        if self._looks or len(self._waits) > 1:
            self._interfere()
        else:
            del vars(self.selector)["select"], vars(self.selector)["asyncio_turns"]


def turns_of(loop: asyncio.AbstractEventLoop) -> LoopTurns | None:
    """Return the turns of a loop; None if it is not one of asyncio's with a selector.

    Those that somebody is interested in are always the same object.
    """
    selector = getattr(loop, "_selector", None)
    is_asyncios = isinstance(loop, asyncio.BaseEventLoop)
    if not is_asyncios or not isinstance(selector, selectors.BaseSelector):
        return None
    present: LoopTurns | None = vars(selector).get("asyncio_turns")
    return LoopTurns(loop, selector) if present is None else present


def needed_turns_of(loop: asyncio.AbstractEventLoop, what: str) -> LoopTurns:
    """Return the turns of a loop.

    Args:
        loop: The loop.
        what: What needs them, for the message.

    Raises:
        RuntimeError: The loop is uvloop's, Windows' proactor or another that shows
            none.
    """
    turns = turns_of(loop)
    if turns is None:
        kind = f"{type(loop).__module__}.{type(loop).__qualname__}"
        raise RuntimeError(NOT_ASYNCIOS.format(what=what, loop=kind))
    return turns
