"""Random test modules, of the code that the rules are about and of anything beside it.

A module is made of pieces of text, indented by four spaces, in which `#@` becomes a
comment with a number of its own, and `N` at the end of a name a number too.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from textwrap import indent
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADS = st.sampled_from(
    [
        *["", "", "", '"""Doc."""\n', "# coding: utf-8\n", "#!python\n#@\n", "\n\n"],
        *["from __future__ import annotations\n", "'a'; 'b'\n"],
    ]
)
_IMPORTS = (
    *("import asyncio", "import asyncio", "import pytest", "import pytest"),
    *("import pytest_asyncio", "import pytest_asyncio as pa", "import pytest as p"),
    *("from pytest import mark, fixture", "from pytest_asyncio import fixture as af"),
    *("from pytest_asyncio.plugin import fixture as pf", "import asyncio as aio"),
    *("from pytest import yield_fixture  #@", "import uvloop", "import asynctest"),
    *(
        "from asyncio import (\n    get_event_loop,  #@\n    sleep,\n)",
        "import unittest",
    ),
    *("from asyncio import TimeoutError, iscoroutinefunction", "import httpx"),
    *("from unittest.mock import MagicMock, patch", "from httpx import AsyncClient"),
    *("from asynctest import CoroutineMock, TestCase", "import os; import inspect"),
    *("if TYPE_CHECKING:\n    import typing", "try:\n    import uvloop\nexcept X: 1"),
    *("from pytest_asyncio import is_async_test, mark as m", "from .x import y  #@"),
)
_ON_WINDOWS = """\
if sys.platform == 'win32':
    #@
    asyncio.set_event_loop_policy(
        asyncio.WindowsSelectorEventLoopPolicy()  #@
    )"""
_LOOPS = (
    *("loop = asyncio.get_event_loop()", "loop = asyncio.new_event_loop()  #@"),
    *("asyncio.set_event_loop(loop)", "loop.close()", "event_loop.close()  #@"),
    *("event_loop.run_until_complete(work())", "asyncio.run(work())"),
    *("asyncio.get_event_loop().run_until_complete(work())", "uvloop.install()"),
    *("x = event_loop.run_until_complete(work(\n    1,  #@\n))", "del event_loop"),
    *("event_loop.create_task(work())", "asyncio.create_task(work())  #@"),
    *("asyncio.ensure_future(work(), loop=event_loop)", "event_loop = 1"),
    *("x = asyncio.Queue(\n    loop=event_loop,  #@\n)", "LOCK = asyncio.Lock()"),
    *("future = event_loop.create_future(); future.cancel()", "print(event_loop)"),
    *("request.getfixturevalue('event_loop')", "aio.get_event_loop().close()"),
    *("asyncio.iscoroutinefunction(work)", "iscoroutinefunction(work) or 1  #@"),
    *("asyncio.set_child_watcher(asyncio.ThreadedChildWatcher())",),
    *("asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())",),
    *("asyncio.set_event_loop_policy(None)", "x = asyncio.get_event_loop_policy()"),
    _ON_WINDOWS,
    *("x = CoroutineMock()", "x = asynctest.CoroutineMock(return_value=1)  #@"),
    *("client = httpx.AsyncClient(app=app)", "AsyncClient(app=app, base_url='x')  #@"),
    *("patch('a.work', MagicMock())", "loop = asyncio.get_running_loop()"),
    *("work()", "assert work()", "gather = asyncio.gather(work(), loop=loop)"),
    *("with pytest.raises(asyncio.TimeoutError):\n    work()  #@", "get_event_loop()"),
    *("try:\n    work()\nexcept (asyncio.TimeoutError, OSError):\n    pass",),
    *("try:\n    work()\nexcept TimeoutError as error:\n    #@\n    raise",),
    *("x = pytest.param(1, marks=pytest.mark.asyncio(scope='module'))",),
    *("item.add_marker(pytest.mark.asyncio(scope='session'))", "lambda: event_loop"),
    *("x = [each for each in y if inspect.iscoroutinefunction(each.function)]",),
)
_ANYTHING = (
    *("pass", "x = 1  #@", "#@\nx = 2", "'''event_loop # text'''", "x = {'a': [1]}"),
    *(
        "x = 'é'",
        "x = 1; y = 2;",
        "\n\n#@",
        "\nx = (\n    1 +  #@\n    2\n)",
        "1;\\\n2",
    ),
    *("for each in x:\n    #@\n    each()", "with x as y: y", "def inner(): 1", "\f"),
    *("if x:\n    y  #@\nelse:\n    #@\n    z", "while x: x = 0", "class A: a = 1  #@"),
)
_WITH_YIELD = (
    *("yield", "yield event_loop  #@", "yield 1", "try:\n    yield 1\nfinally:\n    2"),
    *("loop = asyncio.new_event_loop()\nyield loop  #@\nloop.close()", "return"),
)
_WITH_AWAIT = (
    *("await work()  #@", "await asyncio.sleep(0, loop=event_loop)", "await work(); 1"),
    *("async with asyncio.timeout(1):\n    #@\n    yield 1", "await get_event_loop()"),
    *(
        "async with AsyncClient(app=app) as c:\n    await c.get('/')",
        "await client.x()",
    ),
    *("await asyncio.wait_for(work(), 1, loop=loop)", "work()", "assert work()  #@"),
    *("await asyncio.gather(\n    work(),  #@\n    return_exceptions=True,\n)",),
    *("async with asyncio.TaskGroup() as g:\n    yield g", "await asyncio.wait([x])"),
    *("x = await event_loop.run_in_executor(None, work)", "asyncio.get_event_loop()"),
    *("with pytest.raises(ValueError):\n    work()  #@",),
)
_DECORATORS = (
    *("@pytest.mark.asyncio", "@pytest.mark.asyncio()  #@", "@pytest.fixture"),
    *("@pytest.mark.asyncio(scope='module')", "@mark.asyncio", "@fixture()", "@other"),
    *("@pytest.mark.asyncio(\n    scope='class',  #@\n    loop_scope='class',\n)",),
    *("@pytest_asyncio.fixture", "@pytest.fixture(scope='session')  #@", "@pf", "@af"),
    *("@pytest_asyncio.fixture(scope='module', loop_scope='module')", "@staticmethod"),
    *("@pytest_asyncio.mark.asyncio", "@p.yield_fixture\n#@", "@pytest.mark.anyio"),
    *("@pytest.fixture(\n    params=[1],  #@\n)", "@pytest.mark.trio", "@m.asyncio"),
    *("@pytest.mark.usefixtures('event_loop')", "@pytest.mark.usefixtures('a', 'b')"),
    *("@pytest.mark.parametrize('x', [1])", "@asyncio.coroutine", "@yield_fixture()"),
    *("@pytest.mark.asyncio('module')", "@pytest_asyncio.fixture(scope='session')"),
    *("@pa.fixture(autouse=True)", "@aio.coroutine", "@pytest.fixture(name='client')"),
)
_PARAMETERS = st.sampled_from(
    [
        *["", "", "event_loop", "event_loop", "self", "client", "event_loop, client"],
        *["self, event_loop", "client, event_loop=None", "request", "loop", "items"],
        *["event_loop: asyncio.AbstractEventLoop", "*, event_loop", "x, *args, **more"],
        *["\n    event_loop,  #@\n    client,\n", "client, event_loop, request"],
    ]
)
_NAMES = st.sampled_from(
    [
        *["test_N", "test_N", "test_N", "client", "work", "event_loop", "loop"],
        *[
            "event_loop_policy",
            "setup_method",
            "asyncSetUp",
            "helper_N",
            "anyio_backend",
        ],
        "pytest_collection_modifyitems",
    ]
)
_CLASSES = st.sampled_from(
    [
        *[
            "class TestN:",
            "class TestN(unittest.TestCase):  #@",
            "class HelperN(object):",
        ],
        *["class TestN(TestCase):", "class TestN(unittest.IsolatedAsyncioTestCase):"],
    ]
)
_HOOKS = (
    """\
