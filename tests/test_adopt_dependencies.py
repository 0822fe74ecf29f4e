"""The suite's dependencies are declared once, beside the project's own."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from adopt.dependencies import plan_dependencies
from adopt.dependency_declarations import poetry_versions
from adopt.dependency_edits import (
    CannotAddError,
    ensure_lines_kept,
    ensure_only_added,
)
from adopt.plan import ByHand, Draft, Kept

if TYPE_CHECKING:
    from collections.abc import Mapping

PYTEST = Requirement("pytest>=8.4")
PYTEST_ASYNCIO = Requirement("pytest-asyncio>=1.4")
NEITHER = ("pytest>=8.4", "pytest-asyncio>=1.4")

RAISE = "the suite needs pytest-asyncio>=1.4: raise the pin when you can"
RAISE_PYTEST = "the suite needs pytest>=8.4: raise the pin when you can"
RAISE_FIRST = "the suite needs pytest>=8.4: raise the pin, then add pytest-asyncio>=1.4"
COMPILED = "is made by a program: add what is missing to its source"


class Case(NamedTuple):
    """A project before and after: what differs, what is said of the rest."""

    name: str
    before: dict[str, str]
    after: Mapping[str, str] = {}
    kept: tuple[Kept, ...] = ()
    by_hand: tuple[ByHand, ...] = ()
    notes: tuple[str, ...] = ()


def plan(project: Path, files: Mapping[str, str | bytes]) -> Draft:
    """Write a project's files and plan its dependencies."""
    for path, content in files.items():
        place = project / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    draft = Draft(project.resolve())
    plan_dependencies(draft, [PYTEST, PYTEST_ASYNCIO])
    return draft


def written(draft: Draft) -> dict[str, str]:
    """What a draft would write, as text."""
    return {path: content.decode() for path, content in draft.written.items()}


def file_case(name: str, before: str, after: str) -> Case:
    """A requirements file of which only the text matters."""
    path = "requirements-test.txt"
    notes = (f"Install it: pip install -r {path}",) if after else ()
    return Case(name, {path: before}, {path: after} if after else {}, notes=notes)


def array_case(name: str, before: str, after: str) -> Case:
    """A dependency group of which only the array matters."""
    head = "[dependency-groups]\ntest = "
    files = {"pyproject.toml": head + before}
    changed = {"pyproject.toml": head + after}
    return Case(name, files, changed, notes=("Install it: pip install --group test",))


