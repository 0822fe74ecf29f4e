"""Fixtures that nobody awaits, that outlive their loop, or that belong to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fixer_script import FixerRun

MARKED = "\n\n@pytest.mark.asyncio\nasync def test_it(one):\n    assert one\n"
AUTO = "[pytest]\nasyncio_mode = auto\n"
FUNCTION = "asyncio_default_fixture_loop_scope = function\n"

# Rule, module before, module after, other files.
FIXED: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "a plain fixture": (
        "PTA107",
        "import pytest\n\n@pytest.fixture\nasync def one():\n    return 1\n" + MARKED,
        "import pytest\nimport pytest_asyncio\n\n@pytest_asyncio.fixture\n"
        "async def one():\n    return 1\n" + MARKED,
        {},
    ),
    "its arguments and comments": (
        "PTA107",
        "import pytest as pt\n\n@pt.fixture(  # why\n    params=[1],\n"
        "    name='one',\n)\n"
        "async def _one(request):\n    yield request.param\n"
        + MARKED.replace("pytest", "pt"),
        "import pytest as pt\nimport pytest_asyncio\n\n"
        "@pytest_asyncio.fixture(  # why\n    params=[1],\n    name='one',\n)\n"
        "async def _one(request):\n    yield request.param\n"
        + MARKED.replace("pytest", "pt"),
        {},
    ),
    "an import that nothing else uses": (
        "PTA107",
        (
            "from pytest import fixture, mark\r\n\r\n@fixture()\r\nasync def one():\r\n"
            "    return 1\r\n\r\n@mark.asyncio\r\n"
            "async def test_it(one):\r\n    pass\r\n"
        ),
        (
            "import pytest_asyncio\r\nfrom pytest import mark\r\n\r\n"
            "@pytest_asyncio.fixture()\r\nasync def one():\r\n"
            "    return 1\r\n\r\n@mark.asyncio\r\n"
            "async def test_it(one):\r\n    pass\r\n"
        ),
        {},
    ),
    "one of a class": (
        "PTA107",
        (
            "import pytest\nimport pytest_asyncio\n\n"
            "@pytest.mark.asyncio\nclass TestIt:\n"
            "    @pytest.fixture(autouse=True)\n"
            "    async def one(self):\n        yield\n\n"
            "    async def test_it(self):\n        pass\n"
        ),
        (
            "import pytest\nimport pytest_asyncio\n\n"
            "@pytest.mark.asyncio\nclass TestIt:\n"
            "    @pytest_asyncio.fixture(autouse=True)\n    async def one(self):\n"
            "        yield\n\n    async def test_it(self):\n        pass\n"
        ),
        {},
    ),
    "one that tests get through others": (
        "PTA107",
        "import pytest\n\n@pytest.fixture\nasync def two():\n    return 1\n\n\n"
        "@pytest.fixture\ndef one(two):\n    return two\n" + MARKED,
        "import pytest\nimport pytest_asyncio\n\n@pytest_asyncio.fixture\n"
        "async def two():\n    return 1\n\n\n"
        "@pytest.fixture\ndef one(two):\n    return two\n" + MARKED,
        {},
    ),
    "a plain fixture with a wide scope in auto mode": (
        "PTA110",
        (
            "import pytest\n\n@pytest.fixture(scope='module')\n"
            "async def one():\n    yield\n"
        ),
        (
            "import pytest_asyncio\n\n@pytest_asyncio.fixture(scope='module', "
            "loop_scope='module')\nasync def one():\n    yield\n"
        ),
        {"pytest.ini": AUTO + FUNCTION},
    ),
    "arguments on lines of their own": (
        "PTA110",
        (
            'import pytest_asyncio\n\n@pytest_asyncio.fixture(\n    scope="session",\n'
            "    autouse=True,  # always\n)\nasync def one():\n    yield\n"
        ),
        (
            'import pytest_asyncio\n\n@pytest_asyncio.fixture(\n    scope="session",\n'
            '    autouse=True,  # always\n    loop_scope="session",\n)\n'
            "async def one():\n    yield\n"
        ),
        {"pytest.ini": "[pytest]\n" + FUNCTION},
    ),
    "a loop scope that is too narrow": (
        "PTA110",
        (
            "from pytest_asyncio import fixture\n\n"
            "@fixture(loop_scope='class', scope='package')\n"
            "async def one():\n    yield\n"
        ),
        (
            "from pytest_asyncio import fixture\n\n"
            "@fixture(loop_scope='package', scope='package')\n"
            "async def one():\n    yield\n"
        ),
        {},
    ),
}


@pytest.mark.parametrize(
    ("code", "before", "after", "others"), FIXED.values(), ids=FIXED.keys()
)
def test_a_fixture_is_fixed(
    code: str, before: str, after: str, others: dict[str, str], run_fixer: FixerRun
) -> None:
    """And stays as it is when the fixer runs again."""
    files = {**others, "test_it.py": before}

    fixed = run_fixer.settled(files, f"--select={code}")

    assert fixed == {**others, "test_it.py": after}


CONFTEST = "import pytest\n\n@pytest.fixture\nasync def one():\n    yield 1\n"
USED = "import pytest" + MARKED


def test_a_fixture_of_a_conftest_is_for_the_tests_below(run_fixer: FixerRun) -> None:
    """One that only others ask for is theirs."""
    own = CONFTEST.replace("import pytest\n", "import pytest_asyncio\n").replace(
        "@pytest.", "@pytest_asyncio."
    )
    files = {"a/conftest.py": CONFTEST, "b/conftest.py": CONFTEST}

    run = run_fixer({**files, "a/b/test_it.py": USED}, "--fix", "--select=PTA107")

    assert run.files["a/conftest.py"] == own
    assert run.files["b/conftest.py"] == CONFTEST


@pytest.mark.parametrize(
    "conftest", ["from tools.made import *\n", "pytest_plugins = ['tools.made']\n"]
)
def test_a_fixture_that_a_conftest_gets_from_a_module(
    conftest: str, run_fixer: FixerRun
) -> None:
    """It is for the tests below the conftest."""
    files = {"tools/made.py": CONFTEST, "conftest.py": conftest, "a/test_it.py": USED}

    run = run_fixer(files, "--fix", "--select=PTA107")

    assert "@pytest_asyncio.fixture" in run.files["tools/made.py"]


ALONE: dict[str, dict[str, str]] = {
    "auto mode": {"pytest.ini": AUTO, "test_it.py": CONFTEST + MARKED},
    "an old mode, which becomes the auto mode": {
        "pytest.ini": AUTO.replace("auto", "legacy"),
        "test_it.py": CONFTEST + MARKED,
    },
    "a fixture for anyio": {
        "test_it.py": CONFTEST.replace("one()", "one(anyio_backend)") + MARKED
    },
    "a fixture of anyio's tests": {
        "test_it.py": CONFTEST + MARKED.replace("asyncio", "anyio")
    },
    "a fixture of both's tests": {
        "conftest.py": CONFTEST,
        "test_it.py": USED,
        "test_more.py": USED.replace("asyncio", "anyio"),
    },
    "a fixture of a module for trio": {
        "test_it.py": CONFTEST
        + "\npytestmark = pytest.mark.trio\n\nasync def test_it(one):\n    pass\n"
    },
    "a fixture that nothing shows to be for asyncio": {
        "test_it.py": CONFTEST + "\nasync def test_it(one):\n    pass\n"
    },
    "a sync fixture": {
        "test_it.py": CONFTEST.replace("async def one", "def one") + MARKED
    },
    "what is no fixture of pytest's": {
        "test_it.py": "import pytest\nfrom mine import fixture\n\n@fixture\n"
        "async def one():\n    yield 1\n" + MARKED
    },
    "an inner function": {
        "test_it.py": "import pytest\n\ndef make():\n    @pytest.fixture\n"
        "    async def one():\n        yield 1\n    return one\n" + MARKED
    },
    "a fixture as wide as its loop": {
        "test_it.py": "import pytest_asyncio\n\n"
        "@pytest_asyncio.fixture(scope='module')\nasync def one():\n    yield\n"
    },
    "a fixture whose loop is wider": {
        "test_it.py": "import pytest_asyncio\n\n"
        "@pytest_asyncio.fixture(scope='module', loop_scope='session')\n"
        "async def one():\n    yield\n",
        "pytest.ini": "[pytest]\n" + FUNCTION,
    },
    "a scope that is worked out": {
        "test_it.py": "import pytest_asyncio\n\n"
        "@pytest_asyncio.fixture(scope=width)\nasync def one():\n    yield\n",
        "pytest.ini": "[pytest]\n" + FUNCTION,
    },
    "a wide sync fixture": {
        "test_it.py": "import pytest\n\n@pytest.fixture(scope='module')\n"
        "def one():\n    yield\n",
        "pytest.ini": AUTO + FUNCTION,
    },
    "a wide fixture of anyio's": {
        "test_it.py": "import pytest\n\n@pytest.fixture(scope='module')\n"
        "async def one(anyio_backend):\n    yield\n",
        "pytest.ini": AUTO + FUNCTION,
    },
    "a wide plain fixture in strict mode": {
        "test_it.py": "import pytest\n\n@pytest.fixture(scope='module')\n"
        "async def one():\n    yield\n",
        "pytest.ini": "[pytest]\n" + FUNCTION,
    },
    "a fixture of a project with another plugin": {
        "pytest.ini": "[pytest]\nanyio_mode = auto\n",
        "test_it.py": "import pytest_asyncio\n" + CONFTEST,
    },
}


@pytest.mark.parametrize("files", ALONE.values(), ids=ALONE.keys())
def test_a_fixture_is_left_alone(files: dict[str, str], run_fixer: FixerRun) -> None:
    """Where it is right, or for somebody else."""
    run_fixer.leaves_alone(files, "--select=PTA107,PTA110,PTA201")


AWAITED = {
    "what it returns": ("return 1", "one = await one"),
    "what it yields": ("yield 1", "async for one in one: pass"),
}


@pytest.mark.parametrize("name", AWAITED)
def test_a_fixture_that_tests_await_is_not_fixed_safely(
    name: str, run_fixer: FixerRun
) -> None:
    """They would await what it yields: that has to be taken out with it."""
    gives, waits = AWAITED[name]
    before = CONFTEST.replace("yield 1", gives)
    files = {"test_it.py": before + MARKED.replace("assert", f"{waits}\n    assert")}

    fixed = run_fixer.settled_if_told(files, "--select=PTA107")

    assert "@pytest_asyncio.fixture" in fixed["test_it.py"]


def test_a_task_that_a_fixture_yields_may_be_awaited(run_fixer: FixerRun) -> None:
    """It cannot be the fixture that is awaited there, which is a generator."""
    test = MARKED.replace("assert", "await one\n    assert")
    files = {"test_it.py": CONFTEST.replace("return 1", "yield 1") + test}

    run = run_fixer(files, "--fix", "--select=PTA107")

    assert run.status == 0, run.printed
    assert "@pytest_asyncio.fixture" in run.files["test_it.py"]


FOR_SYNC_TESTS = {
    "of the module": {
        "test_it.py": "pytest_plugins = ['pytest_asyncio']\n"
        + CONFTEST
        + "def test_it(one): ...\n"
    },
    "of a conftest, by another fixture": {
        "conftest.py": CONFTEST
        + "@pytest.fixture\ndef two(one):\n    return one\n\n\n"
        + "MARK = pytest.mark.asyncio\n",
        "test_it.py": "def test_it(one, two): ...\n",
    },
}


@pytest.mark.parametrize("name", FOR_SYNC_TESTS)
def test_a_fixture_for_sync_tests_is_awaited_for_them(
    name: str, run_fixer: FixerRun
) -> None:
    """As it was by the pytest-asyncio of the mode `legacy`."""
    files = FOR_SYNC_TESTS[name]

    run = run_fixer(files, "--fix", "--select=PTA107,PTA205")

    assert run.status == 0, run.printed
    fixed = "".join(run.files.values())
    assert fixed.count("@pytest_asyncio.fixture") == 1


def test_a_fixture_that_another_plugin_may_await_is_not(run_fixer: FixerRun) -> None:
    """pytest-aiohttp was such a one."""
    files = {
        "conftest.py": "pytest_plugins = ['aiohttp.pytest_plugin']\n" + CONFTEST,
        "test_it.py": "MARK = 'mark.asyncio'\n\n\ndef test_it(one): ...\n",
    }

    run_fixer.leaves_alone(files, "--select=PTA107,PTA205")


def test_a_name_that_is_taken_is_left_to_people(run_fixer: FixerRun) -> None:
    """The import would be another thing than it looks."""
    files = {"test_it.py": "pytest_asyncio = None\n" + CONFTEST + MARKED}

    run_fixer.only_reports(files, "--select=PTA107")


def test_pytest_passes_after_the_fix(run_fixer: FixerRun) -> None:
    """It does not before: nobody awaits the fixture, which would outlive its loop."""
    files = {
        "pytest.ini": "[pytest]\n" + FUNCTION,
        "conftest.py": CONFTEST.replace("fixture\n", "fixture(scope='session')\n"),
        "test_it.py": USED,
    }
    run_fixer(files, "--check")
    before = run_fixer.run_pytest()
    run_fixer({}, "--fix", "--select=PTA107,PTA110")

    assert "1 passed" not in before
    assert "1 passed" in run_fixer.run_pytest()


SESSION = """import aiohttp
import pytest_asyncio

