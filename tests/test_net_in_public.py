"""What the net did wrong in the suites of public libraries, and must not do again.

`docs/adoption.md` tells which suites; here is each case, made as small as it can be.
"""

from __future__ import annotations

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
def run_module(
    without_samples: Callable[[Path], Path], tmp_path: Path
) -> Callable[..., Run]:
    """Return a function that runs a test module in a rendered project."""

    def run(text: str, level: str = "fail") -> Run:
        project = without_samples(tmp_path / "project")
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


def test_a_thread_may_get_a_partial_without_arguments(
    run_module: Callable[..., Run],
) -> None:
    """As aiofiles makes them: the net failed in the middle of their code."""
    run = run_module(
        """
        import asyncio
        import functools

        async def test_partial():
            loop = asyncio.get_running_loop()

            assert await loop.run_in_executor(None, functools.partial(dict)) == {}
        """
    )

    assert_passes(run)


def test_a_thread_may_get_its_job_by_keyword(run_module: Callable[..., Run]) -> None:
    """The net stands in for functions whose parameters have names."""
    run = run_module(
        """
        import asyncio
        import signal

        async def test_executor():
            loop = asyncio.get_running_loop()

            assert await loop.run_in_executor(executor=None, func=dict) == {}

        def test_signal():
            before = signal.getsignal(signal.SIGTERM)

            signal.signal(signalnum=signal.SIGTERM, handler=before)
        """
    )

    assert_passes(run)


def test_an_error_of_a_partial_in_a_thread_still_names_its_function(
    run_module: Callable[..., Run],
) -> None:
    """However it is wrapped, an async function in a thread never runs."""
    run = run_module(
        """
        import asyncio
        import functools

        async def fetch(name):
            return name

        async def test_partial():
            await asyncio.to_thread(functools.partial(fetch, "a"))  # guilty
        """
    )

    [failed] = run.failed_phases("test_it.py::test_partial")
    assert "a thread made it" in failed.text
    assert "test_it.py:9 in test_partial" in failed.text


WANTED = """
    import asyncio
    import warnings

    import pytest

    async def never_run():
        pass

    async def test_pytest_warns():
        coroutine = never_run()

        with pytest.warns(RuntimeWarning, match=r"'never_run' was never awaited$"):
            del coroutine

    def test_recwarn(recwarn):
        never_run()

        message = "coroutine 'never_run' was never awaited"
        assert recwarn.pop(RuntimeWarning).message.args == (message,)
        assert recwarn.list == []

    async def test_recorded():
        with warnings.catch_warnings(record=True) as recorded:
            warnings.simplefilter("always")
            never_run()

        assert [each.filename for each in recorded] == [__file__]

    async def test_ignored_here():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            never_run()

    @pytest.mark.filterwarnings("ignore:coroutine 'never_run'")
    async def test_ignored_by_its_text():
        never_run()
"""


@pytest.mark.parametrize("level", ["fail", "warn"])
def test_a_warning_that_a_test_asks_for_is_no_finding(
    run_module: Callable[..., Run], level: str
) -> None:
    """It reads as it does without the net, and comes from the line that dropped it."""
    run = run_module(WANTED, level)

    assert_passes(run)


def test_other_warnings_that_are_caught_hide_no_coroutine(
    run_module: Callable[..., Run],
) -> None:
    """A test that expects another warning has not said that it drops coroutines."""
    run = run_module(
        """
        import warnings

        import pytest

        async def never_run():
            pass

        async def test_another_category():
            with pytest.warns(UserWarning):
                warnings.warn("old")
                never_run()

        async def test_another_text():
            with pytest.warns(RuntimeWarning, match="old"):
                warnings.warn("old", RuntimeWarning)
                never_run()

        @pytest.mark.filterwarnings("ignore::RuntimeWarning")
        async def test_a_category_that_is_ignored():
            never_run()
        """
    )

    assert len(run.phases) == 3
    for test in run.phases:
        [failed] = run.failed_phases(test)
        assert "[never_awaited]" in failed.text


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


