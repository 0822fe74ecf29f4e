"""Random programs about time: sleeps, limits, timers, and tasks that meet.

They are data, for `timed_steps` to run: on a real loop and under the virtual clock.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from timed_run import Body

    Strategy = some.SearchStrategy[Any]

_SLOTS = some.sampled_from([0, *range(1, 8), *range(1, 8)])
_LIMIT = some.none() | _SLOTS
_ONE_OF_TWO = some.integers(0, 1)
_NUMBER = some.integers(0, 9)
_UNTIL = some.sampled_from(["ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION"])
_ERRORS = some.sampled_from(["raised", "returned"])

LEAVES: dict[str, list[Strategy]] = {
    "sleep": [_SLOTS],
    "crowd": [_SLOTS],
    "fail": [],
    "event": [_ONE_OF_TWO],
    "event_in_time": [_ONE_OF_TWO, _SLOTS],
    "set": [_ONE_OF_TWO],
    "clear": [_ONE_OF_TWO],
    "condition": [],
    "condition_in_time": [_SLOTS],
    "notify": [some.integers(1, 2)],
    "put": [_ONE_OF_TWO, _NUMBER],
    "get": [_ONE_OF_TWO],
    "get_in_time": [_ONE_OF_TWO, _SLOTS],
    "join": [_ONE_OF_TWO],
    "future": [],
    "set_later": [_SLOTS, _ONE_OF_TWO],
    "tell_later": [_SLOTS],
    "cancel": [_NUMBER],
    "cancel_later": [_SLOTS, _NUMBER],
    "await": [_NUMBER],
}
if sys.version_info >= (3, 11):
    LEAVES["barrier"] = []
# What lets time pass, and what ends waiting: else, most programs would soon be stuck.
_OFTEN = ["sleep"] * 14 + ["set_later", "cancel_later", "set", "put", "notify"] * 3


def _containers(body: Strategy) -> dict[str, list[Strategy]]:
    bodies = some.lists(body, min_size=1, max_size=3)
    kinds = {
        "repeat": [body],
        "attempt": [body],
        "finally": [body, body],
        "resist": [body],
        "wait_for": [_SLOTS, body],
        "lock": [_ONE_OF_TWO, body],
        "lock_in_time": [_ONE_OF_TWO, _SLOTS, body],
        "semaphore": [body],
        "spawn": [body],
        "shield": [body],
        "gather": [_ERRORS, bodies],
        "wait": [_UNTIL, _LIMIT, bodies],
        "as_completed": [_LIMIT, bodies],
    }
    if sys.version_info >= (3, 11):
        kinds |= {
            "timeout": [_SLOTS, body],
            "moved_timeout": [_SLOTS, body],
            "group": [body, bodies],
        }
    return kinds


def _step(kind: str, parts: list[Strategy]) -> Strategy:
    return some.tuples(some.just(kind), *parts).map(list)


def _steps(depth: int) -> Strategy:
    """Return steps that have others inside, to some depth."""
    kinds = [_step(kind, LEAVES[kind]) for kind in [*LEAVES, *_OFTEN]]
    if depth:
        body = some.lists(_steps(depth - 1), min_size=1, max_size=3)
        kinds += [_step(kind, parts) for kind, parts in _containers(body).items()] * 2
    return some.sampled_from(kinds).flatmap(lambda kind: kind)


# Several tasks from the beginning; some are cancelled where they are after some time.
_BODIES = some.lists(
    some.lists(_steps(2), min_size=2, max_size=6), min_size=2, max_size=5
)
programs: some.SearchStrategy[Body] = _step(
    "wait", [some.just("ALL_COMPLETED"), some.none() | some.integers(8, 20), _BODIES]
).map(lambda step: [step])

# Sleeps alone, many of which end at the same time, but only those of tasks that have
# slept alike: else it is how late the others were that decides on a real loop.
_NAPS = [_step("nap", [some.sampled_from([slots, 2 * slots])]) for slots in (1, 3, 9)]
_SLEEPER = some.integers(1, 3).flatmap(lambda number: some.tuples(*_NAPS[:number]))
sleepers: some.SearchStrategy[Body] = _step(
    "gather", [_ERRORS, some.lists(_SLEEPER.map(list), min_size=4, max_size=16)]
).map(lambda step: [step])


def smaller(body: Body) -> Iterator[Body]:
    """Return all that lack one step, or one body of a step that has several."""
    for index, step in enumerate(body):
        before, after = body[:index], body[index + 1 :]
        yield before + after
        for position, part in enumerate(step):
            if isinstance(part, list):
                for instead in _smaller_part(part):
                    with_less = [*step[:position], instead, *step[position + 1 :]]
                    yield [*before, with_less, *after]


def _smaller_part(part: Any) -> Iterator[list[Any]]:
    if part and part[0] and isinstance(part[0][0], str):
        yield from smaller(part)
        return
    for index, body in enumerate(part):
        before, after = part[:index], part[index + 1 :]
        if before or after:
            yield before + after
        for instead in smaller(body):
            yield [*before, instead, *after]