@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def session():
    async with aiohttp.ClientSession() as session:
        yield session
"""
WAITS = """import pytest

@pytest.mark.asyncio
async def test_it(session):
    async with session.get("/") as response:
        assert response
"""
FOUND: dict[str, tuple[dict[str, str], str]] = {
    "a client for the session": (
        {"conftest.py": SESSION, "test_it.py": WAITS},
        (
            "test_it.py:4:19: PTA201 `session` belongs to a loop of scope session, and "
            "is awaited on one of scope function"
        ),
    ),
    "a client for the function, and tests of the session": (
        {
            "conftest.py": SESSION.replace('"session"', '"function"'),
            "test_it.py": WAITS,
            "pytest.ini": "[pytest]\nasyncio_default_test_loop_scope = session\n",
        },
        "test_it.py:4:19: PTA201 `session` belongs to a loop of scope function",
    ),
    "a fixture that waits": (
        {
            "conftest.py": SESSION + "\n\n@pytest_asyncio.fixture\n"
            "async def page(session):\n    return await session.get('/')\n"
        },
        "conftest.py:11:16: PTA201 `session`",
    ),
    "a pool in auto mode": (
        {
            "pytest.ini": AUTO,
            "test_it.py": "import pytest\n"
            "from asyncpg import create_pool as pool_of\n\n"
            "@pytest.fixture(scope='module')\nasync def pool():\n"
            "    made = await pool_of()\n    yield made\n\n\n"
            "async def test_it(pool):\n    assert await pool.fetch('')\n",
        },
        "test_it.py:10:19: PTA201 `pool` belongs to a loop of scope module",
    ),
}


@pytest.mark.parametrize(("files", "expected"), FOUND.values(), ids=FOUND.keys())
def test_a_fixture_on_another_loop_is_found(
    files: dict[str, str], expected: str, run_fixer: FixerRun
) -> None:
    """Where its loop does not run, and a safe fix cannot be told from here."""
    run = run_fixer(files, "--fix", "--select=PTA201")

    assert (run.status, run.files) == (1, files)
    assert expected in run.printed


HARMLESS: dict[str, dict[str, str]] = {
    "the same loop, by a mark": {
        "conftest.py": SESSION,
        "test_it.py": WAITS.replace("asyncio\n", "asyncio(loop_scope='session')\n"),
    },
    "the same loop, by a setting": {
        "conftest.py": SESSION,
        "test_it.py": WAITS,
        "pytest.ini": "[pytest]\nasyncio_default_test_loop_scope = session\n",
    },
    "a loop that a hook chooses": {
        "conftest.py": SESSION
        + "\n\ndef pytest_collection_modifyitems(items):\n    for item in items:\n"
        "        item.add_marker(asyncio_mark)\n",
        "test_it.py": WAITS,
    },
    "a loop scope that is worked out": {
        "conftest.py": SESSION,
        "test_it.py": WAITS.replace("asyncio\n", "asyncio(loop_scope=scope())\n"),
    },
    "a test that does not wait for it": {
        "conftest.py": SESSION,
        "test_it.py": WAITS.replace("async with session.get", "with session.patched"),
    },
    "a sync test": {
        "conftest.py": SESSION,
        "test_it.py": "def test_it(session):\n    assert session\n",
    },
    "a test of anyio's": {
        "conftest.py": SESSION,
        "test_it.py": WAITS.replace("asyncio", "anyio"),
    },
    "what is not bound to a loop": {
        "conftest.py": SESSION.replace("aiohttp.ClientSession", "aiohttp.MyClient"),
        "test_it.py": WAITS,
    },
    "a name that is bound in several ways": {
        "conftest.py": SESSION.replace(
            "        yield", "        session = wrapped(session)\n        yield"
        ),
        "test_it.py": WAITS,
    },
    "another class of that name": {
        "conftest.py": SESSION.replace("import aiohttp", "import mine as aiohttp"),
        "test_it.py": WAITS,
    },
    "an overridden fixture": {
        "conftest.py": SESSION,
        "test_it.py": WAITS
        + "\n\n@pytest.fixture\ndef session():\n    return Fake()\n",
    },
    "a name of the test's own": {
        "conftest.py": SESSION,
        "test_it.py": WAITS.replace(
            "asyncio\n", "asyncio\n@pytest.mark.parametrize('session', [Fake()])\n"
        ),
    },
    "something that is not awaited": {
        "conftest.py": SESSION,
        "test_it.py": WAITS.split("    ", maxsplit=1)[0] + "    assert session\n",
    },
    "something without a name that is awaited": {
        "conftest.py": SESSION,
        "test_it.py": WAITS.split("    ", maxsplit=1)[0] + "    await (f or g)()\n",
    },
}


@pytest.mark.parametrize("files", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_may_work_is_not_reported(
    files: dict[str, str], run_fixer: FixerRun
) -> None:
    """What is not sure to be wrong is somebody's working test."""
    run_fixer.leaves_alone(files, "--select=PTA201")