PLACES = [
    Case(
        "dependency group",
        {"pyproject.toml": '[dependency-groups]\ndev = ["pytest"]\n'},
        {
            "pyproject.toml": "[dependency-groups]\n"
            'dev = ["pytest", "pytest-asyncio>=1.4"]\n'
        },
        notes=("Install it: pip install --group dev",),
    ),
    Case(
        "optional dependencies",
        {"pyproject.toml": '[project.optional-dependencies]\nall = ["pytest"]\n'},
        {
            "pyproject.toml": "[project.optional-dependencies]\n"
            'all = ["pytest", "pytest-asyncio>=1.4"]\n'
        },
        notes=("Install it: pip install -e '.[all]'",),
    ),
    Case(
        "Poetry group",
        {"pyproject.toml": '[tool.poetry.group.dev.dependencies]\npytest = "^8"\n'},
        {
            "pyproject.toml": "[tool.poetry.group.dev.dependencies]\n"
            'pytest = "^8"\npytest-asyncio = ">=1.4"\n'
        },
        notes=("Install it: poetry install --with dev",),
    ),
    Case(
        "Poetry's old table",
        {"pyproject.toml": '[tool.poetry.dev-dependencies]\npytest = "*"\n'},
        {
            "pyproject.toml": "[tool.poetry.dev-dependencies]\n"
            'pytest = "*"\npytest-asyncio = ">=1.4"\n'
        },
        notes=("Install it: poetry install --with dev",),
    ),
    Case(
        "PDM group",
        {"pyproject.toml": '[tool.pdm.dev-dependencies]\nqa = ["pytest"]\n'},
        {
            "pyproject.toml": "[tool.pdm.dev-dependencies]\n"
            'qa = ["pytest", "pytest-asyncio>=1.4"]\n'
        },
        notes=("Install it: pdm install -G qa",),
    ),
    Case(
        "Hatch environment",
        {"pyproject.toml": '[tool.hatch.envs.qa]\ndependencies = ["pytest"]\n'},
        {
            "pyproject.toml": "[tool.hatch.envs.qa]\n"
            'dependencies = ["pytest", "pytest-asyncio>=1.4"]\n'
        },
        notes=("Install it: hatch run qa:pytest --version",),
    ),
    Case(
        "Hatch's default environment",
        {
            "pyproject.toml": "[tool.hatch.envs.default]\n"
            'extra-dependencies = ["pytest"]\n'
        },
        {
            "pyproject.toml": "[tool.hatch.envs.default]\n"
            'extra-dependencies = ["pytest", "pytest-asyncio>=1.4"]\n'
        },
        notes=("Install it: hatch run pytest --version",),
    ),
    Case(
        "uv's own list",
        {"pyproject.toml": '[tool.uv]\ndev-dependencies = ["pytest"]\n'},
        {
            "pyproject.toml": "[tool.uv]\n"
            'dev-dependencies = ["pytest", "pytest-asyncio>=1.4"]\n'
        },
        notes=("Install it: uv sync",),
    ),
    Case(
        "Pipfile",
        {"Pipfile": '[packages]\n\n[dev-packages]\npytest = "*"\n'},
        {
            "Pipfile": "[packages]\n\n[dev-packages]\n"
            'pytest = "*"\npytest-asyncio = ">=1.4"\n'
        },
        notes=("Install it: pipenv install --dev",),
    ),
    Case(
        "requirements file in a directory of them",
        {"requirements/ci.txt": "pytest\n"},
        {"requirements/ci.txt": "pytest\npytest-asyncio>=1.4\n"},
        notes=("Install it: pip install -r requirements/ci.txt",),
    ),
    Case(
        "requirements file beside the tests",
        {"tests/requirements-unit.txt": "pytest\n"},
        {"tests/requirements-unit.txt": "pytest\npytest-asyncio>=1.4\n"},
        notes=("Install it: pip install -r tests/requirements-unit.txt",),
    ),
    Case(
        "requirements file with a space in its name",
        {"my requirements.txt": "pytest\n"},
        {"my requirements.txt": "pytest\npytest-asyncio>=1.4\n"},
        notes=("Install it: pip install -r 'my requirements.txt'",),
    ),
    Case(
        "requirements file that another one includes",
        {"requirements.txt": "-r ci/all.txt\n", "ci/all.txt": "pytest\n"},
        {"ci/all.txt": "pytest\npytest-asyncio>=1.4\n"},
        notes=("Install it: pip install -r ci/all.txt",),
    ),
    Case(
        "requirements file that tox includes",
        {
            "tox.ini": "[testenv]\ndeps = -r{toxinidir}/ci/all.txt\n",
            "ci/all.txt": "pytest\n",
        },
        {"ci/all.txt": "pytest\npytest-asyncio>=1.4\n"},
        notes=("Install it: pip install -r ci/all.txt",),
    ),
    Case(
        "requirements files that include each other",
        {"requirements.txt": "-r all.txt\n-r requirements.txt\n", "all.txt": "pytest"},
        {"all.txt": "pytest\npytest-asyncio>=1.4"},
        notes=("Install it: pip install -r all.txt",),
    ),
    Case(
        "tox",
        {"tox.ini": "[testenv]\ndeps =\n  pytest\n  # slow\n  zope\n"},
        {
            "tox.ini": "[testenv]\ndeps =\n  pytest\n  pytest-asyncio>=1.4\n"
            "  # slow\n  zope\n"
        },
        notes=("Install it: tox --notest",),
    ),
    Case(
        "tox, one environment, in one line",
        {"tox.ini": "[testenv:unit]\ndeps = pytest\ncommands = pytest\n"},
        {
            "tox.ini": "[testenv:unit]\ndeps = pytest\n    pytest-asyncio>=1.4\n"
            "commands = pytest\n"
        },
        notes=("Install it: tox -e unit --notest",),
    ),
    Case(
        "tox, for some factors",
        {"tox.ini": "[testenv]\ndeps =\n    lint: ruff\n    !lint: pytest\n"},
        {
            "tox.ini": "[testenv]\ndeps =\n    lint: ruff\n    !lint: pytest\n"
            "    !lint: pytest-asyncio>=1.4\n"
        },
        notes=("Install it: tox --notest",),
    ),
    Case(
        "extra of setup.cfg",
        {"setup.cfg": "[options.extras_require]\nqa =\n    pytest\n    ; end\n"},
        {
            "setup.cfg": "[options.extras_require]\nqa =\n    pytest\n"
            "    pytest-asyncio>=1.4\n    ; end\n"
        },
        notes=("Install it: pip install -e '.[qa]'",),
    ),
]

