"""What sync tests and fixtures call, where that asks for an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fix_pytest_asyncio.project import Project
from fix_pytest_asyncio.rules.callees_of_loops import LoopAskedForByCallee
from fixer_script import named_files

if TYPE_CHECKING:
    from pathlib import Path

    from fixer_script import FixerRun

SELECT = "--select=PTA219"

CLIENT = """
import asyncio


async def work(): ...


def optional(loop=None):
    return loop or asyncio.get_event_loop()


def chosen(loop=None):
    if loop is None:
        loop = asyncio.get_event_loop()
    return loop


def chosen_at_once(*, loop=None):
    return asyncio.get_event_loop() if loop is None else loop


def sometimes(flag):
    if flag:
        asyncio.get_event_loop()


def early(flag):
    if flag:
        return None
    return asyncio.get_event_loop()


def guarded():
    try:
        return asyncio.get_event_loop()
    except RuntimeError:
        return asyncio.new_event_loop()


def later():
    return lambda: asyncio.get_event_loop()


def generator():
    yield asyncio.get_event_loop()


def inner():
    async def run():
        asyncio.get_event_loop()

    return run


def future(): return asyncio.Future()
def future_on(loop): return asyncio.Future(loop=loop)
def future_or(loop=None): return asyncio.Future(loop=loop)
def ensured(): return asyncio.ensure_future(work())
def ensured_any(awaitable): return asyncio.ensure_future(awaitable)
def gathered(): return asyncio.gather(work(), work())
def policy(): return asyncio.get_event_loop_policy().get_event_loop()


def first(): return second()
def second(): return third()
def third(): return asyncio.get_event_loop()


class Client:
    def __init__(self, loop=None):
        self.loop = loop or asyncio.get_event_loop()


class Special(Client):
    pass


class More(Client):
    def __init__(self, name, loop=None):
        self.name = name
        super().__init__(loop=loop)


class Own(Client):
    def __init__(self):
        self.loop = None


class Prepared:
    def __init__(self):
        self.prepare()

    def prepare(self):
        self.loop = asyncio.get_event_loop()


class PreparedElsewhere(Prepared):
    def prepare(self):
        self.loop = None


class Asynchronous:
    def __init__(self): ...

    async def start(self):
        self.loop = asyncio.get_event_loop()

    @classmethod
    def make(cls): return asyncio.get_event_loop()