def pytest_collection_modifyitems(items):
    for item in items:
        if is_async_test(item):  #@
            item.add_marker(pytest.mark.asyncio(scope='session'), append=False)""",
    """\
def pytest_collection_modifyitems(config, items):
    #@
    print(items)
    mark = pytest.mark.asyncio(loop_scope='session')
    for item in filter(is_async_test, items):
        item.add_marker(mark, append=False)""",
    """\
@pytest.fixture(scope='session')
def event_loop():
    '''Doc.'''  #@
    loop = asyncio.get_event_loop_policy().new_event_loop()
    yield loop
    loop.close()  #@""",
    """\
@pytest.fixture
def event_loop_policy():
    return uvloop.EventLoopPolicy()  #@""",
    """\
@pytest.fixture(params=[uvloop.EventLoopPolicy(), asyncio.DefaultEventLoopPolicy()])
def event_loop_policy(request):
    return request.param""",
    "asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())  #@",
    "pytestmark = pytest.mark.asyncio  #@",
    "pytestmark = [pytest.mark.asyncio(scope='module'), pytest.mark.slow]",
    """\
pytestmark = (
    pytest.mark.anyio,  #@
    pytest.mark.asyncio,
)""",
    """\
once = pytest.mark.asyncio(scope='session')  #@
@once
async def test_N(): pass""",
    """\
x = (
    pytest  #@
    .yield_fixture
)""",
    """\
x = (
    asyncio  #@
    .get_event_loop(
        #@
    )
)""",
    "x = pytest.yield_fixture; y = pytest.mark.asyncio(scope='module')  #@",
    "loop = asyncio.get_event_loop()",
    "QUEUE = asyncio.Queue()  #@",
)


