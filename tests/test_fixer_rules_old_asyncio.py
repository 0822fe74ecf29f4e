"""The rules on what asyncio used to have: what they mend, and what they leave alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fixer_script import FixerRun

IN_ASYNC = {
    "another name, on two lines": (
        """\
import asyncio as aio
async def test_it():
    aio.get_event_loop(
    ).time()  # now
""",
        """\
import asyncio as aio
async def test_it():
    aio.get_running_loop(
    ).time()  # now
""",
    ),
    "an imported name": (
        """\
from asyncio import get_event_loop, sleep
async def test_it():
    await sleep(0)
    get_event_loop()
""",
        """\
import asyncio
from asyncio import sleep
async def test_it():
    await sleep(0)
    asyncio.get_running_loop()
""",
    ),
    "a helper, a fixture and a method": (
        """\
import asyncio
import pytest
async def help():
    return [asyncio.get_event_loop() for _ in "ab"]
@pytest.fixture
async def loop():
    yield asyncio.get_event_loop()
class TestIt:
    async def test_it(self):
        async with x: asyncio.get_event_loop()
""",
        """\
import asyncio
import pytest
async def help():
    return [asyncio.get_running_loop() for _ in "ab"]
@pytest.fixture
async def loop():
    yield asyncio.get_running_loop()
class TestIt:
    async def test_it(self):
        async with x: asyncio.get_running_loop()
""",
    ),
    "an import of the function's own": (
        """\
async def test_it():
    import asyncio
    asyncio.get_event_loop()
""",
        """\
async def test_it():
    import asyncio
    asyncio.get_running_loop()
""",
    ),
}


@pytest.mark.parametrize("name", IN_ASYNC)
def test_in_async_code_the_running_loop_is_meant(
    run_fixer: FixerRun, name: str
) -> None:
    """In all that belongs to tests."""
    before, after = IN_ASYNC[name]

    fixed = run_fixer.settled({"test_it.py": before}, "--select=PTA111")

    assert fixed == {"test_it.py": after}


NOT_IN_ASYNC = {
    "a nested function, which a thread may run": """\
import asyncio
async def test_it():
    def inner(): return asyncio.get_event_loop()
    x = lambda: asyncio.get_event_loop()
""",
    "an anyio test": """\
import asyncio, pytest
@pytest.mark.anyio
async def test_it():
    asyncio.get_event_loop()
""",
    "a comparison, which is about the function": """\
import asyncio
async def test_it():
    assert asyncio.get_event_loop() is asyncio.get_running_loop()
""",
    "another function of that name": """\
from application import get_event_loop
async def test_it():
    get_event_loop()
    x.get_event_loop()
""",
    "a reference": """\
import asyncio
async def test_it(monkeypatch):
    monkeypatch.setattr(asyncio, "get_event_loop", None)
    assert asyncio.get_event_loop is None
    "asyncio.get_event_loop()"  # asyncio.get_event_loop()
""",
    "a default": """\
import asyncio
async def test_it(loop=asyncio.get_event_loop()): ...
""",
}


@pytest.mark.parametrize("name", NOT_IN_ASYNC)
def test_elsewhere_another_loop_may_be_meant(run_fixer: FixerRun, name: str) -> None:
    """No call in a coroutine of pytest-asyncio's."""
    files = {"test_it.py": NOT_IN_ASYNC[name]}

    run_fixer.leaves_alone(files, "--select=PTA111")


def test_what_is_tested_may_ask_as_it_likes(run_fixer: FixerRun) -> None:
    """In an application it is a matter of taste."""
    source = "import asyncio\nasync def main():\n    asyncio.get_event_loop()\n"
    files = {"pytest.ini": "[pytest]\n", "src/app.py": source}

    run_fixer.leaves_alone(files, "--select=PTA111")


@pytest.mark.parametrize("path", ["tests/unit/helpers.py", "app/_tests/helpers.py"])
def test_helpers_in_a_directory_of_tests_belong_to_them(
    run_fixer: FixerRun, path: str
) -> None:
    """Also without any test of their own."""
    source = "import asyncio\nasync def help():\n    asyncio.get_event_loop()\n"
    files = {"pytest.ini": "[pytest]\n", path: source}

    run = run_fixer(files, "--fix", "--select=PTA111")

    assert "get_running_loop" in run.files[path]


def test_no_name_is_used_that_means_something_else(run_fixer: FixerRun) -> None:
    """It is reported."""
    source = """\
from asyncio import get_event_loop
async def test_it(asyncio):
    get_event_loop()
"""
    files = {"test_it.py": source}

    run_fixer.only_reports(files, "--select=PTA111")


def test_line_ends_and_marks_of_byte_order_stay(run_fixer: FixerRun) -> None:
    """Only what is called changes."""
    before, after = IN_ASYNC["a helper, a fixture and a method"]
    path = run_fixer.directory / "test_it.py"
    path.write_bytes(before.replace("\n", "\r\n").encode("utf-8-sig"))

    run_fixer({}, "--fix", "--select=PTA111")

    assert path.read_bytes() == after.replace("\n", "\r\n").encode("utf-8-sig")


