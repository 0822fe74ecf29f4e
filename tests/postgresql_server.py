"""A PostgreSQL server for the length of a `with`, for samples that can use one.

It needs the programs of a server on this machine, as Debian's package `postgresql` has
them, and nothing else: no service, no configuration, no rights.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
from contextlib import contextmanager, nullcontext, suppress
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractContextManager

# Where Debian keeps what it does not put on PATH: a directory for each version.
DEBIAN = Path("/usr/lib/postgresql")
# Who runs the server where this process is root's, as whom it refuses to run.
UNPRIVILEGED = "nobody"
# A port that was free may be taken by the time that the server asks for it.
ATTEMPTS = 3
SETTINGS = (
    *("listen_addresses=127.0.0.1", "unix_socket_directories="),
    # Its data need not survive anything.
    *("fsync=off", "full_page_writes=off", "synchronous_commit=off"),
)
MISSING = (
    "no PostgreSQL server is installed: the program `initdb` is neither on PATH nor in "
    "{debian}/*/bin; install Debian's package `postgresql`, or put its programs on PATH"
)
FAILED = "{program} failed with exit code {code}:\n{printed}"


class PostgresqlMissingError(Exception):
    """No programs of a PostgreSQL server were found."""


class PostgresqlFailedError(Exception):
    """One of these programs failed."""


@contextmanager
def postgresql(place: Path) -> Generator[str]:
    """Run a new and empty server, and stop it in any case.

    It takes a second or two to start. To connect takes the password in its URL, since
    anyone on this machine could try.

    Args:
        place: Where its files go. Not where this process is root's: the server is then
            run by a user who cannot reach such directories as pytest's, and gets a
            temporary one.

    Yields:
        Its URL, for SQLAlchemy with asyncpg.

    Raises:
        PostgresqlMissingError: No programs of a server were found.
        PostgresqlFailedError: One of these failed, with what it printed.
    """
    programs = _programs()
    with _home(place) as home:
        server = _Server(programs, Path(home).resolve())
        try:
            yield server.start()
        finally:
            server.stop()


def _programs() -> Path:
    """Find the directory of the programs: that on PATH, or Debian's newest."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent  # a link may be to this program alone
    found = sorted(DEBIAN.glob("*/bin"), key=lambda programs: float(programs.parts[-2]))
    for programs in reversed(found):
        if (programs / "initdb").exists():
            return programs
    raise PostgresqlMissingError(MISSING.format(debian=DEBIAN))


def _home(place: Path) -> AbstractContextManager[str | Path]:
    """Return the directory of the server, which is that of whoever runs it."""
    if _user() is None:
        place.mkdir(parents=True, exist_ok=True)
        return nullcontext(place)
    home = TemporaryDirectory(prefix="postgresql-", dir=_open_to_all())
    shutil.chown(home.name, UNPRIVILEGED)
    return home


def _open_to_all() -> Path:
    """Return where temporary files go, or what is above it, if it is root's alone."""
    place = Path(gettempdir()).resolve()
    way = [*reversed(place.parents), place]
    reached = [*takewhile(lambda part: part.stat().st_mode & stat.S_IXOTH, way)]
    return reached[-1]


def _user() -> pwd.struct_passwd | None:
    """Return who runs the server; None if it is whoever runs this process."""
    return None if os.geteuid() else pwd.getpwnam(UNPRIVILEGED)


class _Server:
    """What the programs are told, one after the other."""

    def __init__(self, programs: Path, home: Path) -> None:
        self._programs = programs
        self._home = home
        self._user = _user()
        self._data = home / "data"
        self._log = home / "server.log"

    def start(self) -> str:
        """Return the URL of the server as soon as it takes connections."""
        password = secrets.token_hex()
        self._run(
            *("initdb", "--username=postgres", f"--pwfile={self._kept(password)}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"),
        )
        port = self._start_on_some_port()
        return f"postgresql+asyncpg://postgres:{password}@127.0.0.1:{port}/postgres"

    def _kept(self, password: str) -> Path:
        """Return a file with the password that nobody else can read."""
        file = self._home / "password"
        file.touch(mode=0o600)
        file.write_text(password, encoding="ascii")
        if self._user:
            os.chown(file, self._user.pw_uid, self._user.pw_gid)
        return file

    def _start_on_some_port(self) -> int:
        for _ in range(ATTEMPTS - 1):
            with suppress(PostgresqlFailedError):
                return self._start_on(_free_port())
        return self._start_on(_free_port())

    def _start_on(self, port: int) -> int:
        options = " ".join(f"-c {each}" for each in (f"port={port}", *SETTINGS))
        self._run("pg_ctl", "start", "--wait", f"--log={self._log}", "-o", options)
        return port

    def stop(self) -> None:
        """Return when the server has gone, if it was there, with its connections."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def _run(self, program: str, *arguments: str) -> None:
        user = self._user
        finished = subprocess.run(
            [self._programs / program, "--pgdata", self._data, *arguments],
            cwd=self._home,  # the present one may be closed to the other user
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        if finished.returncode != 0:
            log = self._log.read_text(encoding="utf-8") if self._log.exists() else ""
            message = FAILED.format(
                program=program,
                code=finished.returncode,
                printed=finished.stdout + log,
            )
            raise PostgresqlFailedError(message)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
