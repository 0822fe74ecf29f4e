"""Parts of several tasks that run one after another, and what keeps them from it."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest

from tests.utils.asyncio_helpers import Sequencer, settle
from tests.utils.asyncio_support import sequencer as sequencer_module


def line_of(text: str) -> str:
    """Say where a text stands in this file, as errors do."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    number = next(i for i, line in enumerate(lines, 1) if line.endswith(text))
    return f"{__file__}:{number} in "


async def part(
    sequencer: Sequencer, position: int, events: list[str] | None = None
) -> None:
    """Take a position, for some turns."""
    async with sequencer(position):  # in part
        if events is not None:
            events.append(f"{position} begins")
            await asyncio.sleep(0)
            events.append(f"{position} ends")


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks, and wait for their end."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


@pytest.mark.parametrize("order", [*itertools.permutations(range(4))])
async def test_bodies_run_by_number_whoever_comes_first(order: tuple[int, ...]) -> None:
    """Each when the one before has ended, not just begun."""
    sequencer, events = Sequencer(), list[str]()

    await asyncio.gather(*(part(sequencer, number, events) for number in order))

    assert events == [
        f"{number} {what}" for number in range(4) for what in ("begins", "ends")
    ]


async def test_a_task_may_have_several_parts() -> None:
    """To take turns is what it is for."""
    sequencer, said = Sequencer(), list[str]()

    async def say(**lines: str) -> None:
        for position, line in lines.items():
            async with sequencer(int(position.strip("_"))):
                said.append(line)

    await asyncio.gather(
        say(_1="Who is there?", _3="Ada who?"), say(_0="Knock knock", _2="Ada")
    )

    assert said == ["Knock knock", "Who is there?", "Ada", "Ada who?"]


async def test_a_body_that_fails_has_ended_as_well() -> None:
    """A failure may be part of the order that is tested."""
    sequencer, events = Sequencer(), list[str]()

    async def fail() -> None:
        async with sequencer(0):
            message = "boom"
            raise ValueError(message)

    next_one = asyncio.create_task(part(sequencer, 1, events))
    with pytest.raises(ValueError, match="boom"):
        await fail()
    await next_one

    assert events == ["1 begins", "1 ends"]


async def test_a_body_that_is_cancelled_has_ended_as_well() -> None:
    """Cancellation, too."""
    sequencer, events = Sequencer(), list[str]()

    async def wait() -> None:
        async with sequencer(0):
            await asyncio.Event().wait()

    first = asyncio.create_task(wait())
    second = asyncio.create_task(part(sequencer, 1, events))
    await settle()
    await end(first)
    await second

    assert events == ["1 begins", "1 ends"]


async def test_a_number_is_used_once() -> None:
    """Both lines are named, of which one has the wrong number."""
    sequencer = Sequencer()
    await part(sequencer, 0)

    with pytest.raises(RuntimeError) as raised:
        async with sequencer(0):  # once more
            raise AssertionError

    assert str(raised.value) == sequencer_module.USED_TWICE.format(
        position=0,
        place=line_of("  # once more") + "test_a_number_is_used_once",
        other=line_of("  # in part") + "part",
    )


async def test_those_after_one_that_was_cancelled_are_told() -> None:
    """They would wait for ever; those before it still come."""
    sequencer, events = Sequencer(), list[str]()
    tasks = [
        asyncio.create_task(part(sequencer, number, events)) for number in (1, 2, 3, 4)
    ]
    await settle()

    await end(tasks[1])
    await part(sequencer, 0, events)
    await asyncio.wait(tasks)

    assert events == ["0 begins", "0 ends", "1 begins", "1 ends"]
    assert tasks[1].cancelled()
    place = line_of("  # in part") + "part"
    for position, task in ((3, tasks[2]), (4, tasks[3])):
        assert str(task.exception()) == sequencer_module.NEVER_REACHED.format(
            position=position, place=place, lost=2, other=place
        )


async def test_those_who_come_after_a_cancellation_are_told_as_well() -> None:
    """When they came makes no difference."""
    sequencer = Sequencer()
    cancelled = asyncio.create_task(part(sequencer, 1))
    await settle()
    await end(cancelled)

    with pytest.raises(RuntimeError, match=r"position 2 at .* since 1 at .* was canc"):
        await part(sequencer, 2)


async def test_one_that_is_cancelled_as_its_turn_comes_is_lost_too() -> None:
    """Its body does not run, though nothing was in its way any more."""
    sequencer = Sequencer()
    one, two = (asyncio.create_task(part(sequencer, number)) for number in (1, 2))
    await settle()

    await part(sequencer, 0)
    await end(one)

    assert one.cancelled()
    with pytest.raises(RuntimeError, match=r"position 2 at .* since 1 at"):
        await two


async def test_all_may_be_cancelled_at_once() -> None:
    """As at the end of a test that failed: nothing is left to complain of."""
    sequencer = Sequencer()
    tasks = [asyncio.create_task(part(sequencer, number)) for number in (1, 2, 3)]
    await settle()

    await end(*tasks)

    assert all(task.cancelled() for task in tasks)


async def test_a_negative_position_is_refused() -> None:
    """Nothing would come before it, nor it before anything."""
    with pytest.raises(ValueError, match=r"^Sequencer: -1 is no position"):
        Sequencer()(-1)


async def test_what_is_no_number_is_refused() -> None:
    """Position 1.5 would never be reached."""
    with pytest.raises(TypeError, match="float"):
        Sequencer()(1.5)  # type: ignore[arg-type] # the mistake


def test_a_sequencer_is_for_one_loop() -> None:
    """On another one nobody could be woken."""
    sequencer = Sequencer()
    asyncio.run(part(sequencer, 0))

    with pytest.raises(RuntimeError) as raised:
        asyncio.run(part(sequencer, 1))

    assert str(raised.value) == sequencer_module.OTHER_LOOP.format(
        position=1, place=line_of("  # in part") + "part"
    )


async def test_a_position_that_is_not_entered_is_not_taken() -> None:
    """Making the context is no more than naming it."""
    sequencer = Sequencer()
    sequencer(0)

    async with sequencer(0):
        pass
