"""What the marker `interleavings` says."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

NAME = "interleavings"
BAD_MARKER = (
    "the marker interleavings takes {allowed}, as in "
    "@pytest.mark.interleavings({example}); this test's has {given}"
)

_RANDOM, _SYSTEMATIC = "random", "systematic"
_EXAMPLES = {
    _RANDOM: "runs=200, seed=7",
    _SYSTEMATIC: 'mode="systematic", preemptions=3',
}
_ALLOWED = {
    _RANDOM: "by name: runs, a number of orders from 1, and seed, an integer; or "
    'mode="systematic" with runs and preemptions',
    _SYSTEMATIC: "in systematic mode, by name: runs, a number of orders from 1, and "
    "preemptions, the deviations of an order from asyncio's own, from 0",
}


class Settings(NamedTuple):
    """How a test is to be explored.

    Attributes:
        mode: `random` or `systematic`.
        runs: The number of orders to try at most.
        seed: What random orders are made from: the same ones in every run.
        preemptions: How often a systematic order may deviate from asyncio's own.
    """

    mode: str = _RANDOM
    runs: int = 100
    seed: int = 0
    preemptions: int = 2

    @property
    def is_systematic(self) -> bool:
        """Tell whether orders are enumerated, not drawn."""
        return self.mode == _SYSTEMATIC


class BadMarkerError(Exception):
    """A marker has arguments that it does not take; says so."""


def read_settings(mark: pytest.Mark) -> Settings:
    """Return what a marker says.

    Raises:
        BadMarkerError: It has other arguments.
    """
    mode = mark.kwargs.get("mode", _RANDOM)
    allowed = _lowest(mode)
    if not mark.args and all(_is_good(allowed, *each) for each in mark.kwargs.items()):
        return Settings(**mark.kwargs)
    known = _SYSTEMATIC if mode == _SYSTEMATIC else _RANDOM
    raise BadMarkerError(
        BAD_MARKER.format(
            allowed=_ALLOWED[known], example=_EXAMPLES[known], given=_shown(mark)
        )
    )


def _lowest(mode: object) -> Mapping[str, float]:
    """Return the lowest value of each argument in a mode."""
    if mode == _SYSTEMATIC:
        return {"runs": 1, "preemptions": 0}
    return {"runs": 1, "seed": float("-inf")}


def _is_good(lowest: Mapping[str, float], name: str, value: Any) -> bool:
    if name == "mode":
        return value in {_RANDOM, _SYSTEMATIC}
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and name in lowest and bool(value >= lowest[name])


def _shown(mark: pytest.Mark) -> str:
    named = [f"{name}={value!r}" for name, value in mark.kwargs.items()]
    return f"({', '.join([*map(repr, mark.args), *named])})"
