"""Sockets that nobody closed, beside those of connections, which the loop closes."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar

from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover
from ..safety_net.patching import Patches
from ..safety_net.places import made_here
from ..safety_net.registry import Made, Registry

OPEN_SOCKET = Check(
    "open_socket",
    "a socket was still open, or was dropped without being closed",
    "`with socket.socket() as s:` closes it, as does s.close()",
    "Left behind",
)

# The warning of a socket that is dropped; since Python 3.14 only its text names it.
_UNCLOSED = re.compile(r"unclosed <socket\.socket fd=(\d+)")
_ASYNCIO = str(Path(asyncio.__file__).parent) + os.sep


class TheGuard(Guard):
    """Notes every socket that user code makes, and takes those that are closed off."""

    checks: ClassVar = (OPEN_SOCKET,)

    def install(self, patches: Patches) -> None:
        """Look at what makes and closes them."""
        self._sockets = Registry[socket.socket]()
        self.held = (self._sockets.made,)
        self._open: dict[int, Made[socket.socket]] = {}  # by file descriptor
        patches.wrap(socket.socket, "__init__", self._note)
        patches.wrap(socket.socket, "close", self._forget)
        patches.wrap(socket.socket, "detach", self._forget)
        patches.wrap(sys, "unraisablehook", self._hush)

    def _hush(self, original: Callable[[Any], object]) -> Callable[[Any], object]:
        """Keep pytest from complaining of a socket that is reported here."""

        def hook(unraisable: Any, /) -> object:
            named = _UNCLOSED.match(str(unraisable.exc_value))
            made = self._open.get(int(named[1])) if named else None
            if made is not None and self.net.fails(_finding(made)):
                return None
            return original(unraisable)

        return hook

    def _note(self, original: Callable[..., None]) -> Callable[..., None]:
        def init(made: socket.socket, *args: Any, **named: Any) -> None:
            original(made, *args, **named)
            if _is_of_asyncio(sys._getframe(1)):  # noqa: SLF001 - who made it
                return
            place = made_here()
            if place:
                self._hand_over(made.fileno())
                self._open[made.fileno()] = self._sockets.add(made, place)

        return init

    def _hand_over(self, descriptor: int) -> None:
        """Let go of a socket whose descriptor another one takes, as `ssl` does."""
        before = self._open.get(descriptor)
        if before is not None and before.thing() is not None:
            self._sockets.forget(before)

    def _forget(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def end(ended: socket.socket) -> object:
            made = self._open.get(ended.fileno()) if self._open else None
            if made is not None and made.thing() is ended:
                del self._open[ended.fileno()]
                self._sockets.forget(made)
            return original(ended)

        return end

    def left_behind(self) -> Iterable[Leftover]:
        """Return the sockets that were never closed."""
        for made in self._sockets.of_those_over():
            forget = partial(self._sockets.forget, made)
            yield Leftover(_finding(made), forget, partial(_end, made))


def _finding(made: Made[socket.socket]) -> Finding:
    state = "dropped without being closed" if made.thing() is None else "still open"
    return Finding(OPEN_SOCKET, f"a socket was {state}", made.place, owner=made.owner)


def _end(made: Made[socket.socket]) -> None:
    left = made.thing()
    if left is not None:
        left.close()


def _is_of_asyncio(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code.co_filename == socket.__file__:
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith(_ASYNCIO)
