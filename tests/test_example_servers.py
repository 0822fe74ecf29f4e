"""The examples that can use a real server pass with one, as with what is embedded."""

from __future__ import annotations

import os
import socket
import tempfile
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from postgresql_server import PostgresqlMissingError, postgresql
from redis_server import RedisMissingError, redis_server
from rendered_suite import run_tests

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    Server = Callable[[Path], AbstractContextManager[str]]

SERVERS: dict[str, tuple[Server, str]] = {
    "redis": (redis_server, "TEST_REDIS_URL"),
    "sqlalchemy": (postgresql, "TEST_DATABASE_URL"),
}


@contextmanager
def run_server(library: str, place: Path) -> Generator[str]:
    """Run its server; without one, skip, or fail in CI, which has all of them."""
    try:
        stack = ExitStack()
        url = stack.enter_context(SERVERS[library][0](place))
    except (PostgresqlMissingError, RedisMissingError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    with stack:
        yield url


@pytest.fixture(params=SERVERS, scope="module")
def library(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A library whose server runs meanwhile, and is named in the environment."""
    running = run_server(request.param, tmp_path_factory.mktemp("server"))
    with running as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv(SERVERS[request.param][1], url)
        yield request.param


def test_server_starts_where_temporary_files_are_closed_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in CI, whose user is root, as whom PostgreSQL does not run."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(closed))

    with run_server("sqlalchemy", tmp_path / "server") as url:
        port = urlsplit(url).port
        assert port
        socket.create_connection(("127.0.0.1", port), timeout=10).close()


@pytest.mark.parametrize(
    "words",
    [(), ("-p", "xdist", "-n", "2", "-p", "randomly")],
    ids=["plainly", "in parallel and in random order"],
)
def test_examples_pass_with_a_real_server(
    words: tuple[str, ...], library: str, render: Callable[..., Path], tmp_path: Path
) -> None:
    """What only the embedded one does is no example."""
    project = render(asyncio_examples=f"[{library}]")
    report, place = tmp_path / "report.xml", f"tests/asyncio_examples/with_{library}"

    run_tests(project, report, "-W", "error", *words, place).assert_all_passed()


def test_two_runs_on_one_server_do_not_meet(
    library: str, render: Callable[..., Path], tmp_path: Path
) -> None:
    """Each leaves nothing behind that the next one could find."""
    project = render(asyncio_examples=f"[{library}]")
    place = f"tests/asyncio_examples/with_{library}"

    for number in range(2):
        report = tmp_path / f"{number}.xml"
        run_tests(project, report, "-W", "error", place).assert_all_passed()