def _pieces(*groups: Sequence[str]) -> st.SearchStrategy[list[str]]:
    each = st.sampled_from([piece for group in groups for piece in group])
    return st.lists(each, min_size=1, max_size=5)


_SYNC_BODY = st.one_of(
    _pieces(_LOOPS, _ANYTHING), _pieces(_LOOPS, _ANYTHING, _WITH_YIELD)
)
_ASYNC_BODY = st.one_of(
    _pieces(_LOOPS, _ANYTHING, _WITH_AWAIT),
    _pieces(_LOOPS, _WITH_AWAIT, _WITH_YIELD),
)
_DECORATED = st.lists(st.sampled_from(_DECORATORS), max_size=2)


def _block(head: str, pieces: Sequence[str], decorators: Sequence[str] = ()) -> str:
    """Return a compound statement; one whose body is a comment gets a statement too."""
    body = "\n".join([*pieces, *(["0"] if _is_empty(pieces) else [])])
    return "\n".join([*decorators, head, indent(body, "    ")])


def _is_empty(pieces: Sequence[str]) -> bool:
    return all(re.fullmatch(r"(\s|#@)*", piece) for piece in pieces)


def _function(
    decorators: Sequence[str], kind: str, name: str, parameters: str, body: list[str]
) -> str:
    return _block(f"{kind} {name}({parameters}):", body, decorators)


_FUNCTIONS = st.one_of(
    st.builds(_function, _DECORATED, st.just("def"), _NAMES, _PARAMETERS, _SYNC_BODY),
    st.builds(
        _function, _DECORATED, st.just("async def"), _NAMES, _PARAMETERS, _ASYNC_BODY
    ),
)
_CLASS = st.builds(
    _block,
    _CLASSES,
    st.lists(
        st.one_of(_FUNCTIONS, st.sampled_from([*_ANYTHING, *_HOOKS])),
        min_size=1,
        max_size=3,
    ),
    _DECORATED,
)
_STATEMENTS = st.lists(
    st.one_of(
        _FUNCTIONS,
        _FUNCTIONS,
        _CLASS,
        st.sampled_from(_HOOKS),
        st.sampled_from(_ANYTHING + _LOOPS),
    ),
    max_size=5,
)


@dataclass(frozen=True)
class Program:
    """A module.

    Attributes:
        text: Its text, without a byte order mark.
        raw: Its bytes.
        name: What its file is called.
        mode: The mode of pytest-asyncio that its project has.
    """

    text: str
    raw: bytes
    name: str
    mode: str


@dataclass(frozen=True)
class _Layout:
    end: str
    indentation: str
    between: str
    encoding: str
    has_end: bool


_LAYOUTS = st.builds(
    _Layout,
    st.sampled_from(["\n", "\n", "\r\n", "\r"]),
    st.sampled_from(["    ", "    ", "\t", "  "]),
    st.sampled_from(["\n", "\n\n\n", "\n\n", "\n#@\n", "\n  \n"]),
    st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "latin-1"]),
    st.sampled_from([True, True, False]),
)


def _program(
    head: str,
    imports: Sequence[str],
    statements: Sequence[str],
    layout: _Layout,
    name: str,
    mode: str,
) -> Program:
    text = layout.between.join(
        [head + "\n".join(imports), *statements],
    )
    if layout.encoding == "latin-1":
        text = f"# -*- coding: latin-1 -*-\n{text.replace('# coding: utf-8', '#@')}"
    numbers = itertools.count(1)
    text = re.sub("#@|(?<=_)N|(?<=Test)N", lambda match: _number(match, numbers), text)
    text = re.sub(
        "^(?:    )+",
        lambda match: layout.indentation * (len(match.group()) // 4),
        f"{text}\n" if layout.has_end else text,
        flags=re.MULTILINE,
    )
    text = text.replace("\n", layout.end)
    return Program(text, text.encode(layout.encoding), name, mode)


def _number(match: re.Match[str], numbers: itertools.count[int]) -> str:
    number = next(numbers)
    return f"# comment {number}." if match.group() == "#@" else str(number)


PROGRAMS = st.builds(
    _program,
    _HEADS,
    st.lists(st.sampled_from(_IMPORTS), max_size=5),
    _STATEMENTS,
    _LAYOUTS,
    st.sampled_from(["test_it.py", "test_it.py", "conftest.py", "helpers.py"]),
    st.sampled_from(["strict", "auto"]),
)
