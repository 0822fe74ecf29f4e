"""The parts of the explorer that know nothing of pytest: orders, tokens, shrinking."""

from __future__ import annotations

import asyncio
import random
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from tests.utils.asyncio_support.interleavings.order import (
    CALLBACKS,
    Follow,
    Order,
    first_come,
)
from tests.utils.asyncio_support.interleavings.orders_seen import OrdersSeen
from tests.utils.asyncio_support.interleavings.ready_queue import (
    PATIENCE,
    tasks_ordered,
)
from tests.utils.asyncio_support.interleavings.schedule import Schedule
from tests.utils.asyncio_support.interleavings.sets_in_order import (
    SetInOrder,
    sets_in_order,
)
from tests.utils.asyncio_support.interleavings.settings import Settings
from tests.utils.asyncio_support.interleavings.shrinking import Shrinker
from tests.utils.asyncio_support.interleavings.strategies import strategy_for
from tests.utils.asyncio_support.interleavings.tokens import (
    BadTokenError,
    deviations_in,
    is_for,
    token_for,
)
from tests.utils.asyncio_support.loop_turns import needed_turns_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

SYSTEMATIC = Settings(mode="systematic", runs=1000, preemptions=9)
RANDOM = Settings(runs=1000)
TEST = "tests/test_a.py::test_b[c]"


async def two_tasks(log: list[str]) -> None:
    """Run two tasks that tell of each of their steps."""

    async def three_steps(name: str) -> None:
        for _ in range(3):
            log.append(name)
            await asyncio.sleep(0)

    await asyncio.gather(three_steps("a"), three_steps("b"))


async def a_task_with_a_callback(log: list[str]) -> None:
    """Run what reacts to the end of a task, beside another task."""

    async def step(name: str) -> None:
        log.append(name)

    first = asyncio.create_task(step("a"))
    first.add_done_callback(lambda _: log.append("end of a"))
    await asyncio.gather(first, step("b"))


async def one_that_polls(log: list[str]) -> None:
    """Run a task that waits, by asking in every turn, for what another one does."""

    async def poll() -> None:
        while not log:  # noqa: ASYNC110 - so do programs
            await asyncio.sleep(0)

    async def act() -> None:
        log.append("done")

    await asyncio.gather(poll(), act())


def run_in(
    order: Order | None, work: Callable[[list[str]], Coroutine[object, object, None]]
) -> str:
    """Return what some work logs in an order; None is asyncio alone."""
    log: list[str] = []
    loop = asyncio.SelectorEventLoop()
    try:
        if order is None:
            loop.run_until_complete(work(log))
        else:
            with tasks_ordered(needed_turns_of(loop, "this test"), order):
                loop.run_until_complete(work(log))
    finally:
        loop.close()
    return " ".join(log)


def explored(settings: Settings) -> list[str]:
    """Return what came of the orders that a strategy tries, in turn."""
    seen = OrdersSeen()
    strategy = strategy_for(settings, seen)
    found: list[str] = []
    for _ in range(settings.runs):
        choose = strategy.next()
        if choose is None:
            break
        order = Order(choose)
        found.append(run_in(order, two_tasks))
        seen.add(order.choices)
        strategy.learn(order.choices)
    assert seen.number == len(found), "an order was tried twice"
    return found


@pytest.mark.parametrize("work", [two_tasks, a_task_with_a_callback, one_that_polls])
def test_the_first_order_is_asyncios_own(
    work: Callable[[list[str]], Coroutine[object, object, None]],
) -> None:
    """A test that fails in it fails without the explorer, too."""
    assert run_in(Order(first_come), work) == run_in(None, work)


@pytest.mark.parametrize("settings", [SYSTEMATIC, RANDOM], ids=["systematic", "random"])
def test_all_orders_are_tried_and_then_it_ends(settings: Settings) -> None:
    """There are twenty ways to put three steps of each of two tasks in a row."""
    places = combinations(range(6), 3)
    rows = {" ".join("a" if i in p else "b" for i in range(6)) for p in places}

    found = explored(settings)

    assert set(found) == rows
    assert len(found) < settings.runs


def test_the_same_seed_draws_the_same_orders() -> None:
    """What failed in CI fails here."""
    few = Settings(runs=10, seed=3)

    assert explored(few) == explored(few)
    assert explored(few) != explored(few._replace(seed=4))


def test_a_bound_of_one_is_one_deviation() -> None:
    """From asyncio's own order: one task waits until there is nothing else to run."""
    first, second, *_, last = explored(SYSTEMATIC._replace(preemptions=1))

    assert first == "a b a b a b"
    assert second == "b b b a a a"
    assert last == first  # what was put off is the end of a task, which tells nothing


