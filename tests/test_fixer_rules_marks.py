"""The rules on marks: what they mend, and what they leave alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixer_script import lines

if TYPE_CHECKING:
    from fixer_script import FixerRun

AUTO = "[pytest]\nasyncio_mode = auto\n"

SCOPE = {
    "a decorator": (
        lines(
            "import pytest",
            "",
            '@pytest.mark.asyncio(scope="module")',
            "async def test(): ...",
        ),
        lines(
            "import pytest",
            "",
            '@pytest.mark.asyncio(loop_scope="module")',
            "async def test(): ...",
        ),
    ),
    "a pytestmark": (
        lines("import pytest", 'pytestmark = pytest.mark.asyncio(scope="module")'),
        lines("import pytest", 'pytestmark = pytest.mark.asyncio(loop_scope="module")'),
    ),
    "an element of a list": (
        'import pytest\nX = [pytest.mark.slow, pytest.mark.asyncio(scope="c")]',
        'import pytest\nX = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="c")]',
    ),
    "marks of a parameter set": (
        lines(
            "import pytest",
            "X = pytest.param(1, marks=pytest.mark.asyncio(scope='module'))",
        ),
        lines(
            "import pytest",
            "X = pytest.param(1, marks=pytest.mark.asyncio(loop_scope='module'))",
        ),
    ),
    "a mark that is added": (
        lines(
            "import pytest",
            "def f(i):",
            "    i.add_marker(pytest.mark.asyncio(scope='session'), append=False)",
        ),
        lines(
            "import pytest",
            "def f(i):",
            "    i.add_marker(pytest.mark.asyncio(loop_scope='session'), append=False)",
        ),
    ),
    "a mark with a name": (
        lines(
            "from pytest import mark as m",
            "asyncio = m.asyncio",
            "in_one = asyncio(scope=S)",
        ),
        lines(
            "from pytest import mark as m",
            "asyncio = m.asyncio",
            "in_one = asyncio(loop_scope=S)",
        ),
    ),
    "several lines, a comment, and tabs": (
        lines(
            "import pytest as p",
            "@p.mark.asyncio(",
            "\tscope = 'class',  # one loop",
            ")",
            "class TestIt:",
            "\tasync def test(self): ...",
        ),
        lines(
            "import pytest as p",
            "@p.mark.asyncio(",
            "\tloop_scope = 'class',  # one loop",
            ")",
            "class TestIt:",
            "\tasync def test(self): ...",
        ),
    ),
    "beside another argument": (
        lines(
            "import pytest",
            "@pytest.mark.asyncio(loop_factories=['uvloop'], scope=S)",
            "async def test(): ...",
        ),
        lines(
            "import pytest",
            "@pytest.mark.asyncio(loop_factories=['uvloop'], loop_scope=S)",
            "async def test(): ...",
        ),
    ),
}
NO_SCOPE = {
    "a fixture's scope": (
        lines(
            "import pytest_asyncio",
            "@pytest_asyncio.fixture(scope='module')",
            "async def f(): ...",
        )
    ),
    "another mark": lines(
        "import pytest", "pytestmark = pytest.mark.django_db(scope='module')"
    ),
    "another name": lines(
        "from mine import mark", "pytestmark = mark.asyncio(scope='module')"
    ),
    "a local name": (
        lines(
            "import pytest", "def f(pytest):", "    pytest.mark.asyncio(scope='module')"
        )
    ),
    "a text": lines("import pytest", 'X = """pytest.mark.asyncio(scope=\'module\')"""'),
    "a comment": lines("import pytest", "# pytest.mark.asyncio(scope='module')"),
    "loop_scope": lines(
        "import pytest", "pytestmark = pytest.mark.asyncio(loop_scope='module')"
    ),
}


@pytest.mark.parametrize("name", SCOPE)
def test_scope_becomes_loop_scope(run_fixer: FixerRun, name: str) -> None:
    """It is the same argument, wherever the mark stands."""
    before, after = SCOPE[name]

    fixed = run_fixer.settled({"test_it.py": before}, "--select=PTA105")

    assert fixed == {"test_it.py": after}


def test_line_ends_stay(run_fixer: FixerRun) -> None:
    """Those of the file, whatever the machine's are."""
    before, after = (
        text.replace("\n", "\r\n")
        for text in SCOPE["several lines, a comment, and tabs"]
    )

    assert run_fixer.fixed(before, "--select=PTA105") == after


@pytest.mark.parametrize("name", NO_SCOPE)
def test_no_other_scope_is_renamed(run_fixer: FixerRun, name: str) -> None:
    """Fixtures have one, and other marks may."""
    assert run_fixer.found(NO_SCOPE[name], "--select=PTA105") == []


BOTH_SCOPES = {
    "scope first": ("scope='module', loop_scope='class'", "loop_scope='class'"),
    "scope last": ("loop_scope='class', scope='module',", "loop_scope='class',"),
    "scope between": (
        "loop_scope='class', scope=S, loop_factories=F",
        "loop_scope='class', loop_factories=F",
    ),
    "in lines": (
        lines("", "    scope=S,", "    loop_scope='class',  # b"),
        lines("", "    loop_scope='class',  # b"),
    ),
}


