"""A test waits for a state, with a limit; it never sleeps and hopes."""

import asyncio

import pytest

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import run_with_timeout

# copier: endfilter
pytestmark = pytest.mark.asyncio


async def test_an_event_says_that_something_has_happened() -> None:
    """Use it for what happens once: started, connected, stopped."""
    events: list[str] = []
    is_connected = asyncio.Event()

    async def connect() -> None:
        events.append("connected")
        is_connected.set()

    task = asyncio.create_task(connect())
    await run_with_timeout(is_connected.wait())
    events.append("seen")

    await task
    assert events == ["connected", "seen"]


async def test_a_condition_waits_until_a_value_is_right() -> None:
    """Use it for what changes several times: a count, a state machine."""
    changed = asyncio.Condition()
    stored: list[int] = []

    async def store() -> None:
        for number in (1, 2, 3):
            async with changed:
                stored.append(number)
                changed.notify_all()

    task = asyncio.create_task(store())
    async with changed:
        await run_with_timeout(changed.wait_for(lambda: len(stored) >= 3))

    await task
    assert stored == [1, 2, 3]


async def test_a_queue_hands_over_one_thing_after_another() -> None:
    """Use it for what must be looked at one by one: messages, requests."""
    messages: asyncio.Queue[str] = asyncio.Queue()

    async def publish() -> None:
        for message in ("ready", "steady", "go"):
            await messages.put(message)

    task = asyncio.create_task(publish())
    received = [await run_with_timeout(messages.get()) for _ in range(3)]

    await task
    assert received == ["ready", "steady", "go"]
