"""Random programs: under the virtual clock happens what happens on a real loop.

The same code does the same steps in both worlds, and tells who does what, in which slot
of time; the stories must be the same from the first word to the last. Programs that
wait for ever must be found to be deadlocks, and no others.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from timed_programs import programs, sleepers, smaller
from timed_worlds import differing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

    from timed_run import Body
    from timed_worlds import Difference

    Compare = Callable[[Sequence[Body]], list[Difference]]

ROUNDS = 20  # of making a program smaller


@pytest.fixture
def compare(render: Callable[..., Path], tmp_path: Path) -> Compare:
    """Return a function that runs programs in both worlds, and tells which differ."""
    places = (tmp_path / f"run_{number}" for number in count())
    return lambda bodies: differing(bodies, render(), next(places))


def generated(strategy: SearchStrategy[Body], number: int) -> list[Body]:
    """Have Hypothesis make some programs, each another one."""
    made: dict[str, Body] = {}

    @settings(
        max_examples=2 * number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(strategy)
    def collect(body: Body) -> None:
        made[json.dumps(body)] = body

    collect()
    assert len(made) >= number
    return list(made.values())[:number]


def assert_none_differs(bodies: Sequence[Body], compare: Compare) -> None:
    """Fail with the smallest program that comes of one which differs."""
    found = compare(bodies)
    if found:
        smallest = _smallest(found[0], compare)
        pytest.fail(f"{len(found)} differ, one of which comes down to\n{smallest}")


def _smallest(difference: Difference, compare: Compare) -> Difference:
    for _ in range(ROUNDS):
        candidates = list(smaller(difference.body))
        still = compare(sorted(candidates, key=lambda body: len(str(body))))
        if not still:
            break
        difference = still[0]
    return difference


@pytest.mark.parametrize("number", [60, pytest.param(1000, marks=pytest.mark.release)])
def test_on_virtual_time_the_same_happens_as_on_real_time(
    number: int, compare: Compare
) -> None:
    """What a test shows there would else say nothing of the code in use."""
    assert_none_differs(generated(programs, number), compare)


def test_equal_deadlines_come_in_the_order_in_which_they_were_set(
    compare: Compare,
) -> None:
    """On a real loop they are never equal: who began to sleep first wakes first."""
    assert_none_differs(generated(sleepers, 60), compare)
