"""A Redis server for the length of a `with`, for samples that can use one.

It needs the program of a server on PATH, as Debian's package `redis-server` has it, and
nothing else: no service, no configuration, no rights.
"""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

PROGRAMS = ("redis-server", "valkey-server")
# A port that was free may be taken by the time that the server asks for it.
ATTEMPTS = 3
PATIENCE = 30  # seconds until it takes connections, which takes some hundredths
MISSING = (
    "no Redis server is installed: neither `redis-server` nor `valkey-server` is on "
    "PATH; install Debian's package `redis-server`"
)
SETTINGS = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {place}
save ""
appendonly no
"""


class RedisMissingError(Exception):
    """No program of a Redis server was found."""


class RedisFailedError(Exception):
    """It did not start; with what it printed."""


@contextmanager
def redis_server(place: Path) -> Generator[str]:
    """Run a new and empty server, and stop it in any case.

    To connect takes the password in its URL, since anyone on this machine could try.

    Args:
        place: Where its files go.

    Yields:
        Its URL.

    Raises:
        RedisMissingError: No program of a server was found.
        RedisFailedError: It did not start.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise RedisMissingError(MISSING)
    place.mkdir(parents=True, exist_ok=True)
    server, url = _start_on_some_port(program, place)
    try:
        yield url
    finally:
        server.kill()  # it has nothing to keep
        server.wait()


def _start_on_some_port(program: str, place: Path) -> tuple[subprocess.Popen[str], str]:
    for _ in range(ATTEMPTS - 1):
        with suppress(RedisFailedError):
            return _start(program, place)
    return _start(program, place)


def _start(program: str, place: Path) -> tuple[subprocess.Popen[str], str]:
    """Return the server, which takes connections, and its URL."""
    port, password = _free_port(), secrets.token_hex()
    # Not on the command line, which everybody can see.
    settings, log = place / "redis.conf", place / "redis.log"
    settings.touch(mode=0o600)
    text = SETTINGS.format(port=port, password=password, place=place)
    settings.write_text(text, encoding="utf-8")
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            [program, settings],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    for _ in range(PATIENCE * 100):
        if server.poll() is not None:
            break
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return server, f"redis://:{password}@127.0.0.1:{port}/0"
        time.sleep(0.01)
    server.kill()
    server.wait()
    raise RedisFailedError(log.read_text(encoding="utf-8"))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