CHOICES = [
    Case(
        "groups before extras, and others are named",
        {
            "pyproject.toml": "[project.optional-dependencies]\n"
            'test = ["pytest"]\n'
            '[dependency-groups]\ndev = ["pytest"]\n',
            "tox.ini": "[testenv]\ndeps = pytest\n",
        },
        {
            "pyproject.toml": "[project.optional-dependencies]\n"
            'test = ["pytest"]\n'
            '[dependency-groups]\ndev = ["pytest", "pytest-asyncio>=1.4"]\n'
        },
        notes=(
            "Install it: pip install --group dev",
            (
                "pytest is listed in "
                "pyproject.toml [project.optional-dependencies] test, "
                "tox.ini [testenv] deps too: "
                "add pytest-asyncio>=1.4 where the suite is to run"
            ),
        ),
    ),
    Case(
        "a group for tests before one for development before others",
        {
            "pyproject.toml": "[dependency-groups]\n"
            'all = ["pytest"]\ndev = ["pytest"]\nTests = ["pytest"]\n'
        },
        {
            "pyproject.toml": "[dependency-groups]\n"
            'all = ["pytest"]\ndev = ["pytest"]\n'
            'Tests = ["pytest", "pytest-asyncio>=1.4"]\n'
        },
        notes=(
            "Install it: pip install --group Tests",
            (
                "pytest is listed in pyproject.toml [dependency-groups] all, "
                "pyproject.toml [dependency-groups] dev too: add pytest-asyncio>=1.4 "
                "where the suite is to run"
            ),
        ),
    ),
    Case(
        "a group that includes another one does not count",
        {
            "pyproject.toml": "[dependency-groups]\n"
            'test = [{include-group = "qa"}]\nqa = ["pytest"]\n'
        },
        {
            "pyproject.toml": "[dependency-groups]\n"
            'test = [{include-group = "qa"}]\nqa = ["pytest", "pytest-asyncio>=1.4"]\n'
        },
        notes=("Install it: pip install --group qa",),
    ),
    Case(
        "both go where tests are named, when pytest is nowhere",
        {
            "pyproject.toml": '[dependency-groups]\ndocs = []\ndev = ["zope"]\n',
            "test-requirements.txt": "coverage\n",
        },
        {"test-requirements.txt": "coverage\npytest>=8.4\npytest-asyncio>=1.4\n"},
        notes=("Install it: pip install -r test-requirements.txt",),
    ),
    Case(
        "or else where development is",
        {"pyproject.toml": '[dependency-groups]\ndocs = ["sphinx"]\ndev = []\n'},
        {
            "pyproject.toml": '[dependency-groups]\ndocs = ["sphinx"]\n'
            'dev = ["pytest>=8.4", "pytest-asyncio>=1.4"]\n'
        },
        notes=("Install it: pip install --group dev",),
    ),
    Case(
        "an empty Pipfile table",
        {"Pipfile": "[dev-packages]\n\n[requires]\n"},
        {
            "Pipfile": '[dev-packages]\npytest = ">=8.4"\n'
            'pytest-asyncio = ">=1.4"\n\n[requires]\n'
        },
        notes=("Install it: pipenv install --dev",),
    ),
    Case(
        "an empty list of tox",
        {"tox.ini": "[testenv:test]\ndeps =\nx = 1\n"},
        {
            "tox.ini": "[testenv:test]\ndeps =\n    pytest>=8.4\n"
            "    pytest-asyncio>=1.4\nx = 1\n"
        },
        notes=("Install it: tox -e test --notest",),
    ),
    Case(
        "nowhere: no file is for tests",
        {"pyproject.toml": '[project]\nname = "p"\n', "requirements.txt": "attrs\n"},
        notes=(
            (
                "Install what the suite needs: "
                "pip install 'pytest>=8.4' 'pytest-asyncio>=1.4'"
            ),
        ),
    ),
    Case(
        "nowhere, in a project that uv manages",
        {"pyproject.toml": '[project]\nname = "p"\n', "uv.lock": ""},
        notes=(
            (
                "Install what the suite needs: "
                "uv add --dev 'pytest>=8.4' 'pytest-asyncio>=1.4'"
            ),
        ),
    ),
    Case(
        "nowhere that can be read: setup.py for Python 2",
        {"setup.py": "print 'pytest'\n"},
        notes=(
            (
                "Install what the suite needs: "
                "pip install 'pytest>=8.4' 'pytest-asyncio>=1.4'"
            ),
        ),
    ),
    Case(
        "nowhere that can be read: setup.py as a program",
        {
            "setup.py": "setup(**options, install_requires=read(), "
            "extras_require={'test': read(), NAME: ['pytest']})\n"
        },
        notes=(
            (
                "Install what the suite needs: "
                "pip install 'pytest>=8.4' 'pytest-asyncio>=1.4'"
            ),
        ),
    ),
    Case(
        "extras that are made at build time are not added",
        {"pyproject.toml": '[project]\ndynamic = ["optional-dependencies"]\n'},
        notes=(
            (
                "Install what the suite needs: "
                "pip install 'pytest>=8.4' 'pytest-asyncio>=1.4'"
            ),
        ),
    ),
    Case(
        "an extra that is read from a file is not added to",
        {
            "setup.cfg": "[options.extras_require]\n"
            "test = file: requirements-dev.txt\n",
            "requirements-dev.txt": "pytest\n",
        },
        {"requirements-dev.txt": "pytest\npytest-asyncio>=1.4\n"},
        notes=("Install it: pip install -r requirements-dev.txt",),
    ),
    Case(
        "what the project itself needs is no place for tests",
        {
            "pyproject.toml": '[project]\ndependencies = ["pytest"]\n'
            '[project.optional-dependencies]\ntest = ["zope"]\n'
        },
        {
            "pyproject.toml": '[project]\ndependencies = ["pytest"]\n'
            "[project.optional-dependencies]\n"
            'test = ["pytest-asyncio>=1.4", "zope"]\n'
        },
        notes=("Install it: pip install -e '.[test]'",),
    ),
    Case(
        "pytest is added beside pytest-asyncio",
        {"pyproject.toml": '[dependency-groups]\nqa = ["pytest-asyncio"]\n'},
        {
            "pyproject.toml": "[dependency-groups]\n"
            'qa = ["pytest>=8.4", "pytest-asyncio"]\n'
        },
        notes=("Install it: pip install --group qa",),
    ),
    Case(
        "the source before what is compiled from it",
        {
            "requirements-dev.in": "pytest\n",
            "requirements-dev.txt": "# autogenerated by uv via the following command:\n"
            "#    uv pip compile requirements-dev.in -o requirements-dev.txt\n"
            "pytest==8.3.0\npytest-asyncio==0.23.8\n",
        },
        {"requirements-dev.in": "pytest\npytest-asyncio>=1.4\n"},
        notes=(
            (
                "Compile requirements-dev.txt again: "
                "uv pip compile requirements-dev.in -o requirements-dev.txt"
            ),
            "Install it: pip install -r requirements-dev.txt",
        ),
    ),
    Case(
        "the source of a compiled file that does not say so",
        {"dev-requirements.in": "pytest\n", "dev-requirements.txt": "pytest==9.0.1\n"},
        {"dev-requirements.in": "pytest\npytest-asyncio>=1.4\n"},
        notes=(
            (
                "Compile dev-requirements.txt again: "
                "pip-compile -o dev-requirements.txt dev-requirements.in"
            ),
            "Install it: pip install -r dev-requirements.txt",
        ),
    ),
]

