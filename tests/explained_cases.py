"""Failing tests, and what their reports say of the cause.

`CAUSES` is for the guide's own cases in `guide_errors.py`; `OTHERS` are modules of
their own. `FILE` stands for the module that failed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

NOT_EXPLAINED = {
    "did not finish within ... seconds; it was waiting at": "says it all itself",
    "asks for the fixture '...', a loop for sync tests that it would never run on": (
        "says it all itself"
    ),
    'The configuration option "asyncio_default_fixture_loop_scope" is unset.': (
        "comes before any test"
    ),
    "'...' is not a valid asyncio_mode. Valid modes: auto, strict.": (
        "comes before any test"
    ),
    "Unknown config option: ...": "comes before any test",
    "Missing required plugins: pytest-asyncio": "comes before any test",
    "AttributeError: 'async_generator' object has no attribute '...'": (
        "Python says it all itself"
    ),
    "TypeError: 'async_generator' object is not iterable": (
        "Python says it all itself"
    ),
    "TypeError: 'async for' requires an object with __aiter__ method, got coroutine": (
        "Python says it all itself"
    ),
    "TypeError: '...' object does not support the asynchronous context manager "
    "protocol": ("Python says it all itself"),
    "TypeError: a coroutine was expected, got <function ...>": (
        "Python says it all itself"
    ),
    "TypeError: 'coroutine' object is not callable": "Python says it all itself",
    "TypeError: An asyncio.Future, a coroutine or an awaitable is required": (
        "Python says it all itself"
    ),
    "TypeError: Passing coroutines is forbidden, use tasks explicitly.": (
        "Python says it all itself"
    ),
    "TypeError: object NoneType can't be used in 'await' expression": (
        "Python says it all itself"
    ),
    "TypeError: 'NoneType' object can't be awaited": "Python says it all itself",
    "NameError: name 'asyncio' is not defined": "Python says it all itself",
    "AttributeError: module 'pytest_asyncio' has no attribute 'mark'": (
        "Python says it all itself"
    ),
    'An asyncio pytest marker defines both "scope" and "loop_scope", but it should '
    'only use "loop_scope".': ("comes before any test"),
    "mark.asyncio accepts only keyword arguments 'loop_scope' and 'loop_factories'.": (
        "comes before any test"
    ),
    "got an unexpected loop scope value '...'.": "comes before any test",
    "mark.asyncio 'loop_factories' requires at least one "
    "pytest_asyncio_loop_factories hook implementation.": ("comes before any test"),
    "pytest_asyncio_loop_factories must return a non-empty mapping of factory names "
    "to callables.": ("comes before any test"),
    "Loop factory '...' is not available. Available factories: ...": (
        "the test is skipped, not failed"
    ),
    "error: unrecognized arguments: --asyncio-mode=auto": "comes before any test",
    "(WARNING: ignoring pytest config in pyproject.toml!)": "comes before any test",
    "Cannot use both [tool.pytest] (native TOML types) and [tool.pytest.ini_options]": (
        "comes before any test"
    ),
    "RuntimeError: Attempted to exit cancel scope in a different task than it was "
    "entered in": ("anyio says it all itself"),
    "RuntimeError: Task got bad yield: ...": "is of another library",
    "PytestUnraisableExceptionWarning: Exception ignored": (
        "the safety net names what was left"
    ),
    "Unclosed client session": "is logged, and fails no test",
    "TypeError: AsyncClient.__init__() got an unexpected keyword argument 'app'": (
        "is of another library"
    ),
    "sqlalchemy.exc.MissingGreenlet: greenlet_spawn has not been called": (
        "is of another library"
    ),
    "uses a function-scoped fixture '...'.": "Hypothesis says it all itself",
    "Hypothesis doesn't know how to run async test functions like ...": (
        "Hypothesis says it all itself"
    ),
    "has errored out but its parent task ... is already completed": (
        "is logged, and fails no test"
    ),
}

# By the guide's entry.
CAUSES = {
    "async def functions are not natively supported.": (
        "the mode is strict, and FILE:2 has no @pytest.mark.asyncio"
    ),
    "requested an async fixture '...', with no plugin or hook that handled it.": (
        "in strict mode nothing runs the async fixture 'answer', FILE:5"
    ),
    "got Future ... attached to a different loop": (
        "the fixture 'answer' (scope function, loop scope module) is not made on the "
        "loop of the test 'test_answer' (loop scope function), which uses it at FILE:10"
    ),
    "is bound to a different event loop": (
        "the global name 'letters' (a Queue) belongs to another loop than that of the "
        "test 'test_second' (loop scope function), which uses it at FILE:8"
    ),
    "RuntimeError: Event loop is closed": (
        "FILE:11 uses the local name 'self' (a Connection) of an event loop that is "
        "closed already"
    ),
    "ScopeMismatch: You tried to access the function scoped fixture "
    "_function_scoped_runner with a ... scoped request object.": (
        "the fixture 'answer' (scope module, loop scope function) is kept for longer "
        "than its loop"
    ),
    "RuntimeError: There is no current event loop in thread 'MainThread'": (
        "the sync test 'test_second' wants the current event loop where none is set, "
        "at FILE:11"
    ),
    "DeprecationWarning: There is no current event loop": (
        "the sync test 'test_future' wants the current event loop where none is set, "
        "at FILE:5"
    ),
    "RuntimeError: no running event loop": (
        "the sync fixture 'server' wants a running event loop where none runs, at "
        "FILE:12"
    ),
    "RuntimeError: asyncio.run() cannot be called from a running event loop": (
        "the async test 'test_answer' calls asyncio.run() at FILE:8, while the loop of "
        "the test runs"
    ),
    "RuntimeError: This event loop is already running": (
        "the async test 'test_answer' runs an event loop by hand at FILE:9, while the "
        "loop of the test runs"
    ),
    "RuntimeError: Cannot run the event loop while another loop is running": (
        "the async test 'test_answer' runs an event loop by hand at FILE:10, while the "
        "loop of the test runs"
    ),
    "RuntimeError: Runner.run() cannot be called from a running event loop": (
        "FILE:9 asks for the async fixture 'answer', while the loop of the test runs"
    ),
    "fixture 'event_loop' not found": (
        "the test at FILE:2 asks for event_loop, which pytest-asyncio 1.0 removed"
    ),
    "RuntimeWarning: coroutine '...' was never awaited": (
        "FILE:6 calls save() without `await`"
    ),
    "AttributeError: 'coroutine' object has no attribute '...'": (
        "FILE:6 uses a coroutine in place of what it would return"
    ),
    "It is deprecated to return a value that is not None from a test case": (
        "FILE:5 is async, and unittest.TestCase awaits none of its tests"
    ),
    "Failed: DID NOT RAISE": (
        "the block at FILE:9 does not await `asyncio.create_task(fail())`"
    ),
    "TypeError: object MagicMock can't be used in 'await' expression": (
        "FILE:5 awaits a MagicMock"
    ),
    "TypeError: 'MagicMock' object can't be awaited": "FILE:5 awaits a MagicMock",
    "RuntimeError: cannot reuse already awaited coroutine": (
        "FILE:8 awaits a coroutine that has been awaited before"
    ),
    "NameError: name 'pytest_asyncio' is not defined": (
        "FILE:2 uses pytest_asyncio, which is not imported there"
    ),
    "Marks cannot be applied to fixtures.": (
        "the fixture 'answer' has the mark, at FILE:5"
    ),
    "is marked with '@pytest.mark.asyncio' but it is not an async function.": (
        "the sync test at FILE:5 has the mark"
    ),
    'The "scope" keyword argument to the asyncio marker has been deprecated.': (
        "scope= stands at FILE:4"
    ),
    "Tests based on asynchronous generators are not supported.": (
        "there is a `yield` in an async test, so that it never runs"
    ),
    "ResourceWarning: unclosed event loop": (
        "the event loop made at FILE:6 was not closed"
    ),
    "An exception occurred during teardown of an asyncio.Runner.": (
        "FILE:11 closes the loop of pytest-asyncio"
    ),
    "Async generator fixture didn't stop.": (
        "the fixture 'answer', FILE:5, yields once more"
    ),
    "Task exception was never retrieved": (
        "nothing keeps the task 'Task-N' (wait_for_ever()), which has not ended"
    ),
    'Overriding the "event_loop_policy" fixture is deprecated': (
        "the fixture 'event_loop_policy' is defined at FILE:5"
    ),
    "DeprecationWarning: 'asyncio.get_event_loop_policy' is deprecated "
    "and slated for removal in Python 3.16": (
        "FILE:5 uses asyncio.get_event_loop_policy"
    ),
}

# Where the guide's own case fails with another message first, or with none of these.
INSTEAD = {
    'Overriding the "event_loop_policy" fixture is deprecated': """
        import pytest

        @pytest.fixture
        def event_loop_policy():
            return None

        async def test_answer():
            assert True
        """,
    "Task exception was never retrieved": """
        import asyncio
        import gc

        async def wait_for_ever():
            await asyncio.get_running_loop().create_future()

        async def leave_a_task():
            try:
                await wait_for_ever()
            finally:
                asyncio.create_task(wait_for_ever())
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                gc.collect()

        def test_leave(standard_event_loop):
            standard_event_loop.create_task(leave_a_task())
            standard_event_loop.run_until_complete(asyncio.sleep(0))
        """,
}


@dataclass(frozen=True)
class Other:
    """A test module of another kind than the guide's.

    Attributes:
        name: What is shown by it.
        text: The module.
        causes: The causes that its first failing report names.
        remedy: What a remedy has in it.
    """

    name: str
    text: str
    causes: list[str] = field(default_factory=list[str])
    remedy: str = ""


OTHERS = [
    Other(
        "an unrelated failure",
        """
        async def test_answer():
            assert 6 * 9 == 42
        """,
    ),
    Other(
        "the user's own error with the same words",
        """
        def test_answer():
            raise ValueError("Event loop is closed")
        """,
    ),
    Other(
        "the same words, raised by the user",
        """
        def test_answer():
            raise RuntimeError("Event loop is closed")
        """,
    ),
    Other(
        "the user's own class of error",
        """
        class Closed(RuntimeError):
            pass

        def close(error=Closed):
            raise error("Event loop is closed")

        def test_answer():
            close()
        """,
    ),
    Other(
        "a block that just does not raise",
        """
        import pytest

        async def test_answer():
            with pytest.raises(ValueError):
                [int][0]("42")
        """,
    ),
    Other(
        "a block that awaits and does not raise",
        """
        import asyncio
        import pytest

        async def test_answer():
            with pytest.raises(ValueError):
                await asyncio.gather()
        """,
    ),
    Other(
        "a mark of another kind on a fixture",
        """
        import pytest

        @pytest.mark.skipif(False, reason="asyncio")
        @pytest.fixture
        def answer():
            return 42
        """,
    ),
    Other(
        "an expected failure",
        """
        import asyncio
        import pytest

        @pytest.mark.xfail
        def test_answer():
            asyncio.get_running_loop()
        """,
    ),
    Other(
        "an error that was handled",
        """
        import asyncio

        def test_answer():
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                assert 6 * 9 == 42
        """,
    ),
    Other(
        "an error that cannot be shown",
        """
        class Hostile:
            def __str__(self):
                raise ZeroDivisionError

        def test_answer():
            next(iter(()), fail())

        def fail():
            error = RuntimeError(Hostile())
            raise error
        """,
    ),
    Other(
        "an error that another one was raised from",
        """
        import asyncio

        def test_answer():
            try:
                asyncio.get_running_loop()
            except RuntimeError as error:
                raise ValueError("no answer") from error
        """,
        [
            (
                "the sync test 'test_answer' wants a running event loop where none "
                "runs, at FILE:6"
            ),
        ],
        "make the test `async def`",
    ),
    Other(
        "an error in the course of which another one came",
        """
        import asyncio

        async def answer():
            return 42

        async def test_answer():
            call = answer()
            try:
                asyncio.run(call)
            finally:
                call.close()
                assert call is None
        """,
        [
            (
                "the async test 'test_answer' calls asyncio.run() at FILE:10, while "
                "the loop of the test runs"
            ),
        ],
    ),
    Other(
        "a group of errors, two of which are of one kind",
        """
        import asyncio
        import sys
        from unittest.mock import NonCallableMock

        if sys.version_info < (3, 11):
            from exceptiongroup import ExceptionGroup

        async def caught(awaitable):
            try:
                await awaitable
            except Exception as error:
                return error

        async def test_answer():
            once = asyncio.sleep(0)
            await once
            members = [await caught(NonCallableMock()) for _ in range(2)]
            members += [await caught(once), members[0]]
            raise ExceptionGroup("all", [ExceptionGroup("some", members)])
        """,
        [
            "FILE:11 awaits a NonCallableMock",
            "FILE:11 awaits a coroutine that has been awaited before",
        ],
        "use AsyncMock",
    ),
    Other(
        "values whose attributes cannot be looked at",
        """
        import asyncio
        import pytest_asyncio

        class Hostile:
            @property
            def __dict__(self):
                raise ZeroDivisionError

        @pytest_asyncio.fixture(loop_scope="module")
        async def answer():
            return asyncio.get_running_loop().create_future()

        async def test_answer(answer):
            hostile = Hostile()
            await answer
        """,
        ["what is awaited was made on another event loop than the running one"],
    ),
    Other(
        "of two fixtures on another loop, the one that is used",
        """
        import asyncio
        import pytest_asyncio

        class Pool:
            def __init__(self):
                self.free = asyncio.Queue()
                self.loop = asyncio.get_running_loop()

        @pytest_asyncio.fixture(scope="module", loop_scope="module")
        async def settings():
            return {}

        @pytest_asyncio.fixture(scope="module", loop_scope="module")
        async def pool():
            pool = Pool()
            waiting = asyncio.create_task(pool.free.get())
            await asyncio.sleep(0)
            waiting.cancel()
            return pool

        async def test_pool(settings, pool):
            await pool.free.get()
        """,
        [
            (
                "the fixture 'pool' (scope module, loop scope module) is not made on "
                "the loop of the test 'test_pool' (loop scope function), which uses it"
                " at FILE:23"
            ),
        ],
        'or @pytest_asyncio.fixture(scope="function", loop_scope="function") on '
        "'pool'",
    ),
    Other(
        "a fixture that uses another fixture's loop",
        """
        import asyncio
        import pytest
        import pytest_asyncio

        @pytest_asyncio.fixture(loop_scope="class")
        async def row():
            return asyncio.get_running_loop().create_future()

        @pytest_asyncio.fixture(loop_scope="module")
        async def table(row):
            await row

        @pytest.mark.asyncio(loop_scope="module")
        async def test_table(table):
            assert table
        """,
        [
            (
                "the fixture 'row' (scope function, loop scope class) is not made on "
                "the loop of the fixture 'table' (scope function, loop scope module), "
                "which uses it at FILE:12"
            ),
        ],
        "@pytest_asyncio.fixture(loop_scope=\"class\") on 'table', or "
        "@pytest_asyncio.fixture(loop_scope=\"module\") on 'row'",
    ),
    Other(
        "a sync fixture's value that an earlier test has used",
        """
        import asyncio
        import pytest

        @pytest.fixture(scope="module")
        def gate():
            return asyncio.Event()

        async def wait(gate):
            asyncio.get_running_loop().call_soon(gate.set)
            await gate.wait()
            gate.clear()

        async def test_first(gate):
            await wait(gate)

        async def test_second(gate):
            await wait(gate)
        """,
        [
            (
                "the fixture 'gate' belongs to another loop than that of the test "
                "'test_second' (loop scope function), which uses it at FILE:11"
            ),
        ],
    ),
    Other(
        "a sync helper that asks for a loop",
        """
        import asyncio

        class Client:
            def __init__(self):
                self.loop = asyncio.get_running_loop()

        def test_client():
            assert Client()
        """,
        ["'__init__' wants a running event loop where none runs, at FILE:6"],
    ),
    Other(
        "something of another loop in a collection",
        """
        import asyncio

        kept = {}

        async def test_first():
            kept["answer"] = asyncio.get_running_loop().create_future()

        async def test_second():
            await kept["answer"]
        """,
        [
            (
                "the global name 'kept' (a dict) belongs to another loop than that of "
                "the test 'test_second' (loop scope function), which uses it at FILE:10"
            ),
        ],
    ),
    Other(
        "something of another loop that has no name",
        """
        import asyncio

        class Kept:
            answer = None

        async def test_first():
            Kept.answer = asyncio.get_running_loop().create_future()

        async def test_second():
            await Kept.answer
        """,
        ["what is awaited was made on another event loop than the running one"],
    ),
    Other(
        "a closed loop that has no name",
        """
        import asyncio

        class Kept:
            loop = None

        async def test_first():
            Kept.loop = asyncio.get_running_loop()

        async def test_second():
            Kept.loop.call_soon(print)
        """,
        ["FILE:11 uses something of an event loop that is closed already"],
    ),
    Other(
        "a fixture that is asked for by name",
        """
        import pytest
        import pytest_asyncio

        @pytest_asyncio.fixture(scope="module", loop_scope="function")
        async def answer():
            return 42

        def test_answer(request):
            assert request.getfixturevalue("answer") == 42
        """,
        ["an async fixture is kept for longer than the loop that it lives on"],
    ),
    Other(
        "sync code that runs a loop",
        """
        import asyncio

        async def answer():
            return 42

        def ask():
            return asyncio.run(answer())

        async def test_answer():
            assert ask() == 42
        """,
        ["'ask' calls asyncio.run() at FILE:8, while the loop of the test runs"],
        "test that from a sync test",
    ),
    Other(
        "a socket that is left open",
        """
        import gc
        import socket

        def test_socket():
            socket.socket()
            gc.collect()
        """,
        ["a socket.socket was left open"],
    ),
    Other(
        "a thread that asks for a loop",
        """
        import asyncio

        async def test_thread():
            await asyncio.to_thread(asyncio.get_running_loop)
        """,
        [
            (
                "the async test 'test_thread' wants a running event loop where none "
                "runs: in another thread, at FILE:5"
            ),
        ],
        "get the loop outside the thread",
    ),
    Other(
        "an object that is made for all tests",
        """
        import asyncio

        class Pool:
            def __init__(self):
                self.lock = asyncio.Lock()

            async def get(self):
                async with self.lock:
                    await asyncio.sleep(0)

        pool = Pool()

        async def test_first():
            await asyncio.gather(pool.get(), pool.get())

        async def test_second():
            await asyncio.gather(pool.get(), pool.get())
        """,
        [
            (
                "the global name 'pool' (a Pool) belongs to another loop than that of "
                "the test 'test_second' (loop scope function), which uses it at FILE:9"
            ),
        ],
    ),
    Other(
        "an async generator that is looped over with for",
        """
        async def letters():
            yield "a"

        async def test_letters():
            assert list(letters()) == ["a"]
        """,
        ["FILE:6 uses an async generator in place of what it yields"],
        "async for",
    ),
    Other(
        "a fixture of which pytest has the coroutine only",
        """
        import pytest

        @pytest.fixture
        def answer():
            return calculate()

        async def calculate():
            return 42

        async def test_answer(answer):
            assert answer + 1 == 43
        """,
        [
            (
                "the fixture 'answer', FILE:5, gives a coroutine that nothing has run; "
                "FILE:12 uses it"
            ),
        ],
    ),
    Other(
        "an async fixture that asks for event_loop",
        """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def clock(event_loop):
            return event_loop.time

        async def test_clock(clock):
            assert clock()
        """,
        [
            (
                "the fixture 'clock', FILE:5, asks for event_loop, which pytest-"
                "asyncio 1.0 removed"
            ),
        ],
    ),
    Other(
        "a mock that is not awaited",
        """
        from unittest.mock import AsyncMock

        async def test_mail():
            send = AsyncMock()
            send("ada@example.com")
        """,
        ["an AsyncMock was called, and what it returned was not awaited"],
    ),
    Other(
        "a setup method that is async",
        """
        class TestAnswer:
            async def setup_method(self):
                self.answer = 42

            def test_answer(self):
                assert True
        """,
        ["pytest calls 'TestAnswer.setup_method' without awaiting it"],
        "autouse=True",
    ),
    Other(
        "one of two calls that could be meant",
        """
        async def save():
            pass

        async def test_save():
            save()
            save()
        """,
        [
            (
                "this test, or one right before it, calls an async function without "
                "`await`, which runs nothing of it"
            ),
        ],
    ),
    Other(
        "a function that is sync and returns nothing",
        """
        def save():
            pass

        async def test_save():
            await save()
        """,
        ["FILE:6 awaits a NoneType"],
        "returns None",
    ),
    Other(
        "a task that is made of no coroutine",
        """
        import asyncio

        async def test_save():
            asyncio.create_task(42)
        """,
        ["FILE:5 passes on what is no coroutine"],
    ),
    Other(
        "a method that is called and not awaited in pytest.raises",
        """
        import pytest

        class Client:
            async def connect(self):
                raise OSError

        def test_connect():
            client = Client()
            with pytest.raises(OSError):
                client.connect()
        """,
        ["the block at FILE:10 does not await `client.connect()`"],
    ),
    Other(
        "a decorator that hides the coroutine function",
        """
        import functools

        def logged(test):
            @functools.wraps(test)
            def logged(*arguments):
                return test(*arguments)
            return logged

        class TestAnswer:
            @logged
            async def test_answer(self):
                assert True
        """,
        ["a decorator at FILE:12 hides that the function is async"],
        "make its wrapper `async def`",
    ),
]

# And without `-W error`.
IN_STRICT_MODE = [
    Other(
        "an async method that unittest has called",
        """
        import unittest

        class TestAnswer(unittest.TestCase):
            async def test_answer(self):
                assert True
        """,
        ["FILE:5 is async, and unittest.TestCase awaits none of its tests"],
        "IsolatedAsyncioTestCase",
    ),
    Other(
        "what fixture-scope means",
        """
        import asyncio
        import pytest
        import pytest_asyncio

        @pytest_asyncio.fixture(scope="module")
        async def answer():
            return asyncio.get_running_loop().create_future()

        @pytest.mark.asyncio
        async def test_answer(answer):
            await answer
        """,
        [
            (
                "the fixture 'answer' (scope module, loop scope module) is not made on"
                " the loop of the test 'test_answer' (loop scope function), which uses"
                " it at FILE:12"
            ),
        ],
    ),
]