@pytest.mark.parametrize("name", BOTH_SCOPES)
def test_of_two_scopes_the_new_one_stays(run_fixer: FixerRun, name: str) -> None:
    """The old one is what the error is about."""
    before, after = (
        f"import pytest\r\npytestmark = pytest.mark.asyncio({arguments})\r\n"
        for arguments in BOTH_SCOPES[name]
    )

    assert run_fixer.fixed(before, "--select=PTA106") == after
    assert run_fixer.found(after, "--select=PTA106,PTA105") == []


MARKED_FIXTURES = {
    "above the fixture": (
        lines(
            "import pytest",
            "@pytest.mark.asyncio",
            "@pytest.fixture",
            "async def f(): ...",
        ),
        lines("import pytest", "@pytest.fixture", "async def f(): ..."),
    ),
    "below it, with a comment": (
        lines(
            "import pytest",
            "@pytest.fixture  # a",
            "@pytest.mark.slow()  # b",
            "def f(): ...",
        ),
        lines("import pytest", "@pytest.fixture  # a", "def f(): ..."),
    ),
    "a fixture of a class": (
        lines(
            "import pytest",
            "class TestIt:",
            "    @pytest.fixture()",
            "    @pytest.mark.usefixtures('a')",
            "    def f(self): ...",
        ),
        lines(
            "import pytest",
            "class TestIt:",
            "    @pytest.fixture()",
            "    def f(self): ...",
        ),
    ),
    "a mark of several lines": (
        lines(
            "import pytest as p",
            "@p.fixture",
            "@p.mark.skipif(",
            "    True,",
            "    reason='x',",
            ")",
            "def f(): ...",
        ),
        lines("import pytest as p", "@p.fixture", "def f(): ..."),
    ),
    "two marks with names": (
        lines(
            "import pytest",
            "slow = pytest.mark.slow",
            "fast = pytest.mark.fast(1)",
            "@slow",
            "@pytest.fixture",
            "@fast",
            "def f(): ...",
        ),
        lines(
            "import pytest",
            "slow = pytest.mark.slow",
            "fast = pytest.mark.fast(1)",
            "@pytest.fixture",
            "def f(): ...",
        ),
    ),
}
UNMARKED_FIXTURES = {
    "the module's marks": (
        lines(
            "import pytest",
            "pytestmark = pytest.mark.asyncio",
            "@pytest.fixture",
            "async def f(): ...",
        )
    ),
    "a class's marks": (
        lines(
            "import pytest",
            "@pytest.mark.slow",
            "class TestIt:",
            "    @pytest.fixture",
            "    def f(self): ...",
        )
    ),
    "a test": lines("import pytest", "@pytest.mark.asyncio", "async def test(): ..."),
    "marks of a parameter": (
        lines(
            "import pytest",
            "@pytest.fixture(params=[pytest.param(1, marks=pytest.mark.x)])",
            "def f(): ...",
        )
    ),
}


@pytest.mark.parametrize("name", MARKED_FIXTURES)
def test_a_mark_on_a_fixture_goes(run_fixer: FixerRun, name: str) -> None:
    """It never did anything, and pytest 9 does not collect the module."""
    before, after = MARKED_FIXTURES[name]

    assert run_fixer.fixed(before, "--select=PTA114") == after


@pytest.mark.parametrize("name", UNMARKED_FIXTURES)
def test_other_marks_around_fixtures_stay(run_fixer: FixerRun, name: str) -> None:
    """They are no error."""
    assert run_fixer.found(UNMARKED_FIXTURES[name], "--select=PTA114") == []


