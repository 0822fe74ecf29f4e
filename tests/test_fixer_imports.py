"""The import fixer: which modules lack an import, and which do not."""

from __future__ import annotations

import ast
import re
import textwrap
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest

from fix_pytest_asyncio import checking
from fix_pytest_asyncio.all_rules import RULES
from fix_pytest_asyncio.changes import Change
from fix_pytest_asyncio.edits import Edit, OverlapError, apply_edits
from fix_pytest_asyncio.project import Project
from fix_pytest_asyncio.rule import Finding, Fix
from fix_pytest_asyncio.source import Module
from fixer_script import NOWHERE, find, fix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fix_pytest_asyncio.changes import Surgery
    from fix_pytest_asyncio.checking import Repair

MISSING = {
    "a decorator": "@pytest_asyncio.fixture\nasync def client(): ...\n",
    "the bare name": "plugins = [pytest_asyncio]\n",
    "in a function": "def later():\n    return pytest_asyncio.fixture\n",
    "in a class": "class TestIt:\n    scope = pytest_asyncio.fixture\n",
    "in an f-string": 'text = f"{pytest_asyncio.__version__}"\n',
    "a default value": "def make(fixture=pytest_asyncio.fixture): ...\n",
    "a lambda's default": "make = lambda fixture=pytest_asyncio.fixture: fixture\n",
    "a base class": "class Plugin(pytest_asyncio.Base): ...\n",
    "an annotation that is evaluated": "def make(x: pytest_asyncio.X): ...\n",
    "a module variable's annotation": "x: pytest_asyncio.X = 1\n",
    "one argument of many": "def f(a, /, b, *c, d: pytest_asyncio.X, **e): ...\n",
    "in a match": "match 1:\n    case pytest_asyncio.ONE: ...\n",
    "imported for type checkers only": """
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            import pytest_asyncio


        @pytest_asyncio.fixture
        async def client(): ...
    """,
    "imported under typing.TYPE_CHECKING": """
        import typing

        if typing.TYPE_CHECKING and True:
            import pytest_asyncio
        else:
            fixture = pytest_asyncio.fixture
    """,
    "imported unless it runs": """
        if not TYPE_CHECKING:
            pass
        elif False or 0:
            import pytest_asyncio
        else:
            import pytest_asyncio
        fixture = pytest_asyncio.fixture
    """,
    "a class attribute that only type checkers see": """
        class TestIt:
            if TYPE_CHECKING:
                pytest_asyncio = 1
            fixture = pytest_asyncio.fixture
    """,
    "imported under another name": """
        import pytest_asyncio as pa

        fixture = pytest_asyncio.fixture
    """,
    "a submodule under another name": """
        import pytest_asyncio.plugin as plugin

        fixture = pytest_asyncio.fixture
    """,
    "only names imported from it": """
        from pytest_asyncio import fixture

        other = pytest_asyncio.fixture
    """,
    "imported in another function": """
        def one():
            import pytest_asyncio

            return pytest_asyncio

        def two():
            return pytest_asyncio
    """,
    "bound in a class, used in its method": """
        class TestIt:
            import pytest_asyncio

            def make(self):
                return pytest_asyncio
    """,
    "bound in a comprehension only": """
        names = [pytest_asyncio for pytest_asyncio in (1, 2)]
        fixture = pytest_asyncio.fixture
    """,
    "the first iterable of a comprehension": """
        names = [pytest_asyncio for pytest_asyncio in pytest_asyncio.names]
    """,
    "another iterable of a comprehension": """
        names = {a: b for a in (1, 2) if a for b in pytest_asyncio.names}
    """,
    "declared global and not bound": """
        def make():
            global pytest_asyncio
            return pytest_asyncio
    """,
    "global, in a function of a function that has its own": """
        def outer():
            pytest_asyncio = 1

            def inner():
                global pytest_asyncio
                return pytest_asyncio

            return inner, pytest_asyncio
    """,
    "handled, but not as a missing name": """
        try:
            fixture = pytest_asyncio.fixture
        except AttributeError:
            fixture = None
        except:
            raise
    """,
    "in the else of a try": """
        try:
            something()
        except NotImplementedError:
            pass
        else:
            fixture = pytest_asyncio.fixture
    """,
    "in a condition": "if pytest_asyncio.x or not unknown:\n    pass\n",
    "in the handler of a missing name": """
        try:
            fixture = something
        except NameError:
            fixture = pytest_asyncio.fixture
    """,
}


