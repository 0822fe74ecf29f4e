"""What a loop listens to, and whether it is about to bring something.

- A connection whose other end is on the same loop brings what has been sent on it, at
  once. It counts from a send until the other end has heard it.
- Any other connection, pipe or descriptor counts while a task waits for what it brings,
  or anybody until something is so.
- A socket that is being connected counts. One that listens for connections does not.
"""

import asyncio
import os
import selectors
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..loop_turns import LoopTurns
from ..real_time import now
from ..safety_net.patching import Patches
from .reachable import awaited_futures, leads_to

# Seconds in which what was sent over the loopback interface arrives: at once, but for a
# machine so busy that its kernel puts it off.
ARRIVAL = 0.05
_SENDS = ("send", "sendall", "sendmsg", "sendto")


class _Socket(NamedTuple):
    """A socket that a loop listens to.

    Attributes:
        own: Its own address, with its kind.
        peer: That of its other end; None if it is not connected.
        listens: Whether it waits for connections.
        is_unix: Whether what is sent on it is there at once.
        inode: What tells it from others where neither end has an address.
    """

    own: object
    peer: object
    listens: bool
    is_unix: bool
    inode: int

    @property
    def ends(self) -> tuple[object, object]:
        """What it is known by: its own address and that of its other end."""
        return (_PAIR, self.inode) if self.inode else (self.own, self.peer)


_PAIR = "made by socketpair()"
# Descriptors of sockets, by what they are known by.
_Ends = dict[tuple[object, object], int]


class Connections:
    """What one loop listens to.

    Attributes:
        listening: By descriptors; one is the loop's own, for calls from other threads
            and for signals.
    """

    def __init__(self, turns: LoopTurns) -> None:
        """Know nothing yet of what it listens to.

        Args:
            turns: Those of the loop.
        """
        self._loop: Any = turns.loop
        self._turns = turns
        # A dictionary of the selector's is quicker to tell its length than the mapping
        # that it shows, and is asked at every turn.
        shown: Any = turns.selector.get_map()
        self.listening: Mapping[int, selectors.SelectorKey]
        self.listening = getattr(turns.selector, "_fd_to_key", shown)
        self._known: dict[int, tuple[object, _Socket | None]] = {}
        self._sent: dict[int, float] = {}

    def install(self, patches: Patches) -> None:
        """Note what is sent."""
        for name in _SENDS:
            patches.wrap(socket.socket, name, self._note_sending)

    def _note_sending(self, original: Callable[..., Any]) -> Callable[..., Any]:
        sent = self._sent

        def send(sending: socket.socket, *args: Any, **named: Any) -> object:
            sent[sending.fileno()] = now()
            return original(sending, *args, **named)

        return send

    def heard(self, events: Iterable[tuple[selectors.SelectorKey, int]]) -> None:
        """Note what came."""
        if not self._sent:
            return
        for key, event in events:
            known = self._socket(key)
            if known is not None and event & selectors.EVENT_READ:
                for other in self._ends_of(known):
                    self._sent.pop(other, None)

    def busy(self) -> str:
        """Name something that is about to bring something; empty if nothing is."""
        listening = self.listening.values()
        keys = [key for key in listening if not self._turns.is_wake_up(key)]
        sockets = {key.fd: self._socket(key) for key in keys}
        ends = {each.ends: fd for fd, each in sockets.items() if each}
        if self._is_arriving(sockets, ends):
            return "what was sent on a connection of this loop's"
        # Whoever waits until something is so may wait for what a callback notes.
        is_any_awaited = self._turns.are_looked_at
        futures = awaited_futures(self._loop)
        for key in keys:
            known = sockets[key.fd]
            if known is not None and _brings_nothing_new(known, ends):
                continue
            if is_any_awaited or leads_to(_roots_of(key), futures):
                return _named(known, key)
        return ""

    def _is_arriving(self, sockets: dict[int, _Socket | None], ends: _Ends) -> bool:
        """Tell whether something was sent to an end that has not heard it yet."""
        limit = now() - ARRIVAL
        for fd, at in tuple(self._sent.items()):
            known = sockets.get(fd)
            if at < limit or known is None or known.is_unix:
                del self._sent[fd]
                continue
            other = _other_end(known, ends)
            if (
                other is not None
                and self.listening[other].events & selectors.EVENT_READ
            ):
                return True
        return False

    def _ends_of(self, known: _Socket) -> Iterator[int]:
        """Return the descriptors that what a socket has heard came from."""
        for fd, (_, other) in self._known.items():
            if other is not None and (other.own, other.peer) == (known.peer, known.own):
                yield fd

    def _socket(self, key: selectors.SelectorKey) -> _Socket | None:
        """Describe the socket behind a descriptor; None if there is none."""
        handles = key.data
        known = self._known.get(key.fd)
        # A number may be that of another socket by now, with other callbacks; a socket
        # that is being connected gets an address.
        if known is None or known[0] is not handles:
            known = self._known[key.fd] = (handles, _described(key.fd))
        return known[1]


def _other_end(known: _Socket, ends: _Ends) -> int | None:
    """Return the descriptor of a socket's other end, if it is on this loop as well."""
    if known.inode:
        # Those of a pair are made one after the other; where the system numbers none
        # so, a pair is taken for two connections to elsewhere.
        both = (ends.get((_PAIR, known.inode + step)) for step in (-1, 1))
        return next((each for each in both if each is not None), None)
    connected = ends.get((known.peer, known.own))
    # One for datagrams need not be connected to receive them.
    return ends.get((known.peer, None)) if connected is None else connected


def _brings_nothing_new(known: _Socket, ends: _Ends) -> bool:
    """Tell whether only this loop can make something come on a socket."""
    if known.listens:
        return True
    return known.peer is not None and _other_end(known, ends) is not None


def _described(fd: int) -> _Socket | None:
    try:
        copy = socket.socket(fileno=os.dup(fd))
    except OSError:  # a pipe, or the like
        return None
    with copy:
        is_unix = copy.family == getattr(socket, "AF_UNIX", None)
        own = _address(copy, copy.getsockname)
        peer = _address(copy, copy.getpeername)
        inode = os.fstat(fd).st_ino if is_unix and own == peer else 0
        return _Socket(own, peer, _listens(copy), is_unix, inode)


def _address(of: socket.socket, ask: Callable[[], Any]) -> object:
    try:
        address = ask()
    except OSError:  # not connected
        return None
    if of.family == getattr(socket, "AF_UNIX", None):
        return (of.type, address)
    # A server for both versions of IP has its clients' addresses in this form.
    return (of.type, str(address[0]).removeprefix("::ffff:"), address[1])


def _listens(asked: socket.socket) -> bool:
    option = getattr(socket, "SO_ACCEPTCONN", None)
    try:
        return option is not None and bool(asked.getsockopt(socket.SOL_SOCKET, option))
    except OSError:
        return False


def _roots_of(key: selectors.SelectorKey) -> Iterator[object]:
    """Return what a loop calls when something comes: where a search begins."""
    for handle in key.data or ():
        if handle is not None and not handle.cancelled():
            callback: Any = handle._callback  # noqa: SLF001 - no other way
            yield from (callback, *handle._args)  # noqa: SLF001 - as above
            transport = getattr(callback, "__self__", None)
            if isinstance(transport, asyncio.BaseTransport):
                yield from vars(transport).values()


def _named(known: _Socket | None, key: selectors.SelectorKey) -> str:
    if known is None:
        return f"the pipe or child process behind the descriptor {key.fd}"
    if known.peer is None:
        return f"the socket with the descriptor {key.fd}, which is not connected"
    return f"the connection of the descriptor {key.fd}"
