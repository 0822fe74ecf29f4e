"""The examples that can use a real server pass with one, as with what is embedded."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from postgresql_server import PostgresqlMissingError, postgresql
from rendered_suite import run_tests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    Server = Callable[[Path], AbstractContextManager[str]]

SERVERS: dict[str, tuple[Server, str]] = {
    "sqlalchemy": (postgresql, "TEST_DATABASE_URL"),
}


@pytest.fixture(params=SERVERS, scope="module")
def library(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A library whose server runs meanwhile, and is named in the environment."""
    server, variable = SERVERS[request.param]
    with ExitStack() as stack:
        try:
            url = stack.enter_context(server(tmp_path_factory.mktemp("server")))
        except PostgresqlMissingError as error:
            if os.environ.get("CI"):  # which is to have all of them
                raise
            pytest.skip(str(error))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv(variable, url)
        yield request.param


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
