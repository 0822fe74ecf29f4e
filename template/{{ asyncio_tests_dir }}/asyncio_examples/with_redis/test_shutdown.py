"""A consumer ends without losing a message: told to, cancelled, or by an error."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

pytest.importorskip(
    "redis", reason="redis is not installed: see the requirements of the tests"
)
pytest.importorskip(
    "fakeredis", reason="fakeredis is not installed: see the requirements of the tests"
)

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import run_with_timeout, wait_until

from .inbox import GROUP, Consumer

if TYPE_CHECKING:
    from redis.asyncio import Redis

# copier: endfilter
# The client is connected on the loop of its fixture, which is that of each test.
pytestmark = pytest.mark.asyncio(loop_scope="function")


class Handler:
    """Holds each message until it is told to go on."""

    def __init__(self) -> None:
        """Say what tests wait for."""
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self.handled: list[str] = []

    async def __call__(self, message: dict[str, str]) -> None:
        """Handle a message."""
        self.begun.set()
        await self.go_on.wait()
        self.handled.append(message["text"])


async def test_the_message_in_hand_is_finished_and_no_other_taken(
    client: Redis, prefix: str
) -> None:
    """Whoever deploys waits for one message, not for all that there are."""
    stream, handler = f"{prefix}:inbox", Handler()
    for text in ("first", "second"):
        await client.xadd(stream, {"text": text})
    consumer = Consumer(client, stream, "ada", handler)
    running = asyncio.create_task(consumer.run())
    await run_with_timeout(handler.begun.wait())

    await run_with_timeout(consumer.stop())
    handler.go_on.set()
    await run_with_timeout(running)

    assert handler.handled == ["first"]
    assert (await client.xpending(stream, GROUP))["pending"] == 0


async def test_a_consumer_that_waits_stops_at_once(client: Redis, prefix: str) -> None:
    """Not when the server has no more patience, which takes two seconds."""
    consumer = Consumer(client, f"{prefix}:inbox", "ada", Handler())
    running = asyncio.create_task(consumer.run())
    await wait_until(lambda: consumer.is_reading)

    await run_with_timeout(consumer.stop(), timeout=1)
    await run_with_timeout(running)


async def test_what_a_cancelled_consumer_had_in_hand_is_taken_over(
    client: Redis, prefix: str
) -> None:
    """A process that is killed cannot hand anything back."""
    stream, killed, next_one = f"{prefix}:inbox", Handler(), Handler()
    next_one.go_on.set()
    await client.xadd(stream, {"text": "hello"})
    running = asyncio.create_task(Consumer(client, stream, "ada", killed).run())
    await run_with_timeout(killed.begun.wait())
    running.cancel()
    await asyncio.wait({running})

    successor = Consumer(client, stream, "bob", next_one, min_idle=0)
    running = asyncio.create_task(successor.run())
    await wait_until(lambda: next_one.handled == ["hello"])
    await run_with_timeout(successor.stop())
    await run_with_timeout(running)
