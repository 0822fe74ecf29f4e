"""The rules on unittest, asynctest and httpx: what they mend, and leave alone."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from fixer_script import FixerRun

# The rule, the text before, and after. Where there is none, it is left to people.
FIXED = {
    "PTA120 among imports of mocks": (
        """
        from unittest import mock
        from unittest.mock import ANY, patch

        from asynctest import CoroutineMock, MagicMock

        a = CoroutineMock(MagicMock(), ANY, patch, mock)
        """,
        """
        from unittest import mock
        from unittest.mock import ANY, AsyncMock, MagicMock, patch

        a = AsyncMock(MagicMock(), ANY, patch, mock)
        """,
    ),
    "PTA120 first of all imports": (
        """
        from asynctest import CoroutineMock
        import pytest

        a = CoroutineMock, pytest
        """,
        """
        from unittest.mock import AsyncMock

        import pytest

        a = AsyncMock, pytest
        """,
    ),
    "PTA120 the only import": (
        """
        from asynctest import patch


        @patch("a.b")
        def test_it(b): ...
        """,
        """
        from unittest.mock import patch


        @patch("a.b")
        def test_it(b): ...
        """,
    ),
    "PTA120 other names": (
        """
        import asyncio

        import pytest
        from asynctest.mock import CoroutineMock as AsyncMock
        from asynctest import MagicMock as Mock, patch as p

        a = AsyncMock(Mock()), p.object(asyncio, "sleep"), pytest
        """,
        """
        import asyncio
        from unittest.mock import AsyncMock, MagicMock as Mock, patch as p

        import pytest

        a = AsyncMock(Mock()), p.object(asyncio, "sleep"), pytest
        """,
    ),
    "PTA120 the package": (
        """
        import asyncio

        import asynctest
        import pytest

        a = asynctest.CoroutineMock(  # an answer
            return_value=1,
        )
        b = asynctest.mock.patch.object(a, "b"), asyncio, pytest
        """,
        """
        import asyncio
        from unittest import mock

        import pytest

        a = mock.AsyncMock(  # an answer
            return_value=1,
        )
        b = mock.patch.object(a, "b"), asyncio, pytest
        """,
    ),
    "PTA120 the package by another name, with mocks at hand": (
        """
        import unittest.mock

        import asynctest as at

        a = at.CoroutineMock(), unittest.mock.ANY
        """,
        """
        import unittest.mock

        a = unittest.mock.AsyncMock(), unittest.mock.ANY
        """,
    ),
    "PTA120 its mock": (
        """
        from asynctest import mock

        a = mock.CoroutineMock(), mock.patch("a.b"), mock.ANY
        """,
        """
        from unittest import mock

        a = mock.AsyncMock(), mock.patch("a.b"), mock.ANY
        """,
    ),
    "PTA120 plain test cases": (
        """
        from asynctest import CoroutineMock, TestCase, patch


        class It(TestCase):
            async def setUp(self):
                patcher = patch("a.b")
                patcher.start()
                self.addCleanup(patcher.stop)

            def tearDown(self): ...

            @patch("a.b", CoroutineMock())
            async def test_it(self, b): ...
        """,
        """
        from unittest import IsolatedAsyncioTestCase
        from unittest.mock import AsyncMock, patch


        class It(IsolatedAsyncioTestCase):
            async def asyncSetUp(self):
                patcher = patch("a.b")
                patcher.start()
                self.addCleanup(patcher.stop)

            def tearDown(self): ...

            @patch("a.b", AsyncMock())
            async def test_it(self, b): ...
        """,
    ),
    "PTA120 plain test cases of the package": (
        """
        import asynctest


        class It(asynctest.TestCase):
            @asynctest.skip
            async def test_it(self): ...
        """,
        None,
    ),
    "PTA120 the package's test case": (
        """
        import asynctest


        class It(asynctest.TestCase):
            async def test_it(self): ...
        """,
        """
        import unittest


        class It(unittest.IsolatedAsyncioTestCase):
            async def test_it(self): ...
        """,
    ),
    "PTA120 test cases with mixins and fixtures": (
        """
        import pytest
        from asynctest import TestCase as Case


        class Data:
            loop = None

            def make(self): ...


        class It(Data, Case):
            @pytest.fixture(autouse=True)
            def give(self, caplog):
                self.log = caplog

            async def test_it(self):
                queue.loop.call_soon(print)
        """,
        """
        from unittest import IsolatedAsyncioTestCase as Case

        import pytest


        class Data:
            loop = None

            def make(self): ...


        class It(Data, Case):
            @pytest.fixture(autouse=True)
            def give(self, caplog):
                self.log = caplog

            async def test_it(self):
                queue.loop.call_soon(print)
        """,
    ),
    "PTA120 a mixin from elsewhere": (
        """
        from asynctest import TestCase
        from mine import Mixin
        class It(Mixin, TestCase):
            async def test_it(self): ...
        """,
        None,
    ),
    "PTA120 an import that nothing uses": (
        """
        import asyncio
        from asynctest import CoroutineMock, mock as m
        def test_it(): asyncio
        """,
        """
        import asyncio
        def test_it(): asyncio
        """,
    ),
    "PTA120 an import for others": (
        """
        from asynctest import CoroutineMock
        """,
        None,
    ),
    "PTA120 a test case's loop": (
        """
        from asynctest import TestCase
        class It(TestCase):
            async def test_it(self):
                self.loop.call_soon(print)
        """,
        None,
    ),
    "PTA120 a test case's base": (
        """
        from asynctest import TestCase
        class Base(TestCase):
            async def setUp(self): ...
            async def test_it(self): ...
        class It(Base):
            async def test_it(self): ...
        """,
        None,
    ),
    "PTA120 coroutines to clean up": (
        """
        from asynctest import TestCase
        class It(TestCase):
            async def test_it(self):
                self.addCleanup(self.close)
        """,
        None,
    ),
    "PTA120 what only asynctest has": (
        """
        from asynctest import ClockedTestCase, CoroutineMock
        class It(ClockedTestCase):
            async def test_it(self):
                await self.advance(1)
        """,
        None,
    ),
    "PTA120 a mock that waits": (
        """
        from asynctest import CoroutineMock
        async def test_it():
            mock = CoroutineMock()
            await mock.awaited.wait()
        """,
        None,
    ),
    "PTA120 a patch with a scope": (
        """
        from asynctest import patch, LIMITED
        @patch("a.b", scope=LIMITED)
        async def test_it(b): ...
        """,
        None,
    ),
    "PTA120 a name that is taken": (
        """
        from asynctest import CoroutineMock, Mock as AsyncMock

        a = CoroutineMock(), AsyncMock()
        """,
        """
        from unittest.mock import AsyncMock as CoroutineMock, Mock as AsyncMock

        a = CoroutineMock(), AsyncMock()
        """,
    ),
    "PTA120 the package, where mock is something else": (
        """
        import asynctest

        def test_it():
            with asynctest.patch("a.b", asynctest.CoroutineMock()) as mock:
                mock()
        """,
        """
        from unittest.mock import AsyncMock, patch

        def test_it():
            with patch("a.b", AsyncMock()) as mock:
                mock()
        """,
    ),
    "PTA120 the package, where all is something else": (
        """
        import asynctest
        def test_it(mock, patch):
            asynctest.patch("a.b")
        """,
        None,
    ),
    "PTA120 patches and conditions": (
        """
        import unittest.mock
        from asynctest import TestCase
        class It(TestCase):
            @unittest.mock.patch("a.b")
            @unittest.skipIf(False, "no")
            async def test_it(self, b): ...
        """,
        """
        import unittest.mock
        from unittest import IsolatedAsyncioTestCase
        class It(IsolatedAsyncioTestCase):
            @unittest.mock.patch("a.b")
            @unittest.skipIf(False, "no")
            async def test_it(self, b): ...
        """,
    ),
    "PTA120 an import in a function": (
        """
        def test_it():
            from asynctest import CoroutineMock
            CoroutineMock()
        """,
        None,
    ),
    "PTA120 comments that would go": (
        """
        from asynctest import (
            CoroutineMock,  # until 3.8
        )
        a = CoroutineMock()
        """,
        None,
    ),
    "PTA125 an imported name": (
        """
        from unittest import TestCase, mock


        @mock.patch("a.b")
        class It(TestCase):
            def test_sync(self): ...

            @mock.patch("a.c")
            async def test_async(self): ...


        class Other(TestCase):
            async def test_async(self): ...
        """,
        """
        from unittest import IsolatedAsyncioTestCase, mock


        @mock.patch("a.b")
        class It(IsolatedAsyncioTestCase):
            def test_sync(self): ...

            @mock.patch("a.c")
            async def test_async(self): ...


        class Other(IsolatedAsyncioTestCase):
            async def test_async(self): ...
        """,
    ),
    "PTA125 a name that others use": (
        """
        from unittest import (
            TestCase as Case,  # the old one
            mock,
        )


        class Mixin:
            async def help(self): ...


        class It(Mixin, Case): # both
            async def test_async(self): ...


        class Other(Case):
            def test_sync(self): mock
        """,
        """
        from unittest import (
            IsolatedAsyncioTestCase,
            TestCase as Case,  # the old one
            mock,
        )


        class Mixin:
            async def help(self): ...


        class It(Mixin, IsolatedAsyncioTestCase): # both
            async def test_async(self): ...


        class Other(Case):
            def test_sync(self): mock
        """,
    ),
    "PTA125 a module by another name": (
        """
        import unittest as ut
        class It(ut.TestCase):
            async def test_it(self): ...
        """,
        """
        import unittest as ut
        class It(ut.IsolatedAsyncioTestCase):
            async def test_it(self): ...
        """,
    ),
    "PTA125 a base of the project's": (
        """
        import unittest
        class Base(unittest.TestCase):
            def setUp(self): ...
        class It(Base):
            async def test_it(self): ...
        """,
        None,
    ),
    "PTA127 an imported name": (
        """
        from httpx import AsyncClient, Response

        client = AsyncClient(
            app=app,  # ours
            base_url="http://test",
        )
        response: Response = AsyncClient(timeout=1, app=make())
        """,
        """
        from httpx import ASGITransport, AsyncClient, Response

        client = AsyncClient(
            transport=ASGITransport(app=app),  # ours
            base_url="http://test",
        )
        response: Response = AsyncClient(timeout=1, transport=ASGITransport(app=make()))
        """,
    ),
    "PTA127 a transport with another name": (
        """
        from httpx import ASGITransport as Transport
        from httpx import AsyncClient as Client
        client = Client(app = app)
        """,
        """
        from httpx import ASGITransport as Transport
        from httpx import AsyncClient as Client
        client = Client(transport = Transport(app=app))
        """,
    ),
    "PTA127 an import in a function": (
        """
        def make(app):
            from httpx import (
                AsyncClient
            )
            return AsyncClient(app=app)
        """,
        """
        def make(app):
            from httpx import (
                ASGITransport,
                AsyncClient
            )
            return AsyncClient(transport=ASGITransport(app=app))
        """,
    ),
    "PTA127 options that may have a transport": (
        """
        import httpx
        client = httpx.AsyncClient(app=app, **options)
        """,
        None,
    ),
    "PTA127 a name that is taken": (
        """
        from httpx import AsyncClient
        from mine import ASGITransport
        client = AsyncClient(app=app), ASGITransport
        """,
        None,
    ),
    "PTA120 what unittest has already": (
        """
        from unittest.mock import AsyncMock

        from asynctest import CoroutineMock

        a = AsyncMock(), CoroutineMock()
        """,
        """
        from unittest.mock import AsyncMock

        a = AsyncMock(), AsyncMock()
        """,
    ),
    "PTA120 another name for the package": (
        """
        import asynctest

        at = asynctest
        a = at.CoroutineMock()
        """,
        None,
    ),
    "PTA120 a module of it": (
        """
        from asynctest import case

        class It(case.TestCase): ...
        """,
        None,
    ),
    "PTA120 a base that is handed on": (
        """
        from asynctest import TestCase

        BASES = [TestCase]
        """,
        None,
    ),
    "PTA120 a setup that asks its base": (
        """
        import asynctest

        class It(asynctest.TestCase):
            async def setUp(self):
                await super().setUp()

            async def test_it(self): ...
        """,
        None,
    ),
}


@pytest.mark.parametrize("name", FIXED)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_what_is_old_is_mended(run_fixer: FixerRun, name: str, line_end: str) -> None:
    """If that is safe; it is reported in any case, and what is around it stays."""
    before, after = FIXED[name]
    text, result = (
        textwrap.dedent(each).lstrip().replace("\n", line_end)
        for each in (before, after or before)
    )
    select = f"--select={name[:6]}"

    assert set(run_fixer.found(text, select)) == {name[:6]}
    assert run_fixer.fixed(text, select) == result
    assert bool(run_fixer.found(result, select)) == (after is None)


ALONE = {
    "PTA120 what is there when all else fails": """
        try:
            from unittest.mock import AsyncMock
        except ImportError:
            from asynctest import CoroutineMock as AsyncMock
    """,
    "PTA120 what old Pythons get": """
        import sys
        if sys.version_info < (3, 8):
            from asynctest import CoroutineMock
    """,
    "PTA120 a module of the project's": """
        from .asynctest import CoroutineMock
        import asynctests
    """,
    "PTA125 awaited tests": """
        import unittest
        class It(unittest.IsolatedAsyncioTestCase):
            async def test_it(self): ...
    """,
    "PTA125 awaited tests, by a base": """
        import unittest
        class Base(unittest.IsolatedAsyncioTestCase): ...
        class It(Base, unittest.TestCase):
            async def test_it(self): ...
    """,
    "PTA125 other frameworks'": """
        import twisted.trial.unittest
        from django.test import TestCase
        from aiohttp.test_utils import AioHTTPTestCase
        class It(TestCase):
            async def test_it(self): ...
        class Other(AioHTTPTestCase):
            async def test_it(self): ...
        class Another(twisted.trial.unittest.TestCase):
            async def test_it(self): ...
    """,
    "PTA125 a base that nobody knows": """
        import unittest
        from somewhere import Awaits
        class It(Awaits, unittest.TestCase):
            async def test_it(self): ...
    """,
    "PTA125 a base that runs tests itself": """
        import asyncio, unittest
        class Base(unittest.TestCase):
            def _callTestMethod(self, method):
                asyncio.run(method())
        class It(Base):
            async def test_it(self): ...
    """,
    "PTA125 decorators that run tests": """
        import unittest
        from mine import all_sync, sync
        class It(unittest.TestCase):
            @sync
            async def test_it(self): ...
        @all_sync
        class Other(unittest.TestCase):
            async def test_it(self): ...
    """,
    "PTA125 what is no test": """
        import unittest
        class It(unittest.TestCase):
            async def helper(self): ...
            def test_it(self):
                async def test(): ...
    """,
    "PTA125 no class of unittest's": """
        from mine import unittest
        class It(unittest.TestCase):
            async def test_it(self): ...
        class TestIt:
            async def test_it(self): ...
    """,
    "PTA127 a transport": """
        import httpx
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), app=None)
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app))
    """,
    "PTA127 another client": """
        import httpx
        from starlette.testclient import TestClient
        from mine import AsyncClient
        TestClient(app=app)
        AsyncClient(app=app)
        httpx.Client(base_url="http://test")
    """,
    "PTA125 a base that is a class of its own": """
        import unittest
        class It(unittest.case.TestCase.of()):
            def test_it(self): ...
    """,
}


@pytest.mark.parametrize("name", ALONE)
def test_what_is_well_is_left_alone(run_fixer: FixerRun, name: str) -> None:
    """Even if it has the words."""
    text = textwrap.dedent(ALONE[name])

    assert run_fixer.found(text, f"--select={name[:6]}") == []


def test_a_base_may_be_in_another_module(run_fixer: FixerRun) -> None:
    """It is the base that is to be changed, which others may have as well."""
    base = "import unittest\nclass Base(unittest.TestCase): ...\n"
    text = "from base import Base\nclass It(Base):\n    async def test_it(self): ...\n"
    options = ("--select=PTA125", "--unsafe-fixes")
    isolated = base.replace("TestCase", "IsolatedAsyncioTestCase")

    assert run_fixer.found(text, *options, **{"base.py": base}) == ["PTA125"]
    assert run_fixer.fixed(text, *options, **{"base.py": base}) == text
    assert run_fixer.found(text, *options, **{"base.py": isolated}) == []


def test_mended_tests_run(run_fixer: FixerRun, tmp_path: Path) -> None:
    """The one that only seemed to pass, and the one that could not be imported."""
    text = textwrap.dedent("""
        import asyncio
        from unittest import TestCase

        from asynctest import CoroutineMock
        from asynctest import TestCase as AsyncCase


        class First(TestCase):
            async def test_first(self):
                assert asyncio.get_running_loop()


        class Second(AsyncCase):
            async def setUp(self):
                self.mock = CoroutineMock(return_value=1)

            async def test_second(self):
                assert await self.mock() == 1
    """)
    (tmp_path / "asynctest.py").write_text("raise AttributeError", encoding="utf-8")

    run_fixer.fixed(text, "--select=PTA12")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "unittest", "test_it.py"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )

    assert "Ran 2 tests" in run.stderr
    assert run.returncode == 0
