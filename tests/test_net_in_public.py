"""What the net did wrong in the suites of public libraries, and must not do again.

`docs/adoption.md` tells which suites; here is each case, made as small as it can be.
"""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING

import pytest

from fault_runs import Run, run_pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE = 60  # seconds; then a run that does not end is killed
ALONE = ("-p", "no:randomly", "-p", "no:xdist")
CHECKS = "asyncio_checks=all: {}"


@pytest.fixture
def run_module(render: Callable[..., Path], tmp_path: Path) -> Callable[..., Run]:
    """Return a function that runs a test module in a rendered project."""

    def run(text: str, level: str = "fail") -> Run:
        project = tmp_path / "project"
        left_out = shutil.ignore_patterns("asyncio_examples")
        shutil.copytree(render(), project, ignore=left_out)
        test = project / "tests" / "test_it.py"
        test.write_text(textwrap.dedent(text), encoding="utf-8")
        return run_pytest(project, PATIENCE, *ALONE, "-o", CHECKS.format(level))

    return run


def assert_passes(run: Run) -> None:
    """Every test passed, and nothing was said about any."""
    others = [test for test in run.phases if run.outcome(test) != "passed"]
    assert run.phases, run.printed
    assert not others, run.printed
    assert "safety net" not in run.printed


def test_a_library_under_test_may_report_errors_to_the_loop(
    run_module: Callable[..., Run],
) -> None:
    """As aiojobs does with the error of a job that nobody has awaited yet."""
    run = run_module(
        """
        import asyncio

        def report(task):
            loop = asyncio.get_running_loop()
            loop.call_exception_handler({"message": "", "exception": task.exception()})

        async def fail():
            raise OSError

        async def test_reported():
            task = asyncio.create_task(fail())
            task.add_done_callback(report)
            await asyncio.wait({task})
            await asyncio.sleep(0)
        """
    )

    assert_passes(run)


def test_what_a_connection_callback_raises_is_reported_as_such(
    run_module: Callable[..., Run],
) -> None:
    """It is asyncio that reports it, and no callback of the loop's that raised it."""
    run = run_module(
        """
        import asyncio

        def serve(reader, writer):
            raise OSError("no")

        async def test_serves():
            async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
                address = server.sockets[0].getsockname()
                reader, writer = await asyncio.open_connection(*address)
                await asyncio.sleep(0.05)
                writer.close()
        """
    )

    [failed, *_] = run.failed_phases("test_it.py::test_serves")
    assert "OSError('no')" in failed.text
    assert "test_it.py:5 in serve" in failed.text


def test_a_generator_that_has_nothing_to_close_may_be_left_open(
    run_module: Callable[..., Run],
) -> None:
    """As starlette, httpcore and aiostream do: to close it would run no code."""
    run = run_module(
        """
        import asyncio

        async def numbers():
            for number in range(3):
                await asyncio.sleep(0)
                yield number

        async def doubled():
            async for number in numbers():
                yield 2 * number

        async def after_a_try():
            try:
                await asyncio.sleep(0)
            finally:
                pass
            yield 1
            yield 2

        async def test_breaks_off():
            for generator in (numbers(), doubled(), after_a_try()):
                async for number in generator:
                    break

        async def test_keeps_it():
            global kept
            kept = doubled()

            assert await anext(kept) == 0
        """
    )

    assert_passes(run)


def test_a_generator_in_a_with_block_may_not(run_module: Callable[..., Run]) -> None:
    """Nor may one that another has begun: what it has opened stays open."""
    run = run_module(
        """
        import asyncio

        async def locked(lock):
            async with lock:
                yield 1
                yield 2

        async def doubled(lock):
            async for number in locked(lock):
                yield 2 * number

        async def test_breaks_off():
            async for number in doubled(asyncio.Lock()):
                break

        async def test_keeps_it():
            global kept
            kept = locked(asyncio.Lock())

            assert await anext(kept) == 1
        """
    )

    assert len(run.phases) == 2
    for test in run.phases:
        [failed] = run.failed_phases(test)
        assert failed.text.count("[open_generator] the async generator 'locked'") == 1
        assert "test_it.py:6 in locked" in failed.text
