"""The rules on who takes `event_loop`: async code, sync tests, sync fixtures."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fixer_script import FixerRun

HEAD = """\
import asyncio

import pytest
import pytest_asyncio

WORK = pytest.importorskip("work")


"""
TEST = "@pytest.mark.asyncio\n"
FIXTURE = "@pytest_asyncio.fixture\n"
BIND = "    event_loop = asyncio.get_running_loop()\n"


def code(text: str) -> str:
    """Return a text that is indented here, without what is around it."""
    return textwrap.dedent(text).strip("\n") + "\n"


# Functions below imports of asyncio, pytest and pytest_asyncio, before and after.
ASYNC = {
    "a parameter that is not used": (
        TEST + "async def test_it(event_loop):\n    await work()\n",
        TEST + "async def test_it():\n    await work()\n",
    ),
    "a fixture": (
        FIXTURE + "async def it(event_loop):\n    yield Server(event_loop)\n",
        FIXTURE + "async def it():\n" + BIND + "    yield Server(event_loop)\n",
    ),
    "the first of several": (
        TEST + "async def test_it(event_loop, a, b):\n    pass\n",
        TEST + "async def test_it(a, b):\n    pass\n",
    ),
    "the last of several": (
        TEST + "async def test_it(a, b, event_loop):\n    pass\n",
        TEST + "async def test_it(a, b):\n    pass\n",
    ),
    "an annotation": (
        TEST
        + "async def test_it(a, event_loop: asyncio.AbstractEventLoop) -> None:\n"
        + "    event_loop.call_soon(a)\n",
        TEST
        + "async def test_it(a) -> None:\n"
        + BIND
        + "    event_loop.call_soon(a)\n",
    ),
    "a default behind it": (
        TEST + "async def test_it(event_loop, a=1):\n    pass\n",
        TEST + "async def test_it(a=1):\n    pass\n",
    ),
    "a star that is left alone": (
        TEST + "async def test_it(a, *, event_loop):\n    pass\n",
        TEST + "async def test_it(a):\n    pass\n",
    ),
    "a star and nothing else": (
        TEST + "async def test_it(*, event_loop):\n    pass\n",
        TEST + "async def test_it():\n    pass\n",
    ),
    "a star that others need": (
        TEST + "async def test_it(*, event_loop, a, b=2):\n    pass\n",
        TEST + "async def test_it(*, a, b=2):\n    pass\n",
    ),
    "a star before keywords": (
        TEST + "async def test_it(*, event_loop, **more):\n    pass\n",
        TEST + "async def test_it(**more):\n    pass\n",
    ),
    "a slash that is left alone": (
        TEST + "async def test_it(event_loop, /, a):\n    pass\n",
        TEST + "async def test_it(a):\n    pass\n",
    ),
    "a slash that others need": (
        TEST + "async def test_it(a, event_loop, /):\n    pass\n",
        TEST + "async def test_it(a, /):\n    pass\n",
    ),
    "lines of their own": (
        TEST
        + "async def test_it(\n    a,\n    event_loop,  # it\n    b,\n):\n    pass\n",
        TEST + "async def test_it(\n    a,\n    b,\n):\n    pass\n",
    ),
    "the last line without a comma": (
        TEST + "async def test_it(\n    a,\n    event_loop\n):\n    pass\n",
        TEST + "async def test_it(\n    a,\n):\n    pass\n",
    ),
    "the only one, in lines": (
        TEST + "async def test_it(\n    event_loop,\n):\n    pass\n",
        TEST + "async def test_it():\n    pass\n",
    ),
    "a line that begins with a comma": (
        TEST + "async def test_it(\n    a\n    , event_loop\n):\n    pass\n",
        TEST + "async def test_it(\n    a\n):\n    pass\n",
    ),
    "several in one of the lines": (
        TEST + "async def test_it(\n    event_loop, a\n):\n    pass\n",
        TEST + "async def test_it(\n    a\n):\n    pass\n",
    ),
    "the last before a comma in lines": (
        TEST + "async def test_it(\n    a, event_loop,\n):\n    pass\n",
        TEST + "async def test_it(\n    a,\n):\n    pass\n",
    ),
    "a docstring": (
        TEST
        + 'async def test_it(event_loop):\n    """Take `event_loop`."""\n\n'
        + "    # Arrange\n    do(event_loop)\n",
        TEST
        + 'async def test_it():\n    """Take `event_loop`."""\n\n'
        + BIND
        + "    # Arrange\n    do(event_loop)\n",
    ),
    "a docstring with a line that looks like a comment": (
        TEST
        + 'async def test_it(event_loop):\n    """Say.\n\n    # this"""\n'
        + "    do(event_loop)\n",
        TEST
        + 'async def test_it():\n    """Say.\n\n    # this"""\n'
        + BIND
        + "    do(event_loop)\n",
    ),
    "one line": (
        TEST + "async def test_it(event_loop): await do(event_loop); done()\n",
        TEST
        + "async def test_it(): event_loop = asyncio.get_running_loop(); "
        + "await do(event_loop); done()\n",
    ),
    "a nested function, a lambda, a comprehension": (
        TEST
        + "async def test_it(event_loop):\n    def now():\n"
        + "        return event_loop.time()\n"
        + "    await run(now, lambda: event_loop, [event_loop for _ in 'ab'])\n",
        TEST
        + "async def test_it():\n"
        + BIND
        + "\n    def now():\n        return event_loop.time()\n"
        + "    await run(now, lambda: event_loop, [event_loop for _ in 'ab'])\n",
    ),
    "a nested function with one of its own": (
        TEST
        + "async def test_it(event_loop):\n    def now(event_loop):\n"
        + "        return event_loop.time()\n    await run(now)\n",
        TEST
        + "async def test_it():\n    def now(event_loop):\n"
        + "        return event_loop.time()\n    await run(now)\n",
    ),
    "a name that the function replaces at once": (
        TEST
        + "async def test_it(event_loop):\n"
        + "    event_loop = asyncio.get_event_loop()\n    do(event_loop)\n",
        TEST
        + "async def test_it():\n"
        + "    event_loop = asyncio.get_event_loop()\n    do(event_loop)\n",
    ),
    "a name that the function replaces later": (
        TEST
        + "async def test_it(event_loop):\n    do(event_loop)\n    event_loop = None\n",
        TEST
        + "async def test_it():\n"
        + BIND
        + "    do(event_loop)\n    event_loop = None\n",
    ),
    "a decorated function first": (
        TEST
        + "async def test_it(event_loop):\n    @do(event_loop)\n"
        + "    def inner(): ...\n",
        TEST
        + "async def test_it():\n"
        + BIND
        + "\n    @do(event_loop)\n    def inner(): ...\n",
    ),
    "a method": (
        (
            "class TestIt:\n    @pytest.mark.asyncio\n"
            "    async def test_it(self, event_loop):\n        do(event_loop)\n"
        ),
        (
            "class TestIt:\n    @pytest.mark.asyncio\n"
            "    async def test_it(self):\n"
            "        event_loop = asyncio.get_running_loop()\n        do(event_loop)\n"
        ),
    ),
    "decorators in odd order": (
        "@pytest.mark.parametrize('a', [1])\n"
        + TEST
        + "@pytest.mark.skipif(False, reason='')\n"
        + "async def test_it(a, event_loop, b):\n    pass\n",
        "@pytest.mark.parametrize('a', [1])\n"
        + TEST
        + "@pytest.mark.skipif(False, reason='')\n"
        + "async def test_it(a, b):\n    pass\n",
    ),
    "a module that says asyncio itself": (
        (
            "pytestmark = [pytest.mark.asyncio]\n\n\n"
            "async def test_it(event_loop):\n    pass\n"
        ),
        "pytestmark = [pytest.mark.asyncio]\n\n\nasync def test_it():\n    pass\n",
    ),
    "an override that is there": (
        "@pytest.fixture\ndef event_loop():\n    loop = asyncio.new_event_loop()\n"
        "    patch(loop)\n    yield loop\n\n\n"
        + TEST
        + "async def test_it(event_loop):\n    do(event_loop)\n",
        "@pytest.fixture\ndef event_loop():\n    loop = asyncio.new_event_loop()\n"
        "    patch(loop)\n    yield loop\n\n\n"
        + TEST
        + "async def test_it():\n"
        + BIND
        + "    do(event_loop)\n",
    ),
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("name", ASYNC)
def test_async_code_finds_its_loop_by_itself(
    run_fixer: FixerRun, name: str, line_end: str
) -> None:
    """It gets the very loop that runs it, whatever `event_loop` has become."""
    before, after = ((HEAD + text).replace("\n", line_end) for text in ASYNC[name])

    fixed = run_fixer.settled({"test_it.py": before}, "--select=PTA101")

    assert fixed == {"test_it.py": after}


