"""The code under test: notices over HTTP, and a WebSocket that tells of new ones."""

from __future__ import annotations

from json import JSONDecodeError
from typing import TYPE_CHECKING

from aiohttp import WSCloseCode, web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Notices:
    """Stand in for a database: opened at startup, closed at cleanup."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.is_open = True


NOTICES = web.AppKey("NOTICES", Notices)
FEEDS = web.AppKey("FEEDS", set[web.WebSocketResponse])


async def keep_notices(app: web.Application) -> AsyncIterator[None]:
    """Open them before the first request, and close them after the last one."""
    app[NOTICES] = notices = Notices()
    yield
    notices.is_open = False


async def pin(request: web.Request) -> web.Response:
    """Add a notice, and tell all who listen."""
    try:
        text = str((await request.json())["text"])
    except (JSONDecodeError, LookupError, TypeError) as error:
        raise web.HTTPBadRequest(text="a notice is an object with a text") from error
    request.app[NOTICES].texts.append(text)
    for feed in request.app[FEEDS].copy():
        await feed.send_str(text)
    return web.json_response({"notices": len(request.app[NOTICES].texts)}, status=201)


async def read(request: web.Request) -> web.Response:
    """Return all notices."""
    return web.json_response(request.app[NOTICES].texts)


async def listen(request: web.Request) -> web.WebSocketResponse:
    """Tell of new notices until one of the two sides hangs up."""
    feed = web.WebSocketResponse()
    await feed.prepare(request)
    request.app[FEEDS].add(feed)
    try:
        await feed.send_str("listening")
        async for _ in feed:
            pass  # what a listener says is of no interest
    finally:
        request.app[FEEDS].discard(feed)
    return feed


async def say_goodbye(app: web.Application) -> None:
    """End the feeds, for which the shutdown of the server would wait otherwise."""
    for feed in app[FEEDS].copy():
        await feed.close(code=WSCloseCode.GOING_AWAY, message=b"closing time")


def make_app() -> web.Application:
    """Make a new application: one that has been started cannot be started again."""
    app = web.Application()
    app[FEEDS] = set()
    app.cleanup_ctx.append(keep_notices)
    app.on_shutdown.append(say_goodbye)
    app.add_routes(
        [
            web.get("/notices", read),
            web.post("/notices", pin),
            web.get("/feed", listen),
        ]
    )
    return app
