"""Calls whose coroutine is lost, and results that nobody looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fix_pytest_asyncio.project import Project
from fix_pytest_asyncio.rules.calls import MissingAwait
from fixer_script import named_files

if TYPE_CHECKING:
    from fixer_script import FixerRun

LOST = {
    "a statement": """
        async def work(): ...

        async def test():
            work()
        """,
    "an assertion": """
        async def work(): ...

        async def test():
            assert work()
        """,
    "its negation": """
        async def work(): ...

        async def test():
            assert not work()
        """,
    "a comparison": """
        async def work(): ...

        async def test():
            assert work() == 1
        """,
    "a comparison with None, in brackets": """
        async def work(): ...

        async def test():
            assert (
                work() is None
            )
        """,
    "one of several conditions": """
        async def work(): ...

        async def test():
            assert work() and work
        """,
    "a body that is to raise": """
        import pytest

        async def work(): ...

        async def test():
            with pytest.raises(ValueError):
                work()
        """,
    "a helper in a test file": """
        async def work(): ...

        async def helper():
            work()

        async def test():
            await helper()
        """,
    "a fixture": """
        import pytest_asyncio

        async def work(): ...

        @pytest_asyncio.fixture
        async def client():
            yield 1
            work()
        """,
    "a function inside": """
        async def test():
            async def work(): ...
            work()
        """,
    "from a module beside": """
        # helpers.py
        async def work(): ...
        # test_it.py
        from helpers import work

        async def test():
            work()
        """,
    "by another name": """
        # helpers.py
        async def work(): ...
        # test_it.py
        from helpers import work as start

        async def test():
            start()
        """,
    "of a module": """
        # helpers.py
        async def work(): ...
        # test_it.py
        import helpers as tools

        async def test():
            tools.work()
        """,
    "from a package that hands it on": """
        # src/shop/__init__.py
        from .desk import (
            open_desk,  # to begin with
            work,
        )
        # src/shop/desk.py
        def open_desk(): ...
        async def work(): ...
        # test_it.py
        from shop import work

        async def test():
            work()
        """,
    "from a relative module": """
        # __init__.py
        # helpers.py
        async def work(): ...
        # test_it.py
        from .helpers import work

        async def test():
            work()
        """,
    "a method of the test's class": """
        class TestIt:
            async def work(self): ...

            async def test(self):
                self.work()
        """,
    "a method of a base class": """
        # helpers.py
        class Base:
            async def work(self): ...
        # test_it.py
        from helpers import Base

        class TestIt(Base):
            async def test(self):
                self.work()
        """,
    "a method of an instance": """
        # helpers.py
        class Client:
            async def work(self): ...
        # test_it.py
        from helpers import Client

        async def test():
            client = Client()
            client.work()
        """,
    "a method of an instance with a type": """
        class Client:
            async def work(self): ...

        async def test():
            client: Client = Client()
            client.work()
        """,
    "a method of the class": """
        class Client:
            @classmethod
            async def work(cls): ...

        async def test():
            Client.work()
        """,
    "a method of what a fixture makes": """
        # conftest.py
        import pytest

        class Client:
            async def work(self): ...

        @pytest.fixture
        def client():
            made = Client()
            yield made
        # test_it.py
        async def test(client):
            client.work()
        """,
    "a method of what a fixture here returns": """
        import pytest

        class Client:
            async def work(self): ...

        @pytest.fixture
        def client():
            return Client()

        async def test(client):
            assert client.work()
        """,
    "a decorator that changes nothing": """
        import functools

        async def test(f):
            @functools.wraps(f)
            async def work(): ...
            work()
        """,
    "of a module, beside a star": """
        # helpers.py
        async def work(): ...

        # other.py
        X = 1

        # test_it.py
        from other import *
        import helpers

        async def test():
            helpers.work()
        """,
    "from two packages above": """
        # pack/made.py
        async def work(): ...

        # pack/inner/use.py
        from ..made import work

        # test_it.py
        from pack.inner.use import work

        async def test():
            work()
        """,
    "a method of one of several bases": """
        import abc

        class Base:
            async def work(self): ...

        class Client(abc.ABC, Base): ...

        async def test():
            client = Client()
            client.work()
        """,
}
RIGHT = {
    "awaited": """
        async def work(): ...

        async def test():
            await work()
            assert await work() is None
        """,
    "kept, passed or returned": """
        import asyncio

        async def work(): ...

        async def test():
            coroutine = work()
            asyncio.create_task(work())
            return work()
        """,
    "a function that is not async": """
        def work(): ...

        async def test():
            work()
        """,
    "a generator": """
        async def work():
            yield

        async def test():
            work()
        """,
    "an unknown decorator": """
        from tools import synchronous

        @synchronous
        async def work(): ...

        async def test():
            work()
        """,
    "an unknown decorator, on a class": """
        from tools import synchronous

        @synchronous
        class Client:
            async def work(self): ...

        async def test():
            client = Client()
            client.work()
        """,
    "a name that is bound twice": """
        try:
            from fast import work
        except ImportError:
            async def work(): ...

        async def test():
            work()
        """,
    "a parameter of that name": """
        async def work(): ...

        async def test(work):
            work()
        """,
    "an object of unknown class": """
        class Client:
            async def work(self): ...

        async def test(client, other: Client):
            client.work()
            other.work()
        """,
    "a variable that may be something else": """
        class Client:
            async def work(self): ...

        async def test(fake):
            client = Client()
            if fake:
                client = fake
            client.work()
        """,
    "what is patched in the test": """
        from unittest.mock import patch

        async def work(): ...

        @patch(f"{__name__}.work")
        async def test(mock):
            with patch("test_it.work"):
                work()
        """,
    "what is patched as an attribute": """
        import helpers

        async def test(monkeypatch):
            monkeypatch.setattr(helpers, "work", print)
            helpers.work()
        # helpers.py
        async def work(): ...
        """,
    "a method that is replaced": """
        class Client:
            async def work(self): ...

        async def test():
            client = Client()
            client.work = print
            client.work()
        """,
    "a method that a fixture replaces": """
        # conftest.py
        import pytest

        class Client:
            async def work(self): ...

        @pytest.fixture
        def client(mocker):
            mocker.patch.object(Client, "work")
            return Client()
        # test_it.py
        async def test(client):
            client.work()
        """,
    "a method that the class replaces": """
        class Client:
            def __init__(self):
                self.work = print

            async def work(self): ...

        async def test():
            client = Client()
            client.work()
        """,
    "a method that a subclass overrides": """
        class TestBase:
            async def work(self): ...

            async def test(self):
                self.work()

        class TestDerived(TestBase):
            def work(self): ...
        """,
    "a method that an unknown base may have": """
        from elsewhere import Unknown

        class Base:
            async def work(self): ...

        class Client(Unknown, Base): ...

        async def test():
            client = Client()
            client.work()
        """,
    "a class that hands out something else": """
        class Client:
            def __new__(cls): ...
            async def work(self): ...

        async def test():
            client = Client()
            client.work()
        """,
    "a fixture that may return several things": """
        import pytest

        class Client:
            async def work(self): ...

        @pytest.fixture
        def client(fake):
            if fake:
                return fake
            return Client()

        async def test(client):
            client.work()
        """,
    "a parametrised argument": """
        import pytest

        class Client:
            async def work(self): ...

        @pytest.fixture
        def client():
            return Client()

        @pytest.mark.parametrize("client", [1])
        async def test(client):
            client.work()
        """,
    "wrong arguments": """
        import pytest

        async def work(): ...

        async def test():
            with pytest.raises(TypeError):
                work(1)
        """,
    "a test of the warning": """
        import pytest

        async def work(): ...

        def test():
            with pytest.warns(Warning):
                work()
        """,
    "a comment that says so": """
        async def work(): ...

        def test():
            work()  # never awaited
        """,
    "a fixture that is called": """
        import pytest

        @pytest.fixture
        async def work(): ...

        async def test():
            work()
        """,
    "strings and comments": '''
        async def work(): ...

        async def test():
            """
            work()
            """
            # work()
        ''',
    "a fixture that nobody here makes": """
        class Client:
            async def work(self): ...

        async def test_own():
            client = Client()
            await client.work()

        async def test(client):
            client.work()
        """,
    "a decorator that may pass arguments": """
        import pytest

        class Client:
            async def work(self): ...

        @pytest.fixture
        def client():
            return Client()

        @with_client
        async def test(client):
            client.work()
        """,
    "a variable of a loop": """
        class Client:
            async def work(self): ...

        async def test_own():
            client = Client()
            await client.work()

        async def test():
            for client in clients():
                client.work()
        """,
    "a fixture that changes what it made": """
        import pytest

        class Client:
            async def work(self): ...

        @pytest.fixture
        def client():
            client = Client()
            client = sync(client)
            yield client

        async def test(client):
            client.work()
        """,
    "a metaclass": """
        class Client(metaclass=Sync):
            async def work(self): ...

        async def test():
            client = Client()
            client.work()
        """,
    "imports that lead to each other": """
        # one.py
        from other import work

        # other.py
        from one import work

        # test_it.py
        from one import work

        class Client:
            async def work(self): ...

        async def test():
            work()
        """,
    "bases that lead to each other": """
        # one.py
        from other import Other

        class One(Other): ...

        # other.py
        from one import One

        class Other(One): ...

        # test_it.py
        from one import One

        class Client:
            async def work(self): ...

        async def test_own():
            one = Client()
            await one.work()

        async def test():
            one = One()
            one.work()
        """,
    "an import in a text": """
        TEXT = '''
        import this,
        '''

        async def work(): ...

        async def test():
            await work()
        """,
    "one of two functions of that name": """
        # helpers.py
        try:
            from fast import work
        except ImportError:
            async def work(): ...

        # test_it.py
        from helpers import work

        async def test():
            work()
        """,
    "a private name, which no star brings": """
        # helpers.py
        async def _work(): ...

        # test_it.py
        from helpers import *

        async def test():
            _work()
        """,
    "a fixture that gives a part of what it made": """
        import pytest

        class Client:
            async def work(self): ...

        @pytest.fixture
        def client():
            client = Client()
            yield client.inner

        async def test(client):
            client.work()
        """,
}


@pytest.mark.parametrize("name", LOST)
def test_a_lost_coroutine_is_awaited(run_fixer: FixerRun, name: str) -> None:
    """In an async function there is one place for `await`: before the call."""
    files = named_files(LOST[name])

    checked = run_fixer(files, "--check", "--select=PTA213")
    fixed = run_fixer.settled({}, "--unsafe-fixes", "--select=PTA213")

    assert checked.printed.count(" PTA213 ") == 1, checked.printed
    after, before = fixed["test_it.py"], files["test_it.py"]
    assert after.replace("await ", "") == before.replace("await ", "")
    assert after.count("await ") == before.count("await ") + 1


@pytest.mark.parametrize("name", RIGHT)
def test_other_calls_are_left_alone(run_fixer: FixerRun, name: str) -> None:
    """What is not certainly a coroutine, or is lost on purpose."""
    run_fixer.leaves_alone(named_files(RIGHT[name]), "--select=PTA213")


def test_without_being_told_nothing_is_awaited(run_fixer: FixerRun) -> None:
    """The test may fail when it first does what it says."""
    files = named_files(LOST["a statement"])

    assert run_fixer(files, "--fix", "--select=PTA213").files == files


def test_a_synchronous_test_is_left_to_its_author(run_fixer: FixerRun) -> None:
    """`await` would be a syntax error there."""
    text = "async def work(): ...\n\ndef test():\n    assert work()\n"
    options = ("--unsafe-fixes", "--select=PTA213")

    assert run_fixer.found(text, *options) == ["PTA213"]
    assert run_fixer.fixed(text, *options) == text


def test_line_ends_and_comments_stay(run_fixer: FixerRun) -> None:
    """Only a word comes in."""
    text = (
        "async def work(a): ...\r\n\r\nasync def test():\r\n\twork(  # one\r\n\t1)\r\n"
    )

    fixed = run_fixer.fixed(text, "--unsafe-fixes", "--select=PTA213")

    assert fixed == text.replace("\twork(", "\tawait work(")


@pytest.mark.parametrize(
    "text",
    [
        "@wrap\nasync def other(): ...\n\ndef test():\n    other()\n",
        "from helpers import other\n\ndef test():\n    other()\n    assert other()\n",
        "from helpers import Client\n\ndef test(client):\n    client.close()\n",
        "import helpers\n\ndef test():\n    helpers.other()\n",
        "async def work(): ...\n\ndef test():\n    other()\n    x = work()\n",
    ],
)
def test_most_files_are_ruled_out_unparsed(run_fixer: FixerRun, text: str) -> None:
    """A call counts only if something of its name may be async where it is from."""
    helpers = (
        "async def work(): ...\ndef other(): ...\nclass Client:\n    def close(): ..."
    )
    run_fixer({"helpers.py": helpers}, "--check")
    path = run_fixer.directory / "test_it.py"

    assert not MissingAwait().may_find(text.encode(), Project(), path)


IGNORED = {
    "gather": """
        import asyncio

        async def test():
            await asyncio.gather(f(), g(), return_exceptions=True)
        """,
    "gather of many": """
        from asyncio import gather as together

        async def test():
            await together(*[f(i) for i in range(9)], return_exceptions=True)
        """,
    "wait": """
        import asyncio

        async def test():
            await asyncio.wait([asyncio.create_task(f())])
        """,
    "wait for what is not looked at": """
        import asyncio

        async def test():
            tasks = [asyncio.create_task(f())]
            await asyncio.wait(tasks)
        """,
    "assertions in what is run": """
        import asyncio

        async def test():
            async def check():
                assert f()

            await asyncio.gather(check(), check(), return_exceptions=True)
        """,
}
LOOKED_AT = {
    "kept": """
        import asyncio

        async def test():
            results = await asyncio.gather(f(), return_exceptions=True)
            done, pending = await asyncio.wait(tasks)
        """,
    "raised": """
        import asyncio

        async def test():
            await asyncio.gather(f(), g())
            await asyncio.gather(f(), g(), return_exceptions=False)
        """,
    "cleaning up after a cancellation": """
        import asyncio

        async def test():
            task = asyncio.create_task(f())
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        """,
    "looked at later": """
        import asyncio

        async def test():
            task = asyncio.create_task(f())
            await asyncio.wait([task])
            assert task.exception() is None
        """,
    "asserted by what they do": """
        import asyncio

        async def test():
            await asyncio.gather(f(), g(), return_exceptions=True)
            assert breaker.is_open
        """,
    "in the end of a test that asserts": """
        import asyncio

        async def test():
            tasks = start()
            assert tasks
            await asyncio.gather(*tasks, return_exceptions=True)
        """,
    "until a state is reached": """
        import asyncio

        async def test():
            await asyncio.wait([asyncio.create_task(f())], timeout=1)
        """,
    "in a clean-up": """
        import asyncio

        async def test():
            try:
                f()
            finally:
                await asyncio.gather(f(), return_exceptions=True)
        """,
    "in a fixture": """
        import asyncio, pytest_asyncio

        @pytest_asyncio.fixture
        async def tasks():
            yield
            await asyncio.gather(f(), return_exceptions=True)
        """,
    "somebody else's": """
        from library import gather, wait

        async def test():
            await gather(f(), return_exceptions=True)
            await wait([f()])
        """,
}


@pytest.mark.parametrize("name", IGNORED)
def test_results_that_nobody_looks_at_are_found(run_fixer: FixerRun, name: str) -> None:
    """Such a test passes whatever happens."""
    files = named_files(IGNORED[name])

    printed = run_fixer.only_reports(files, "--select=PTA214")

    assert printed.count(" PTA214 ") == 1


@pytest.mark.parametrize("name", LOOKED_AT)
def test_results_that_may_be_looked_at_are_right(
    run_fixer: FixerRun, name: str
) -> None:
    """Or need not be."""
    run_fixer.leaves_alone(named_files(LOOKED_AT[name]), "--select=PTA214")