DECLARED = [
    Case(name, {path: text})
    for name, path, text in [
        (
            "in a group",
            "pyproject.toml",
            '[dependency-groups]\nx = ["pytest", "pytest_asyncio>=0.21"]\n',
        ),
        (
            "among the project's own",
            "pyproject.toml",
            '[project]\ndependencies = ["pytest", "PyTest-AsyncIO ~= 1.5"]\n',
        ),
        (
            "in Poetry's main table",
            "pyproject.toml",
            (
                "[tool.poetry.dependencies]\n"
                'pytest = {version = "^8.4", optional = true}\n'
                'pytest-asyncio = [{version = "^0.21", python = "<3.8"}, "^1.4"]\n'
            ),
        ),
        (
            "from a repository",
            "requirements.txt",
            (
                "pytest @ git+https://host/pytest\n"
                "-e git+https://host/it.git#egg=pytest_asyncio\n"
            ),
        ),
        (
            "with hashes, markers and continuation lines",
            "requirements.txt",
            (
                'pytest==9.0.1 ; python_version >= "3.9" \\\n    --hash=sha256:aa\n'
                "pytest-asyncio==1.4.0 \\\n    --hash=sha256:bb  # why\n"
            ),
        ),
        (
            "for another Python too",
            "requirements.txt",
            (
                'pytest\npytest-asyncio<0.22; python_version < "3.8"\n'
                'pytest-asyncio; python_version >= "3.8"\n'
            ),
        ),
        (
            "in tox, by a substitution",
            "tox.ini",
            "[testenv]\ndeps = pytest\n    pytest-asyncio=={env:VERSION}\n",
        ),
        (
            "with a marker that cannot be read",
            "Pipfile",
            (
                '[dev-packages]\npytest = {version = "*", markers = "what is this"}\n'
                'pytest-asyncio = "*"\n'
            ),
        ),
        (
            "in setup.cfg",
            "setup.cfg",
            "[options]\ntests_require = pytest; pytest-asyncio\n",
        ),
        (
            "in setup.py",
            "setup.py",
            (
                "from setuptools import setup\n"
                'TESTS = ["pytest", "pytest-asyncio"]\nsetup(tests_require=TESTS)\n'
            ),
        ),
    ]
]

PINS = [
    Case(
        "pytest-asyncio, in a requirements file",
        {"requirements.txt": "pytest\npytest-asyncio==0.23.8  # later\n"},
        kept=(Kept("requirements.txt", "pytest-asyncio==0.23.8", RAISE),),
    ),
    Case(
        "pytest-asyncio, by the text of its version",
        {"requirements.txt": "pytest\npytest-asyncio===ours\n"},
        kept=(Kept("requirements.txt", "pytest-asyncio===ours", RAISE),),
    ),
    Case(
        "pytest-asyncio, in Poetry's words",
        {
            "pyproject.toml": "[tool.poetry.group.dev.dependencies]\n"
            'pytest = "^8.4"\npytest-asyncio = "^0.23"\n'
        },
        kept=(Kept("pyproject.toml", 'pytest-asyncio = "^0.23"', RAISE),),
    ),
    Case(
        "pytest, so that pytest-asyncio could not be installed beside it",
        {"pyproject.toml": '[dependency-groups]\ntest = ["pytest~=7.4"]\n'},
        kept=(Kept("pyproject.toml", "pytest~=7.4", RAISE_FIRST),),
    ),
    Case(
        "pytest, by a constraint",
        {
            "requirements-test.txt": "-c limits.txt\npytest\n",
            "limits.txt": "pytest<8\n",
        },
        kept=(Kept("limits.txt", "pytest<8", RAISE_FIRST),),
    ),
    Case(
        "pytest, in one of two places",
        {
            "requirements-dev.txt": "pytest\n",
            "tox.ini": "[testenv:old]\ndeps = pytest==7.4\n",
        },
        {"requirements-dev.txt": "pytest\npytest-asyncio>=1.4\n"},
        kept=(Kept("tox.ini", "pytest==7.4", RAISE_PYTEST),),
        notes=("Install it: pip install -r requirements-dev.txt",),
    ),
]

