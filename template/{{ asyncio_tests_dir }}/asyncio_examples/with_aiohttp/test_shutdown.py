"""A server that is shut down finishes what it has begun, if that comes to an end."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip(
    "aiohttp", reason="aiohttp is not installed: see the requirements of the tests"
)

from aiohttp import ClientConnectionError, web
from aiohttp.test_utils import TestClient, TestServer

from .noticeboard import NOTICES, make_app

# Each test starts a server and closes it by itself, and all of that on one loop.
pytestmark = pytest.mark.asyncio(loop_scope="function")


class Census:
    """Stand in for the code under test: a request that takes long."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.enough = asyncio.Event()

    async def count(self, request: web.Request) -> web.Response:
        """Count until it is enough, and need the notices for that."""
        self.begun.set()
        await self.enough.wait()
        return web.json_response({"notices are open": request.app[NOTICES].is_open})

    async def come_to_an_end(self, _: web.Application) -> None:
        """Tell the request that the server shuts down."""
        self.enough.set()


async def test_a_request_under_way_is_answered() -> None:
    """What requests need is closed after the last of them, and not before."""
    census, app = Census(), make_app()
    app.router.add_get("/census", census.count)
    app.on_shutdown.append(census.come_to_an_end)

    async with TestClient(TestServer(app)) as board:
        request = asyncio.create_task(board.get("/census"))
        await census.begun.wait()
        await board.server.close()
        answer = await (await request).json()

    assert answer == {"notices are open": True}
    assert not app[NOTICES].is_open


# aiohttp gives it a minute, and a second one: on this clock, they take no time.
@pytest.mark.virtual_clock(otherwise="skip")
async def test_a_request_without_end_is_cancelled() -> None:
    """It costs the server its time limit, and the client its answer."""
    census, app = Census(), make_app()
    app.router.add_get("/census", census.count)

    async with TestClient(TestServer(app)) as board:
        request = asyncio.create_task(board.get("/census"))
        await census.begun.wait()
        await board.server.close()
        with pytest.raises(ClientConnectionError):
            await request

    assert not app[NOTICES].is_open
