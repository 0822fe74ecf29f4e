"""The rules on tests and fixtures that do not do what they look like."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fixer_script import FixerRun

AUTO = "[pytest]\nasyncio_mode = auto\n"
HEAD = "import asyncio\nimport pytest\nimport pytest_asyncio\n"


def code(text: str, head: str = HEAD) -> str:
    """Return a module of a text that is indented here, below imports."""
    return head + textwrap.dedent(text)


def check(run: FixerRun, rule: str, text: str, **others: str) -> list[int]:
    """Return the lines in which a rule finds something."""
    outcome = run({**others, "test_it.py": text}, "--check", f"--select={rule}")
    places = re.findall(
        rf"^test_it\.py:(\d+):\d+: {rule}", outcome.printed, re.MULTILINE
    )
    return sorted({int(line) for line in places})


def marked(text: str) -> list[int]:
    """Return the lines that say that something is found there."""
    numbered = enumerate(text.splitlines(), 1)
    found = [number for number, line in numbered if line.endswith("# here")]
    assert found
    return found


# What each rule finds, in the lines that say so. The first word is the rule.
FOUND = {
    "PTA203 around classes, by hand": """
        class TestIt:
            @classmethod
            async def setup_class(cls): ...  # here
            async def teardown_class(cls): ...  # here
            def test_it(self): ...
    """,
    "PTA203 around modules and functions": """
        async def setup_module(): ...  # here
        async def teardown_function(function): ...  # here
        def test_it(): ...
    """,
    "PTA203 around methods of anyio's tests": """
        class TestIt:
            async def setup_method(self): ...  # here
            @pytest.mark.anyio
            async def test_it(self): ...
    """,
    "PTA203 unittest's own": """
        import unittest
        class It(unittest.IsolatedAsyncioTestCase):
            async def setUp(self): ...  # here
            async def asyncSetUp(self): ...
            @classmethod
            async def setUpClass(cls): ...  # here
            async def test_it(self): ...
    """,
    "PTA204 a test in a class": """
        class TestIt:
            @pytest.mark.asyncio
            @pytest.mark.parametrize("x", [1])
            async def test_it(self, x):
                if x:
                    y = yield  # here
                yield
    """,
    "PTA204 under a patch": """
        from unittest import mock
        @mock.patch("a.b")
        async def test_it(b):
            yield b  # here
    """,
    "PTA206 a loop, with a name of its own": """
        from asyncio import get_running_loop as running
        @pytest.fixture()
        def loop_now():
            return running()  # here
    """,
    "PTA206 a session, in a class": """
        import aiohttp
        class TestIt:
            @pytest.fixture
            def client(self):
                with aiohttp.ClientSession() as client:  # here
                    yield client
    """,
    "PTA206 a future of a coroutine": """
        @pytest.fixture
        def task(request):
            return [asyncio.ensure_future(x) for x in request.param]  # here
    """,
    "PTA206 a sync fixture of the plugin": """
        @pytest_asyncio.fixture
        def task():
            return asyncio.create_task(asyncio.sleep(1))  # here
    """,
    "PTA207 loops and futures": """
        loop = asyncio.get_event_loop()  # here
        both = asyncio.gather()  # here
        class TestIt:
            future = asyncio.Future()  # here
            @pytest.mark.parametrize("x", [asyncio.Future()])  # here
            def test_it(self, x): ...
    """,
    "PTA207 a new loop for async tests": """
        loop = asyncio.new_event_loop()  # here
        @pytest.mark.asyncio
        async def test_it():
            await asyncio.wrap_future(loop.create_future())
    """,
    "PTA207 a queue for several loops": """
        from asyncio import Queue
        queue: Queue[int] = Queue()  # here
        @pytest.mark.asyncio
        async def test_first():
            assert await queue.get()
        @pytest.mark.asyncio
        async def test_second():
            assert await queue.get()
    """,
    "PTA208 each that is around": """
        import anyio
        from async_timeout import timeout
        @pytest_asyncio.fixture
        async def all():
            with anyio.fail_after(1):  # here
                async with asyncio.TaskGroup() as group, timeout(2):  # here
                    try:
                        yield group
                    finally:
                        pass
    """,
    "PTA208 with a name": """
        @pytest_asyncio.fixture
        async def group():
            group = asyncio.TaskGroup()
            async with group:  # here
                yield group
    """,
    "PTA209 one after the other": """
        @pytest_asyncio.fixture
        async def it():
            value = yield 1
            await asyncio.sleep(0)
            yield 2  # here
    """,
    "PTA209 a condition, and then in any case": """
        @pytest.fixture
        def it(request):
            if request.param:
                yield 1
            yield 2  # here
    """,
    "PTA209 in any case, and on a condition": """
        @pytest.fixture
        def it(request):
            with open("x") as file:
                yield file
            if request.param:
                yield 2  # here
    """,
    "PTA209 in one branch": """
        @pytest.fixture
        def it(request):
            match request.param:
                case 1:
                    yield 1
                    yield 2  # here
                case _:
                    yield 3
    """,
    "PTA209 around try": """
        @pytest.fixture
        def it():
            try:
                yield 1
            except ValueError:
                yield 2
            finally:
                yield 3  # here
    """,
    "PTA209 in the body of try and after it": """
        @pytest.fixture
        def it():
            try:
                yield 1
            except ValueError:
                raise
            yield 2  # here
    """,
    "PTA209 after a loop that only breaks": """
        @pytest.fixture
        def it(request):
            while True:
                if request.param:
                    yield 1
                    break
            yield 2  # here
    """,
    "PTA209 in one turn of a loop": """
        @pytest.fixture
        def it(request):
            for each in request.param:
                yield each
                yield each  # here
    """,
    "PTA215 in tests and fixtures": """
        from asyncio import run
        @pytest_asyncio.fixture
        async def it():
            run(asyncio.sleep(0))  # here
            asyncio.get_event_loop().run_forever()  # here
        @pytest.mark.asyncio
        async def test_it():
            loop = asyncio.new_event_loop()
            with open("x"):
                loop.run_until_complete(asyncio.sleep(0))  # here
    """,
    "PTA217 closed, stopped and unset": """
        @pytest.mark.asyncio(loop_scope="module")
        async def test_it():
            asyncio.set_event_loop(None)  # here
            asyncio.get_running_loop().close()  # here
            loop = asyncio.get_event_loop()
            loop.stop()  # here
    """,
}


@pytest.mark.parametrize("name", FOUND)
def test_a_fault_is_found(run_fixer: FixerRun, name: str) -> None:
    """In the lines that say so, and in no other."""
    text = code(FOUND[name])

    assert check(run_fixer, name[:6], text) == marked(text)


# What looks like a fault to a rule and is none.
ALONE = {
    "PTA203 what is no test class": """
        class Helper:
            async def setup_method(self): ...
        def test_it(): ...
    """,
    "PTA203 a fixture": """
        class TestIt:
            @pytest_asyncio.fixture(autouse=True)
            async def setup_method(self): ...
            def test_it(self): ...
    """,
    "PTA203 a sync method": """
        class TestIt:
            def setup_method(self): ...
            async def setup(self): ...
            def test_it(self): ...
    """,
    "PTA203 what makes it sync": """
        from mine import run_in_loop
        class TestIt:
            @run_in_loop
            async def setup_method(self): ...
            def test_it(self): ...
    """,
    "PTA203 what unittest awaits": """
        import unittest
        class It(unittest.IsolatedAsyncioTestCase):
            async def asyncSetUp(self): ...
            async def asyncTearDown(self): ...
            async def test_it(self): ...
    """,
    "PTA203 another framework's": """
        from twisted.trial.unittest import TestCase
        class It(TestCase):
            async def setUp(self): ...
            async def test_it(self): ...
    """,
    "PTA204 what is in the test": """
        @pytest.mark.asyncio
        async def test_it():
            async def numbers():
                yield 1
            assert [x async for x in numbers()] == [1]
    """,
    "PTA204 a fixture with a test's name": """
        @pytest_asyncio.fixture
        async def test_data():
            yield 1
    """,
    "PTA204 what makes something else of it": """
        from mine import generator_test
        @generator_test
        async def test_it():
            yield 1
    """,
    "PTA204 a sync test": """
        def test_it():
            yield 1
    """,
    "PTA206 an async fixture": """
        @pytest_asyncio.fixture
        async def it():
            return asyncio.create_task(asyncio.sleep(0))
    """,
    "PTA206 what runs later": """
        @pytest.fixture
        def it():
            def start():
                return asyncio.create_task(asyncio.sleep(0))
            return start, lambda: asyncio.get_running_loop(), asyncio.create_task
    """,
    "PTA206 what is expected to fail": """
        @pytest.fixture
        def it():
            with pytest.raises(RuntimeError):
                asyncio.get_running_loop()
            try:
                return asyncio.get_running_loop()
            except RuntimeError:
                return None
    """,
    "PTA206 a loop that is given": """
        import aiohttp
        @pytest.fixture
        def it(connector):
            loop = asyncio.new_event_loop()
            asyncio.ensure_future(f(), loop=loop)
            return aiohttp.ClientSession(connector=connector)
    """,
    "PTA206 a loop that is set": """
        @pytest.fixture
        def it():
            asyncio.set_event_loop(asyncio.new_event_loop())
            return asyncio.ensure_future(f())
    """,
    "PTA206 a future with an async fixture's loop": """
        @pytest.fixture
        def it(connection):
            return asyncio.ensure_future(connection.read())
    """,
    "PTA206 what a test gets while it runs": """
        @pytest.fixture
        def it():
            return asyncio.create_task(asyncio.sleep(0))
        @pytest.mark.asyncio
        async def test_it(request):
            request.getfixturevalue("it")
    """,
    "PTA206 a name of the project's own": """
        from mine import asyncio
        @pytest.fixture
        def it():
            return asyncio.create_task()
    """,
    "PTA207 in functions": """
        make = lambda: asyncio.Future()
        def test_it(): asyncio.get_event_loop()
    """,
    "PTA207 not certain": """
        import sys
        if sys.platform == "win32":
            loop = asyncio.get_event_loop()
        try:
            loop = asyncio.get_event_loop()
        except RuntimeError:
            loop = None
        if __name__ == "__main__":
            asyncio.get_event_loop().run_until_complete(f())
        def test_it(): ...
    """,
    "PTA207 a loop for sync tests": """
        loop = asyncio.new_event_loop()
        def test_it():
            loop.run_until_complete(asyncio.sleep(0))
    """,
    "PTA207 a loop for a thread": """
        from threading import Thread
        loop = asyncio.new_event_loop()
        Thread(target=loop.run_forever, daemon=True).start()
        @pytest.mark.asyncio
        async def test_it():
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop)
    """,
    "PTA207 a current loop that is set": """
        asyncio.set_event_loop(asyncio.new_event_loop())
        loop = asyncio.get_event_loop()
        def test_it(): ...
    """,
    "PTA207 a queue that does not wait, or for one loop": """
        queue = asyncio.Queue()
        event = asyncio.Event()
        @pytest.mark.asyncio
        async def test_first():
            queue.put_nowait(1)
            await event.wait()
        @pytest.mark.asyncio
        async def test_second():
            queue.get_nowait()
    """,
    "PTA207 one loop for all": """
        pytestmark = pytest.mark.asyncio(loop_scope="module")
        event = asyncio.Event()
        async def test_first():
            await event.wait()
        async def test_second():
            await event.wait()
    """,
    "PTA207 a name that a test has itself": """
        event = asyncio.Event()
        @pytest.mark.asyncio
        async def test_first():
            event = asyncio.Event()
            await event.wait()
        @pytest.mark.asyncio
        async def test_second(event):
            await event.wait()
    """,
    "PTA207 no test file's": """
        loop = asyncio.get_event_loop()
        def helper(): ...
    """,
    "PTA208 before and after": """
        @pytest_asyncio.fixture
        async def it():
            async with asyncio.timeout(1):
                await asyncio.sleep(0)
            yield
            async with asyncio.timeout(1):
                await asyncio.sleep(0)
    """,
    "PTA208 no limit": """
        @pytest_asyncio.fixture
        async def it():
            async with asyncio.timeout(None):
                yield
    """,
    "PTA208 anyio's and trio's own fixtures": """
        import anyio
        import pytest_trio
        @pytest.fixture
        async def group():
            async with anyio.create_task_group() as group:
                yield group
        @pytest_trio.trio_fixture
        async def scope():
            with anyio.move_on_after(1):
                yield
    """,
    "PTA208 what is made for tests": """
        @pytest_asyncio.fixture
        async def it():
            async with asyncio.timeout(1):
                async def numbers():
                    yield 1
                await asyncio.sleep(0)
            yield numbers
    """,
    "PTA209 branches": """
        @pytest.fixture
        def it(request):
            if request.param == 1:
                yield 1
            elif request.param == 2:
                yield 2
            else:
                yield 3
    """,
    "PTA209 an early return": """
        @pytest_asyncio.fixture
        async def it(request):
            if request.param:
                yield 1
                return
            if not request.param:
                pytest.skip("no")
                yield 1
            yield 2
    """,
    "PTA209 conditions that may exclude each other": """
        @pytest.fixture
        def it(request):
            if request.param:
                yield 1
            if not request.param:
                yield 2
    """,
    "PTA209 alternatives of try": """
        @pytest.fixture
        def it():
            try:
                connection = connect()
            except OSError:
                yield None
            else:
                yield connection
            finally:
                clean()
    """,
    "PTA209 a loop that is left": """
        @pytest.fixture
        def it(request):
            for each in request.param:
                if each:
                    yield each
                    break
                continue
            else:
                yield None
    """,
    "PTA209 a loop that drains": """
        @pytest_asyncio.fixture
        async def it():
            nodes = make_nodes()
            yield await nodes.__anext__()
            async for node in nodes:
                yield node
    """,
    "PTA209 a loop that returns": """
        @pytest.fixture
        def it(request):
            while True:
                if request.param:
                    yield 1
                    return
                request.param = 1
    """,
    "PTA209 no fixture": """
        @pytest.fixture
        def it():
            def numbers():
                yield 1
                yield 2
            return numbers
        def numbers():
            yield 1
            yield 2
    """,
    "PTA215 in threads": """
        @pytest.mark.asyncio
        async def test_it():
            def work():
                asyncio.run(asyncio.sleep(0))
            await asyncio.to_thread(work)
            await asyncio.to_thread(lambda: asyncio.run(asyncio.sleep(0)))
            await asyncio.to_thread(asyncio.run, asyncio.sleep(0))
    """,
    "PTA215 sync tests": """
        def test_it():
            asyncio.run(asyncio.sleep(0))
    """,
    "PTA215 what is expected to fail": """
        @pytest.mark.asyncio
        async def test_it():
            with pytest.raises(RuntimeError):
                asyncio.run(asyncio.sleep(0))
    """,
    "PTA215 what is replaced": """
        from unittest import mock
        @pytest.mark.asyncio
        @mock.patch("asyncio.run")
        async def test_it(run):
            asyncio.run(1)
    """,
    "PTA215 others' tests": """
        @pytest.mark.trio
        async def test_it():
            asyncio.run(asyncio.sleep(0))
        async def test_unmarked():
            asyncio.run(asyncio.sleep(0))
    """,
    "PTA215 what is no loop of asyncio's": """
        @pytest.mark.asyncio
        async def test_it(client):
            client.run_until_complete(1)
    """,
    "PTA215 loops that nest": """
        import nest_asyncio
        nest_asyncio.apply()
        @pytest.mark.asyncio
        async def test_it():
            asyncio.run(asyncio.sleep(0))
    """,
    "PTA217 a loop of the test's own": """
        @pytest.mark.asyncio
        async def test_it():
            loop = asyncio.new_event_loop()
            loop.close()
    """,
    "PTA217 a loop of the test alone": """
        @pytest.mark.asyncio
        async def test_it():
            asyncio.set_event_loop(None)
    """,
    "PTA217 a loop that is put back": """
        @pytest.mark.asyncio(loop_scope="module")
        async def test_it():
            loop = asyncio.get_running_loop()
            asyncio.set_event_loop(None)
            asyncio.set_event_loop(loop)
    """,
    "PTA217 what is no loop, or later": """
        @pytest.mark.asyncio
        async def test_it(client):
            loop = asyncio.get_running_loop()
            client.close()
            loop.call_later(1, lambda: loop.stop())
            with pytest.raises(RuntimeError):
                loop.close()
    """,
    "PTA217 sync tests": """
        def test_it():
            asyncio.set_event_loop(None)
            asyncio.get_event_loop().close()
    """,
    "PTA208 what another function entered": """
        @pytest_asyncio.fixture
        async def it(timeout):
            async with timeout:
                yield 1
    """,
    "PTA208 what is no call": """
        @pytest_asyncio.fixture
        async def it():
            async with pools[0], asyncio.timeout(None):
                yield 1
    """,
    "PTA208 a fixture that returns": """
        @pytest_asyncio.fixture
        async def it():
            async with asyncio.timeout(1):
                async def inner():
                    yield 1
                return inner
    """,
    "PTA215 a loop of an object's": """
        async def test_it(runner):
            runner.loop.run_until_complete(f())
    """,
}


@pytest.mark.parametrize("name", ALONE)
def test_what_only_looks_like_a_fault_is_left_alone(
    run_fixer: FixerRun, name: str
) -> None:
    """A false alarm costs more trust than a find is worth."""
    assert check(run_fixer, name[:6], code(ALONE[name])) == []


def test_auto_mode_makes_tests_and_fixtures_asyncio_s(run_fixer: FixerRun) -> None:
    """All that are async, whatever decorates them."""
    text = code("""
        @pytest.fixture
        async def it():
            async with asyncio.timeout(1):
                yield asyncio.run(f())
        async def test_it():
            asyncio.run(f())
    """)
    ini = {"pytest.ini": AUTO}

    assert check(run_fixer, "PTA208", text, **ini) == [7]
    assert check(run_fixer, "PTA215", text, **ini) == [8, 10]


def test_what_a_conftest_makes_at_import_is_found(run_fixer: FixerRun) -> None:
    """It is imported before all tests, and has none itself."""
    text = "import asyncio\nloop = asyncio.get_event_loop()\n"

    outcome = run_fixer({"conftest.py": text}, "--check", "--select=PTA207")

    assert "conftest.py:2:8: PTA207" in outcome.printed


# Rule, text before, text after; where they are the same, there is no safe fix.
FIXED = {
    "PTA203 setUp": (
        """
        import unittest
        class It(unittest.IsolatedAsyncioTestCase):
            async def setUp(self):  # connects
                self.x = 1
            async def  tearDown(self): ...
            async def test_it(self): ...
        """,
        """
        import unittest
        class It(unittest.IsolatedAsyncioTestCase):
            async def asyncSetUp(self):  # connects
                self.x = 1
            async def  asyncTearDown(self): ...
            async def test_it(self): ...
        """,
    ),
    "PTA206 a fixture that may not fail now": (
        """
        import aiohttp
        @pytest.fixture
        def client():
            return aiohttp.ClientSession()
        """,
        None,
    ),
    "PTA206 a call on a condition": (
        """
        @pytest.fixture
        def task(request):
            if request.param:
                return asyncio.create_task(f())
        """,
        None,
    ),
    "PTA206 arguments and layout": (
        """
        @pytest.fixture(
            name="task",  # its name
            autouse=True
        )
        def make(self):
            return asyncio.create_task(f())  # starts
        skip = pytest.skip
        """,
        """
        @pytest_asyncio.fixture(
            name="task",  # its name
            autouse=True
        )
        async def make(self):
            return asyncio.create_task(f())  # starts
        skip = pytest.skip
        """,
    ),
    "PTA206 a loop that is not the tests'": (
        """
        @pytest.fixture(scope="session")
        def task():
            return asyncio.create_task(f())
        """,
        None,
    ),
    "PTA206 what also runs a loop": (
        """
        @pytest.fixture
        def task():
            asyncio.run(g())
            return asyncio.create_task(f())
        """,
        None,
    ),
    "PTA215 where it stands": (
        """
        @pytest.mark.asyncio
        async def test_it():
            loop = asyncio.get_running_loop()
            x = asyncio.run(f()).x + loop.run_until_complete(g(1))[0]
            assert [asyncio.run(h(y)) for y in x] == -asyncio.run(coroutine)
            asyncio.run(
                f(
                    1,
                )
            )
        """,
        """
        @pytest.mark.asyncio
        async def test_it():
            loop = asyncio.get_running_loop()
            x = (await f()).x + (await g(1))[0]
            assert [await h(y) for y in x] == -await coroutine
            await f(
                    1,
                )
        """,
    ),
    "PTA215 more than a coroutine": (
        """
        @pytest.mark.asyncio
        async def test_it():
            asyncio.run(f(), debug=True)
            asyncio.run(*x)
            asyncio.run(f() if x else g())
            asyncio.new_event_loop().run_forever()
        """,
        None,
    ),
    "PTA215 what is awaited as well": (
        """
        @pytest.mark.asyncio
        async def test_it():
            await asyncio.run(f())
        """,
        None,
    ),
}


@pytest.mark.parametrize("name", FIXED)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_fault_is_mended(run_fixer: FixerRun, name: str, line_end: str) -> None:
    """If that is safe; what is around it stays."""
    before, after = FIXED[name]
    text, result = (
        code(each).replace("\n", line_end) for each in (before, after or before)
    )

    outcome = run_fixer({"test_it.py": text}, "--fix", f"--select={name[:6]}")

    assert outcome.files["test_it.py"] == result
    assert outcome.status == (after is None)


UNSAFE = {
    "PTA203 setup and teardown": (
        """
        class TestIt:
            # What is there in every test.
            async def setup_method(self, method):
                self.x = 1

            async def teardown_method(self):
                '''Clean up.'''
                # nothing yet
                self.x = 0

            @pytest.mark.asyncio
            async def test_it(self):
                assert self.x
        """,
        """
        class TestIt:
            # What is there in every test.
            @pytest_asyncio.fixture(autouse=True)
            async def setup_method(self):
                self.x = 1

            @pytest_asyncio.fixture(autouse=True)
            async def teardown_method(self):
                '''Clean up.'''
                # nothing yet
                yield
                self.x = 0

            @pytest.mark.asyncio
            async def test_it(self):
                assert self.x
        """,
    ),
    "PTA203 a method that is asked for": (
        """
        class TestIt:
            async def setup_method(self, method):
                self.x = method

            @pytest.mark.asyncio
            async def test_it(self): ...
        """,
        None,
    ),
    "PTA203 a method that is called": (
        """
        class TestBase:
            async def setup_method(self): ...
            @pytest.mark.asyncio
            async def test_it(self): ...
        class TestIt(TestBase):
            async def setup_method(self):
                await super().setup_method()
            @pytest.mark.asyncio
            async def test_it(self): ...
        """,
        None,
    ),
    "PTA203 tests on another loop": (
        """
        class TestIt:
            async def setup_method(self): ...
            @pytest.mark.asyncio(loop_scope="class")
            async def test_it(self): ...
        """,
        None,
    ),
    "PTA206 a session": (
        """
        import aiohttp
        @pytest.fixture
        def client():
            client = aiohttp.ClientSession()
            yield client
        """,
        """
        import aiohttp
        @pytest_asyncio.fixture
        async def client():
            client = aiohttp.ClientSession()
            yield client
        """,
    ),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_an_unsafe_fix_waits_to_be_asked_for(run_fixer: FixerRun, name: str) -> None:
    """It may change what a test does."""
    text, after = UNSAFE[name]
    # The first fix may leave the import of pytest without a use.
    before = code(text) + "\n\nPYTEST = pytest\n"
    result = before if after is None else code(after) + "\n\nPYTEST = pytest\n"
    select = f"--select={name[:6]}"

    safe = run_fixer({"test_it.py": before}, "--fix", select)
    unsafe = run_fixer({"test_it.py": before}, "--fix", "--unsafe-fixes", select)

    assert safe.files["test_it.py"] == before
    assert unsafe.files["test_it.py"] == result


def test_mended_tests_pass(run_fixer: FixerRun) -> None:
    """As pytest-asyncio runs them; before, all of them fail."""
    text = code("""
        import unittest

        @pytest.fixture
        def task():
            task = asyncio.create_task(asyncio.sleep(0, 1))
            yield task
            task.cancel()

        @pytest.mark.asyncio
        async def test_task(task):
            assert await task == 1

        @pytest.mark.asyncio
        async def test_runs():
            assert asyncio.run(asyncio.sleep(0, "x")).upper() == "X"

        class TestIt:
            async def setup_method(self, method):
                self.x = 1

            async def teardown_method(self):
                self.x = 0

            @pytest.mark.asyncio
            async def test_it(self):
                assert self.x == 1

        class It(unittest.IsolatedAsyncioTestCase):
            async def setUp(self):
                self.x = 1

            async def test_it(self):
                assert self.x == 1
    """)
    run_fixer({"test_it.py": text}, "--check")
    before = run_fixer.run_pytest()
    run_fixer({}, "--fix", "--unsafe-fixes", "--select=PTA2")
    after = run_fixer.run_pytest()

    assert re.search(r"3 failed.* 1 error", before)
    assert "4 passed" in after