BY_HAND = [
    Case(
        "broken TOML",
        {"pyproject.toml": "[project\n"},
        by_hand=(
            ByHand(
                "pyproject.toml",
                "cannot be parsed: Unexpected character: '\\n' at line 1 col 8",
                NEITHER,
            ),
        ),
        notes=(
            (
                "Install what the suite needs: "
                "pip install 'pytest>=8.4' 'pytest-asyncio>=1.4'"
            ),
        ),
    ),
    Case(
        "a broken ini file, while another file is fine",
        {"setup.cfg": "[a]\n[a]\n", "requirements.txt": "pytest\n"},
        {"requirements.txt": "pytest\npytest-asyncio>=1.4\n"},
        by_hand=(
            ByHand(
                "setup.cfg",
                "cannot be parsed: While reading from '<string>' [line 2]: "
                "section 'a' already exists",
                ("pytest-asyncio>=1.4",),
            ),
        ),
        notes=("Install it: pip install -r requirements.txt",),
    ),
    Case(
        "a broken file that need not be edited",
        {"tox.ini": "[a\n", "requirements.txt": "pytest\npytest-asyncio\n"},
    ),
    Case(
        "a compiled file alone",
        {"requirements-test.txt": "pytest==9.0.1 \\\n    --hash=sha256:aa\n"},
        by_hand=(ByHand("requirements-test.txt", COMPILED, ("pytest-asyncio>=1.4",)),),
    ),
    Case(
        "setup.py",
        {
            "setup.py": "import setuptools\n"
            'setuptools.setup(extras_require={"test": ["pytest"]})\n'
        },
        notes=(
            "Add pytest-asyncio>=1.4 to setup.py, which is a program, and install it",
        ),
    ),
    Case(
        "several in one line of setup.cfg",
        {"setup.cfg": "[options.extras_require]\ntest = zope; pytest\n"},
        by_hand=(
            ByHand(
                "setup.cfg",
                "is written in a way that this program does not edit",
                ("[options.extras_require] test: pytest-asyncio>=1.4",),
            ),
        ),
    ),
    *[
        Case(
            name,
            {"pyproject.toml": text},
            by_hand=(
                ByHand(
                    "pyproject.toml",
                    "is written in a way that this program does not edit",
                    (f"{table}: {line}",),
                ),
            ),
        )
        for name, text, table, line in [
            (
                "a table of Poetry's inside a line",
                "tool.poetry.group.test.dependencies = {pytest = '^8', attrs = '*'}",
                "[tool.poetry.group.test.dependencies]",
                'pytest-asyncio = ">=1.4"',
            ),
            (
                "a table of Poetry's for pytest alone",
                "[tool.poetry.group.test.dependencies.pytest]\nversion = '^8'\n",
                "[tool.poetry.group.test.dependencies]",
                'pytest-asyncio = ">=1.4"',
            ),
            (
                "a table of Poetry's for pytest alone, in pieces",
                (
                    "[tool.poetry.group.test.dependencies.pytest.a]\n[z]\n"
                    "[tool.poetry.group.test.dependencies.pytest.b]\n"
                ),
                "[tool.poetry.group.test.dependencies]",
                'pytest-asyncio = ">=1.4"',
            ),
            (
                "an array with strings of several lines",
                "[dependency-groups]\ntest = ['''pytest''', 'attrs']\n",
                "[dependency-groups] test",
                "pytest-asyncio>=1.4",
            ),
        ]
    ],
    Case(
        "an empty table of Poetry's inside a line",
        {"pyproject.toml": "[tool.poetry]\ngroup.test.dependencies = {}\n"},
        by_hand=(
            ByHand(
                "pyproject.toml",
                "is written in a way that this program does not edit",
                (
                    '[tool.poetry.group.test.dependencies]: pytest = ">=8.4"',
                    '[tool.poetry.group.test.dependencies]: pytest-asyncio = ">=1.4"',
                ),
            ),
        ),
    ),
    Case(
        "a text that looks like a table",
        {"Pipfile": "x = '''\n[dev-packages]\n'''\n[dev-packages]\n"},
        by_hand=(
            ByHand(
                "Pipfile",
                "cannot be edited without changing something else",
                (
                    '[dev-packages]: pytest = ">=8.4"',
                    '[dev-packages]: pytest-asyncio = ">=1.4"',
                ),
            ),
        ),
    ),
    Case(
        "a table of Poetry's by dotted keys",
        {"pyproject.toml": "tool.poetry.group.qa.dependencies.pytest = '^8'\n"},
        by_hand=(
            ByHand(
                "pyproject.toml",
                "cannot be edited without changing something else",
                ('[tool.poetry.group.qa.dependencies]: pytest-asyncio = ">=1.4"',),
            ),
        ),
    ),
]

LOCKS = [
    Case(
        f"{lock}, {name}",
        {"pyproject.toml": head + '["pytest"]\n', lock: ""},
        {"pyproject.toml": head + '["pytest", "pytest-asyncio>=1.4"]\n'},
        notes=(
            f"Bring the lock file up to date: {command}",
            f"Install it: {install}",
        ),
    )
    for lock, name, head, command, install in [
        (
            *("uv.lock", "group", "[dependency-groups]\ndev = "),
            *("uv lock", "uv sync --group dev"),
        ),
        (
            *("poetry.lock", "group", "[dependency-groups]\ndev = "),
            *("poetry lock", "poetry install --with dev"),
        ),
        (
            *("pdm.lock", "group", "[dependency-groups]\ndev = "),
            *("pdm lock", "pdm install -G dev"),
        ),
        (
            *("uv.lock", "extra", "[project.optional-dependencies]\n'a b' = "),
            *("uv lock", "uv sync --extra 'a b'"),
        ),
    ]
]