ANSWER = "async def answer(*args):\n    return 42\n"
RUN = {
    "a call of a call": (
        """\
def test_it():
    assert asyncio.get_event_loop().run_until_complete(answer()) == 42
""",
        """\
def test_it():
    assert asyncio.run(answer()) == 42
""",
    ),
    "a constant of the module": (
        """\
QUESTION = "what"
def test_it():
    asyncio.get_event_loop().run_until_complete(answer(QUESTION))
""",
        """\
QUESTION = "what"
def test_it():
    asyncio.run(answer(QUESTION))
""",
    ),
    "a coroutine with a name": (
        """\
def test_it():
    coroutine = answer()
    assert coroutine
    asyncio.get_event_loop().run_until_complete(coroutine)
""",
        """\
def test_it():
    coroutine = answer()
    assert coroutine
    asyncio.run(coroutine)
""",
    ),
    "several lines and a closed loop": (
        """\
def test_it(tmp_path):
    loop = asyncio.get_event_loop()
    # The question.
    loop.run_until_complete(
        answer(  # of all
            tmp_path,
        )
    )
    loop.close()
""",
        """\
def test_it(tmp_path):
    # The question.
    asyncio.run(
        answer(  # of all
            tmp_path,
        )
    )
""",
    ),
    "a function in the test, in a class": (
        """\
class TestIt:
    @pytest.mark.parametrize("number", [1, 2])
    def test_it(self, number, known):
        async def inner():
            return number + known
        asyncio.get_event_loop().run_until_complete(inner())
@pytest.fixture
def known():
    return 1
""",
        """\
class TestIt:
    @pytest.mark.parametrize("number", [1, 2])
    def test_it(self, number, known):
        async def inner():
            return number + known
        asyncio.run(inner())
@pytest.fixture
def known():
    return 1
""",
    ),
}


@pytest.mark.parametrize("name", RUN)
def test_one_coroutine_gets_a_loop_of_its_own(run_fixer: FixerRun, name: str) -> None:
    """Where nothing else is seen to want that loop."""
    before, after = (f"import asyncio\nimport pytest\n{ANSWER}{x}" for x in RUN[name])

    fixed = run_fixer.settled({"test_it.py": before}, "--select=PTA112")

    assert fixed == {"test_it.py": after}


SHARED = {
    "a client of the module": (
        "client = Client()\n"
        "def test_it():\n"
        "    asyncio.get_event_loop().run_until_complete(answer(client))\n"
    ),
    "a client that the coroutine uses": (
        "client = Client()\n"
        "async def ask():\n"
        "    await client.get()\n"
        "def test_it():\n"
        "    asyncio.get_event_loop().run_until_complete(ask())\n"
    ),
    "a fixture that is not known": (
        "def test_it(client):\n"
        "    asyncio.get_event_loop().run_until_complete(answer(client))\n"
    ),
    "an object of several turns": (
        "def test_it():\n"
        "    client = Client()\n"
        "    for _ in range(2):\n"
        "        asyncio.get_event_loop().run_until_complete(answer(client))\n"
    ),
    "a future of that loop": (
        "def test_it():\n"
        "    future = asyncio.Future()\n"
        "    asyncio.get_event_loop().run_until_complete(answer(future))\n"
    ),
    "a fixture that asks for the loop": (
        "@pytest.fixture\n"
        "def client():\n"
        "    return Client(asyncio.get_event_loop())\n"
        "def test_it(client):\n"
        "    asyncio.get_event_loop().run_until_complete(answer(client))\n"
    ),
    "an object of the class": (
        "class TestIt:\n"
        "    def test_it(self):\n"
        "        asyncio.get_event_loop().run_until_complete(answer(self.client))\n"
    ),
    "a helper that is called with any awaitable": (
        "def run(awaitable):\n"
        "    return asyncio.get_event_loop().run_until_complete(awaitable)\n"
    ),
}


@pytest.mark.parametrize("name", SHARED)
def test_what_may_be_bound_to_a_loop_is_no_safe_fix(
    run_fixer: FixerRun, name: str
) -> None:
    """It would be used on two."""
    files = {"test_it.py": f"import asyncio\nimport pytest\n{ANSWER}{SHARED[name]}"}

    fixed = run_fixer.settled_if_told(files, "--select=PTA112")

    assert "asyncio.run(" in fixed["test_it.py"]


