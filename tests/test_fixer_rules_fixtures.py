"""Fixtures that nobody awaits, that outlive their loop, or that belong to another."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

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

    fixed = run_fixer(files, "--fix", f"--select={code}")
    again = run_fixer({}, "--fix", f"--select={code}")

    assert fixed.files == {**others, "test_it.py": after}, fixed.printed
    assert (fixed.status, again.status) == (0, 0)
    assert again.files == fixed.files


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


ALONE: dict[str, dict[str, str]] = {
    "auto mode": {"pytest.ini": AUTO, "test_it.py": CONFTEST + MARKED},
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
}


@pytest.mark.parametrize("files", ALONE.values(), ids=ALONE.keys())
def test_a_fixture_is_left_alone(files: dict[str, str], run_fixer: FixerRun) -> None:
    """Where it is right, or for somebody else."""
    run = run_fixer(files, "--fix", "--unsafe-fixes", "--select=PTA107,PTA110,PTA201")

    assert (run.status, run.files) == (0, files), run.printed


def test_a_name_that_is_taken_is_left_to_people(run_fixer: FixerRun) -> None:
    """The import would be another thing than it looks."""
    files = {"test_it.py": "pytest_asyncio = None\n" + CONFTEST + MARKED}

    run = run_fixer(files, "--fix", "--select=PTA107")

    assert (run.status, run.files) == (1, files)


def test_pytest_passes_after_the_fix(run_fixer: FixerRun, tmp_path: Path) -> None:
    """It does not before: nobody awaits the fixture, which would outlive its loop."""
    files = {
        "pytest.ini": "[pytest]\n" + FUNCTION,
        "conftest.py": CONFTEST.replace("fixture\n", "fixture(scope='session')\n"),
        "test_it.py": USED,
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly"]

    def passes() -> bool:
        run = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
        return run.returncode == 0

    run_fixer(files, "--check")
    before = passes()
    run_fixer({}, "--fix", "--select=PTA107,PTA110")

    assert (before, passes()) == (False, True)