@pytest.mark.parametrize("source", MISSING.values(), ids=MISSING)
def test_a_use_without_an_import_is_found_and_fixed(source: str) -> None:
    """Such a module fails when it is imported or, worse, later on."""
    source = textwrap.dedent(source)

    assert len(find(source)) == 1
    assert fix(source).count("import pytest_asyncio\n") == source.count(
        "import pytest_asyncio\n"
    ) + (1)
    assert find(fix(source)) == []


LEFT_ALONE = {
    "an import": "import pytest_asyncio\n\nfixture = pytest_asyncio.fixture\n",
    "an import of a submodule": "import pytest_asyncio.plugin\n\npytest_asyncio.x\n",
    "an import from somewhere": "from compat import pytest_asyncio\n\npytest_asyncio.x",
    "a relative import": "from . import pytest_asyncio\n\npytest_asyncio.x\n",
    "another import by that name": "import x as pytest_asyncio\n\npytest_asyncio.x\n",
    "a star import": "from helpers import *\n\nfixture = pytest_asyncio.fixture\n",
    "an import below the use": "def f(): pytest_asyncio\n\nimport pytest_asyncio\n",
    "a string": 'pytest_plugins = ["pytest_asyncio"]\n',
    "a comment": "# pytest_asyncio.fixture\n",
    "a docstring": '"""Uses pytest_asyncio.fixture."""\n',
    "an attribute": "fixture = helpers.pytest_asyncio.fixture\n",
    "a keyword": "configure(pytest_asyncio=1)\n",
    "an alias that is used": "import pytest_asyncio as pa\n\nfixture = pa.fixture\n",
    "an assignment": "pytest_asyncio = 1\nprint(pytest_asyncio)\n",
    "an unpacking": "one, (*pytest_asyncio,) = 1, (2, 3)\nprint(pytest_asyncio)\n",
    "a function": "def pytest_asyncio(): ...\n\npytest_asyncio()\n",
    "a class": "class pytest_asyncio: ...\n\npytest_asyncio()\n",
    "a parameter": "def f(pytest_asyncio):\n    return pytest_asyncio\n",
    "a starred parameter": "def f(*a, **pytest_asyncio):\n    return pytest_asyncio\n",
    "a lambda's parameter": "f = lambda pytest_asyncio: pytest_asyncio\n",
    "a loop": "for pytest_asyncio in (1, 2):\n    print(pytest_asyncio)\n",
    "a with": "with x as pytest_asyncio:\n    print(pytest_asyncio)\n",
    "a walrus": "if pytest_asyncio := find():\n    print(pytest_asyncio)\n",
    "a comprehension": "x = {pytest_asyncio: 1 for pytest_asyncio in (1, 2)}\n",
    "a deletion": "del pytest_asyncio\nprint(pytest_asyncio)\n",
    "a name in __all__": '__all__ = ["pytest_asyncio"]\n',
    "a string annotation": 'def f(x: "pytest_asyncio.X") -> "pytest_asyncio.X": ...\n',
    "a local variable's annotation": "def f():\n    x: pytest_asyncio.X = 1\n",
    "annotations that are not evaluated": """
        from __future__ import annotations

        y: pytest_asyncio.X

        def f(x: pytest_asyncio.X) -> pytest_asyncio.X: ...
    """,
    "a use for type checkers only": """
        if TYPE_CHECKING:
            Fixture = pytest_asyncio.Fixture

            def make() -> pytest_asyncio.Fixture: ...
    """,
    "an import that runs": """
        if not TYPE_CHECKING:
            import pytest_asyncio
        fixture = pytest_asyncio.fixture
    """,
    "an import in both branches": """
        if sys.version_info > (3, 12) or TYPE_CHECKING:
            import pytest_asyncio
        fixture = pytest_asyncio.fixture
    """,
    "a name that is local all the same": """
        def f():
            if TYPE_CHECKING:
                import pytest_asyncio
            return pytest_asyncio
    """,
    "an import that may fail": """
        try:
            import pytest_asyncio
        except ImportError:
            HAVE_IT = False

        fixture = pytest_asyncio.fixture
    """,
    "a use that may fail": """
        try:
            fixture = pytest_asyncio.fixture
        except (AttributeError, NameError):
            fixture = None
        finally:
            print("done")
    """,
    "a use after one that may fail": """
        try:
            pytest_asyncio
        except NameError:
            fixture = None
        else:
            fixture = pytest_asyncio.fixture
    """,
    "an import in the function": """
        def f():
            import pytest_asyncio

            def g():
                return [pytest_asyncio for _ in ()]

            return pytest_asyncio, g
    """,
    "a walrus in a comprehension": """
        def f():
            [pytest_asyncio := x for y in () for x in y]
            return pytest_asyncio
    """,
    "an import by a function": """
        def load():
            global pytest_asyncio
            import pytest_asyncio

        def f():
            return pytest_asyncio
    """,
    "a nonlocal name": """
        def f():
            pytest_asyncio = 1

            def g():
                nonlocal pytest_asyncio
                pytest_asyncio = 2
                return pytest_asyncio
    """,
    "a caught exception": """
        def f():
            try:
                g()
            except OSError as pytest_asyncio:
                print(pytest_asyncio)
    """,
    "a capture": """
        def f(x):
            match x:
                case [_, pytest_asyncio]:
                    return pytest_asyncio
    """,
    "a capture of what is left": """
        def f(x):
            match x:
                case [_, *pytest_asyncio] | {1: _, **pytest_asyncio}:
                    return pytest_asyncio
                case [*_] | {2: _}:
                    return pytest_asyncio
    """,
    "in the scope of a class": """
        class TestIt:
            pytest_asyncio = 1
            other = pytest_asyncio
    """,
    "nothing at all": "",
}