AWAITED = {
    "several": (
        """\
def test_it():
    loop = asyncio.get_event_loop()
    loop.run_until_complete(answer())
    assert loop.run_until_complete(answer()) == 42
""",
        """\
async def test_it():
    await answer()
    assert await answer() == 42
""",
    ),
    "what may be no coroutine": (
        """\
def test_it(client):
    run = asyncio.get_event_loop().run_until_complete
    asyncio.get_event_loop().run_until_complete(client.get() or client.put())
""",
        None,
    ),
    "a future": (
        """\
@pytest.mark.slow
def test_it(client):
    body = asyncio.get_event_loop().run_until_complete(client.get()).body
    asyncio.get_event_loop().run_until_complete(client.one if body else client.two)
""",
        """\
@pytest.mark.slow
async def test_it(client):
    body = (await client.get()).body
    await (client.one if body else client.two)
""",
    ),
}


@pytest.mark.parametrize("name", AWAITED)
def test_a_test_that_awaits_more_may_become_async(
    run_fixer: FixerRun, name: str
) -> None:
    """With a mark in strict mode, and only if all that it does is await."""
    before, after = AWAITED[name]
    head = f"import asyncio\nimport pytest\n{ANSWER}"
    files = {"test_it.py": f"{head}{before}"}
    options = ("--fix", "--unsafe-fixes", "--select=PTA112")

    safe = run_fixer(files, "--fix", "--select=PTA112")
    strict = run_fixer(files, *options).files["test_it.py"]

    assert (safe.status, safe.files) == (1, files)
    if after is None:
        assert strict == files["test_it.py"]
    else:
        assert f"import pytest\n{ANSWER}@pytest.mark.asyncio\n{after}" in strict


GIVEN_LOOPS = {
    "several runs": (
        "def test_it():\n"
        "    loop = asyncio.get_event_loop()\n"
        "    loop.run_until_complete(client.one())\n"
        "    loop.run_until_complete(client.close())\n"
    ),
    "a loop that is handed on": "def test_it():\n    f(asyncio.get_event_loop())\n",
    "tests of a class, and others": (
        "class TestIt:\n"
        "    def test_it(self):\n"
        "        f(asyncio.get_event_loop())\n\n"
        "    def test_other(self): ...\n\n\n"
        "@pytest.mark.slow\n"
        "def test_it():\n"
        "    f(asyncio.get_event_loop())\n"
    ),
}
LOOP_FIXTURE = """\
@pytest_asyncio.fixture
def event_loop():
    return asyncio.get_event_loop()


"""


@pytest.mark.parametrize("name", GIVEN_LOOPS)
def test_a_sync_test_is_given_a_loop(run_fixer: FixerRun, name: str) -> None:
    """By a fixture of its module's, where pytest-asyncio is known to be there."""
    test = GIVEN_LOOPS[name]
    head = "import asyncio\n\nimport pytest\nimport pytest_asyncio\n\n\n"
    files = {"test_it.py": head + test}

    fixed = run_fixer.settled(files, "--select=PTA112")

    marked = re.sub(
        r"(?m)^( *)((?:@pytest.mark.slow\n)?def test_it)",
        r'\1@pytest.mark.usefixtures("event_loop")\n\1\2',
        test,
    )
    assert fixed == {"test_it.py": head + LOOP_FIXTURE + marked}


NOT_GIVEN = {
    "a loop that is closed": (
        "def test_it():\n    loop = asyncio.get_event_loop()\n    f(loop)\n"
        "    loop.close()\n"
    ),
    "a loop that is closed later": (
        "def test_it(request):\n    loop = asyncio.get_event_loop()\n"
        "    request.addfinalizer(loop.close)\n"
    ),
    "another event_loop": (
        "def test_it():\n    f(asyncio.get_event_loop())\n\n\nevent_loop = 1\n"
    ),
    "another fixture event_loop": (
        "def test_it():\n    f(asyncio.get_event_loop())\n\n\n"
        "@pytest.fixture\ndef event_loop():\n    return 1\n"
    ),
    "another pytest": "def test_it(pytest):\n    f(asyncio.get_event_loop())\n",
}


@pytest.mark.parametrize("name", NOT_GIVEN)
def test_a_sync_test_is_not_given_a_loop(run_fixer: FixerRun, name: str) -> None:
    """Where it would be closed before its time, or the name means something else."""
    head = "import asyncio\n\nimport pytest\nimport pytest_asyncio\n\n\n"
    files = {"test_it.py": head + NOT_GIVEN[name]}

    run_fixer.only_reports(files, "--select=PTA112")


BY_HAND_RUNS = {
    "a test that uses the loop otherwise": (
        "def test_it():\n"
        "    loop = asyncio.get_event_loop()\n"
        "    loop.call_soon(print)\n"
        "    loop.run_until_complete(answer())\n"
    ),
    "a test where asyncio is something else": (
        "from asyncio import get_event_loop\n"
        "def test_it(asyncio):\n"
        "    get_event_loop().run_until_complete(answer())\n"
    ),
    "a module where pytest is something else": (
        "pytest = 1\n"
        "def test_it():\n"
        "    asyncio.get_event_loop().run_until_complete(answer())\n"
        "    asyncio.get_event_loop().run_until_complete(answer())\n"
    ),
    "a test that hands it on": "def test_it():\n    f(asyncio.get_event_loop())\n",
    "a method before each": (
        "class TestIt:\n"
        "    def setup_method(self):\n"
        "        self.loop = asyncio.get_event_loop()\n"
    ),
    "a future of unittest's": (
        "import unittest\n"
        "class TestIt(unittest.TestCase):\n"
        "    def test_it(self):\n"
        "        asyncio.get_event_loop().run_until_complete(self.get())\n"
    ),
    "an argument that may be several": (
        "def test_it():\n    asyncio.get_event_loop().run_until_complete(*answers)\n"
    ),
}