OTHERS = {
    "a local variable": "async def test_it():\n    event_loop = a()\n",
    "a string and a comment": "async def test_it():\n    'event_loop'  # event_loop\n",
    "a helper": "async def helper(event_loop):\n    do(event_loop)\n",
    "a default": "async def test_it(event_loop=None):\n    do(event_loop)\n",
    "a parametrized argument": "@pytest.mark.parametrize('event_loop', [1])\n"
    "def test_it(event_loop):\n    do(event_loop)\n",
    "anyio's test": "@pytest.mark.anyio\nasync def test_it(event_loop):\n    pass\n",
    "trio's test": "@pytest.mark.trio\nasync def test_it(event_loop):\n    pass\n",
    "a method of unittest's": "import unittest\nclass TestIt(unittest.TestCase):\n"
    "    def test_it(self, event_loop):\n        do(event_loop)\n",
    "an object of the project's own": "@pytest.fixture\ndef event_loop():\n"
    "    return GameLoop()\n\n\ndef test_it(event_loop):\n    event_loop.tick()\n\n\n"
    "async def test_other(event_loop):\n    pass\n\n\n"
    "@pytest.fixture\ndef game(event_loop):\n    pass\n",
    "the running loop under the old name": "@pytest_asyncio.fixture\n"
    "async def event_loop():\n    loop = asyncio.get_running_loop()\n"
    "    return loop\n\n\nasync def test_it(event_loop):\n    pass\n",
    "the current loop under the old name": "@pytest_asyncio.fixture\n"
    "def event_loop():\n    return asyncio.get_event_loop()\n\n\n"
    "def test_it(event_loop):\n    event_loop.run_until_complete(do())\n",
    "a fixture that gives nothing": "@pytest.fixture(autouse=True)\n"
    "def event_loop():\n    asyncio.set_event_loop(asyncio.new_event_loop())\n"
    "    yield\n",
    "a class of the project's own": "class TestIt:\n    @pytest.fixture\n"
    "    def event_loop(self):\n        return GameLoop()\n\n"
    "    def test_it(self, event_loop):\n        event_loop.tick()\n",
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_fixture_event_loop_is_left_alone(
    run_fixer: FixerRun, name: str
) -> None:
    """A name says nothing: it has to be the fixture, or stand in for it."""
    files = {"test_it.py": HEAD + OTHERS[name]}

    run_fixer.leaves_alone(files, "--select=PTA10,PTA118")


def test_an_object_of_a_conftest_is_left_alone(run_fixer: FixerRun) -> None:
    """What `event_loop` is, the closest conftest says."""
    files = {
        "conftest.py": HEAD + "@pytest.fixture\ndef event_loop():\n    return Game()\n",
        "tests/test_it.py": "def test_it(event_loop):\n    event_loop.tick()\n",
    }

    run_fixer.leaves_alone(files, "--select=PTA10")


BY_HAND = {
    "the loop is closed": HEAD
    + FIXTURE
    + "async def it(event_loop):\n    yield\n    event_loop.close()\n",
    "the loop is run again": HEAD
    + TEST
    + "async def test_it(event_loop):\n    event_loop.run_until_complete(do())\n",
    "asyncio is another name": "asyncio = None\nasync def test_it(event_loop):\n"
    "    do(event_loop)\n",
    "asyncio is the function's": "async def test_it(event_loop):\n"
    "    import asyncio\n    do(event_loop)\n",
    "asyncio may be anything": "from lib import *\nasync def test_it(event_loop):\n"
    "    do(event_loop)\n",
    "a comment would go": "async def test_it(\n    a,  # one\n    b, # two\n"
    "    event_loop # three\n    , c):\n    pass\n",
    "a sync test that is a generator": "def test_it(event_loop):\n    yield 1\n",
    "a sync test that closes it": "def test_it(event_loop):\n"
    "    do(event_loop)\n    event_loop.close()\n",
    "a sync test beside an async one": HEAD
    + "def test_it(event_loop):\n    event_loop.run_forever()\n\n\n"
    + TEST
    + "async def test_other(event_loop):\n    event_loop.stop()\n"
    + "    event_loop.close()\n",
    "a sync test with another name for both": "pytest = pytest_asyncio = None\n\n\n"
    "def test_it(event_loop):\n    do(event_loop)\n",
    "a fixture that closes the loop": HEAD
    + "@pytest.fixture(autouse=True)\ndef it(event_loop):\n"
    + "    yield\n    event_loop.close()\n",
    "a fixture with another pytest_asyncio": "import pytest\n"
    "@pytest.fixture(autouse=True)\ndef it(event_loop, pytest_asyncio):\n"
    "    return pytest_asyncio.fixture\n",
    "a fixture of whatever scope": HEAD
    + "@pytest.fixture(scope=SCOPE)\ndef it(event_loop):\n    return event_loop\n",
    "a fixture with another decorator": HEAD
    + "@pytest.fixture\n@other\ndef it(event_loop):\n    return event_loop\n",
}


@pytest.mark.parametrize("name", BY_HAND)
def test_what_cannot_be_fixed_is_reported(run_fixer: FixerRun, name: str) -> None:
    """It is found, and not a byte is changed."""
    files = {"test_it.py": BY_HAND[name]}

    printed = run_fixer.only_reports(files, "--select=PTA10")

    assert "takes `event_loop`" in printed


MARKED = TEST + "async def "
# Sync tests and what becomes of them in strict mode, below the same imports.
SYNC = {
    "a statement, a value, a condition": (
        """
        def test_it(event_loop):
            event_loop.run_until_complete(do())
            value = event_loop.run_until_complete(get(1, two=2))
            assert event_loop.run_until_complete(asyncio.sleep(0, 1)) == value
        """,
        """
        @pytest.mark.asyncio
        async def test_it():
            await do()
            value = await get(1, two=2)
            assert await asyncio.sleep(0, 1) == value
        """,
    ),
    "what is looked into": (
        """
        def test_it(event_loop):
            assert event_loop.run_until_complete(do()).status == 200
            assert event_loop.run_until_complete(do())["a"] == "b"
            assert event_loop.run_until_complete(do())()
            assert rows[event_loop.run_until_complete(do())]
            assert -event_loop.run_until_complete(do()) ** 2 < 1
        """,
        """
        @pytest.mark.asyncio
        async def test_it():
            assert (await do()).status == 200
            assert (await do())["a"] == "b"
            assert (await do())()
            assert rows[await do()]
            assert -await do() ** 2 < 1
        """,
    ),
    "arguments that are no primaries": (
        """
        def test_it(event_loop):
            event_loop.run_until_complete(a or b())
            event_loop.run_until_complete(do() if a else b())
            event_loop.run_until_complete((do()))
            event_loop.run_until_complete((a or b),)
            event_loop.run_until_complete(make().later)
        """,
        """
        @pytest.mark.asyncio
        async def test_it():
            await (a or b())
            await (do() if a else b())
            await do()
            await ((a or b))
            await make().later
        """,
    ),
    "lines of their own": (
        """
        def test_it(event_loop):
            event_loop.run_until_complete(
                do(
                    1,
                    2,
                )
            )
            x = event_loop.run_until_complete(
                do(1),
            )
            event_loop.run_until_complete(do(
                1
            ))
        """,
        """
        @pytest.mark.asyncio
        async def test_it():
            await do(
                1,
                2,
            )
            x = await do(1)
            await do(
                1
            )
        """,
    ),
    "strings and comments in lines": (
        '''
        def test_it(event_loop):
            event_loop.run_until_complete(
                do("""
                a
            """)
            )
            event_loop.run_until_complete(
                # why
                do()
            )
            event_loop.run_until_complete(
                make()
                .later()
            ).end()
        ''',
        '''
        @pytest.mark.asyncio
        async def test_it():
            await do("""
                a
            """)
            await (
                # why
                do()
            )
            (await (
                make()
                .later()
            )).end()
        ''',
    ),
    "one in another": (
        """
        def test_it(event_loop):
            event_loop.run_until_complete(do(event_loop.run_until_complete(get())))
        """,
        """
        @pytest.mark.asyncio
        async def test_it():
            await do(await get())
        """,
    ),
    "blocks and comprehensions": (
        """
        def test_it(event_loop):
            with pytest.raises(ValueError):
                event_loop.run_until_complete(do())
            assert [event_loop.run_until_complete(x) for x in many()] == []
        """,
        """
        @pytest.mark.asyncio
        async def test_it():
            with pytest.raises(ValueError):
                await do()
            assert [await x for x in many()] == []
        """,
    ),
    "a coroutine of its own": (
        """
        def test_it(event_loop):
            async def go():
                async with Client(loop=event_loop) as client:
                    await client.go()

            event_loop.run_until_complete(go())
        """,
        """
        @pytest.mark.asyncio
        async def test_it():
            event_loop = asyncio.get_running_loop()

            async def go():
                async with Client(loop=event_loop) as client:
                    await client.go()

            await go()
        """,
    ),
    "methods that work on a running loop": (
        """
        def test_it(event_loop):
            task = event_loop.create_task(do())
            other = asyncio.ensure_future(do(), loop=event_loop)
            event_loop.run_until_complete(asyncio.wait([task, other]))
        """,
        """
        @pytest.mark.asyncio
        async def test_it():
            event_loop = asyncio.get_running_loop()
            task = event_loop.create_task(do())
            other = asyncio.ensure_future(do(), loop=event_loop)
            await asyncio.wait([task, other])
        """,
    ),
    "decorators": (
        """
        from unittest import mock


        # Says why.
        @mock.patch("a.b")
        @pytest.mark.parametrize("x", [1])
        def test_it(b, event_loop, x):
            event_loop.run_until_complete(do())
        """,
        """
        from unittest import mock


        # Says why.
        @pytest.mark.asyncio
        @mock.patch("a.b")
        @pytest.mark.parametrize("x", [1])
        async def test_it(b, x):
            await do()
        """,
    ),
    "a class with a mark": (
        """
        @pytest.mark.asyncio
        class TestIt:
            def test_it(self, event_loop):
                event_loop.run_until_complete(do())
        """,
        """
        @pytest.mark.asyncio
        class TestIt:
            async def test_it(self):
                await do()
        """,
    ),
    "a class without": (
        """
        class TestIt:
            def test_it(self, event_loop):
                event_loop.run_until_complete(do())
        """,
        """
        class TestIt:
            @pytest.mark.asyncio
            async def test_it(self):
                await do()
        """,
    ),
}


@pytest.mark.parametrize("name", SYNC)
def test_a_sync_test_awaits(run_fixer: FixerRun, name: str) -> None:
    """What it ran on the loop, it awaits, and pytest-asyncio runs it."""
    before, after = (HEAD + code(text) for text in SYNC[name])

    fixed = run_fixer.settled({"test_it.py": before}, "--select=PTA102")

    assert fixed == {"test_it.py": after}


def test_auto_mode_needs_no_mark(run_fixer: FixerRun) -> None:
    """There, to be async is enough."""
    files = {
        "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
        "test_it.py": "def test_it(event_loop): event_loop.run_until_complete(a())\n",
    }

    outcome = run_fixer(files, "--fix", "--select=PTA102")

    assert outcome.files["test_it.py"] == "async def test_it(): await a()\n"


CLOSES = "\n\n" + TEST + "async def test_other(event_loop):\n    event_loop.close()\n"
UNSAFE = {
    "a test that does not use it": (
        "def test_it(event_loop):\n    do()\n",
        TEST + "async def test_it():\n    do()\n",
    ),
    "a test that hands it on": (
        (
            "def test_it(event_loop):\n    do(event_loop)\n"
            "    event_loop.run_until_complete(do())\n"
        ),
        TEST + "async def test_it():\n" + BIND + "    do(event_loop)\n    await do()\n",
    ),
    "a decorator that may not know async tests": (
        "@retry\ndef test_it(event_loop):\n    event_loop.run_until_complete(do())\n",
        TEST + "@retry\nasync def test_it():\n    await do()\n",
    ),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_what_may_change_a_test_waits_to_be_asked_for(
    run_fixer: FixerRun, name: str
) -> None:
    """Code that was never run inside a loop may not be fit for one."""
    before, after = (HEAD + text + CLOSES for text in UNSAFE[name])
    rules = "--select=PTA102,PTA103"

    fixed = run_fixer.settled_if_told({"test_it.py": before}, rules)

    assert fixed == {"test_it.py": after}


# Tests that stay as they are: what they ask for is a fixture of their module's.
STILL_ASKING = {
    **{name: before for name, (before, _) in UNSAFE.items()},
    "a test that runs another loop": "def test_it(event_loop):\n"
    "    event_loop.run_until_complete(do())\n    asyncio.run(do())\n",
    "a test that runs it in a function": "def test_it(event_loop):\n"
    "    do(lambda: event_loop.run_until_complete(do()))\n",
    "a test that runs it in a generator": "def test_it(event_loop):\n"
    "    do(event_loop.run_until_complete(x) for x in y)\n",
    "a test that runs it for ever": "def test_it(event_loop):\n"
    "    event_loop.call_later(1, event_loop.stop)\n    event_loop.run_forever()\n",
    "a test that asks whether it runs": "def test_it(event_loop):\n"
    "    assert not event_loop.is_running()\n",
    "a test with another name for pytest": "def test_it(event_loop, pytest):\n"
    "    event_loop.run_until_complete(do())\n",
    "a method below a comment": "# All of it.\nclass TestIt:\n"
    "    def test_it(self, event_loop):\n        do(event_loop)\n",
    "one for some": "if WORK:\n\n    def test_it(event_loop):\n"
    "        do(event_loop)\n",
    "several": "def test_it(event_loop):\n    do(event_loop)\n\n\n"
    "@other\ndef test_other(event_loop):\n    do(event_loop)\n",
}
LOOP_FIXTURE = """\
@pytest_asyncio.fixture
def event_loop():
    return asyncio.get_event_loop()


"""


@pytest.mark.parametrize("name", STILL_ASKING)
def test_a_sync_test_may_go_on_asking(run_fixer: FixerRun, name: str) -> None:
    """Its module has a fixture that gives the loop that is there."""
    before = "WORK = 1\n\n\n" + STILL_ASKING[name]

    fixed = run_fixer.settled({"test_it.py": before}, "--select=PTA1")

    head = "import asyncio\n\nimport pytest_asyncio\n\nWORK = 1\n\n\n"
    assert fixed == {"test_it.py": head + LOOP_FIXTURE + STILL_ASKING[name]}


def test_a_sync_test_asks_when_others_no_longer_do(run_fixer: FixerRun) -> None:
    """What can do without is fixed first, in one run."""
    before = HEAD + (
        "def test_it(event_loop):\n    do(event_loop)\n\n\n"
        + TEST
        + "async def test_other(event_loop):\n    do(event_loop)\n"
    )

    fixed = run_fixer({"test_it.py": before}, "--fix", "--select=PTA1")

    assert fixed.status == 0, fixed.printed
    assert fixed.files["test_it.py"] == HEAD + LOOP_FIXTURE + (
        "def test_it(event_loop):\n    do(event_loop)\n\n\n"
        + TEST
        + "async def test_other():\n"
        + BIND
        + "    do(event_loop)\n"
    )


FIXTURES = {
    "a plain one": (
        "@pytest.fixture\ndef it(event_loop):\n    return 1\n",
        "@pytest_asyncio.fixture\nasync def it():\n    return 1\n",
    ),
    "a wider scope": (
        "@pytest.fixture(scope='module', name='it')\ndef a(event_loop):\n    yield\n",
        (
            "@pytest_asyncio.fixture(scope='module', name='it', "
            'loop_scope="module")\n'
            "async def a():\n    yield\n"
        ),
    ),
    "one of pytest-asyncio's": (
        "@pytest_asyncio.fixture\ndef it(event_loop):\n    return 1\n",
        "@pytest_asyncio.fixture\nasync def it():\n    return 1\n",
    ),
    "an alias": (
        "from pytest import fixture as fix\n\n\n@fix\ndef a(event_loop):\n    yield\n",
        "@pytest_asyncio.fixture\nasync def a():\n    yield\n",
    ),
    "async users": (
        "@pytest.fixture\ndef it(event_loop):\n    return 1\n\n\n"
        + FIXTURE
        + "async def other(it):\n    return it\n\n\n"
        + TEST
        + "async def test_it(it):\n    pass\n",
        "@pytest_asyncio.fixture\nasync def it():\n    return 1\n\n\n"
        + FIXTURE
        + "async def other(it):\n    return it\n\n\n"
        + TEST
        + "async def test_it(it):\n    pass\n",
    ),
    "sync users that become async with it": (
        (
            "@pytest.fixture\ndef it(event_loop):\n    return 1\n\n\n"
            "def test_it(event_loop, it):\n    event_loop.run_until_complete(do(it))\n"
        ),
        "@pytest_asyncio.fixture\nasync def it():\n    return 1\n\n\n"
        + TEST
        + "async def test_it(it):\n    await do(it)\n",
    ),
}


@pytest.mark.parametrize("name", FIXTURES)
def test_a_sync_fixture_becomes_async(run_fixer: FixerRun, name: str) -> None:
    """It is on the loop of what asks for it, and awaits what it ran."""
    before, after = (HEAD + text for text in FIXTURES[name])
    rules = "--select=PTA102,PTA103"

    fixed = run_fixer.settled({"test_it.py": before}, rules)

    assert fixed == {"test_it.py": after}


CURRENT = "    event_loop = asyncio.get_event_loop()\n"
STAYS_SYNC = {
    "one that hands the loop on": (
        (
            "@pytest.fixture()\ndef it(event_loop, a):\n    it = It(loop=event_loop)\n"
            "    yield it\n    event_loop.run_until_complete(it.end())\n"
        ),
        (
            f"@pytest_asyncio.fixture()\ndef it(a):\n{CURRENT}"
            "    it = It(loop=event_loop)\n"
            "    yield it\n    event_loop.run_until_complete(it.end())\n"
        ),
    ),
    "one that looks at tasks": (
        (
            "@pytest.fixture\ndef it(event_loop):\n    yield\n"
            "    event_loop.run_until_complete(\n"
            "        asyncio.wait(asyncio.all_tasks(event_loop))\n    )\n"
        ),
        (
            f"@pytest_asyncio.fixture\ndef it():\n{CURRENT}    yield\n"
            "    event_loop.run_until_complete(\n"
            "        asyncio.wait(asyncio.all_tasks(event_loop))\n    )\n"
        ),
    ),
    "one that is for all tests": (
        "@pytest.fixture(autouse=True)\ndef it(event_loop):\n    yield\n",
        "@pytest_asyncio.fixture(autouse=True)\ndef it():\n    yield\n",
    ),
    "one of a sync test": (
        (
            "@pytest.fixture\ndef it(event_loop):\n    yield event_loop\n\n\n"
            "def test_it(it):\n    pass\n"
        ),
        (
            f"@pytest_asyncio.fixture\ndef it():\n{CURRENT}    yield event_loop\n\n\n"
            "def test_it(it):\n    pass\n"
        ),
    ),
    "one of a mark on a sync test": (
        (
            "@pytest.fixture\ndef it(event_loop):\n    yield\n\n\n"
            "@pytest.mark.usefixtures('it')\ndef test_it():\n    pass\n"
        ),
        (
            "@pytest_asyncio.fixture\ndef it():\n    yield\n\n\n"
            "@pytest.mark.usefixtures('it')\ndef test_it():\n    pass\n"
        ),
    ),
    "one that is asked for at run time": (
        (
            "@pytest.fixture\ndef it(event_loop):\n    yield\n\n\n"
            "def test_it(request):\n    request.getfixturevalue('it')\n"
        ),
        (
            "@pytest_asyncio.fixture\ndef it():\n    yield\n\n\n"
            "def test_it(request):\n    request.getfixturevalue('it')\n"
        ),
    ),
    "one of a sync fixture, with a docstring": (
        (
            '@pytest.fixture\ndef it(event_loop):\n    """It."""\n'
            "    do(event_loop)\n\n\n"
            "@pytest.fixture\ndef other(it):\n    pass\n"
        ),
        (
            '@pytest_asyncio.fixture\ndef it():\n    """It."""\n'
            f"{CURRENT}    do(event_loop)\n\n\n"
            "@pytest.fixture\ndef other(it):\n    pass\n"
        ),
    ),
    "one with a finalizer": (
        (
            "@pytest.fixture\ndef it(event_loop, request):\n"
            "    request.addfinalizer(lambda: event_loop.run_until_complete(end()))\n"
        ),
        (
            f"@pytest_asyncio.fixture\ndef it(request):\n{CURRENT}"
            "    request.addfinalizer(lambda: event_loop.run_until_complete(end()))\n"
        ),
    ),
    "one that yields and returns": (
        (
            "@pytest.fixture\ndef it(event_loop):\n    if not event_loop:\n"
            "        return None\n    yield 1\n    return 2\n"
        ),
        (
            f"@pytest_asyncio.fixture\ndef it():\n{CURRENT}    if not event_loop:\n"
            "        return None\n    yield 1\n    return 2\n"
        ),
    ),
    "one that yields from another, and of a wider scope": (
        (
            "@pytest.fixture(scope='module')\ndef it(event_loop: Loop):\n"
            "    yield from other(event_loop)\n"
        ),
        (
            "@pytest_asyncio.fixture(scope='module', loop_scope=\"module\")\n"
            "def it():\n"
            f"{CURRENT}    yield from other(event_loop)\n"
        ),
    ),
    "one that asks the loop": (
        "@pytest.fixture\ndef it(event_loop):\n    do(event_loop.is_closed())\n",
        (
            f"@pytest_asyncio.fixture\ndef it():\n{CURRENT}"
            "    do(event_loop.is_closed())\n"
        ),
    ),
}


@pytest.mark.parametrize("name", STAYS_SYNC)
def test_a_sync_fixture_may_stay_sync(run_fixer: FixerRun, name: str) -> None:
    """As pytest-asyncio's own it finds the loop as the current one, and can run it."""
    before, after = (HEAD + text for text in STAYS_SYNC[name])

    fixed = run_fixer.settled({"test_it.py": before}, "--select=PTA103")

    assert fixed == {"test_it.py": after}


CONFTEST = (
    HEAD
    + "@pytest.fixture\ndef it(event_loop):\n"
    + "    yield event_loop.run_until_complete(do())\n"
)
ASKS = "def test_it(event_loop, it):\n    event_loop.run_until_complete(it.go())\n"


def test_a_fixture_and_its_users_elsewhere_change_together(
    run_fixer: FixerRun,
) -> None:
    """So that all are on one loop at every time."""
    files = {"conftest.py": CONFTEST, "tests/test_it.py": ASKS}

    fixed = run_fixer(files, "--fix", "--select=PTA102,PTA103")

    assert fixed.status == 0, fixed.printed
    assert "async def it():" in fixed.files["conftest.py"]
    assert "async def test_it(it):" in fixed.files["tests/test_it.py"]


@pytest.mark.parametrize(
    "stays",
    [
        "def test_other(it):\n    it.go()\n",
        "def test_other(it, event_loop):\n    event_loop.run_forever()\n",
        "@pytest.fixture\ndef other(it):\n    return it.name\n",
    ],
    ids=["sync", "not fixable", "sync fixture"],
)
def test_a_fixture_stays_sync_with_one_user(run_fixer: FixerRun, stays: str) -> None:
    """What one user does may need a loop that does not run, whatever the others do."""
    files = {
        "conftest.py": CONFTEST,
        "tests/test_it.py": ASKS,
        "tests/deep/test_other.py": "import pytest\n\n\n" + stays,
    }

    outcome = run_fixer(files, "--fix", "--select=PTA103")

    assert f"\ndef it():\n{CURRENT}" in outcome.files["conftest.py"]
    assert {**outcome.files, "conftest.py": CONFTEST} == files


FUNCTION_LOOP = """\
@pytest.fixture
def event_loop():
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


"""
SYNC_CODE = """\
@pytest.fixture
def it(event_loop):
    return event_loop.run_until_complete(do())


def test_it(event_loop, it):
    event_loop.run_until_complete(it.go())


@pytest.mark.usefixtures("event_loop")
def test_other(): ...


async def test_async(): ...
"""


def test_the_loop_of_another_plugin_is_left_alone(run_fixer: FixerRun) -> None:
    """That of aiomisc has the same name."""
    files = {
        "conftest.py": "import aiomisc\n",
        "test_it.py": "async def test_it(event_loop):\n    assert event_loop\n",
    }

    found = run_fixer(files, "--check")
    without = run_fixer({"conftest.py": "import asyncio\n"}, "--check")

    assert "PTA101" not in found.printed
    assert "PTA101" in without.printed


def test_a_loop_for_sync_code_is_left_alone(run_fixer: FixerRun) -> None:
    """Nothing async asks for it: it works as any other fixture does."""
    files = {
        "conftest.py": HEAD + FUNCTION_LOOP,
        "tests/test_it.py": HEAD + SYNC_CODE,
    }

    run_fixer.leaves_alone(files, "--select=PTA10,PTA118")


def test_a_loop_that_async_code_asks_for_is_not(run_fixer: FixerRun) -> None:
    """It is another one than that which runs the async code."""
    asks = HEAD + "async def test_it(event_loop, it):\n    await it.go(event_loop)\n"
    files = {
        "conftest.py": HEAD + FUNCTION_LOOP,
        "tests/test_async.py": asks,
        "tests/test_it.py": HEAD + SYNC_CODE,
    }

    outcome = run_fixer(files, "--check", "--select=PTA10,PTA118")

    for place in ("conftest.py:10:5: PTA104", "test_async.py:9:19: PTA101"):
        assert place in outcome.printed
    for place in ("test_it.py:10:8: PTA103", "test_it.py:14:13: PTA102"):
        assert place in outcome.printed


SESSION_LOOP = """\
@pytest.fixture(scope="session")
def event_loop():
    loop = asyncio.new_event_loop()
    watch(loop)
    yield loop


"""


def test_a_wide_fixture_is_on_the_loop_that_was_overridden(
    run_fixer: FixerRun,
) -> None:
    """That of the override's scope, which tests share: not one of its own scope."""
    fixture = "@pytest.fixture(scope='module')\ndef it(event_loop): ...\n"
    files = {"conftest.py": HEAD + SESSION_LOOP, "test_it.py": HEAD + fixture}

    outcome = run_fixer(files, "--fix", "--select=PTA103")

    assert "(scope='module', loop_scope=\"session\")" in outcome.files["test_it.py"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [("session", False), ("module", False), ("function", True), ("class", True)],
)
def test_a_wide_fixture_says_what_is_not_set(
    run_fixer: FixerRun, settings: str, *, said: bool
) -> None:
    """Its loop lives as long as it does, by the settings or by its own word."""
    files = {
        "pytest.ini": f"[pytest]\nasyncio_default_fixture_loop_scope = {settings}\n",
        "test_it.py": HEAD
        + "@pytest.fixture(scope='module')\ndef it(event_loop): ...\n",
    }

    outcome = run_fixer(files, "--fix", "--select=PTA103")

    assert ('loop_scope="module"' in outcome.files["test_it.py"]) is said


@pytest.mark.parametrize("users", ["event_loop.run_forever()", "do(event_loop)"])
def test_a_fixture_stays_on_the_project_s_loop_with_its_users(
    run_fixer: FixerRun, users: str
) -> None:
    """A sync test that works on that loop goes on doing so."""
    test = f"def test_it(event_loop, it):\n    {users}\n"
    files = {
        "conftest.py": HEAD + SESSION_LOOP,
        "test_it.py": HEAD + "@pytest.fixture\ndef it(event_loop): ...\n\n\n" + test,
    }

    run = run_fixer(files, "--fix", "--select=PTA102,PTA103")

    assert (run.status, run.files) == (1, files), run.printed


STARRED = "from lib import *\n\n\nasync def it(event_loop):\n    do(event_loop)\n"
LIBRARIES = {
    "that binds other names": ("def do():\n    pass\n", 0),
    "that imports the same": ("import asyncio\n", 0),
    "that binds the name": ("class asyncio:\n    pass\n", 1),
    "that takes it from elsewhere": ("from elsewhere import *\n", 1),
    "that takes it from here": ("from lib import *\n", 1),
}


@pytest.mark.parametrize("name", LIBRARIES)
def test_an_import_of_everything_is_looked_into(run_fixer: FixerRun, name: str) -> None:
    """Where the project's modules bind nothing else by a name, it can be imported."""
    library, status = LIBRARIES[name]
    files = {"lib.py": library, "test_it.py": STARRED.replace("it(", "test_it(")}

    outcome = run_fixer(files, "--fix", "--select=PTA101")

    assert outcome.status == status, outcome.printed
    assert ("import asyncio" in outcome.files["test_it.py"]) is (status == 0)


def test_a_fixture_of_the_same_name_elsewhere_does_not_count(
    run_fixer: FixerRun,
) -> None:
    """The sync test asks for another one, which is closer to it."""
    files = {
        "conftest.py": CONFTEST,
        "tests/test_it.py": ASKS,
        "other/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef it(): ...\n",
        "other/test_it.py": "def test_other(it):\n    pass\n",
    }

    outcome = run_fixer(files, "--fix", "--select=PTA102,PTA103")

    assert outcome.status == 0, outcome.printed
    assert outcome.files["other/conftest.py"] == files["other/conftest.py"]