ARRAYS = [
    array_case(name, before, after)
    for name, before, after in [
        (
            "in one line",
            '["b", "pytest", "a"]\n',
            '["b", "pytest", "pytest-asyncio>=1.4", "a"]\n',
        ),
        (
            "single quotes, no spaces, a comma at the end",
            "['b','pytest','a',]\n",
            "['b','pytest','pytest-asyncio>=1.4','a',]\n",
        ),
        (
            "spaces inside the brackets",
            '[ "pytest" ]  # why\n',
            '[ "pytest", "pytest-asyncio>=1.4" ]  # why\n',
        ),
        (
            "a line each, with comments",
            '[\n  "z",\n  "pytest>=8",  # runs\n  # below\n  "a", # a\n]\n',
            (
                '[\n  "z",\n  "pytest>=8",  # runs\n  "pytest-asyncio>=1.4",\n'
                '  # below\n  "a", # a\n]\n'
            ),
        ),
        (
            "no comma at the end",
            '[\n\t"z",\n\t"pytest" # runs, mostly\n]\n',
            '[\n\t"z",\n\t"pytest", # runs, mostly\n\t"pytest-asyncio>=1.4"\n]\n',
        ),
        (
            "no comma at the end, and a comment below",
            '[\n  "z",\n  "pytest" # runs\n  # end\n]\n',
            '[\n  "z",\n  "pytest", # runs\n  "pytest-asyncio>=1.4"\n  # end\n]\n',
        ),
        (
            "brackets on the lines of elements",
            '["z",\n        "pytest"]\n',
            '["z",\n        "pytest",\n        "pytest-asyncio>=1.4"]\n',
        ),
        (
            "several in a line",
            '[\n  "z", "pytest", "b",\n  "a",\n]\n',
            '[\n  "z", "pytest", "pytest-asyncio>=1.4", "b",\n  "a",\n]\n',
        ),
        (
            "commas first",
            '[\n    "z"\n  , "pytest"\n  , "a"\n]\n',
            '[\n    "z"\n  , "pytest", "pytest-asyncio>=1.4"\n  , "a"\n]\n',
        ),
        (
            "in order of the names",
            '["attrs", "pytest", "pytest-aiohttp", "Pytest_cov", "zope"]\n',
            (
                '["attrs", "pytest", "pytest-aiohttp", "pytest-asyncio>=1.4", '
                '"Pytest_cov", "zope"]\n'
            ),
        ),
        (
            "in order of the whole texts",
            '[\n  "pytest-cov>=5",\n  "pytest>=8.4",\n]\n',
            '[\n  "pytest-asyncio>=1.4",\n  "pytest-cov>=5",\n  "pytest>=8.4",\n]\n',
        ),
        (
            "included groups stay where they are",
            '[{include-group = "docs"}, "pytest", {include-group = "b"}]\n',
            (
                '[{include-group = "docs"}, "pytest", "pytest-asyncio>=1.4", '
                '{include-group = "b"}]\n'
            ),
        ),
        (
            "nothing but an included group",
            '[{include-group = "docs"}]\n',
            '[{include-group = "docs"}, "pytest>=8.4", "pytest-asyncio>=1.4"]\n',
        ),
        (
            "empty, over lines",
            "[\n  # none yet\n]\n",
            '[\n  # none yet\n    "pytest>=8.4",\n    "pytest-asyncio>=1.4",\n]\n',
        ),
        (
            "CRLF",
            '[\r\n  "z",\r\n  "pytest",\r\n]\r\n',
            '[\r\n  "z",\r\n  "pytest",\r\n  "pytest-asyncio>=1.4",\r\n]\r\n',
        ),
        ("no line end", '["pytest"]', '["pytest", "pytest-asyncio>=1.4"]'),
        (
            "a marker with the other quotes",
            "[\n  'z',\n  'pytest; python_version>\"3\"',\n]\n",
            (
                "[\n  'z',\n  'pytest; python_version>\"3\"',\n"
                "  'pytest-asyncio>=1.4',\n]\n"
            ),
        ),
    ]
]

TABLES = [
    Case(
        name,
        {"Pipfile": "[dev-packages]\n" + before},
        {"Pipfile": "[dev-packages]\n" + after},
        notes=("Install it: pipenv install --dev",),
    )
    for name, before, after in [
        (
            "single quotes and no spaces",
            "zope='*'\npytest='*'\nattrs='*'\n",
            "zope='*'\npytest='*'\npytest-asyncio='>=1.4'\nattrs='*'\n",
        ),
        (
            "a column of values",
            'zope             = "*"\npytest           = "*"  # runs\n',
            (
                'zope             = "*"\npytest           = "*"  # runs\n'
                'pytest-asyncio   = ">=1.4"\n'
            ),
        ),
        (
            "in order, behind a value of several lines",
            (
                'pytest-aiohttp = {version = "*", extras = [\n  "a"]}  # x\n'
                'zope = "*"\n[packages]\npytest = "*"'
            ),
            (
                'pytest-aiohttp = {version = "*", extras = [\n  "a"]}  # x\n'
                'pytest-asyncio = ">=1.4"\nzope = "*"\n[packages]\npytest = "*"'
            ),
        ),
        (
            "in order, before all",
            '  "zope" = {version = "*"}\n[packages]\npytest = "*"\n',
            (
                '  pytest-asyncio = ">=1.4"\n  "zope" = {version = "*"}\n'
                '[packages]\npytest = "*"\n'
            ),
        ),
        (
            "CRLF, and no line end",
            'zope = "*"\r\npytest = "*"',
            'zope = "*"\r\npytest = "*"\r\npytest-asyncio = ">=1.4"',
        ),
    ]
]