@pytest.mark.parametrize("name", BY_HAND_RUNS)
def test_other_uses_of_the_loop_are_found(run_fixer: FixerRun, name: str) -> None:
    """They fail all the same."""
    files = {"test_it.py": f"import asyncio\n{ANSWER}{BY_HAND_RUNS[name]}"}

    run_fixer.only_reports(files, "--select=PTA112")


GIVEN = {
    "a loop that is set": (
        "def test_it():\n"
        "    asyncio.set_event_loop(asyncio.new_event_loop())\n"
        "    asyncio.get_event_loop().run_until_complete(answer())\n"
    ),
    "a loop that is set for all": (
        "@pytest.fixture(autouse=True)\n"
        "def loop_of_all():\n"
        "    asyncio.set_event_loop(asyncio.new_event_loop())\n"
        "def test_it():\n"
        "    asyncio.get_event_loop().run_until_complete(answer())\n"
    ),
    "an async fixture, whose loop is there": (
        "import pytest_asyncio\n"
        "@pytest_asyncio.fixture\n"
        "async def client(): ...\n"
        "@pytest.fixture\n"
        "def wrapped(client): ...\n"
        "def test_it(wrapped):\n"
        "    asyncio.get_event_loop().run_until_complete(wrapped())\n"
    ),
    "a loop that a mark asks for": (
        '@pytest.mark.usefixtures("module_loop")\n'
        "def test_it():\n"
        "    asyncio.get_event_loop().run_until_complete(answer())\n"
    ),
    "the loop of a plugin": (
        "def test_it(loop):\n"
        "    asyncio.get_event_loop().run_until_complete(answer())\n"
    ),
    "an error that is wanted": (
        "def test_it():\n"
        "    with pytest.raises(RuntimeError):\n"
        "        asyncio.get_event_loop()\n"
    ),
    "an error that is caught": (
        "def test_it():\n"
        "    try:\n"
        "        loop = asyncio.get_event_loop()\n"
        "    except RuntimeError:\n"
        "        loop = None\n"
    ),
    "a class that has a loop": (
        "import unittest\n"
        "class Base(unittest.IsolatedAsyncioTestCase): ...\n"
        "class TestIt(Base):\n"
        "    def test_it(self):\n"
        "        asyncio.get_event_loop().call_soon(print)\n"
    ),
    "a helper, which async code may call": (
        "def loop():\n    return asyncio.get_event_loop()\n"
    ),
    "another loop": (
        "def test_it():\n    asyncio.new_event_loop().run_until_complete(answer())\n"
    ),
}


@pytest.mark.parametrize("name", GIVEN)
def test_where_there_is_a_loop_it_may_be_asked_for(
    run_fixer: FixerRun, name: str
) -> None:
    """Or where it does not matter."""
    files = {"test_it.py": f"import asyncio\nimport pytest\n{ANSWER}{GIVEN[name]}"}

    run_fixer.leaves_alone(files, "--select=PTA112,PTA113")


FIXTURES = {
    "one that yields, with more decorators' arguments": (
        """\
import asyncio
import pytest
@pytest.fixture(
    autouse=True,  # for all
)
def server(tmp_path):
    loop = asyncio.get_event_loop()
    server = loop.run_until_complete(start(loop, tmp_path))
    yield server
    loop.run_until_complete(server.stopped())
""",
        """\
import asyncio
import pytest_asyncio
@pytest_asyncio.fixture(
    autouse=True,  # for all
)
async def server(tmp_path):
    loop = asyncio.get_running_loop()
    server = await start(loop, tmp_path)
    yield server
    await server.stopped()
""",
    ),
    "one that only runs": (
        """\
import asyncio
import pytest
@pytest.fixture
def server():
    return asyncio.get_event_loop().run_until_complete(start())
""",
        """\
import pytest_asyncio
@pytest_asyncio.fixture
async def server():
    return await start()
""",
    ),
    "a name that goes": (
        """\
import asyncio
from pytest import fixture
@fixture
def server():
    loop = asyncio.get_event_loop()
    return loop.run_until_complete(start())
""",
        """\
import pytest_asyncio
@pytest_asyncio.fixture
async def server():
    return await start()
""",
    ),
}


