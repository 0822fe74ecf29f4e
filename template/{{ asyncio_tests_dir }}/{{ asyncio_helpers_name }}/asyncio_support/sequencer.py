"""Parts of several tasks, made to run one after another."""

import asyncio
import operator
import sys
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from .waiting_place import running_place

USED_TWICE = (
    "Sequencer: position {position} at {place} is taken by {other} already. "
    "Give each part a number of its own, and each test a Sequencer of its own."
)
NEVER_REACHED = (
    "Sequencer: position {position} at {place} is never reached, since {lost} at "
    "{other} was cancelled before its turn came. Look for what cancelled it, and "
    "whether a number between is missing."
)
NEGATIVE = "Sequencer: {position} is no position; count from 0."
OTHER_LOOP = (
    "Sequencer: position {position} at {place} is on another event loop than the "
    "positions before. Make one Sequencer for each loop, inside the test."
)


class Sequencer:
    """Makes parts of tasks run in the order of their numbers, from 0.

    `async with sequencer(2):` waits until the bodies of 0 and 1 have ended, whichever
    tasks they are in and however they ended, then runs its own. Each number is used
    once. The model is trio's `trio.testing.Sequencer`.

    A number that is missing makes all higher ones wait for ever: the time limit of the
    test tells where. If a task is cancelled while it waits for its turn, positions
    after it raise a RuntimeError, as do a number that is used twice and one on another
    event loop.
    """

    def __init__(self) -> None:
        """Start before position 0."""
        self._places: dict[int, str] = {}
        self._ended: set[int] = {-1}
        self._lost: set[int] = set()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, position: int) -> AbstractAsyncContextManager[None]:
        """Return a context whose body runs at this position.

        Raises:
            ValueError: The position is below 0.
        """
        if operator.index(position) < 0:
            raise ValueError(NEGATIVE.format(position=position))
        place = running_place(sys._getframe(1))  # noqa: SLF001 - who calls
        return self._part(position, place)

    @asynccontextmanager
    async def _part(self, position: int, place: str) -> AsyncGenerator[None, None]:
        self._take(position, place)
        await self._turn_of(position)
        self._check_reachable(position)
        try:
            yield
        finally:
            self._ended.add(position)
            self._wake(position + 1)

    def _take(self, position: int, place: str) -> None:
        loop = asyncio.get_running_loop()
        if self._loop not in {None, loop}:
            raise RuntimeError(OTHER_LOOP.format(position=position, place=place))
        self._loop = loop
        if position in self._places:
            other = self._places[position]
            text = USED_TWICE.format(position=position, place=place, other=other)
            raise RuntimeError(text)
        self._places[position] = place
        self._check_reachable(position)

    async def _turn_of(self, position: int) -> None:
        if position - 1 in self._ended:
            return
        self._waiting[position] = asyncio.get_running_loop().create_future()
        try:
            await self._waiting[position]
        except asyncio.CancelledError:
            self._lost.add(position)
            for later in [each for each in self._waiting if each > position]:
                self._wake(later)
            raise
        finally:
            del self._waiting[position]

    def _check_reachable(self, position: int) -> None:
        lost = min(self._lost, default=position)
        if lost < position:
            raise RuntimeError(
                NEVER_REACHED.format(
                    position=position,
                    place=self._places[position],
                    lost=lost,
                    other=self._places[lost],
                )
            )

    def _wake(self, position: int) -> None:
        waiting = self._waiting.get(position)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