FILES = [
    file_case(name, before, after)
    for name, before, after in [
        (
            "pins and comments",
            "zope==5.0\npytest==9.0.1  # runs\n\n# last\nattrs==25.1\n",
            (
                "zope==5.0\npytest==9.0.1  # runs\npytest-asyncio>=1.4\n\n# last\n"
                "attrs==25.1\n"
            ),
        ),
        (
            "in order, options aside",
            "-r base.txt\n-e .\nattrs\npytest[dev]>=8\npytest-cov\n",
            (
                "-r base.txt\n-e .\nattrs\npytest[dev]>=8\npytest-asyncio>=1.4\n"
                "pytest-cov\n"
            ),
        ),
        (
            "in order of the whole texts",
            "# tests\npytest-cov>=5\npytest>=8\n",
            "# tests\npytest-asyncio>=1.4\npytest-cov>=5\npytest>=8\n",
        ),
        (
            "behind continuation lines",
            'zope\npytest; \\\n  python_version > "3" \\\n  # why\nattrs\n',
            (
                'zope\npytest; \\\n  python_version > "3" \\\n  # why\n'
                "pytest-asyncio>=1.4\nattrs\n"
            ),
        ),
        ("CRLF", "pytest\r\n# end\r\n", "pytest\r\npytest-asyncio>=1.4\r\n# end\r\n"),
        ("no line end", "zope\npytest", "zope\npytest\npytest-asyncio>=1.4"),
        ("empty", "", "pytest>=8.4\npytest-asyncio>=1.4\n"),
        (
            "comments alone",
            "# none yet\n",
            "# none yet\npytest>=8.4\npytest-asyncio>=1.4\n",
        ),
        ("a byte order mark", "\ufeffpytest\n", "\ufeffpytest\npytest-asyncio>=1.4\n"),
    ]
]

INIS = [
    Case(
        name,
        {"tox.ini": "[testenv]\n" + before},
        {"tox.ini": "[testenv]\n" + after},
        notes=("Install it: tox --notest",),
    )
    for name, before, after in [
        (
            "comments, empty lines and CRLF",
            "deps:\r\n\tzope\r\n\r\n\tpytest  # runs\r\n# here\r\n\tattrs\r\nx = 1\r\n",
            (
                "deps:\r\n\tzope\r\n\r\n\tpytest  # runs\r\n\tpytest-asyncio>=1.4\r\n"
                "# here\r\n\tattrs\r\nx = 1\r\n"
            ),
        ),
        (
            "in order, before all",
            "deps =\n  # first\n  pytest-cov>=1\n  pytest>=8\n",
            "deps =\n  # first\n  pytest-asyncio>=1.4\n  pytest-cov>=1\n  pytest>=8\n",
        ),
        (
            "no line end",
            "deps =\n  {[base]deps}\n  pytest",
            "deps =\n  {[base]deps}\n  pytest\n  pytest-asyncio>=1.4",
        ),
    ]
]

CASES = [
    pytest.param(case, id=f"{group}: {case.name}")
    for group, cases in {
        "place": PLACES,
        "choice": CHOICES,
        "declared": DECLARED,
        "pin": PINS,
        "by hand": BY_HAND,
        "lock": LOCKS,
        "array": ARRAYS,
        "table": TABLES,
        "file": FILES,
        "ini": INIS,
    }.items()
    for case in cases
]


@pytest.mark.parametrize("case", CASES)
def test_what_is_missing_is_declared_once(case: Case, tmp_path: Path) -> None:
    """In the form of its neighbours; all else is said, and stays as it is."""
    draft = plan(tmp_path, case.before)

    assert written(draft) == dict(case.after)
    assert draft.kept == list(case.kept)
    assert draft.by_hand == list(case.by_hand)
    assert draft.notes == list(case.notes)


@pytest.mark.parametrize("case", CASES)
def test_a_second_run_changes_nothing(case: Case, tmp_path: Path) -> None:
    """What is declared by then is found."""
    again = plan(tmp_path, {**case.before, **case.after})

    assert again.written == {}
    assert not case.after or again.notes == []


def test_every_addition_is_a_change_of_its_own(tmp_path: Path) -> None:
    """The plan says what goes where, and why."""
    draft = plan(tmp_path, {"pyproject.toml": "[dependency-groups]\ntest = []\n"})

    assert [tuple(change) for change in draft.changes] == [
        ("pyproject.toml", f"[dependency-groups] test: {text}", "the suite needs it")
        for text in NEITHER
    ]


def test_what_earlier_steps_have_planned_is_read(tmp_path: Path) -> None:
    """Two steps may change the same file."""
    (tmp_path / "setup.cfg").write_text("", encoding="utf-8")
    draft = Draft(tmp_path.resolve())
    planned = b"[options.extras_require]\ntest = pytest\n"
    draft.change("setup.cfg", planned, "an extra", "for this test")

    plan_dependencies(draft, [PYTEST, PYTEST_ASYNCIO])

    assert draft.written == {"setup.cfg": planned + b"    pytest-asyncio>=1.4\n"}


@pytest.mark.parametrize("path", ["requirements-dev.txt", "pyproject.toml"])
def test_a_file_that_is_not_utf_8_is_left_alone(path: str, tmp_path: Path) -> None:
    """Written back, its other characters could be different ones."""
    draft = plan(tmp_path, {path: b"pytest  # caf\xe9\n"})

    assert draft.by_hand == [ByHand(path, "is not UTF-8", NEITHER)]
    assert draft.written == {}


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    """Someone protected it; it is read all the same."""
    (tmp_path / "requirements.txt").write_text("pytest\n", encoding="utf-8")
    (tmp_path / "requirements.txt").chmod(0o444)

    draft = plan(tmp_path, {})

    assert draft.by_hand == [
        ByHand("requirements.txt", "is read-only", ("pytest-asyncio>=1.4",))
    ]
    assert draft.notes == []