@pytest.mark.parametrize("name", FIXTURES)
def test_a_sync_fixture_may_become_async(run_fixer: FixerRun, name: str) -> None:
    """So that its loop is that of the test."""
    before, after = FIXTURES[name]

    fixed = run_fixer.settled_if_told({"conftest.py": before}, "--select=PTA113")

    assert fixed == {"conftest.py": after}


STILL_SYNC = {
    "one that a sync test uses": (
        "@pytest.fixture\ndef it():\n    return f(asyncio.get_event_loop())\n\n\n"
        "def test_it(it): ...\n"
    ),
    "one of a wider scope": (
        '@pytest.fixture(scope="module")\ndef it():\n'
        "    loop = asyncio.get_event_loop()\n    yield f(loop)\n"
        "    loop.run_until_complete(g())\n"
    ),
    "one that runs it in a function": (
        "@pytest.fixture(autouse=True)\ndef it():\n"
        "    loop = asyncio.get_event_loop()\n"
        "    return lambda: loop.run_until_complete(g())\n"
    ),
}


@pytest.mark.parametrize("name", STILL_SYNC)
def test_a_sync_fixture_may_get_its_loop(run_fixer: FixerRun, name: str) -> None:
    """pytest-asyncio makes that of the test the current one for its own fixtures."""
    head = "import asyncio\n\nimport pytest\nimport pytest_asyncio\n\nX = pytest\n\n\n"
    files = {"test_it.py": head + STILL_SYNC[name]}

    fixed = run_fixer.settled(files, "--select=PTA113")

    after = files["test_it.py"].replace("@pytest.", "@pytest_asyncio.")
    after = after.replace('"module")', '"module", loop_scope="module")')
    assert fixed == {"test_it.py": after}


@pytest.mark.parametrize("ending", ["loop.close()", "request.addfinalizer(loop.close)"])
def test_a_sync_fixture_that_closes_a_loop_does_not(
    run_fixer: FixerRun, ending: str
) -> None:
    """It would be that of the test."""
    head = "import asyncio\n\nimport pytest\nimport pytest_asyncio\n\n\n"
    fixture = (
        "@pytest.fixture\ndef it(request):\n    loop = asyncio.get_event_loop()\n"
        f"    f(loop)\n    {ending}\n"
    )

    run_fixer.only_reports({"test_it.py": head + fixture}, "--select=PTA113")


BY_HAND_FIXTURES = {
    "one of a wider scope": '@pytest.fixture(scope="session")\ndef it():\n    LOOP',
    "one that closes it": "@pytest.fixture\ndef it():\n    LOOP.close()",
    "one where asyncio is something else": "from asyncio import get_event_loop\n"
    "@pytest.fixture\ndef it(asyncio):\n    get_event_loop()",
    "one that overrides another of another scope": "X = 1\n"
    '@pytest.fixture(scope="module")\ndef it(it):\n    LOOP',
    "one that runs it": "@pytest.fixture\ndef it():\n    LOOP.run_forever()",
    "one with another decorator": "@x\n@pytest.fixture\ndef it():\n    LOOP",
}


@pytest.mark.parametrize("name", BY_HAND_FIXTURES)
def test_other_sync_fixtures_are_found(run_fixer: FixerRun, name: str) -> None:
    """Which loop they should have is not for a tool to say."""
    body = BY_HAND_FIXTURES[name].replace("LOOP", "asyncio.get_event_loop()")
    files = {"conftest.py": f"import asyncio\nimport pytest\n{body}\n"}

    run_fixer.only_reports(files, "--select=PTA113")


def test_the_fixture_of_the_loop_has_a_rule_of_its_own(run_fixer: FixerRun) -> None:
    """It goes altogether."""
    source = """\
import asyncio, pytest
@pytest.fixture
def event_loop():
    yield asyncio.get_event_loop()
"""

    run_fixer.leaves_alone({"conftest.py": source}, "--select=PTA112,PTA113")


IS_COROUTINE = {
    "a reference": (
        """\
import asyncio
X = [*filter(asyncio.iscoroutinefunction, Y)]
asyncio.run(X)
""",
        """\
import asyncio
import inspect
X = [*filter(inspect.iscoroutinefunction, Y)]
asyncio.run(X)
""",
    ),
    "an imported name": (
        "from asyncio import iscoroutinefunction as is_async\nX = is_async(Y)\n",
        "import inspect\nX = inspect.iscoroutinefunction(Y)\n",
    ),
    "a module of it, and the other imported": (
        """\
import asyncio.coroutines
import inspect as i
X = asyncio.coroutines.iscoroutinefunction(i)
""",
        "import inspect\nimport inspect as i\nX = inspect.iscoroutinefunction(i)\n",
    ),
    "where the other one is asked elsewhere, or of something else": (
        """\
import asyncio
import inspect
def test_it():
    assert asyncio.iscoroutinefunction(f)
    assert inspect.iscoroutinefunction(g)
def test_other():
    assert inspect.iscoroutinefunction(f)
""",
        """\
import inspect
def test_it():
    assert inspect.iscoroutinefunction(f)
    assert inspect.iscoroutinefunction(g)
def test_other():
    assert inspect.iscoroutinefunction(f)
""",
    ),
    "in a function": (
        """\
import asyncio
import inspect
def f(x):
    return not asyncio.iscoroutinefunction(
        x  # it
    )
""",
        """\
import inspect
def f(x):
    return not inspect.iscoroutinefunction(
        x  # it
    )
""",
    ),
}


