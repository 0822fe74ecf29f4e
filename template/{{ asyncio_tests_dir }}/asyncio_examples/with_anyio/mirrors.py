"""The code under test: written with anyio, it runs on whatever its caller runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def ask_all(*mirrors: Callable[[], Awaitable[str]]) -> str:
    """Return the first answer, and cancel the requests that are still under way."""
    answers: list[str] = []

    async def ask(mirror: Callable[[], Awaitable[str]]) -> None:
        answers.append(await mirror())
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for mirror in mirrors:
            group.start_soon(ask, mirror)
    return answers[0]