def test_a_file_that_cannot_be_read_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are still looked at."""
    read = Draft.read

    def read_all_but_one(draft: Draft, path: str) -> bytes | None:
        if path == "tox.ini":
            raise PermissionError(errno.EACCES, "Permission denied")
        return read(draft, path)

    monkeypatch.setattr(Draft, "read", read_all_but_one)
    draft = plan(tmp_path, {"tox.ini": "", "requirements.txt": "pytest\n"})

    why = "cannot be read: Permission denied"
    assert draft.by_hand == [ByHand("tox.ini", why, ("pytest-asyncio>=1.4",))]
    assert list(draft.written) == ["requirements.txt"]


def test_links_out_of_the_project_are_not_followed(tmp_path: Path) -> None:
    """The rest of a monorepo is not the project's, and neither is what is above."""
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "shared.txt").write_text("pytest\n", encoding="utf-8")
    (project / "requirements.txt").symlink_to(tmp_path / "shared.txt")

    draft = plan(project, {"requirements-ci.txt": "-r ../shared.txt\n"})

    why = f"is a symbolic link out of the repository, to {tmp_path / 'shared.txt'}"
    assert draft.by_hand == [ByHand("requirements.txt", why, NEITHER)]
    assert draft.written == {}


@pytest.mark.parametrize("after", [["a"], ["a", "b", "b"], ["b"], ["A", "b"]])
def test_an_edit_that_does_not_only_add_is_refused(after: list[str]) -> None:
    """The last check of every edit, whatever the libraries made of it."""
    with pytest.raises(CannotAddError):
        ensure_only_added(["a"], after, "b")


def test_an_edit_that_drops_a_comment_is_refused() -> None:
    """One line may grow, as that of an array does; the others stay."""
    ensure_lines_kept("a\nb\nc", "a\nb, d\nc")

    with pytest.raises(CannotAddError):
        ensure_lines_kept("a\nb\n# why\nc", "a\nb, d\nc")


@pytest.mark.parametrize(
    ("poetry", "specifier"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.23", ">=0.23,<0.24"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0", ">=0,<1"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1", ">=1,<2"),
        ("1.2.3", "==1.2.3"),
        ("1.*", "==1.*"),
        ("*", ""),
        (">=1.2, <2", ">=1.2,<2"),
        (">= 1.2 <2", ">=1.2,<2"),
        ("what is this", ""),
    ],
)
def test_poetry_versions_are_understood(poetry: str, specifier: str) -> None:
    """What is not understood is taken to allow everything: the user's word counts."""
    (allowed,) = poetry_versions(poetry)

    assert str(allowed) == ",".join(sorted(specifier.split(",")))


ENTRIES = st.lists(
    st.sampled_from(
        [
            *["attrs", "zope>=1,<2", "PyTest-cov==5.0", "mypy[d]~=1.0", "pytest_mock"],
            *["pytest-aiohttp", "numpy; python_version>'3'", "a @ https://host/a"],
        ]
    ),
    unique=True,
    min_size=1,
    max_size=6,
)
COMMENTS = st.lists(
    st.sampled_from(["", "  # why, [x]", "  # 'a', \"b\"]"]), min_size=7
)
ENDS = st.sampled_from(["\n", "\r\n"])


@settings(deadline=None, database=None, max_examples=150)
@given(
    ENTRIES,
    st.integers(0, 6),
    COMMENTS,
    ENDS,
    st.sampled_from(["lines", "no last comma", "one line"]),
)
def test_any_array_keeps_its_entries(
    entries: list[str], place: int, comments: list[str], end: str, layout: str
) -> None:
    """Wherever pytest stands, and whatever stands around it."""
    entries.insert(place, "pytest>=8")
    if layout == "one line":
        array = "[" + ", ".join(f'"{entry}"' for entry in entries) + "]"
    else:
        pairs = zip(entries, comments, strict=False)
        lines = [f'  "{entry}",{comment}{end}' for entry, comment in pairs]
        if layout == "no last comma":
            lines[-1] = lines[-1].replace('",', '"', 1)
        array = f"[{end}{''.join(lines)}]"
    text = f"[dependency-groups]{end}test = {array}{end}"

    with tempfile.TemporaryDirectory() as project:
        result = written(plan(Path(project), {"pyproject.toml": text}))

    after = result["pyproject.toml"]
    present = tomlkit.parse(after).unwrap()["dependency-groups"]["test"]
    assert present.count("pytest-asyncio>=1.4") == 1
    assert [each for each in present if each != "pytest-asyncio>=1.4"] == entries
    assert after.count("#") == text.count("#")
    assert after.count(end) == after.count("\n")


@settings(deadline=None, database=None, max_examples=150)
@given(ENTRIES, st.integers(0, 6), COMMENTS, ENDS, st.integers(0, 1))
def test_any_requirements_file_keeps_its_lines(
    entries: list[str], place: int, comments: list[str], end: str, last_ends: int
) -> None:
    """All but the new one, and the end of the last."""
    entries.insert(place, "pytest==9.0.1")
    pairs = zip(entries, comments, strict=False)
    text = end.join(entry + comment for entry, comment in pairs) + last_ends * end

    with tempfile.TemporaryDirectory() as project:
        result = written(plan(Path(project), {"requirements.txt": text}))

    lines = result["requirements.txt"].split(end)
    lines.remove("pytest-asyncio>=1.4")
    assert lines == text.split(end)
