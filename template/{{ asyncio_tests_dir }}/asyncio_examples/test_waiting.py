"""A test waits for a state, with a limit; it never sleeps and hopes."""

import asyncio

import pytest

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import run_with_timeout, settle, wait_until

# copier: endfilter
pytestmark = pytest.mark.asyncio


class Mailbox:
    """Stand in for the code under test: letters are read once it is opened."""

    def __init__(self) -> None:
        self.is_open = asyncio.Event()
        self.letters: asyncio.Queue[str] = asyncio.Queue()
        self.read: list[str] = []

    async def read_all(self) -> None:
        """Wait until it is opened, then read for ever."""
        await self.is_open.wait()
        while True:
            self.read.append(await self.letters.get())


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


async def test_what_tells_nobody_is_waited_for_by_looking() -> None:
    """`wait_until` looks in every turn of the loop, and fails by naming the lambda."""
    mailbox = Mailbox()
    reader = asyncio.create_task(mailbox.read_all())
    mailbox.is_open.set()

    for letter in ("from Ada", "from Grace"):
        mailbox.letters.put_nowait(letter)
    await wait_until(lambda: len(mailbox.read) == 2)

    reader.cancel()
    await asyncio.wait([reader])
    assert mailbox.read == ["from Ada", "from Grace"]


async def test_what_must_not_happen_has_had_its_chance() -> None:
    """`settle` lets every task run up to where it waits for something else."""
    mailbox = Mailbox()
    reader = asyncio.create_task(mailbox.read_all())
    mailbox.letters.put_nowait("from Ada")

    await settle()

    reader.cancel()
    await asyncio.wait([reader])
    assert mailbox.read == []