@pytest.mark.parametrize("name", IS_COROUTINE)
def test_inspect_knows_coroutine_functions(run_fixer: FixerRun, name: str) -> None:
    """In any file: it is gone for all."""
    before, after = IS_COROUTINE[name]

    fixed = run_fixer.settled({"app.py": before}, "--select=PTA121")

    assert fixed == {"app.py": after}


NOT_IS_COROUTINE = {
    "of inspect": "import asyncio, inspect\ninspect.iscoroutinefunction(asyncio)\n",
    "for old versions of Python": (
        "import sys\n"
        "if sys.version_info >= (3, 14):\n"
        "    from inspect import iscoroutinefunction\n"
        "else:\n"
        "    from asyncio import iscoroutinefunction\n"
        "iscoroutinefunction(1)\n"
    ),
    "for old versions of Python alone": (
        "import asyncio, sys\n"
        "X = asyncio.iscoroutinefunction(1) if sys.version_info < (3, 12) else None\n"
    ),
    "for old versions of Python, in one condition": (
        "import asyncio, inspect, sys\n"
        "X = inspect.iscoroutinefunction(1) or (\n"
        "    sys.version_info < (3, 14) and asyncio.iscoroutinefunction(1)\n"
        ")\n"
    ),
    "given another": "import asyncio\nasyncio.iscoroutinefunction = print\n",
    "a text": "import asyncio\nX = patch('asyncio.iscoroutinefunction')\n",
}


@pytest.mark.parametrize("name", NOT_IS_COROUTINE)
def test_who_chooses_by_version_is_left_alone(run_fixer: FixerRun, name: str) -> None:
    """So are others' functions of that name."""
    files = {"test_it.py": NOT_IS_COROUTINE[name]}

    run_fixer.leaves_alone(files, "--select=PTA121")


IS_COROUTINE_BY_HAND = {
    "a name that means something else": (
        "import asyncio\ndef f(inspect):\n    asyncio.iscoroutinefunction(inspect)\n"
    ),
    "an import in a function": (
        "def f(x):\n    from asyncio import iscoroutinefunction\n"
        "    return iscoroutinefunction(x)\n"
    ),
    "a test of both": (
        "import asyncio\n"
        "import inspect\n"
        "async def test_both():\n"
        "    assert asyncio.iscoroutinefunction(wrapped)\n"
        "    assert inspect.iscoroutinefunction(wrapped)\n"
    ),
}


@pytest.mark.parametrize("name", IS_COROUTINE_BY_HAND)
def test_a_name_that_cannot_be_had_is_reported(run_fixer: FixerRun, name: str) -> None:
    """The module would fail otherwise."""
    files = {"test_it.py": IS_COROUTINE_BY_HAND[name]}

    run_fixer.only_reports(files, "--select=PTA121")


REMOVED = {
    "decorators in any order, a method, layouts": (
        """\
import asyncio
import pytest
class TestIt:
    @pytest.mark.asyncio
    @asyncio.coroutine
    def test_it(self):
        x = yield from (self.f() or self.g())
        y = (yield  from self.h(  # it
            x,
        ))
        return (yield from asyncio.gather((yield from x), y))
""",
        """\
import asyncio
import pytest
class TestIt:
    @pytest.mark.asyncio
    async def test_it(self):
        x = await (self.f() or self.g())
        y = (await self.h(  # it
            x,
        ))
        return (await asyncio.gather((await x), y))
""",
    ),
    "a decorator that did nothing": (
        "import asyncio\n@asyncio.coroutine\nasync def f(): ...\n",
        "async def f(): ...\n",
    ),
    "an imported decorator, with nothing to wait for": (
        "from asyncio import coroutine\n\n\n@coroutine\ndef f():\n    return 1\n",
        "async def f():\n    return 1\n",
    ),
    "arguments anywhere": (
        """\
import asyncio as aio
from asyncio import Queue, wait_for
a = Queue(loop=loop)
b = Queue(3, loop=loop)
c = wait_for(
    x(),
    loop=loop,  # the same
    timeout=1,
)
d = aio.gather(*e, loop=aio.get_event_loop(), return_exceptions=True)
f = aio.Lock(
    loop=loop
)
""",
        """\
import asyncio as aio
from asyncio import Queue, wait_for
a = Queue()
b = Queue(3)
c = wait_for(
    x(),
    timeout=1,
)
d = aio.gather(*e, return_exceptions=True)
f = aio.Lock(
)
""",
    ),
}