def test_a_socket_that_ssl_takes_over_is_not_lost(
    run_module: Callable[..., Run],
) -> None:
    """As in httpcore: the descriptor goes on to another object, which is closed."""
    run = run_module(
        """
        import socket
        import ssl

        def test_wraps():
            context = ssl.create_default_context()
            context.check_hostname = False
            plain = socket.socket()
            with context.wrap_socket(plain):
                pass

        def test_wraps_and_leaves_open():
            global kept
            context = ssl.create_default_context()
            context.check_hostname = False
            kept = context.wrap_socket(socket.socket())  # guilty
        """
    )

    assert run.outcome("test_it.py::test_wraps") == "passed", run.printed
    [failed] = run.failed_phases("test_it.py::test_wraps_and_leaves_open")
    assert failed.text.count("[open_socket] a socket was still open") == 1
    assert "test_it.py:16 in" in failed.text


def test_functions_that_are_stood_in_for_are_used_as_before(
    run_module: Callable[..., Run],
) -> None:
    """In a class, in another process, and as the model of a mock."""
    run = run_module(
        """
        import asyncio
        import inspect
        import os
        import pickle
        import time
        from concurrent.futures import ProcessPoolExecutor
        from unittest import mock

        class Clock:
            sleep = time.sleep

        def test_in_a_class():
            Clock().sleep(0)

        async def test_in_another_process():
            with ProcessPoolExecutor(1) as pool:
                job = asyncio.get_running_loop().run_in_executor(pool, time.sleep, 0)
                assert await job is None

        def test_by_name():
            assert pickle.loads(pickle.dumps(os.system)) is os.system

        def test_its_signature():
            signature = inspect.signature(asyncio.BaseEventLoop.run_in_executor)
            assert list(signature.parameters)[1:] == ["executor", "func", "args"]
            with mock.patch("time.sleep", autospec=True) as sleep:
                time.sleep(3)
            sleep.assert_called_once_with(3)
        """
    )

    assert_passes(run)


def test_a_thread_has_a_current_loop_of_its_own(run_module: Callable[..., Run]) -> None:
    """As in a test of async-lru, whose threads make a loop each and end with it."""
    run = run_module(
        """
        import asyncio
        import threading

        def work():
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
            loop.close()

        def test_thread():
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        """
    )

    assert_passes(run)


def test_a_test_that_reads_the_log_finds_what_asyncio_writes(
    run_module: Callable[..., Run],
) -> None:
    """A test of async-lru waits for it; allowed or not, the net had swallowed it."""
    run = run_module(
        """
        import asyncio

        import pytest

        @pytest.mark.asyncio_allow("task_failed_unseen", reason="it is what is tested")
        async def test_reads_the_log(caplog):
            async def fail():
                raise OSError("no")

            task = asyncio.create_task(fail())
            await asyncio.wait({task})
            del task
            await asyncio.sleep(0)

            assert "Task exception was never retrieved" in caplog.text
        """
    )

    assert_passes(run)


def test_a_loop_left_open_and_current_is_one_fault(
    run_module: Callable[..., Run],
) -> None:
    """As gql makes them: the net closes it, and must not say that a test had."""
    run = run_module(
        """
        import asyncio

        def test_makes_a_loop():
            asyncio.set_event_loop(asyncio.new_event_loop())
        """
    )

    [failed] = run.failed_phases("test_it.py::test_makes_a_loop")
    assert "[open_loop]" in failed.text
    assert "[current_loop]" not in failed.text


def test_the_end_of_a_generator_is_no_error_that_nobody_sees(
    run_module: Callable[..., Run],
) -> None:
    """As in gql, which gives each `__anext__` to a task."""
    run = run_module(
        """
        import asyncio
        import gc

        async def numbers():
            return
            yield

        async def test_reads():
            task = asyncio.ensure_future(anext(numbers()))
            await asyncio.wait({task})

        async def test_keeps():
            global kept
            kept = asyncio.ensure_future(anext(numbers()))
            await asyncio.wait({kept})
        """
    )

    assert_passes(run)
