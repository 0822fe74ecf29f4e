"""Each example opens what it changes: a fixture would be made once for all of them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

pytest.importorskip(
    "hypothesis",
    reason="hypothesis is not installed: see the requirements of the tests",
)

from hypothesis import assume, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

# All examples of all tests share the server, and so the loop that it was made on.
pytestmark = pytest.mark.asyncio(loop_scope="module")

# See test_properties.py for the reasons.
quick = settings(max_examples=20, deadline=None, derandomize=True)
name_lists = st.lists(st.sampled_from(["Ada", "Edsger", "Grace"]), max_size=5)


class Room:
    """Stand in for what tests change: nobody is let in twice."""

    def __init__(self) -> None:
        self.door: asyncio.Queue[str] = asyncio.Queue()
        self.guests: list[str] = []

    async def let_in(self) -> None:
        """Let in whoever is at the door, for ever."""
        while True:
            name = await self.door.get()
            if name not in self.guests:
                self.guests.append(name)
            self.door.task_done()


class Server:
    """Stand in for what is expensive to start, and has rooms for everybody."""

    @asynccontextmanager
    async def new_room(self) -> AsyncGenerator[Room, None]:
        """Open a room, and close it however the block ends."""
        room = Room()
        porter = asyncio.create_task(room.let_in())
        try:
            yield room
        finally:
            porter.cancel()
            await asyncio.wait([porter])


# Were it of function scope, Hypothesis would refuse it: each example wants its own.
@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> Server:
    """Kept for all examples of all tests of this module."""
    return Server()


@quick
@given(names=name_lists)
async def test_each_example_has_a_new_room(server: Server, names: list[str]) -> None:
    """In a room for all examples, each would meet the guests of those before."""
    async with server.new_room() as room:
        for name in names:
            room.door.put_nowait(name)
        await room.door.join()
        assert room.guests == [*dict.fromkeys(names)]


@quick
@given(names=name_lists)
async def test_no_example_leaves_anything(server: Server, names: list[str]) -> None:
    """The loop goes on: clean up after each, also where `assume` ends it early."""
    assert asyncio.all_tasks() == {asyncio.current_task()}
    async with server.new_room():
        assume(names)