@pytest.mark.parametrize("name", REMOVED)
def test_what_was_removed_goes(run_fixer: FixerRun, name: str) -> None:
    """In any file: it fails for all."""
    before, after = REMOVED[name]

    fixed = run_fixer.settled({"app.py": before}, "--select=PTA123")

    assert fixed == {"app.py": after}


REMOVED_BY_HAND = {
    "a bare yield": "@asyncio.coroutine\ndef f():\n    yield\n",
    "an awaitable that is returned": "@asyncio.coroutine\ndef f():\n    return g()\n",
    "a lock": "@asyncio.coroutine\ndef f():\n    with (yield from lock): g()\n",
    "a mock": "f = asyncio.coroutine(lambda: 1)\n",
}


@pytest.mark.parametrize("name", REMOVED_BY_HAND)
def test_what_was_removed_and_has_no_like_is_found(
    run_fixer: FixerRun, name: str
) -> None:
    """What it is to be now is not for a tool to say."""
    files = {"test_it.py": f"import asyncio\n{REMOVED_BY_HAND[name]}"}

    run_fixer.only_reports(files, "--select=PTA123")


STILL_THERE = {
    "who still takes a loop": (
        "asyncio.ensure_future(x, loop=loop)\nasyncio.Future(loop=loop)\n"
        "asyncio.Task(x, loop=loop)\nasyncio.StreamReader(loop=loop)\n"
        "asyncio.all_tasks(loop=loop)\nasyncio.wrap_future(x, loop=loop)\n"
        "asyncio.run_coroutine_threadsafe(x, loop=loop)\n"
    ),
    "others": "from x import Queue, coroutine\nQueue(loop=1)\n@coroutine\ndef f(): ...",
    "in a test that newer versions of Python skip": (
        "import pytest, sys\n"
        "@pytest.mark.skipif(sys.version_info >= (3, 11), reason='gone')\n"
        "def test_it():\n    @asyncio.coroutine\n    def f():\n        yield from g()\n"
    ),
    "of types": "import types\n@types.coroutine\ndef f():\n    yield\n",
    "for old versions of Python": (
        "import sys\nif sys.version_info < (3, 10):\n    x = asyncio.Queue(loop=1)\n"
    ),
}


@pytest.mark.parametrize("name", STILL_THERE)
def test_what_is_still_there_stays(run_fixer: FixerRun, name: str) -> None:
    """Checked against the standard library."""
    files = {"test_it.py": f"import asyncio\n{STILL_THERE[name]}"}

    run_fixer.leaves_alone(files, "--select=PTA123")


TIMEOUTS = {
    "in a tuple that has it": (
        """\
import asyncio
try: ...
except (asyncio.TimeoutError, TimeoutError): ...
try: ...
except (OSError, TimeoutError, asyncio.TimeoutError): ...
""",
        """\
try: ...
except TimeoutError: ...
try: ...
except (OSError, TimeoutError): ...
""",
    ),
    "imported by its name": (
        "from asyncio import TimeoutError, run\nrun(f(TimeoutError))\n",
        "from asyncio import run\nrun(f(TimeoutError))\n",
    ),
    "imported alone, and by another name": (
        """\
from asyncio import TimeoutError
from asyncio.exceptions import (
    TimeoutError as Late,
)
X = TimeoutError, [Late]
""",
        "X = TimeoutError, [TimeoutError]\n",
    ),
}


@pytest.mark.parametrize("name", TIMEOUTS)
def test_two_names_of_one_error_become_one(run_fixer: FixerRun, name: str) -> None:
    """If they are one wherever the project runs."""
    before, after = TIMEOUTS[name]
    project = {"setup.cfg": "[options]\npython_requires = >= 3.11\n"}

    fixed = run_fixer.settled({"a.py": before, **project}, "--select=PTA124")

    assert fixed == {"a.py": after, **project}


def test_the_error_of_threads_is_another(run_fixer: FixerRun) -> None:
    """So are those that a module has itself, and old Pythons have two."""
    source = """\
import asyncio
from concurrent import futures
import concurrent.futures
import sys
class Own:
    TimeoutError = 1
futures.TimeoutError, concurrent.futures.TimeoutError, Own.TimeoutError
if sys.version_info < (3, 11):
    asyncio.TimeoutError
def f(TimeoutError):
    asyncio.TimeoutError
"""
    project = {"setup.py": "setup(python_requires='>=3.11')\n"}

    run_fixer.leaves_alone({"a.py": source, **project}, "--select=PTA124")


