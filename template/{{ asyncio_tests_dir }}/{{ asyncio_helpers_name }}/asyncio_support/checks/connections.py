"""Servers and connections of the loop's that nobody closed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, ClassVar, NamedTuple

from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover, WatchedLoop
from ..safety_net.patching import Patches
from ..safety_net.places import made_here
from ..safety_net.registry import Made, Registry

_SECTION = "Left behind"
OPEN_SERVER = Check(
    "open_server",
    "a server was still listening",
    "`async with server:` closes it; or close() it and await wait_closed()",
    _SECTION,
)
OPEN_TRANSPORT = Check(
    "open_transport",
    "a connection was still open",
    "close() the writer or transport, and await writer.wait_closed()",
    _SECTION,
)

_MAKERS = (
    *("create_server", "create_unix_server"),
    *("create_connection", "create_unix_connection", "create_datagram_endpoint"),
    *("connect_accepted_socket", "connect_read_pipe", "connect_write_pipe"),
)


class _Open(NamedTuple):
    loop: asyncio.AbstractEventLoop
    transport: asyncio.BaseTransport


class TheGuard(Guard):
    """Notes every server and client connection that is made."""

    checks: ClassVar = (OPEN_SERVER, OPEN_TRANSPORT)

    def install(self, patches: Patches) -> None:
        """Look at writers that are dropped."""
        self._servers = Registry[asyncio.AbstractServer]()
        self._transports = Registry[_Open]()
        self.held = (self._servers.made, self._transports.made)
        if hasattr(asyncio.StreamWriter, "__del__"):
            patches.wrap(asyncio.StreamWriter, "__del__", self._drop_writer)

    def watch_loops(
        self, loop_class: type[asyncio.AbstractEventLoop], patches: Patches
    ) -> None:
        """Look at what makes servers and connections."""
        for name in _MAKERS:
            # asyncio's base class has none for Unix sockets.
            is_lacking = "unix" in name and loop_class is asyncio.BaseEventLoop
            owner = asyncio.SelectorEventLoop if is_lacking else loop_class
            is_server = name.endswith("server")
            note = self._note_server if is_server else self._note_transport
            patches.wrap(owner, name, note)

    def _drop_writer(
        self, original: Callable[[asyncio.StreamWriter], None]
    ) -> Callable[[asyncio.StreamWriter], None]:
        """Find a writer that is dropped: asyncio would close it, with a warning."""

        def drop(writer: asyncio.StreamWriter) -> None:
            for made in self._transports:
                opened = made.thing()
                if opened is None or opened.transport is not writer.transport:
                    continue
                if not opened.transport.is_closing():
                    finding = _still_open(made)
                    self.net.found(finding)
                    if self.net.fails(finding):
                        opened.transport.close()
            original(writer)

        return drop

    def _note_server(
        self, original: Callable[..., Awaitable[Any]]
    ) -> Callable[..., Awaitable[Any]]:
        async def create(*args: object, **named: object) -> object:
            place = made_here()
            server = await original(*args, **named)
            if place:
                self._servers.add(server, place)
            return server

        return create

    def _note_transport(
        self, original: Callable[..., Awaitable[Any]]
    ) -> Callable[..., Awaitable[Any]]:
        async def create(*args: object, **named: object) -> object:
            place = made_here()
            transport, protocol = await original(*args, **named)
            if place:
                loop = asyncio.get_running_loop()
                self._transports.keep(_Open(loop, transport), place)
            return transport, protocol

        return create

    def left_on_loop(self, watched: WatchedLoop) -> Iterable[Leftover]:
        """Return what is open."""
        yield from self._open_servers(watched)
        yield from self._open_transports(watched)

    def _open_servers(self, watched: WatchedLoop) -> Iterable[Leftover]:
        for made in self._servers:
            server = made.thing()
            if server is None or not server.is_serving():
                self._servers.forget(made)
            elif server.get_loop() is watched.loop and watched.is_over(made.owner):
                what = f"a server was still listening{_address(server)}"
                finding = Finding(OPEN_SERVER, what, made.place, owner=made.owner)
                forget = partial(self._servers.forget, made)
                yield Leftover(finding, forget, server.close)

    def _open_transports(self, watched: WatchedLoop) -> Iterable[Leftover]:
        for made in self._transports:
            opened = made.thing()
            if opened is None or opened.transport.is_closing():
                self._transports.forget(made)
            elif opened.loop is watched.loop and watched.is_over(made.owner):
                forget = partial(self._transports.forget, made)
                yield Leftover(_still_open(made), forget, opened.transport.close)


def _still_open(made: Made[_Open]) -> Finding:
    opened = made.thing()
    peer = opened and opened.transport.get_extra_info("peername")
    what = "a connection was still open" + (f" to {peer}" if peer else "")
    return Finding(OPEN_TRANSPORT, what, made.place, owner=made.owner)


def _address(server: asyncio.AbstractServer) -> str:
    sockets = getattr(server, "sockets", ())
    return f" on {sockets[0].getsockname()}" if sockets else ""
