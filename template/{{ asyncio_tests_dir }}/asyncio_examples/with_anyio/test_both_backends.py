"""A test marked for anyio runs on asyncio and on trio, and so do its fixtures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

pytest.importorskip(
    "anyio", reason="anyio is not installed: see the requirements of the tests"
)
pytest.importorskip(
    "trio", reason="trio is not installed: see the requirements of the tests"
)

import anyio
import trio
from anyio.abc import SocketAttribute

from .mirrors import ask_all

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from anyio.abc import SocketStream

# In auto mode the mark does as it says because of conftest.py, which the checker that
# the comment speaks to does not know.
pytestmark = pytest.mark.anyio  # pta: ignore[PTA211]


async def send_page(client: SocketStream) -> None:
    """Answer whoever connects, and hang up."""
    async with client:
        await client.send(b"page")


async def fetch(port: int) -> str:
    """Read what a mirror sends."""
    async with await anyio.connect_tcp("127.0.0.1", port) as stream:
        return (await stream.receive()).decode()


# anyio's plugin takes `pytest.fixture`, and runs it in the task of the test. So a task
# group may stay open around `yield`, as it must not with pytest-asyncio.
@pytest.fixture
async def mirror() -> AsyncIterator[int]:
    """Serve on a free port, on the backend of the test, until the test is over."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener, anyio.create_task_group() as group:  # pta: ignore[PTA208]
        group.start_soon(listener.serve, send_page)
        yield listener.extra(SocketAttribute.local_port)  # noqa: S610 - not Django's
        group.cancel_scope.cancel()


async def test_a_test_runs_on_the_backend_that_it_is_named_after(
    anyio_backend_name: str,
) -> None:
    """The loops themselves are asked, since names and settings may say otherwise."""
    assert trio.lowlevel.in_trio_run() == (anyio_backend_name == "trio")


async def test_the_first_answer_ends_the_other_requests(mirror: int) -> None:
    """The limits of anyio work on both backends; those of asyncio fail on trio."""
    ended: list[str] = []

    async def never_answers() -> str:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("silent mirror")
        return "too late"

    with anyio.fail_after(5):
        assert await ask_all(never_answers, partial(fetch, mirror)) == "page"
    assert ended == ["silent mirror"]


async def test_an_error_comes_in_a_group() -> None:
    """A task group may fail in several tasks at once, on Python 3.10 too."""

    async def is_gone() -> str:
        raise ConnectionResetError

    with pytest.RaisesGroup(ConnectionResetError):
        await ask_all(is_gone)