"""

ASKING = (
    *("optional()", "optional(None)", "optional(loop=None)", "chosen()"),
    *("chosen_at_once()", "future()", "future_or()", "ensured()", "gathered()"),
    *("policy()", "first()", "Client()", "Special()"),
    *("More(1)", "More(1, None)", "Prepared()", "Asynchronous.make()"),
)
NOT_ASKING = (
    *("optional(object())", "optional(loop=object())", "chosen(1)", "sometimes(1)"),
    *("optional(*())", "optional(**{})", "early(1)", "guarded()", "later()"),
    *("chosen_at_once(loop=1)", "generator()", "inner()", "future_on(1)"),
    *("future_or(1)", "ensured_any(1)", "Client(1)", "More(1, 2)", "Own()"),
    *("PreparedElsewhere()", "Asynchronous()", "work()"),
)

ASKED_FOR = {
    "a method of a class of tests": """
        from client import Client

        class TestClient:
            def test(self):
                assert Client()
        """,
    "a module by another name": """
        import client as library

        def test():
            library.Client()
        """,
    "an import by another name": """
        from client import Client as Library

        def test():
            Library(
                # nothing
            )
        """,
    "an import of everything": """
        from client import *

        def test():
            Client()
        """,
    "an import in the test": """
        def test():
            from client import Client

            Client()
        """,
    "a helper of the tests": """
        from client import Client

        def make():
            return Client()

        def test():
            make()
        """,
    "a class of the tests": """
        from client import Client

        class Quick(Client):
            pass

        def test():
            Quick()
        """,
    "a class of the test's own": """
        from client import Client

        def test():
            class Quick(Client):
                def __init__(self):
                    super().__init__()

            Quick()
        """,
    "a loop that is entered": """
        from client import Client

        def test():
            for _ in range(3):
                for name in ("one", "two"):
                    Client()
        """,
    "the resource of a with statement": """
        from client import Client

        def test():
            with Client():
                pass
        """,
    "a fixture that yields it": """
        import pytest
        from client import Client

        @pytest.fixture
        def client():
            yield Client()
        """,
    "a fixture of classes": """
        import pytest
        from client import Client

        class TestIt:
            @pytest.fixture()
            def client(self):
                return Client()
        """,
    "a comparison": """
        from client import Client

        def test():
            assert Client() == 1
        """,
    "a condition that does not hold": """
        from client import Client

        def make(loop=None):
            if not loop:
                Client()

        def test():
            make()
        """,
    "what is called behind other calls": """
        from client import Client

        def make():
            registry()()
            return Client()

        def test():
            make()
        """,
    "a task of a method": """
        # runner.py
        import asyncio

        class Worker:
            def __init__(self):
                self.task = asyncio.ensure_future(self.work())

            async def work(self): ...

        # test_it.py
        from runner import Worker

        def test():
            Worker()
        """,
    "a task of a method of the base": """
        # runner.py
        import asyncio

        class Base:
            async def work(self): ...

        class Worker(Base):
            def __init__(self):
                self.task = asyncio.ensure_future(self.work())

        # test_it.py
        from runner import Worker

        def test():
            Worker()
        """,
}

LEFT_ALONE = {
    "async tests and fixtures": """
        import pytest_asyncio
        from client import Client

        async def test():
            Client()

        @pytest_asyncio.fixture
        async def client():
            return Client()
        """,
    "a sync fixture of pytest-asyncio's": """
        import pytest_asyncio
        from client import Client

        @pytest_asyncio.fixture
        def client():
            return Client()

        def test(client):
            client.again(Client())
        """,
    "an expected error": """
        import pytest
        from client import Client

        def test():
            with pytest.raises(RuntimeError):
                Client()
        """,
    "a caught one": """
        from client import Client

        def test():
            try:
                Client()
            except RuntimeError:
                pass
        """,
    "one branch": """
        from client import Client

        def test(flag=False):
            if flag:
                Client()
            for _ in []:
                Client()
            for _ in range(0):
                Client()
            for _ in range(flag):
                Client()
            for _ in (*[],):
                Client()
            [Client() for _ in []]
            flag and Client()
        """,
    "behind a return": """
        from client import Client

        def test(flag=False):
            if flag:
                return
            Client()
        """,
    "a function within the test": """
        from client import Client

        def test():
            async def run():
                Client()

            later = lambda: Client()
        """,
    "a teardown": """
        import pytest
        from client import Client

        @pytest.fixture
        def client():
            yield
            Client()
        """,
    "a loop of the test's own": """
        import asyncio
        from client import Client

        def test():
            asyncio.set_event_loop(asyncio.new_event_loop())
            Client()
        """,
    "a runner": """
        import asyncio
        from client import Client

        def test():
            with asyncio.Runner() as runner:
                runner.get_loop()
                Client()
        """,
    "asyncio.run": """
        import asyncio
        from client import Client, work

        def test():
            asyncio.run(work())
            Client()
        """,
    "a fixture that sets a loop": """
        import asyncio
        import pytest
        from client import Client

        @pytest.fixture(autouse=True)
        def current():
            asyncio.set_event_loop(asyncio.new_event_loop())

        def test():
            Client()
        """,
    "a setup that sets a loop": """
        import asyncio
        from client import Client

        def setup_module():
            asyncio.set_event_loop(asyncio.new_event_loop())

        def test():
            Client()
        """,
    "a plugin's loop": """
        from client import Client

        def test(loop):
            Client()
        """,
    "an event_loop of the project's own": """
        import asyncio
        import pytest
        from client import Client

        @pytest.fixture
        def event_loop():
            loop = asyncio.new_event_loop()
            yield loop
            loop.close()

        def test(event_loop):
            Client()
        """,
    "an async fixture that is asked for": """
        import pytest_asyncio
        from client import Client

        @pytest_asyncio.fixture
        async def server():
            return 1

        def test(server):
            Client()
        """,
    "unittest": """
        import unittest
        from client import Client

        class TestIt(unittest.IsolatedAsyncioTestCase):
            def test(self):
                Client()
        """,
    "anyio": """
        import pytest
        from client import Client

        pytestmark = pytest.mark.anyio

        @pytest.fixture
        def client():
            return Client()

        async def test(client):
            assert client
        """,
    "a loop of the module": """
        import pytest
        from client import Client

        @pytest.mark.asyncio(loop_scope="module")
        async def test_first(): ...

        def test():
            Client()
        """,
    "a patched class": """
        from unittest.mock import patch
        from client import Client

        @patch("client.Client.__init__")
        def test(init):
            Client()
        """,
    "a patched asyncio": """
        from client import Client

        def test(monkeypatch):
            monkeypatch.setattr("client.asyncio", None)
            Client()
        """,
    "a fixture that patches": """
        import pytest
        import client
        from client import Client

        @pytest.fixture
        def patched(monkeypatch):
            monkeypatch.setattr(client.asyncio, "get_event_loop", object)

        def test(patched):
            Client()
        """,
    "another Client": """
        from elsewhere import Client

        def test():
            Client()
        """,
    "a parameter": """
        import client

        def test(Client):
            Client()
        """,
    "a class of which the base is not in sight": """
        from client import Client
        from elsewhere import Base

        class Quick(Base, Client):
            pass

        def test():
            Quick()
        """,
    "a decorated class": """
        from client import Client
        from elsewhere import wrapped

        @wrapped
        class Quick(Client):
            pass

        def test():
            Quick()
        """,
    "strings and comments": '''
        from client import Client

        def test():
            """Client()"""
            # Client()
            assert "Client()"
        ''',
    "unittest's tests": """
        import unittest
        from client import Client

        class TestIt(unittest.TestCase):
            def test(self):
                Client()
        """,
    "a fixture that is there for a loop": """
        import pytest
        from client import Client

        @pytest.fixture
        def loop():
            return Client()
        """,
    "a generator expression, which may run elsewhere": """
        from client import Client

        def test():
            later(Client() for _ in range(3))
        """,
    "a base that may be another one": """
        from client import Client

        class Both(Client, Mixin):
            def __init__(self):
                super().__init__()

        def test():
            Both()
        """,
}


def with_client(text: str) -> dict[str, str]:
    """Return the files of a text, and the library that they test."""
    return {"client.py": CLIENT, **named_files(text)}


def calling(call: str) -> dict[str, str]:
    """Return a library, and a sync test that makes one call of it."""
    names = "Asynchronous, Client, More, Own, Prepared, PreparedElsewhere, Special"
    functions = (
        "optional, chosen, chosen_at_once, sometimes, early, guarded, later, "
        "generator, inner, future, future_on, future_or, ensured, ensured_any, "
        "gathered, policy, first, work"
    )
    return {
        "client.py": CLIENT,
        "test_it.py": f"from client import {names}, {functions}\n\n"
        f"def test():\n    {call}\n",
    }


@pytest.mark.parametrize("call", ASKING)
def test_what_asks_for_a_loop_is_found(run_fixer: FixerRun, call: str) -> None:
    """There is one finding, at the call in the test."""
    found = run_fixer(calling(call), "--check", SELECT)

    assert found.printed.count(" PTA219 ") == 1, found.printed
    assert "test_it.py:4:5: PTA219" in found.printed


@pytest.mark.parametrize("call", NOT_ASKING)
def test_what_may_not_ask_for_one_is_left_alone(run_fixer: FixerRun, call: str) -> None:
    """It is given one, does not get there, or gets there in async code."""
    run_fixer.leaves_alone(calling(call), SELECT)


@pytest.mark.parametrize("name", ASKED_FOR)
def test_calls_are_followed(run_fixer: FixerRun, name: str) -> None:
    """Through imports, helpers and classes."""
    found = run_fixer(with_client(ASKED_FOR[name]), "--check", SELECT)

    assert found.printed.count(" PTA219 ") == 1, found.printed


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_where_there_is_a_loop_all_is_well(run_fixer: FixerRun, name: str) -> None:
    """Or where it is not certain that there is none."""
    run_fixer.leaves_alone(with_client(LEFT_ALONE[name]), SELECT)


def test_the_message_names_what_asks(run_fixer: FixerRun) -> None:
    """So that it can be looked up, though it is in another file."""
    found = run_fixer(
        {"pytest.ini": "[pytest]\n", **calling("More(1)")}, "--check", SELECT
    )

    line = CLIENT.splitlines().index("class Client:") + 3
    assert f"`Client.__init__` at client.py:{line}" in found.printed


def test_a_library_in_a_package_is_looked_into(run_fixer: FixerRun) -> None:
    """What a package hands on, by name or by star, is followed to where it is."""
    files = {
        "src/library/__init__.py": "from .inner import *\n",
        "src/library/inner.py": CLIENT,
        "tests/test_it.py": "import library\n\ndef test():\n    library.Client()\n",
        "pytest.ini": "[pytest]\n",
    }

    found = run_fixer(files, "--check", SELECT)

    assert found.printed.count(" PTA219 ") == 1, found.printed
    assert "at src/library/inner.py:" in found.printed


FIXTURE = """
import pytest
from client import Client


