"""A consumer takes messages in order, and acknowledges those that it has handled."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
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
    from collections.abc import AsyncGenerator

    from redis.asyncio import Redis

# copier: endfilter
# The client is connected on the loop of its fixture, which is that of each test.
pytestmark = pytest.mark.asyncio(loop_scope="function")


@asynccontextmanager
async def running(*consumers: Consumer) -> AsyncGenerator[None, None]:
    """Stop all of them in the end, also when a test fails: no task is left behind."""
    tasks = [asyncio.create_task(each.run()) for each in consumers]
    try:
        yield
    finally:
        for each in consumers:
            await run_with_timeout(each.stop())
        await run_with_timeout(asyncio.gather(*tasks))


async def test_messages_are_handled_in_the_order_they_were_sent(
    client: Redis, prefix: str
) -> None:
    """Those that were sent before the consumer started count as well."""
    handled: list[str] = []

    async def handle(message: dict[str, str]) -> None:
        handled.append(message["text"])

    stream = f"{prefix}:inbox"
    await client.xadd(stream, {"text": "before"})
    async with running(Consumer(client, stream, "ada", handle)):
        await wait_until(lambda: handled == ["before"])
        for text in ("first", "second"):
            await client.xadd(stream, {"text": text})
        await wait_until(lambda: len(handled) == 3)

    assert handled == ["before", "first", "second"]
    assert (await client.xpending(stream, GROUP))["pending"] == 0


async def test_a_message_that_fails_does_not_stop_those_behind_it(
    client: Redis, prefix: str
) -> None:
    """It is not acknowledged either, so that it is tried again later."""
    handled: list[str] = []

    async def handle(message: dict[str, str]) -> None:
        if message["text"] == "bad":
            msg = "not this one"
            raise ValueError(msg)
        handled.append(message["text"])

    stream = f"{prefix}:inbox"
    async with running(Consumer(client, stream, "ada", handle)):
        for text in ("bad", "good"):
            await client.xadd(stream, {"text": text})
        await wait_until(lambda: handled == ["good"])

    assert (await client.xpending(stream, GROUP))["pending"] == 1