def test_callbacks_come_before_or_after_other_tasks() -> None:
    """In asyncio, that depends on when the other task became ready."""
    orders = [Order(Follow({index: 0})) for index in range(3)]

    found = {run_in(order, a_task_with_a_callback) for order in orders}

    assert "a end of a b" in found
    assert run_in(None, a_task_with_a_callback) == "a b end of a"


def test_whoever_polls_does_not_wait_for_ever() -> None:
    """A task that is put off has its turn after some time."""
    asked = 0

    def first_task(_index: int, candidates: tuple[int, ...]) -> int:
        nonlocal asked
        asked += 1
        return min(candidates)

    assert run_in(Order(first_task), one_that_polls) == "done"
    assert PATIENCE < asked < PATIENCE + 10


def test_the_loop_is_left_as_it_was() -> None:
    """What is still to be run is run, in the order in which it came."""
    log: list[str] = []
    loop = asyncio.SelectorEventLoop()
    turns = needed_turns_of(loop, "this test")
    kind = type(turns.ready)

    with tasks_ordered(turns, Order(first_come)):
        loop.call_soon(log.append, "a")
        loop.call_soon(log.append, "b")
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()

    assert log == ["a", "b"]
    assert type(turns.ready) is type(vars(loop)["_ready"]) is kind


@pytest.mark.parametrize("timers", [0, 1])
def test_what_is_ready_when_the_test_ends_goes_on_once_more(timers: int) -> None:
    """Else it would depend on the timers that are due just then."""

    async def left_behind() -> None:
        for _ in range(9):
            await asyncio.sleep(0)

    async def leaves_a_task() -> None:
        for _ in range(timers):
            asyncio.get_running_loop().call_soon(len, ())
        asyncio.create_task(left_behind())  # noqa: RUF006 - that is the fault

    loop = asyncio.new_event_loop()
    order = Order(Follow({0: CALLBACKS}))
    schedule = Schedule(order)
    with tasks_ordered(needed_turns_of(loop, "this test"), order, schedule):
        loop.run_until_complete(leaves_a_task())
        loop.run_until_complete(asyncio.sleep(0))
    asyncio.all_tasks(loop).pop().cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()

    assert [step.task for step in schedule.steps] == [1, 2]


@pytest.mark.parametrize(
    "deviations", [{}, {0: 0}, {3: 1, 4: 200, 1000: 3}, {2: -1, 3: -70}], ids=str
)
def test_a_token_names_a_test_and_an_order(deviations: Mapping[int, int]) -> None:
    """It is all that there is to find both again."""
    token = token_for(TEST, deviations)

    assert deviations_in(token) == deviations
    assert is_for(token, TEST)
    assert not is_for(token, TEST + "x")
    assert token.isalnum()


def test_a_misspelt_token_is_none() -> None:
    """Not another order of another test, wherever the letter is."""
    token = token_for(TEST, {3: 1, 4: 200})
    drawn = random.Random(1)  # noqa: S311 - no secret
    wrong = 0

    for place in range(len(token)):
        other = drawn.choice([each for each in "abcdefg234567" if each != token[place]])
        try:
            deviations_in(token[:place] + other + token[place + 1 :])
        except BadTokenError:
            wrong += 1

    # One in 256 passes; in one of the last letters, some bits mean nothing.
    assert wrong >= len(token) - 1
    for text in ("", "a", "no token", "ä", token[:-3], token + "a"):
        with pytest.raises(BadTokenError, match="is no token of this version"):
            deviations_in(text)


def test_shrinking_keeps_what_the_failure_needs() -> None:
    """And nothing else: every deviation is a step that somebody has to understand."""
    needed = {(7, 2), (40, 3)}
    runs = 0

    def fails(deviations: Mapping[int, int]) -> dict[int, int] | None:
        nonlocal runs
        runs += 1
        return dict(deviations) if needed <= set(deviations.items()) else None

    found = Shrinker(fails, 100).shrink(dict.fromkeys(range(39), 2) | {40: 3, 41: 1})

    assert set(found.items()) == needed
    assert runs < 100


def test_shrinking_ends_when_it_has_cost_enough() -> None:
    """What it has by then fails as well."""
    found = Shrinker(lambda given: None if len(given) < 5 else dict(given), 3).shrink(
        dict.fromkeys(range(64), 2)
    )

    assert 5 <= len(found) < 64


def test_sets_of_asyncios_are_gone_through_in_order() -> None:
    """Their own order is another one in every process."""
    started: list[int] = []

    async def start(number: int) -> None:
        started.append(number)

    async def start_all() -> None:
        for each in asyncio.as_completed([start(number) for number in range(50)]):
            await each

    with sets_in_order():
        asyncio.run(start_all())
    things = SetInOrder("cab")
    things |= {"d"}
    things.discard("a")
    things.add("e")

    assert started == list(range(50))
    assert set(things) == {*"bcde"}
    assert "".join(things).replace("d", "") == "cbe"
    assert "set" not in vars(asyncio.tasks)
