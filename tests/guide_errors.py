"""For each message in the guide's troubleshooting: tests that get it, and their cure.

`caused_by` is a test module that makes pytest print the message in a rendered project,
`cured` is the same module after the remedy that the guide gives.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class ErrorCase:
    """One message.

    Attributes:
        message: As the guide has it, where `...` stands for anything.
        caused_by: A test module that gets it.
        cured: The module that the remedy makes of it, which passes.
        arguments: What pytest is given as well, for the message only.
        without_net: The safety net says it better, so the message needs its checks off.
        without_settings: The message needs a project without the rendered pytest.ini.
        files: Names and texts of files that the message needs beside the module.
        first: The first Python (3.x) that prints it.
        last: The last one.
    """

    message: str
    caused_by: str
    cured: str
    arguments: tuple[str, ...] = ()
    without_settings: bool = False
    without_net: bool = False
    files: tuple[tuple[str, str], ...] = ()
    first: int = 10
    last: int = 99

    @property
    def concerns_this_python(self) -> bool:
        """Whether the running Python prints the message."""
        return self.first <= sys.version_info.minor <= self.last


ERRORS = [
    ErrorCase(
        "async def functions are not natively supported.",
        """
        async def test_answer():
            assert True
        """,
        """
        import pytest

        @pytest.mark.asyncio
        async def test_answer():
            assert True
        """,
        without_settings=True,
    ),
    ErrorCase(
        "requested an async fixture '...', with no plugin or hook that handled it.",
        """
        import pytest

        @pytest.fixture
        async def answer():
            return 42

        def test_answer(answer):
            assert answer == 42
        """,
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def answer():
            return 42

        def test_answer(answer):
            assert answer == 42
        """,
        without_settings=True,
    ),
    ErrorCase(
        "got Future ... attached to a different loop",
        """
        import asyncio
        import pytest_asyncio

        @pytest_asyncio.fixture(loop_scope="module")
        async def answer():
            return asyncio.get_running_loop().create_future()

        async def test_answer(answer):
            await answer
        """,
        """
        import asyncio
        import pytest
        import pytest_asyncio

        @pytest_asyncio.fixture(loop_scope="module")
        async def answer():
            answer = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(answer.set_result, 42)
            return answer

        @pytest.mark.asyncio(loop_scope="module")
        async def test_answer(answer):
            assert await answer == 42
        """,
    ),
    ErrorCase(
        "is bound to a different event loop",
        """
        import asyncio

        letters = asyncio.Queue()

        async def send_and_receive():
            asyncio.get_running_loop().call_soon(letters.put_nowait, "a")
            return await letters.get()

        async def test_first():
            assert await send_and_receive() == "a"

        async def test_second():
            assert await send_and_receive() == "a"
        """,
        """
        import asyncio
        import pytest

        @pytest.fixture
        def letters():
            return asyncio.Queue()

        async def send_and_receive(letters):
            asyncio.get_running_loop().call_soon(letters.put_nowait, "a")
            return await letters.get()

        async def test_first(letters):
            assert await send_and_receive(letters) == "a"

        async def test_second(letters):
            assert await send_and_receive(letters) == "a"
        """,
    ),
    ErrorCase(
        "RuntimeError: Event loop is closed",
        """
        import asyncio

        connections = []

        class Connection:
            def __init__(self):
                self.loop = asyncio.get_running_loop()

            def close(self):
                self.loop.call_soon(print, "closed")

        async def test_open():
            connections.append(Connection())

        async def test_close():
            connections.pop().close()
        """,
        """
        import asyncio
        import pytest_asyncio

        class Connection:
            def __init__(self):
                self.loop = asyncio.get_running_loop()

            def close(self):
                self.loop.call_soon(print, "closed")

        @pytest_asyncio.fixture
        async def connection():
            connection = Connection()
            yield connection
            connection.close()

        async def test_open(connection):
            assert connection
        """,
    ),
    ErrorCase(
        "RuntimeError: There is no current event loop in thread 'MainThread'",
        """
        import asyncio

        async def answer():
            return 42

        def test_first():
            assert asyncio.run(answer()) == 42

        def test_second():
            assert asyncio.get_event_loop().run_until_complete(answer()) == 42
        """,
        """
        import asyncio

        async def answer():
            return 42

        def test_first():
            assert asyncio.run(answer()) == 42

        def test_second(standard_event_loop):
            assert asyncio.get_event_loop().run_until_complete(answer()) == 42
        """,
    ),
    ErrorCase(
        "DeprecationWarning: There is no current event loop",
        """
        import asyncio

        def test_future():
            assert not asyncio.Future().done()
        """,
        """
        import asyncio

        async def test_future():
            assert not asyncio.Future().done()
        """,
        first=12,
        last=13,
    ),
    ErrorCase(
        "RuntimeError: no running event loop",
        """
        import asyncio
        import pytest

        async def serve():
            pass

        @pytest.fixture
        def server():
            task = serve()
            try:
                return asyncio.create_task(task)
            finally:
                task.close()

        async def test_server(server):
            await server
        """,
        """
        import asyncio
        import pytest_asyncio

        async def serve():
            pass

        @pytest_asyncio.fixture
        async def server():
            return asyncio.create_task(serve())

        async def test_server(server):
            await server
        """,
    ),
    ErrorCase(
        "RuntimeError: asyncio.run() cannot be called from a running event loop",
        """
        import asyncio

        async def answer():
            return 42

        async def test_answer():
            assert asyncio.run(answer()) == 42
        """,
        """
        async def answer():
            return 42

        async def test_answer():
            assert await answer() == 42
        """,
    ),
    ErrorCase(
        "RuntimeError: This event loop is already running",
        """
        import asyncio

        async def answer():
            return 42

        async def test_answer():
            loop = asyncio.get_running_loop()
            assert loop.run_until_complete(answer()) == 42
        """,
        """
        async def answer():
            return 42

        async def test_answer():
            assert await answer() == 42
        """,
    ),
    ErrorCase(
        "RuntimeError: Cannot run the event loop while another loop is running",
        """
        import asyncio

        async def answer():
            return 42

        async def test_answer():
            loop = asyncio.new_event_loop()
            try:
                assert loop.run_until_complete(answer()) == 42
            finally:
                loop.close()
        """,
        """
        async def answer():
            return 42

        async def test_answer():
            assert await answer() == 42
        """,
    ),
    ErrorCase(
        "RuntimeError: Runner.run() cannot be called from a running event loop",
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def answer():
            return 42

        async def test_answer(request):
            assert request.getfixturevalue("answer") == 42
        """,
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def answer():
            return 42

        async def test_answer(answer):
            assert answer == 42
        """,
    ),
    ErrorCase(
        "ScopeMismatch: You tried to access the function scoped fixture "
        "_function_scoped_runner with a ... scoped request object.",
        """
        import pytest_asyncio

        @pytest_asyncio.fixture(scope="module", loop_scope="function")
        async def answer():
            return 42

        async def test_answer(answer):
            assert answer == 42
        """,
        """
        import pytest
        import pytest_asyncio

        @pytest_asyncio.fixture(scope="module", loop_scope="module")
        async def answer():
            return 42

        @pytest.mark.asyncio(loop_scope="module")
        async def test_answer(answer):
            assert answer == 42
        """,
    ),
    ErrorCase(
        "fixture 'event_loop' not found",
        """
        async def test_time(event_loop):
            assert event_loop.time()
        """,
        """
        import asyncio

        async def test_time():
            assert asyncio.get_running_loop().time()
        """,
    ),
    ErrorCase(
        "RuntimeWarning: coroutine '...' was never awaited",
        """
        async def save():
            pass

        async def test_save():
            save()
        """,
        """
        async def save():
            pass

        async def test_save():
            await save()
        """,
        without_net=True,
    ),
    ErrorCase(
        "Failed: DID NOT RAISE",
        """
        import asyncio
        import pytest

        async def fail():
            raise ValueError

        async def test_fail():
            with pytest.raises(ValueError):
                asyncio.create_task(fail())
        """,
        """
        import pytest

        async def fail():
            raise ValueError

        async def test_fail():
            with pytest.raises(ValueError):
                await fail()
        """,
    ),
    ErrorCase(
        "It is deprecated to return a value that is not None from a test case",
        """
        import unittest

        class TestAnswer(unittest.TestCase):
            async def test_answer(self):
                assert True
        """,
        """
        import unittest

        class TestAnswer(unittest.IsolatedAsyncioTestCase):
            async def test_answer(self):
                assert True
        """,
        first=11,
    ),
    ErrorCase(
        "Tests based on asynchronous generators are not supported.",
        """
        async def test_answer():
            yield 42
        """,
        """
        async def test_answer():
            assert True
        """,
    ),
    ErrorCase(
        "is marked with '@pytest.mark.asyncio' but it is not an async function.",
        """
        import pytest

        @pytest.mark.asyncio
        def test_answer():
            assert True
        """,
        """
        def test_answer():
            assert True
        """,
    ),
    ErrorCase(
        "Marks cannot be applied to fixtures.",
        """
        import pytest
        import pytest_asyncio

        @pytest.mark.asyncio
        @pytest_asyncio.fixture
        async def answer():
            return 42
        """,
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def answer():
            return 42

        async def test_answer(answer):
            assert answer == 42
        """,
    ),
    ErrorCase(
        'The "scope" keyword argument to the asyncio marker has been deprecated.',
        """
        import pytest

        @pytest.mark.asyncio(scope="module")
        async def test_answer():
            assert True
        """,
        """
        import pytest

        @pytest.mark.asyncio(loop_scope="module")
        async def test_answer():
            assert True
        """,
    ),
    ErrorCase(
        'The configuration option "asyncio_default_fixture_loop_scope" is unset.',
        """
        def test_answer():
            assert True
        """,
        """
        def test_answer():
            assert True
        """,
        without_settings=True,
    ),
    ErrorCase(
        "'...' is not a valid asyncio_mode. Valid modes: auto, strict.",
        """
        def test_answer():
            assert True
        """,
        """
        def test_answer():
            assert True
        """,
        arguments=("-o", "asyncio_mode=legacy"),
    ),
    ErrorCase(
        "Unknown config option: ...",
        """
        def test_answer():
            assert True
        """,
        """
        def test_answer():
            assert True
        """,
        arguments=("-o", "asyncio_default_loop_scope=function"),
    ),
    ErrorCase(
        "Missing required plugins: pytest-asyncio",
        """
        def test_answer():
            assert True
        """,
        """
        def test_answer():
            assert True
        """,
        arguments=("-p", "no:asyncio"),
    ),
    ErrorCase(
        "TypeError: object MagicMock can't be used in 'await' expression",
        """
        from unittest.mock import MagicMock

        async def test_send():
            await MagicMock()()
        """,
        """
        from unittest.mock import AsyncMock

        async def test_send():
            await AsyncMock()()
        """,
        last=13,
    ),
    ErrorCase(
        "TypeError: 'MagicMock' object can't be awaited",
        """
        from unittest.mock import MagicMock

        async def test_send():
            await MagicMock()()
        """,
        """
        from unittest.mock import AsyncMock

        async def test_send():
            await AsyncMock()()
        """,
        first=14,
    ),
    ErrorCase(
        "RuntimeError: cannot reuse already awaited coroutine",
        """
        async def answer():
            return 42

        async def test_answer():
            coroutine = answer()
            assert await coroutine == 42
            assert await coroutine == 42
        """,
        """
        async def answer():
            return 42

        async def test_answer():
            assert await answer() == 42
            assert await answer() == 42
        """,
    ),
    ErrorCase(
        "NameError: name 'pytest_asyncio' is not defined",
        """
        @pytest_asyncio.fixture
        async def answer():
            return 42
        """,
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def answer():
            return 42

        async def test_answer(answer):
            assert answer == 42
        """,
    ),
    ErrorCase(
        "ResourceWarning: unclosed event loop",
        """
        import asyncio
        import gc

        def test_answer():
            asyncio.new_event_loop().run_until_complete(asyncio.sleep(0))
            gc.collect()
        """,
        """
        import asyncio

        def test_answer(standard_event_loop):
            standard_event_loop.run_until_complete(asyncio.sleep(0))
        """,
        without_net=True,
    ),
    ErrorCase(
        "Task exception was never retrieved",
        """
        import asyncio

        async def fail():
            raise ValueError

        async def test_fail():
            task = asyncio.create_task(fail())
            await asyncio.sleep(0)
            del task
            await asyncio.sleep(0)
            assert False
        """,
        """
        import asyncio
        import pytest

        async def fail():
            raise ValueError

        async def test_fail():
            task = asyncio.create_task(fail())
            with pytest.raises(ValueError):
                await task
        """,
        without_net=True,
    ),
    ErrorCase(
        "did not finish within ... seconds; it was waiting at",
        """
        import asyncio
        from tests.utils.asyncio_helpers import run_with_timeout

        async def test_wait():
            await run_with_timeout(asyncio.Event().wait(), timeout=0.01)
        """,
        """
        import asyncio
        from tests.utils.asyncio_helpers import run_with_timeout

        async def test_wait():
            happened = asyncio.Event()
            happened.set()
            await run_with_timeout(happened.wait(), timeout=1)
        """,
    ),
    ErrorCase(
        "Async generator fixture didn't stop.",
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def answer():
            yield 42
            yield 43

        async def test_answer(answer):
            assert answer == 42
        """,
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def answer():
            yield 42

        async def test_answer(answer):
            assert answer == 42
        """,
    ),
    ErrorCase(
        "An exception occurred during teardown of an asyncio.Runner.",
        """
        import asyncio
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def loop():
            return asyncio.get_running_loop()

        def test_time(loop):
            assert loop.time()
            loop.close()
        """,
        """
        import asyncio
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def loop():
            return asyncio.get_running_loop()

        def test_time(loop):
            assert loop.time()
        """,
    ),
    ErrorCase(
        'Overriding the "event_loop_policy" fixture is deprecated',
        """
        import asyncio
        import pytest

        class Policy(type(asyncio.get_event_loop_policy())):
            pass

        @pytest.fixture
        def event_loop_policy():
            return Policy()

        async def test_answer():
            assert True
        """,
        """
        async def test_answer():
            assert True
        """,
    ),
    ErrorCase(
        "DeprecationWarning: 'asyncio.get_event_loop_policy' is deprecated "
        "and slated for removal in Python 3.16",
        """
        import asyncio

        def test_loop():
            loop = asyncio.get_event_loop_policy().new_event_loop()
            loop.close()
        """,
        """
        import asyncio

        def test_loop():
            loop = asyncio.new_event_loop()
            loop.close()
        """,
        first=14,
        last=15,
    ),
    ErrorCase(
        "AttributeError: 'coroutine' object has no attribute '...'",
        """
        async def greet():
            return "hello"

        async def test_greeting():
            assert greet().upper() == "HELLO"
        """,
        """
        async def greet():
            return "hello"

        async def test_greeting():
            assert (await greet()).upper() == "HELLO"
        """,
    ),
    ErrorCase(
        "asks for the fixture '...', a loop for sync tests that it would never run on",
        """
        async def test_time(standard_event_loop):
            assert standard_event_loop.time()
        """,
        """
        import asyncio

        async def test_time():
            assert asyncio.get_running_loop().time()
        """,
    ),
    ErrorCase(
        "AttributeError: 'async_generator' object has no attribute '...'",
        """
        async def letters():
            yield "a"

        async def test_letters():
            assert letters().upper() == "A"
        """,
        """
        async def letters():
            yield "a"

        async def test_letters():
            assert [letter.upper() async for letter in letters()] == ["A"]
        """,
    ),
    ErrorCase(
        "TypeError: 'async_generator' object is not iterable",
        """
        async def letters():
            yield "a"

        async def test_letters():
            assert list(letters()) == ["a"]
        """,
        """
        async def letters():
            yield "a"

        async def test_letters():
            assert [letter async for letter in letters()] == ["a"]
        """,
    ),
    ErrorCase(
        "TypeError: 'async for' requires an object with __aiter__ method, "
        "got coroutine",
        """
        async def letters():
            return ["a"]

        async def test_letters():
            assert [letter async for letter in letters()] == ["a"]
        """,
        """
        async def letters():
            return ["a"]

        async def test_letters():
            assert [letter for letter in await letters()] == ["a"]
        """,
    ),
    ErrorCase(
        "TypeError: '...' object does not support the asynchronous context manager "
        "protocol",
        """
        class Connection:
            def __enter__(self):
                return self

            def __exit__(self, *error):
                pass

        async def test_connection():
            async with Connection() as connection:
                assert connection
        """,
        """
        class Connection:
            def __enter__(self):
                return self

            def __exit__(self, *error):
                pass

        async def test_connection():
            with Connection() as connection:
                assert connection
        """,
        first=11,
    ),
    ErrorCase(
        "TypeError: a coroutine was expected, got <function ...>",
        """
        import asyncio

        async def answer():
            return 42

        async def test_answer():
            assert await asyncio.create_task(answer) == 42
        """,
        """
        import asyncio

        async def answer():
            return 42

        async def test_answer():
            assert await asyncio.create_task(answer()) == 42
        """,
    ),
    ErrorCase(
        "TypeError: 'coroutine' object is not callable",
        """
        import asyncio

        async def answer():
            return 42

        async def test_answer():
            assert await asyncio.to_thread(answer()) == 42
        """,
        """
        import asyncio

        async def answer():
            return 42

        async def test_answer():
            assert await answer() == 42
        """,
        without_net=True,
    ),
    ErrorCase(
        "TypeError: An asyncio.Future, a coroutine or an awaitable is required",
        """
        import asyncio

        async def answer():
            return 42

        async def test_answer():
            assert await asyncio.gather(answer) == [42]
        """,
        """
        import asyncio

        async def answer():
            return 42

        async def test_answer():
            assert await asyncio.gather(answer()) == [42]
        """,
    ),
    ErrorCase(
        "TypeError: Passing coroutines is forbidden, use tasks explicitly.",
        """
        import asyncio

        async def answer():
            return 42

        async def test_answer():
            await asyncio.wait([answer()])
        """,
        """
        import asyncio

        async def answer():
            return 42

        async def test_answer():
            done, _ = await asyncio.wait([asyncio.create_task(answer())])
            assert [task.result() for task in done] == [42]
        """,
        without_net=True,
        first=11,
    ),
    ErrorCase(
        "TypeError: object NoneType can't be used in 'await' expression",
        """
        async def test_send(send=lambda: None):
            await send()
        """,
        """
        async def test_send(send=lambda: None):
            send()
        """,
        last=13,
    ),
    ErrorCase(
        "TypeError: 'NoneType' object can't be awaited",
        """
        async def test_send(send=lambda: None):
            await send()
        """,
        """
        async def test_send(send=lambda: None):
            send()
        """,
        first=14,
    ),
    ErrorCase(
        "NameError: name 'asyncio' is not defined",
        """
        async def test_time():
            assert asyncio.get_running_loop().time()
        """,
        """
        import asyncio

        async def test_time():
            assert asyncio.get_running_loop().time()
        """,
    ),
    ErrorCase(
        "AttributeError: module 'pytest_asyncio' has no attribute 'mark'",
        """
        import pytest_asyncio

        @pytest_asyncio.mark.asyncio
        async def test_answer():
            assert True
        """,
        """
        import pytest

        @pytest.mark.asyncio
        async def test_answer():
            assert True
        """,
    ),
    ErrorCase(
        'An asyncio pytest marker defines both "scope" and "loop_scope", but it should '
        'only use "loop_scope".',
        """
        import pytest

        @pytest.mark.asyncio(scope="module", loop_scope="module")
        async def test_answer():
            assert True
        """,
        """
        import pytest

        @pytest.mark.asyncio(loop_scope="module")
        async def test_answer():
            assert True
        """,
    ),
    ErrorCase(
        "mark.asyncio accepts only keyword arguments 'loop_scope' and "
        "'loop_factories'.",
        """
        import pytest

        @pytest.mark.asyncio(forbid_global_loop=True)
        async def test_answer():
            assert True
        """,
        """
        import pytest

        @pytest.mark.asyncio
        async def test_answer():
            assert True
        """,
    ),
    ErrorCase(
        "got an unexpected loop scope value '...'.",
        """
        import pytest

        @pytest.mark.asyncio(loop_scope="global")
        async def test_answer():
            assert True
        """,
        """
        import pytest

        @pytest.mark.asyncio(loop_scope="session")
        async def test_answer():
            assert True
        """,
    ),
    ErrorCase(
        "mark.asyncio 'loop_factories' requires at least one "
        "pytest_asyncio_loop_factories hook implementation.",
        """
        import pytest

        @pytest.mark.asyncio(loop_factories=["uvloop"])
        async def test_answer():
            assert True
        """,
        """
        async def test_answer():
            assert True
        """,
    ),
    ErrorCase(
        "pytest_asyncio_loop_factories must return a non-empty mapping of factory "
        "names to callables.",
        """
        async def test_answer():
            assert True
        """,
        """
        async def test_answer():
            assert True
        """,
        files=(
            (
                "tests/conftest.py",
                """
                def pytest_asyncio_loop_factories(config, item):
                    return {}
                """,
            ),
        ),
    ),
    ErrorCase(
        "Loop factory '...' is not available. Available factories: ...",
        """
        import pytest

        @pytest.mark.asyncio(loop_factories=["quick"])
        async def test_answer():
            assert True
        """,
        """
        async def test_answer():
            assert True
        """,
        arguments=("-rs",),
        files=(
            (
                "tests/conftest.py",
                """
                import asyncio

                def pytest_asyncio_loop_factories(config, item):
                    return {"standard": asyncio.new_event_loop}
                """,
            ),
        ),
    ),
    ErrorCase(
        "error: unrecognized arguments: --asyncio-mode=auto",
        """
        def test_answer():
            assert True
        """,
        """
        def test_answer():
            assert True
        """,
        arguments=("-p", "no:asyncio", "--asyncio-mode=auto"),
        without_settings=True,
    ),
    ErrorCase(
        "(WARNING: ignoring pytest config in pyproject.toml!)",
        """
        def test_answer():
            assert True
        """,
        """
        def test_answer():
            assert True
        """,
        files=(
            (
                "pyproject.toml",
                """
                [tool.pytest.ini_options]
                asyncio_mode = "auto"
                """,
            ),
        ),
    ),
    ErrorCase(
        "Cannot use both [tool.pytest] (native TOML types) and "
        "[tool.pytest.ini_options]",
        """
        def test_answer():
            assert True
        """,
        """
        def test_answer():
            assert True
        """,
        without_settings=True,
        files=(
            (
                "pyproject.toml",
                """
                [tool.pytest]
                asyncio_mode = "auto"

                [tool.pytest.ini_options]
                asyncio_debug = "false"
                """,
            ),
        ),
    ),
    ErrorCase(
        "RuntimeError: Attempted to exit cancel scope in a different task than it was "
        "entered in",
        """
        import anyio
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def jobs():
            async with anyio.create_task_group() as jobs:
                yield jobs

        async def test_jobs(jobs):
            assert jobs
        """,
        """
        import anyio

        async def test_jobs():
            async with anyio.create_task_group() as jobs:
                assert jobs
        """,
    ),
    ErrorCase(
        "RuntimeError: Task got bad yield: ...",
        """
        import trio

        async def test_turn():
            await trio.lowlevel.cancel_shielded_checkpoint()
        """,
        """
        import anyio.lowlevel

        async def test_turn():
            await anyio.lowlevel.cancel_shielded_checkpoint()
        """,
    ),
    ErrorCase(
        "PytestUnraisableExceptionWarning: Exception ignored",
        """
        import socket

        async def test_connection():
            connection = socket.socket()
            assert connection
        """,
        """
        import socket

        async def test_connection():
            with socket.socket() as connection:
                assert connection
        """,
        without_net=True,
    ),
    ErrorCase(
        "Unclosed client session",
        """
        import aiohttp

        async def test_session():
            session = aiohttp.ClientSession()
            assert not session.closed
        """,
        """
        import aiohttp

        async def test_session():
            async with aiohttp.ClientSession() as session:
                assert not session.closed
        """,
        without_net=True,
    ),
    ErrorCase(
        "TypeError: AsyncClient.__init__() got an unexpected keyword argument 'app'",
        """
        from fastapi import FastAPI
        from httpx import AsyncClient

        async def test_application():
            async with AsyncClient(app=FastAPI(), base_url="http://test") as client:
                await client.get("/")
        """,
        """
        from fastapi import FastAPI
        from httpx import ASGITransport, AsyncClient

        async def test_application():
            transport = ASGITransport(FastAPI())
            async with AsyncClient(
                transport=transport, base_url="http://test"
            ) as client:
                assert (await client.get("/")).status_code == 404
        """,
    ),
    ErrorCase(
        "sqlalchemy.exc.MissingGreenlet: greenlet_spawn has not been called",
        """
        import pytest
        from sqlalchemy.ext.asyncio import create_async_engine

        async def test_database():
            engine = create_async_engine("sqlite+aiosqlite://")
            engine.sync_engine.connect()
        """,
        """
        from sqlalchemy.ext.asyncio import create_async_engine

        async def test_database():
            engine = create_async_engine("sqlite+aiosqlite://")
            async with engine.connect() as connection:
                assert not connection.closed
            await engine.dispose()
        """,
    ),
    ErrorCase(
        "uses a function-scoped fixture '...'.",
        """
        import pytest
        from hypothesis import given, strategies

        @pytest.fixture
        def basket():
            return []

        @given(strategies.integers())
        async def test_basket(basket, number):
            basket.append(number)
        """,
        """
        from hypothesis import given, strategies

        @given(strategies.integers())
        async def test_basket(number):
            basket = [number]
            assert basket
        """,
        arguments=("-p", "hypothesispytest"),
    ),
    ErrorCase(
        "Hypothesis doesn't know how to run async test functions like ...",
        """
        from hypothesis import given, strategies

        @given(strategies.integers())
        async def test_number(number):
            assert number == number
        """,
        """
        import pytest
        from hypothesis import given, strategies

        @pytest.mark.asyncio
        @given(strategies.integers())
        async def test_number(number):
            assert number == number
        """,
        arguments=("-p", "hypothesispytest"),
        without_settings=True,
    ),
    ErrorCase(
        "has errored out but its parent task ... is already completed",
        """
        import asyncio
        import pytest_asyncio

        async def fail():
            raise ValueError

        @pytest_asyncio.fixture
        async def jobs():
            async with asyncio.TaskGroup() as jobs:
                yield jobs

        async def test_jobs(jobs):
            job = jobs.create_task(fail())
            await asyncio.wait([job])
        """,
        """
        import asyncio
        import pytest

        async def fail():
            raise ValueError

        async def test_jobs():
            with pytest.raises(ExceptionGroup):
                async with asyncio.TaskGroup() as jobs:
                    jobs.create_task(fail())
        """,
        without_net=True,
        first=11,
    ),
]