TASK = """import asyncio

import pytest
import pytest_asyncio


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def answer():
    return asyncio.create_task(asyncio.sleep(0, 42))


@pytest.mark.asyncio
async def test_answers(answer):
    assert await answer == 42
"""


def test_the_loop_of_the_fixture_is_what_the_test_needs(run_fixer: FixerRun) -> None:
    """On its own loop it fails, as the explanation says."""
    run_fixer({"test_it.py": TASK}, "--check")
    before = run_fixer.run_pytest()
    run_fixer({}, "--fix", "--unsafe-fixes", "--select=PTA201")

    assert "attached to a different loop" in before
    assert "1 passed" in run_fixer.run_pytest()


BESIDE = {
    "a mark that is not its own": TASK.replace(
        "@pytest.mark.asyncio\n", "pytestmark = pytest.mark.asyncio\n\n\n"
    ),
    "a fixture on a third loop": TASK.replace("(answer)", "(answer, other)")
    + "\n\n@pytest_asyncio.fixture\nasync def other():\n    yield\n",
}


@pytest.mark.parametrize("module", BESIDE.values(), ids=BESIDE.keys())
def test_which_loop_is_meant_is_left_to_people(
    module: str, run_fixer: FixerRun
) -> None:
    """Where a change for one fixture would also be one for others."""
    run_fixer.only_reports({"test_it.py": module}, "--select=PTA201")