@pytest.fixture{arguments}
def client():
    return Client()


{users}
"""
ASYNC_USER = "@pytest.mark.asyncio\nasync def test(client):\n    assert client"
SYNC_USER = "@pytest.mark.asyncio\nasync def test_it(): ...\n\n\ndef test(client): ..."


SYNC_FIXTURE = f"""
@pytest.fixture
def app(client): ...


{ASYNC_USER.replace("client", "app")}"""
ASYNC_FIXTURE = f"""
@pytest_asyncio.fixture
async def app(client): ...


{ASYNC_USER.replace("client", "app")}"""


@pytest.mark.parametrize(
    "users",
    [ASYNC_USER, SYNC_USER, SYNC_FIXTURE, f"import pytest_asyncio{ASYNC_FIXTURE}"],
)
def test_a_fixture_gets_a_loop_safely(run_fixer: FixerRun, users: str) -> None:
    """It stays sync, and so does what asks for it."""
    text = FIXTURE.format(arguments="", users=users)

    fixed = run_fixer.settled({"client.py": CLIENT, "test_it.py": text}, SELECT)

    after = fixed["test_it.py"]
    assert "@pytest_asyncio.fixture\ndef client():" in after
    assert "import pytest_asyncio\n" in after


UNSAFE = {
    "a user that runs a loop": FIXTURE.format(
        arguments="",
        users="@pytest.mark.asyncio\nasync def test_it(): ...\n\n\n"
        "def test(client):\n    client.loop.run_until_complete(client.work())",
    ),
    "a user on another loop": FIXTURE.format(
        arguments='(scope="module")', users=ASYNC_USER
    ),
    "nobody uses it": FIXTURE.format(arguments="", users="pytest.mark.asyncio"),
    "autouse": FIXTURE.format(arguments="(autouse=True)", users=ASYNC_USER),
    "no sign of pytest-asyncio": FIXTURE.format(
        arguments="", users="def test(client): ..."
    ),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_another_fixture_is_changed_when_told(run_fixer: FixerRun, name: str) -> None:
    """What asks for it may not do with the loop that it would have."""
    files = {"client.py": CLIENT, "test_it.py": UNSAFE[name]}

    after = run_fixer.settled_if_told(files, SELECT)["test_it.py"]

    assert "@pytest_asyncio.fixture" in after
    assert "async def client" not in after


@pytest.mark.parametrize(
    ("mode", "after"),
    [
        ("strict", "@pytest.mark.asyncio\r\nasync def test():\r\n\tClient() # one\r\n"),
        ("auto", "\r\nasync def test():\r\n\tClient() # one\r\n"),
    ],
)
def test_a_test_becomes_async(run_fixer: FixerRun, mode: str, after: str) -> None:
    """It has a mark then, where it needs one; all else stays."""
    files = {
        "client.py": CLIENT,
        "pytest.ini": f"[pytest]\nasyncio_mode = {mode}\n",
        "test_it.py": (
            "from client import Client\r\n\r\ndef test():\r\n\tClient() # one\r\n"
        ),
    }

    fixed = run_fixer(files, "--fix", SELECT)

    assert fixed.files["test_it.py"].endswith(after)
    assert run_fixer({}, "--check", SELECT).status == 0


PLAIN_TEST = "from client import Client\n\n{above}\ndef test({name}):\n    Client()\n"
DOUBTFUL_TESTS: dict[str, tuple[dict[str, str], str]] = {
    "no sign of pytest-asyncio": (
        {"pytest.ini": "[pytest]\n"},
        PLAIN_TEST.format(above="", name=""),
    ),
    "a library that runs loops": (
        {"client.py": f"{CLIENT}\n\ndef run(work): asyncio.run(work)\n"},
        PLAIN_TEST.format(above="", name=""),
    ),
    "a module that runs loops": (
        {},
        PLAIN_TEST.format(
            above="def run(loop): loop.run_until_complete(loop.work())\n", name=""
        ),
    ),
    "a fixture that does": (
        {
            "conftest.py": "import asyncio, pytest\n\n@pytest.fixture\n"
            "def ran():\n    return asyncio.run(asyncio.sleep(0))\n"
        },
        PLAIN_TEST.format(above="", name="ran"),
    ),
    "a test that is called": (
        {},
        PLAIN_TEST.format(above="", name="") + "\n\ndef helper(): test()\n",
    ),
}


@pytest.mark.parametrize("name", DOUBTFUL_TESTS)
def test_another_test_becomes_async_when_told(run_fixer: FixerRun, name: str) -> None:
    """Something might run the loop that then runs, or not await the test."""
    others, text = DOUBTFUL_TESTS[name]
    files = {
        "client.py": CLIENT,
        "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
        "test_it.py": text,
        **others,
    }

    fixed = run_fixer.settled_if_told(files, SELECT)

    assert "async def test(" in fixed["test_it.py"]


BY_HAND = {
    "a name that is taken": """
        import pytest
        from client import Client

        pytest_asyncio = None

        @pytest.fixture
        def client():
            return Client()
        """,
    "a mark that cannot be named": """
        from client import Client

        pytest = None

        def test():
            Client()
        """,
    "a decorator that may do anything": """
        from client import Client

        @wrapped
        def test():
            Client()
        """,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_what_is_in_the_way_of_a_fix_is_left_to_people(
    run_fixer: FixerRun, name: str
) -> None:
    """It fails all the same."""
    printed = run_fixer.only_reports(with_client(BY_HAND[name]), SELECT)

    assert printed.count(" PTA219 ") == 1


def test_names_for_each_other_do_no_harm(run_fixer: FixerRun) -> None:
    """Two variables that are given each other's value stand for nothing known."""
    text = """
        from client import Client

        def test(a=1, b=2):
            a = b
            b = a
            a.call()
            Client()
        """

    found = run_fixer(with_client(text), "--check", SELECT)

    assert found.printed.count(" PTA219 ") == 1, found.printed


@pytest.mark.parametrize(
    "text",
    [
        "from client import Client\n\nasync def test():\n    Client()\n",
        "from client import Client\n\ndef helper():\n    Client()\n",
        "from client import guard\n\ndef test():\n    guard()\n",
        "from elsewhere import Client\n\ndef test():\n    Client()\n",
        "from client import Client\n\ndef test():\n    Client\n",
    ],
)
def test_other_files_are_not_even_parsed(tmp_path: Path, text: str) -> None:
    """Their bytes tell that they call nothing that asks for a loop."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "client.py").write_text(CLIENT + "\n\ndef guard(): ...\n")
    path = tmp_path / "test_it.py"

    assert not LoopAskedForByCallee().may_find(text.encode(), Project(), path)