REQUIREMENTS = {
    '[project]\nrequires-python = ">=3.11"': True,
    '[project]\nrequires-python = ">=3.9,!=3.11"': False,
    '[project]\nrequires-python = "~=3.12"': True,
    '[project]\nrequires-python = ">3.10"': False,
    '[project]\nrequires-python = "<3.14, >= 3.13.1"': True,
    '[project]\nrequires-python = "==3.12.*"': True,
    "[project]\nrequires-python = 3": False,
    '[project]\nname = "x"': False,
    '[tool.poetry.dependencies]\npython = "^3.11"': True,
    '[tool.poetry.dependencies]\npython = "^3.9"': False,
    '[tool.poetry.dependencies]\npython = "~3.9 || ^3.11"': False,
    "[broken": False,
}


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_the_error_is_one_where_the_project_says_so(
    run_fixer: FixerRun, requirement: str
) -> None:
    """Where it says nothing it may run on any Python."""
    files = {
        ".git/HEAD": "",
        "pyproject.toml": requirement,
        "test_it.py": "import asyncio\nX = asyncio.TimeoutError\n",
    }

    run = run_fixer(files, "--check", "--select=PTA124")

    assert ("PTA124" in run.printed) is REQUIREMENTS[requirement]


def test_without_a_project_any_python_may_run_it(run_fixer: FixerRun) -> None:
    """The error may be two."""
    files = {"test_it.py": "import asyncio\nX = asyncio.TimeoutError\n"}

    run_fixer.leaves_alone(files, "--select=PTA124")


def test_the_error_is_not_looked_for_unasked(run_fixer: FixerRun) -> None:
    """It is a matter of taste, and ruff knows it as UP041."""
    files = {
        "setup.cfg": "[options]\npython_requires = >=3.11\n",
        "test_it.py": "import asyncio\nX = asyncio.TimeoutError\n",
    }

    run = run_fixer(files, "--check")

    assert "PTA124" not in run.printed


def test_a_migrated_suite_passes(run_fixer: FixerRun) -> None:
    """Where it failed, or warned, before."""
    files = {
        "pytest.ini": "[pytest]\nfilterwarnings = error\n"
        "asyncio_default_fixture_loop_scope = function\n",
        "test_it.py": """\
import asyncio
import pytest


@asyncio.coroutine
def answer():
    yield from asyncio.sleep(0, loop=None)
    return 42


@pytest.fixture
def known():
    loop = asyncio.get_event_loop()
    return loop.run_until_complete(answer())


def test_one():
    assert asyncio.get_event_loop().run_until_complete(answer()) == 42


def test_two():
    loop = asyncio.get_event_loop()
    assert loop.run_until_complete(answer()) == 42
    assert loop.run_until_complete(answer()) == 42


@pytest.mark.asyncio
async def test_three(known):
    assert asyncio.iscoroutinefunction(answer)
    assert known == 42
    assert asyncio.get_event_loop().is_running()
""",
    }

    fixed = run_fixer(
        files, "--fix", "--unsafe-fixes", "--select=PTA111,PTA112,PTA113,PTA121,PTA123"
    )

    assert fixed.status == 0, fixed.printed
    assert "3 passed" in run_fixer.run_pytest(), fixed.files["test_it.py"]


def users(*, loop_scope: str, head: str = "") -> dict[str, str]:
    """Return a suite whose fixture asks for the loop, and one test that uses it."""
    return {
        "conftest.py": f"""\
import asyncio
import pytest
{head}
@pytest.fixture
def loop_of_now():
    return asyncio.get_event_loop()
""",
        "test_it.py": f"""\
import pytest
@pytest.mark.asyncio(loop_scope="{loop_scope}")
async def test_it(loop_of_now): ...
""",
    }


def test_a_fixture_of_async_tests_alone_is_fixed_safely(run_fixer: FixerRun) -> None:
    """They are on the loop that it then asks for."""
    run = run_fixer(users(loop_scope="function"), "--fix", "--select=PTA113")

    assert "async def loop_of_now" in run.files["conftest.py"]


@pytest.mark.parametrize(
    "files",
    [
        users(loop_scope="module"),
        {**users(loop_scope="function"), "test_a.py": "def test(loop_of_now): ...\n"},
        {
            **users(loop_scope="function"),
            "test_a.py": "def test(request):\n"
            "    request.getfixturevalue('loop_of_now')",
        },
        users(
            loop_scope="function",
            head="@pytest.fixture\ndef other(loop_of_now): ...",
        ),
    ],
    ids=["another loop", "a sync test", "by name", "a sync fixture"],
)
def test_a_fixture_of_others_is_no_safe_fix(
    run_fixer: FixerRun, files: dict[str, str]
) -> None:
    """They might do without that loop, or have another one."""
    run = run_fixer(files, "--fix", "--select=PTA113")

    assert (run.status, run.files) == (1, files)


def test_a_fixture_of_an_anyio_test_stays(run_fixer: FixerRun) -> None:
    """It would not be set up."""
    files = {**users(loop_scope="function")}
    files["test_it.py"] = files["test_it.py"].replace("asyncio(loop_scope", "anyio(x")

    run_fixer.only_reports(files, "--select=PTA113")