REDUNDANT = {
    "a decorator": (
        lines(
            "import pytest",
            "",
            "",
            "@pytest.mark.asyncio",
            "@pytest.mark.slow",
            "async def test(): 0",
        ),
        lines("import pytest", "", "", "@pytest.mark.slow", "async def test(): 0"),
    ),
    "a decorator with a call, the last use of pytest": (
        lines(
            "import os",
            "",
            "import pytest",
            "",
            "",
            "@pytest.mark.asyncio()",
            "async def test(): os",
        ),
        lines("import os", "", "", "async def test(): os"),
    ),
    "a pytestmark": (
        lines(
            "import pytest",
            "",
            "pytestmark = pytest.mark.asyncio  # all of them",
            "",
            "",
            "async def test(): pytest",
        ),
        lines("import pytest", "", "", "async def test(): pytest"),
    ),
    "the only element": (
        lines(
            "import pytest",
            "",
            "pytestmark: list = [",
            "    pytest.mark.asyncio,",
            "]",
            "X = pytest",
        ),
        lines("import pytest", "", "X = pytest"),
    ),
    "an element of a list": (
        lines("import pytest", "pytestmark = [pytest.mark.asyncio, pytest.mark.slow]"),
        lines("import pytest", "pytestmark = [pytest.mark.slow]"),
    ),
    "one of two in a tuple": (
        lines("import pytest", "pytestmark = pytest.mark.slow, pytest.mark.asyncio"),
        lines("import pytest", "pytestmark = pytest.mark.slow"),
    ),
    "the only statement of a class": (
        lines(
            "import pytest",
            "class TestIt(Base):",
            "    pytestmark = [pytest.mark.asyncio]",
            "X = pytest",
        ),
        lines("import pytest", "class TestIt(Base):", "    pass", "X = pytest"),
    ),
    "the first statement of a class": (
        lines(
            "import pytest",
            "class TestIt(Base):",
            "    pytestmark = [pytest.mark.asyncio]",
            "",
            "    async def test(self): pytest",
        ),
        lines(
            "import pytest", "class TestIt(Base):", "    async def test(self): pytest"
        ),
    ),
}
NOT_REDUNDANT = {
    "arguments": lines(
        "import pytest", "pytestmark = pytest.mark.asyncio(loop_scope='module')"
    ),
    "arguments by a name": (
        lines(
            "import pytest",
            "one = pytest.mark.asyncio(loop_scope='module')",
            "@one",
            "async def test(): ...",
        )
    ),
    "below a mark with arguments": (
        lines(
            "import pytest",
            "pytestmark = pytest.mark.asyncio(loop_scope='module')",
            "class TestIt:",
            "    @pytest.mark.asyncio",
            "    async def test(self): ...",
        )
    ),
    "a parameter's": lines(
        "import pytest", "X = pytest.param(1, marks=pytest.mark.asyncio)"
    ),
}


@pytest.mark.parametrize("name", REDUNDANT)
def test_in_auto_mode_a_bare_mark_goes(run_fixer: FixerRun, name: str) -> None:
    """Auto mode marks the tests."""
    before, after = REDUNDANT[name]

    files = {"test_it.py": before, "pytest.ini": AUTO}

    fixed = run_fixer.settled(files, "--select=PTA116")

    assert fixed == {**files, "test_it.py": after}


@pytest.mark.parametrize("name", REDUNDANT)
def test_in_strict_mode_a_bare_mark_stays(run_fixer: FixerRun, name: str) -> None:
    """Nothing else marks the tests."""
    before, _ = REDUNDANT[name]

    found = run_fixer.found(before, "--select=PTA116", **{"pytest.ini": "[pytest]\n"})

    assert found == []


@pytest.mark.parametrize("name", NOT_REDUNDANT)
def test_a_mark_that_says_something_stays(run_fixer: FixerRun, name: str) -> None:
    """Be it only that the default is meant again."""
    text = NOT_REDUNDANT[name]

    assert run_fixer.found(text, "--select=PTA116", **{"pytest.ini": AUTO}) == []


REFUSED = {
    '"module"': 1,
    "1, 2, loop_scope=None": 2,
    "test, other": 2,
    "policy=True": 1,
    'loop_scope="global"': 1,
    "scope=3": 1,
    'loop_factories="uvloop"': 1,
    "loop_factories=[]": 1,
    "loop_factories=['uvloop', None]": 1,
    "loop_factories={'uvloop'}": 1,
    'loop_scope=["module"]': 1,
}
TAKEN = [
    *["", "loop_scope=None", 'loop_scope="package"', "loop_scope=SCOPE", "**options"],
    *["test", "lambda: 1", 'loop_factories=["uvloop"]', "loop_factories=NAMES"],
    *["loop_factories=None", 'scope="class"', "*arguments, **options"],
]


@pytest.mark.parametrize("arguments", REFUSED)
def test_an_argument_that_no_mark_has_is_found(
    run_fixer: FixerRun, arguments: str
) -> None:
    """pytest-asyncio fails every test that has it."""
    text = f"import pytest\npytestmark = pytest.mark.asyncio({arguments})\n"

    found = run_fixer.found(text, "--select=PTA216")

    assert found == ["PTA216"] * REFUSED[arguments]
    assert run_fixer.fixed(text, "--select=PTA216") == text


def test_an_argument_of_long_ago_goes(run_fixer: FixerRun) -> None:
    """No pytest-asyncio since 0.11 has looked at it."""
    text = "import pytest\n\n\n@pytest.mark.asyncio({})\nasync def test_it(): ...\n"
    before = text.format('forbid_global_loop=True, loop_scope="module"')

    fixed = run_fixer.fixed(before, "--select=PTA216")

    assert fixed == text.format('loop_scope="module"')


@pytest.mark.parametrize("arguments", TAKEN)
def test_an_argument_that_a_mark_has_is_not(
    run_fixer: FixerRun, arguments: str
) -> None:
    """Nor one that cannot be told from here, nor a test that is marked by a call."""
    text = f"import pytest\npytestmark = pytest.mark.asyncio({arguments})\n"

    assert run_fixer.found(text, "--select=PTA216") == []
