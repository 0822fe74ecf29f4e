"""A task has its own copy of the context, so concurrent requests do not mix."""

import asyncio
from contextvars import ContextVar

import pytest

pytestmark = pytest.mark.asyncio

user: ContextVar[str] = ContextVar("user", default="nobody")


class Desk:
    """Stand in for the code under test: serve two requests that overlap in time."""

    def __init__(self) -> None:
        self._waiting = 0
        self._both_wait = asyncio.Event()

    async def handle(self, name: str) -> str:
        """Set the user, let the other request do the same, and return the user."""
        user.set(name)
        self._waiting += 1
        if self._waiting == 2:
            self._both_wait.set()
        await self._both_wait.wait()
        return user.get()


async def test_concurrent_tasks_each_see_their_own_value() -> None:
    """`gather` makes a task of each call, and each task has its own context."""
    desk = Desk()

    users = [*await asyncio.gather(desk.handle("Ada"), desk.handle("Grace"))]

    assert users == ["Ada", "Grace"]


async def test_a_task_starts_with_the_values_of_its_creator() -> None:
    """The copy is made when the task is created, not when it first runs."""

    async def current_user() -> str:
        return user.get()

    user.set("Ada")
    task = asyncio.create_task(current_user())
    user.set("Grace")

    assert await task == "Ada"


async def test_what_a_task_sets_stays_in_the_task() -> None:
    """To hand a value back, return it."""

    async def log_in() -> None:
        user.set("Ada")

    await asyncio.create_task(log_in())

    assert user.get() == "nobody"