@pytest.mark.parametrize("source", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_a_module_without_that_fault_is_left_alone(source: str) -> None:
    """A tool that touches files without need is not run a second time."""
    source = textwrap.dedent(source)

    assert find(source) == []
    assert fix(source) == source


def parses(source: str) -> bool:
    """Whether the running Python knows this syntax."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


NEWER_SYNTAX = {
    "an alias is evaluated late": ("type X = pytest_asyncio.X\n", 0),
    "an alias binds its name": ("type pytest_asyncio = int\nx = pytest_asyncio\n", 0),
    "a bound is evaluated late": ("def f[T: pytest_asyncio.X](): ...\n", 0),
    "a type parameter": ("def f[**pytest_asyncio](*a: pytest_asyncio.args): ...\n", 0),
    "a type parameter seen in the body": (
        "class A[pytest_asyncio]:\n    def f(self): return pytest_asyncio\n",
        0,
    ),
    "a generic method sees its class": (
        "class A:\n    pytest_asyncio = 1\n    def f[T](x: pytest_asyncio.X): ...\n",
        0,
    ),
    "its body does not": (
        "class A:\n    pytest_asyncio = 1\n    def f[T](): pytest_asyncio\n",
        1,
    ),
    "no more than its own class": (
        "class A:\n pytest_asyncio = 1\n class B:\n  def f[T](x: pytest_asyncio): 0\n",
        1,
    ),
    "a base of a generic class": ("class A[T](pytest_asyncio.X): ...\n", 1),
    "exception groups": (
        "try:\n    pytest_asyncio\nexcept* NameError:\n    pass\n",
        0,
    ),
}


@pytest.mark.parametrize(
    ("source", "findings"), NEWER_SYNTAX.values(), ids=NEWER_SYNTAX
)
def test_newer_syntax_has_its_scopes(source: str, findings: int) -> None:
    """Type parameters are a scope of their own since Python 3.12."""
    if not parses(source):
        pytest.skip("the running Python has no such syntax")

    assert len(find(source)) == findings


def test_the_finding_is_where_the_name_is_first_used() -> None:
    """The column counts characters, as editors do, and starts at one."""
    source = 'x = 1\ny = "\N{SNOWMAN}", pytest_asyncio.fixture, pytest_asyncio\n'

    assert find(source) == [(2, 10)]


def test_edits_that_overlap_are_refused() -> None:
    """Their result would depend on which of them came first."""
    overlapping = [
        [Edit(0, 2, "x"), Edit(1, 3, "y")],
        [Edit(1, 1, "x"), Edit(1, 1, "y")],
    ]

    for edits in overlapping:
        with pytest.raises(OverlapError, match="overlaps"):
            apply_edits("abc", edits)


def test_edits_are_applied_in_any_order_and_once() -> None:
    """Two rules may well ask for the same import."""
    edits = [Edit(2, 3, "z"), Edit(0, 1, "x"), Edit(2, 3, "z"), Edit(1, 1, "-")]

    assert apply_edits("abc", edits) == "x-bz"


def test_rules_have_codes_of_one_form() -> None:
    """Codes end up in settings and comments of other people's files."""
    assert all(re.fullmatch(r"PTA\d{3}", rule.code) for rule in RULES)


ABOUT = '"""About pytest_asyncio."""\n'
BROKEN_EDITS = {
    "no Python": (Edit(0, 0, "import pytest_asyncio ("),),
    "another program": (Edit(0, 0, "import pytest_asyncio, os\n"),),
    "above the docstring": (Edit(0, 0, "import pytest_asyncio\n"),),
    "two at one place": (Edit(0, 0, "import x\n"), Edit(0, 0, "import y\n")),
    "another encoding": (
        Edit(0, 0, "# coding: latin-1\n"),
        Edit(len(ABOUT), len(ABOUT), "import pytest_asyncio\n"),
    ),
}


class Careless(Change):
    """Means to add an import below the docstring, and edits what it is told to."""

    def __init__(self, edits: tuple[Edit, ...]) -> None:
        self._edits = edits

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield them."""
        self._docstring = module.tree.body[0]
        yield from self._edits

    def operate(self, surgery: Surgery) -> None:
        """Put the import where it belongs."""
        new = ast.parse("import pytest_asyncio").body[0]
        surgery.replaced[self._docstring] = [self._docstring, new]


def _finds_in_the_original(
    finding: Finding,
) -> Callable[[Module, Project], list[Finding]]:
    return lambda module, _: [finding] if module.text == ABOUT else []


def repaired(change: Change) -> tuple[Repair, Finding]:
    """What becomes of a module with one finding whose fix is this change."""
    finding = Finding(1, 1, 2, "PTA999", "whatever", Fix((change,)))
    rule = Mock(check=_finds_in_the_original(finding))
    module = Module(NOWHERE, ABOUT.encode())
    return checking.fix(module, [rule], Project(), lambda _: True), finding


@pytest.mark.parametrize("edits", BROKEN_EDITS.values(), ids=BROKEN_EDITS)
def test_an_edit_that_does_more_than_it_should_is_not_applied(
    edits: tuple[Edit, ...],
) -> None:
    """Whatever a rule gets wrong, the file is not made worse."""
    repair, finding = repaired(Careless(edits))

    assert (repair.module.text, repair.applied, repair.left) == (ABOUT, (), (finding,))


def test_an_edit_that_does_what_it_should_is_applied() -> None:
    """Or the test above would pass whatever was refused, and why."""
    edit = Edit(len(ABOUT), len(ABOUT), "import pytest_asyncio\n")

    repair, finding = repaired(Careless((edit,)))

    assert (repair.module.text, repair.applied, repair.left) == (
        ABOUT + "import pytest_asyncio\n",
        (finding,),
        (),
    )
