"""One order of tasks: what was there to choose from, and what was chosen.

Tasks have numbers: 1 is the test's own, the others follow as they are first ready;
those that were there before the test have negative ones. A number of 0 is no task: the
loop's callbacks come first.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

CALLBACKS = 0

# Which task, by the number of the decision at which it is not asyncio's own choice.
Deviations = Mapping[int, int]
# Is given the number of the decision and the tasks to choose from, asyncio's own first.
Choose = Callable[[int, tuple[int, ...]], int]


class Choice(NamedTuple):
    """A decision.

    Attributes:
        candidates: The tasks that were ready, asyncio's own choice first.
        chosen: The one that was chosen.
    """

    candidates: tuple[int, ...]
    chosen: int


class Order:
    """The order of a run: chosen step by step, and known afterwards.

    Attributes:
        choices: All decisions so far.
    """

    def __init__(self, choose: Choose) -> None:
        """Begin.

        Args:
            choose: Makes each decision.
        """
        self.choices: list[Choice] = []
        self._choose = choose

    def choose(self, candidates: tuple[int, ...]) -> int:
        """Return which of at least two tasks runs next."""
        chosen = self._choose(len(self.choices), candidates)
        self.choices.append(Choice(candidates, chosen))
        return chosen

    def deviations(self) -> dict[int, int]:
        """Return where the order differs from asyncio's own."""
        return deviations_of(self.choices)


def deviations_of(choices: Sequence[Choice]) -> dict[int, int]:
    """Return where some choices differ from asyncio's own."""
    return {
        index: each.chosen
        for index, each in enumerate(choices)
        if each.chosen != each.candidates[0]
    }


def first_come(_index: int, candidates: tuple[int, ...]) -> int:
    """Choose what asyncio does."""
    return candidates[0]


class Follow:
    """Chooses what some deviations say, else what asyncio does."""

    def __init__(self, deviations: Deviations) -> None:
        """Know the deviations."""
        self._misfits: list[int] = []
        self._left = dict(deviations)

    def __call__(self, index: int, candidates: tuple[int, ...]) -> int:
        """Choose."""
        wanted = self._left.pop(index, candidates[0])
        if wanted in candidates:
            return wanted
        self._misfits.append(index)
        return candidates[0]

    @property
    def misfit(self) -> int | None:
        """Return the first decision that could not be made as they say, if any."""
        return next(iter([*self._misfits, *sorted(self._left)]), None)
