"""The rules on tests whose marks do not fit them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixer_script import lines

if TYPE_CHECKING:
    from fixer_script import FixerRun

AUTO = {"pytest.ini": lines("[pytest]", "asyncio_mode = auto")}
STRICT = {"pytest.ini": lines("[pytest]", "asyncio_mode = strict")}
ASYNC_TEST = "async def test_async(): pytest\n"
SYNC_TEST = "def test_sync(): pytest\n"

ON_SYNC_TEST = {
    "a mark": (
        lines("import pytest", "@pytest.mark.asyncio", "def test(): pytest"),
        lines("import pytest", "def test(): pytest"),
    ),
    "a mark with arguments among others": (
        lines(
            "import pytest",
            "@pytest.mark.parametrize('x', [1])",
            "@pytest.mark.asyncio(loop_scope='module')  # one loop",
            "@hypothesis.given(st.text())",
            "@mock.patch('x.y')",
            "def test(y, x): ...",
        ),
        lines(
            "import pytest",
            "@pytest.mark.parametrize('x', [1])",
            "@hypothesis.given(st.text())",
            "@mock.patch('x.y')",
            "def test(y, x): ...",
        ),
    ),
    "a static method": (
        lines(
            "import pytest",
            "class TestIt:",
            "    @staticmethod",
            "    @pytest.mark.asyncio()",
            "    def test(): pytest",
        ),
        lines(
            "import pytest",
            "class TestIt:",
            "    @staticmethod",
            "    def test(): pytest",
        ),
    ),
    "a test that returns nothing": (
        lines(
            "import pytest",
            "@pytest.mark.asyncio",
            "def test(x):",
            "    if x:",
            "        return",
            "    def give(): return pytest",
        ),
        lines(
            "import pytest",
            "def test(x):",
            "    if x:",
            "        return",
            "    def give(): return pytest",
        ),
    ),
}
NOT_ON_SYNC_TEST = {
    "an asynchronous test": lines(
        "import pytest", "@pytest.mark.asyncio", "async def test(): ..."
    ),
    "a decorator that is not known": (
        lines("import pytest", "@pytest.mark.asyncio", "@make_async", "def test(): ...")
    ),
    "a coroutine that is returned": (
        lines("import pytest", "@pytest.mark.asyncio", "def test(): return work()")
    ),
    "a generator": lines(
        "import pytest", "@pytest.mark.asyncio", "def test(): yield work()"
    ),
    "a test with a loop of its own": (
        lines("import pytest", "@pytest.mark.asyncio", "def test(event_loop): ...")
    ),
    "a loop that is run": (
        lines(
            "import pytest",
            "@pytest.mark.asyncio",
            "def test(loop): loop.run_until_complete(work())",
        )
    ),
    "a test that is wrapped later": (
        lines(
            "import pytest",
            "@pytest.mark.asyncio",
            "def test(): ...",
            "test = wrapped(test)",
        )
    ),
    "a method of unittest's": (
        lines(
            "import pytest, unittest",
            "pytestmark = pytest.mark.asyncio",
            "class TestIt(unittest.TestCase):",
            "    def test(self): ...",
        )
    ),
    "no test": lines("import pytest", "@pytest.mark.asyncio", "def helper(): ..."),
    "another mark": lines("import pytest", "@pytest.mark.anyio", "def test(): ..."),
    "a mark that another one is closer than": (
        lines(
            "import pytest",
            "pytestmark = pytest.mark.asyncio",
            "@pytest.mark.asyncio",
            "async def test(): ...",
        )
    ),
}


@pytest.mark.parametrize("name", ON_SYNC_TEST)
def test_a_mark_on_a_sync_test_goes(run_fixer: FixerRun, name: str) -> None:
    """It only gives a warning."""
    before, after = ON_SYNC_TEST[name]

    fixed = run_fixer.settled({"test_it.py": before}, "--select=PTA202")

    assert fixed == {"test_it.py": after}


@pytest.mark.parametrize("name", NOT_ON_SYNC_TEST)
def test_a_mark_that_may_be_of_use_stays(run_fixer: FixerRun, name: str) -> None:
    """Other rules make some of these tests asynchronous."""
    assert run_fixer.found(NOT_ON_SYNC_TEST[name], "--select=PTA202") == []


MODULE_MARK = f"import pytest\npytestmark = pytest.mark.asyncio\n{SYNC_TEST}"


def test_the_mark_of_a_mixed_module_is_left_to_the_user(run_fixer: FixerRun) -> None:
    """Its other tests need it."""
    text = MODULE_MARK + ASYNC_TEST

    assert run_fixer.found(text, "--select=PTA202", **STRICT) == ["PTA202"]
    assert run_fixer.fixed(text, "--select=PTA202", **STRICT) == text


def test_in_auto_mode_the_mark_of_a_mixed_module_goes(run_fixer: FixerRun) -> None:
    """None of its tests needs it."""
    text = MODULE_MARK + ASYNC_TEST

    fixed = run_fixer.fixed(text, "--select=PTA202", **AUTO)

    assert fixed == f"import pytest\n{SYNC_TEST}{ASYNC_TEST}"


def test_in_auto_mode_a_mark_with_arguments_stays(run_fixer: FixerRun) -> None:
    """It chooses the loop of the asynchronous tests."""
    mark = "pytest.mark.asyncio(loop_scope='module')"
    text = f"import pytest\npytestmark = {mark}\n{SYNC_TEST}{ASYNC_TEST}"

    assert run_fixer.found(text, "--select=PTA202", **AUTO) == ["PTA202"]
    assert run_fixer.fixed(text, "--select=PTA202", **AUTO) == text


def test_the_mark_of_sync_tests_only_goes(run_fixer: FixerRun) -> None:
    """It was for none of them, be it that of a module or of a class."""
    text = lines(
        *("import pytest", "", "pytestmark = [pytest.mark.asyncio, pytest.mark.x]"),
        *("", "", "@pytest.mark.asyncio", "class TestIt:"),
        *("    def test_method(self): ...", "", "", "def test(): ..."),
    )

    assert run_fixer.fixed(text, "--select=PTA202", **STRICT) == lines(
        *("import pytest", "", "pytestmark = [pytest.mark.x]"),
        *("", "", "class TestIt:"),
        *("    def test_method(self): ...", "", "", "def test(): ..."),
    )


@pytest.mark.parametrize(
    "more",
    [
        "class TestMore(Base): ...\n",
        "from elsewhere import *\n",
        "from elsewhere import test_more\n",
        "test_more = made()\n",
        "@wrapped\ndef test_more(): ...\n",
    ],
)
def test_tests_from_elsewhere_may_need_a_mark(run_fixer: FixerRun, more: str) -> None:
    """They may be asynchronous."""
    text = MODULE_MARK + more

    assert run_fixer.found(text, "--select=PTA202", **STRICT) == ["PTA202"]
    assert run_fixer.fixed(text, "--select=PTA202", **STRICT) == text


FOR_TWO = {
    "two marks of a test": (
        lines(
            "import pytest",
            "@pytest.mark.anyio",
            "@pytest.mark.asyncio",
            "async def test(): ...",
        )
    ),
    "one of the module's": (
        lines(
            "import pytest",
            "pytestmark = [pytest.mark.asyncio(loop_scope='module')]",
            "@pytest.mark.trio",
            "async def test(): ...",
        )
    ),
    "the module's and a class's, once": (
        lines(
            "import pytest as p",
            "pytestmark = p.mark.anyio",
            "@p.mark.asyncio",
            "class TestIt:",
            "    async def test_a(self): ...",
            "    async def test_b(self): ...",
        )
    ),
}
FOR_ANOTHER = {
    "anyio": lines("import pytest", "@pytest.mark.anyio", "async def test(): ..."),
    "trio": lines(
        "import pytest", "pytestmark = pytest.mark.trio", "async def test(): ..."
    ),
}
FOR_ONE = {
    "each its own": (
        lines(
            "import pytest",
            "@pytest.mark.anyio",
            "async def test_a(): ...",
            "@pytest.mark.asyncio",
            "async def test_b(): ...",
        )
    ),
    "a test that is not asynchronous": (
        lines(
            "import pytest",
            "pytestmark = pytest.mark.anyio",
            "@pytest.mark.asyncio",
            "def test_a(): ...",
        )
    ),
}


@pytest.mark.parametrize("name", FOR_TWO)
@pytest.mark.parametrize("mode", [AUTO, STRICT], ids=["auto", "strict"])
def test_two_marks_for_one_test_are_found(
    run_fixer: FixerRun, name: str, mode: dict[str, str]
) -> None:
    """Only the user knows which of them is meant."""
    text = FOR_TWO[name]

    assert run_fixer.found(text, "--select=PTA211", **mode) == ["PTA211"]
    assert run_fixer.fixed(text, "--select=PTA211", **mode) == text


@pytest.mark.parametrize("name", FOR_ANOTHER)
def test_auto_mode_takes_tests_of_others(run_fixer: FixerRun, name: str) -> None:
    """Without a word; strict mode does not."""
    text = FOR_ANOTHER[name]

    assert run_fixer.found(text, "--select=PTA211", **AUTO) == ["PTA211"]
    assert run_fixer.found(text, "--select=PTA211", **STRICT) == []


@pytest.mark.parametrize("backend", ["'asyncio'", "'asyncio', {'debug': True}"])
def test_it_does_not_matter_who_runs_a_test_on_asyncio(
    run_fixer: FixerRun, backend: str
) -> None:
    """Anyio would run it there as well."""
    conftest = lines(
        *("import pytest", "@pytest.fixture", "def anyio_backend():"),
        f"    return {backend}",
    )
    others = {**AUTO, "conftest.py": conftest}

    assert run_fixer.found(FOR_ANOTHER["anyio"], "--select=PTA211", **others) == []
    assert run_fixer.found(FOR_ANOTHER["trio"], "--select=PTA211", **others) != []


@pytest.mark.parametrize("name", FOR_ONE)
def test_one_mark_for_each_test_is_fine(run_fixer: FixerRun, name: str) -> None:
    """In strict mode the plugins do not meet."""
    assert run_fixer.found(FOR_ONE[name], "--select=PTA211", **STRICT) == []
