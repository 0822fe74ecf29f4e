"""Which orders to try next.

Drawn at random, half of them give each task a priority that changes at a few points
only: few changes are enough for most races, and this finds those with a probability
that is known (Burckhardt and others, A Randomized Scheduler with Probabilistic
Guarantees of Finding Bugs, 2010). The other half choose anew each time.

Enumerated, those come first that deviate least from asyncio's own (Musuvathi and
Qadeer, Iterative Context Bounding for Systematic Testing of Multithreaded Programs,
2007).
"""

import random
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Protocol

from .order import Choice, Choose, Deviations, Follow, first_come
from .orders_seen import Node, OrdersSeen
from .settings import Settings

# Changes of priorities that are made in a run: one more than a race needs steps.
_MOST_CHANGES = 3


class Strategy(Protocol):
    """Something that knows which orders to try, one after the other."""

    def next(self) -> Choose | None:
        """Return what makes the decisions of the next run; None if it knows no more."""

    def learn(self, choices: Sequence[Choice]) -> None:
        """Hear what the decisions of that run were."""


def strategy_for(settings: Settings, seen: OrdersSeen) -> Strategy:
    """Return the strategy that a test's marker asks for."""
    if settings.is_systematic:
        return Systematic(settings.preemptions)
    return Random(settings.seed, seen)


class Random:
    """Draws orders that were not tried yet; asyncio's own is the first."""

    def __init__(self, seed: int, seen: OrdersSeen) -> None:
        """Begin.

        Args:
            seed: The same one makes the same orders.
            seen: The orders that were tried.
        """
        self._seed = seed
        self._seen = seen
        self._runs = 0
        self._decisions = 1

    def next(self) -> Choose | None:
        """Return what draws the next order."""
        self._runs += 1
        if self._runs == 1:
            return first_come
        if self._seen.all_of_them:
            return None
        # No tuple: how a text is hashed differs from process to process.
        drawn = random.Random(f"{self._seed}:{self._runs}")  # noqa: S311 - no secret
        by_priority = _ByPriority(drawn, self._decisions)
        draw: Choose = _Anew(drawn) if self._runs % 2 else by_priority
        return _Fresh(draw, self._seen.root)

    def learn(self, choices: Sequence[Choice]) -> None:
        """Know how many decisions there are to be made."""
        self._decisions = max(self._decisions, len(choices))


class _Anew:
    """Draws at each decision."""

    def __init__(self, drawn: random.Random) -> None:
        self._drawn = drawn

    def __call__(self, _index: int, candidates: tuple[int, ...]) -> int:
        return self._drawn.choice(candidates)


class _ByPriority:
    """Chooses the task of the highest priority; a few times, it then has the lowest."""

    def __init__(self, drawn: random.Random, decisions: int) -> None:
        self._drawn = drawn
        self._priorities: dict[int, float] = {}
        changes = range(drawn.randint(0, _MOST_CHANGES))
        self._changes = {drawn.randrange(decisions): -1.0 - each for each in changes}

    def __call__(self, index: int, candidates: tuple[int, ...]) -> int:
        for each in candidates:
            self._priorities.setdefault(each, self._drawn.random())
        if index in self._changes:
            highest = max(candidates, key=self._priorities.__getitem__)
            self._priorities[highest] = self._changes[index]
        return max(candidates, key=self._priorities.__getitem__)


class _Fresh:
    """Has something choose among what leads to orders that were not tried yet."""

    def __init__(self, draw: Choose, root: Node) -> None:
        self._draw = draw
        self._node: Node | None = root

    def __call__(self, index: int, candidates: tuple[int, ...]) -> int:
        if self._node is None:
            return self._draw(index, candidates)
        chosen = self._draw(index, self._node.fresh(candidates))
        self._node = self._node.after.get(chosen)
        return chosen


class Systematic:
    """Enumerates the orders by the number of their deviations from asyncio's own."""

    def __init__(self, most: int) -> None:
        """Begin with asyncio's own.

        Args:
            most: The highest number of deviations.
        """
        self._most = most
        self._current: Deviations = {}
        self._orders: Iterator[Deviations] = iter([self._current])
        self._tried: deque[tuple[Deviations, Sequence[Choice]]] = deque()

    def next(self) -> Choose | None:
        """Return what follows the next order."""
        following = next(self._orders, None)
        while following is None and self._tried:
            self._orders = _one_more(*self._tried.popleft())
            following = next(self._orders, None)
        if following is None:
            return None
        self._current = following
        return Follow(following)

    def learn(self, choices: Sequence[Choice]) -> None:
        """Know where the order could have had one deviation more."""
        if len(self._current) < self._most:
            self._tried.append((self._current, tuple(choices)))


def _one_more(
    deviations: Deviations, choices: Sequence[Choice]
) -> Iterator[Deviations]:
    """Return the orders with one more deviation, behind those of an order."""
    for index in range(max(deviations, default=-1) + 1, len(choices)):
        for other in choices[index].candidates[1:]:
            yield {**deviations, index: other}
