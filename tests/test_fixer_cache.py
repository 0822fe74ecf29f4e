"""What the fixer remembers: never anything that is no longer so."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fix_pytest_asyncio import cache
from fix_pytest_asyncio.cache import Cache
from fix_pytest_asyncio.command_line import main
from fix_pytest_asyncio.examination import Examiner
from fixer_script import working_in
from workbench import ROOT

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

# `FIXER_CACHE_EXAMPLES=5000` tries as many, others each time.
_WANTED = os.environ.get("FIXER_CACHE_EXAMPLES", "")
UNHURRIED = settings(deadline=None, database=None, derandomize=not _WANTED)

SYNC = "def work():\n    return 1\n"
ASYNC = f"async {SYNC}"
TEST = "import app\n\nasync def test_it():\n    app.work()\n"
AUTO = "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
STRICT = AUTO.replace("auto", "strict")


class Memory:
    """Runs the fixer in the current directory with a cache of its own."""

    def __init__(self, cache: Path) -> None:
        """Say where it is."""
        self.cache = cache

    def told(self, *options: str) -> str:
        """Return what is found, by what is remembered where that is still so."""
        return self._printed("--check", *options)

    def shown(self, *options: str) -> str:
        """Return what fixes would change, likewise."""
        return self._printed("--diff", *options)

    def fixed(self, *options: str) -> str:
        """Return what is fixed and what is left, likewise."""
        return self._printed("--fix", *options)

    def _printed(self, *options: str) -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FIX_PYTEST_ASYNCIO_CACHE", str(self.cache))
            return printed(*options)


def printed(*options: str) -> str:
    """Return the report of a run, as JSON."""
    with redirect_stdout(io.StringIO()) as stream:
        main([*options, "--output=json"])
    return stream.getvalue()


def fresh(*options: str) -> str:
    """Return what is found by looking."""
    return printed("--check", "--no-cache", *options)


def codes(report: str) -> list[str]:
    """Return the codes of what was found."""
    return [each["code"] for each in json.loads(report)["findings"]]


def write(files: Mapping[str, str | None]) -> None:
    """Write files; those without a text are removed."""
    for name, text in files.items():
        path = Path(name)
        if text is None:
            path.unlink(missing_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Memory:
    """The fixer in an empty project, with nothing remembered."""
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    return Memory(tmp_path / "cache")


# --- What a file's findings depend on -------------------------------------------------

PROJECT = {"pytest.ini": AUTO, "app.py": SYNC, "tests/test_it.py": TEST}
# Twice: what was worked out for one file is used for the other.
TWO = {**PROJECT, "tests/test_other.py": TEST}
CLIENT = "import pytest\n\n@pytest.fixture\ndef client():\n    return Client()\n\n"
ASYNC_CLIENT = f"{CLIENT}class Client:\n    async def send(self):\n        pass\n"
SYNC_CLIENT = ASYNC_CLIENT.replace("async ", "")
CLIENT_TEST = "async def test_it(client):\n    client.send()\n"
WITH_CLIENT = {"pytest.ini": AUTO, "tests/unit/test_it.py": CLIENT_TEST}
# Wrong in strict mode, and right in the other.
FIXTURE = (
    "import pytest\n\n@pytest.fixture\nasync def client():\n    return 1\n\n"
    "def test_it(client):\n    pass\n"
)
IN_CFG = STRICT.replace("[pytest]", "[tool:pytest]")
IN_TOML = (
    "[tool.pytest.ini_options]\nasyncio_mode = 'strict'\n"
    "asyncio_default_fixture_loop_scope = 'function'\n"
)
TOML_OF_OTHERS = "[tool.other]\n"
HOOK = """import pytest
from pytest_asyncio import is_async_test

def pytest_collection_modifyitems(items):
    for item in items:
        if is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
"""
HOOK_OF_MODULES = HOOK.replace("session", "module")
HOOKS = {
    "pytest.ini": AUTO,
    "one/conftest.py": HOOK,
    "three/conftest.py": HOOK,
    "two/pytest.ini": AUTO,
    "two/conftest.py": HOOK_OF_MODULES,
}


class Change(NamedTuple):
    """What makes tests right or wrong, though their files stay as they are.

    Attributes:
        before: The files.
        after: Those that change; None is removed.
    """

    before: dict[str, str]
    after: dict[str, str | None]


CHANGES = {
    "a function turns async": Change(TWO, {"app.py": ASYNC}),
    "a function does so no more": Change({**TWO, "app.py": ASYNC}, {"app.py": SYNC}),
    "a module is there now": Change({**TWO, "app.py": ""}, {"tests/app.py": ASYNC}),
    "a module is gone": Change({**TWO, "app.py": ASYNC}, {"app.py": None}),
    "a closer module": Change(TWO, {"tests/app.py": ASYNC}),
    "a module in src": Change(
        {"pytest.ini": AUTO, "tests/test_it.py": TEST}, {"src/app.py": ASYNC}
    ),
    "a package": Change(
        {"pytest.ini": AUTO, "app/core.py": ASYNC, "test_it.py": TEST},
        {"app/__init__.py": "from .core import work\n"},
    ),
    "behind another module": Change(
        {**TWO, "app.py": "from core import work\n", "core.py": SYNC},
        {"core.py": ASYNC},
    ),
    "the class of a fixture": Change(
        {**WITH_CLIENT, "conftest.py": SYNC_CLIENT}, {"conftest.py": ASYNC_CLIENT}
    ),
    "a conftest.py": Change(WITH_CLIENT, {"conftest.py": ASYNC_CLIENT}),
    "a conftest.py that is gone": Change(
        {**WITH_CLIENT, "conftest.py": ASYNC_CLIENT}, {"conftest.py": None}
    ),
    "a conftest.py in between": Change(
        {**WITH_CLIENT, "conftest.py": ASYNC_CLIENT},
        {"tests/conftest.py": SYNC_CLIENT},
    ),
    "a setting": Change(
        {"pytest.ini": STRICT, "test_it.py": FIXTURE}, {"pytest.ini": AUTO}
    ),
    "settings that are gone": Change(
        {"pytest.ini": STRICT, "test_it.py": FIXTURE}, {"pytest.ini": None}
    ),
    "settings above": Change(
        {"tests/unit/test_it.py": FIXTURE}, {"tests/pytest.ini": STRICT}
    ),
    "settings in tox.ini": Change(
        {"tox.ini": "[tox]\n", "test_it.py": FIXTURE}, {"tox.ini": STRICT}
    ),
    "settings in setup.cfg": Change({"test_it.py": FIXTURE}, {"setup.cfg": IN_CFG}),
    "settings that come first": Change(
        {"setup.cfg": IN_CFG, "test_it.py": FIXTURE}, {"pytest.ini": AUTO}
    ),
    "hidden settings that come first": Change(
        {"tox.ini": STRICT, "test_it.py": FIXTURE}, {".pytest.ini": AUTO}
    ),
    "settings that are not read any more": Change(
        {"pytest.ini": STRICT, "tests/test_it.py": FIXTURE}, {"tests/setup.py": ""}
    ),
    "fixes that agree no more": Change(HOOKS, {"two/pytest.ini": None}),
    "fixes that agree now": Change(
        {**HOOKS, "two/pytest.ini": AUTO.replace("pytest", "other")},
        {"two/conftest.py": HOOK},
    ),
}
CHANGES_OF_TOML = {
    "settings in pyproject.toml": Change(
        {"pyproject.toml": TOML_OF_OTHERS, "test_it.py": FIXTURE},
        {"pyproject.toml": IN_TOML},
    ),
    "pyproject.toml without settings any more": Change(
        {"pyproject.toml": IN_TOML, "tox.ini": AUTO, "test_it.py": FIXTURE},
        {"pyproject.toml": TOML_OF_OTHERS},
    ),
    "pytest.toml": Change(
        {"pyproject.toml": IN_TOML, "test_it.py": FIXTURE},
        {"pytest.toml": "[pytest]\nasyncio_mode = 'auto'\n"},
    ),
    "rules that are ignored": Change(
        {**PROJECT, "app.py": ASYNC},
        {"pyproject.toml": "[tool.fix-pytest-asyncio]\nignore = ['PTA213']\n"},
    ),
    "rules that are ignored in some files": Change(
        {**PROJECT, "app.py": ASYNC},
        {
            "tests/pyproject.toml": "[tool.fix-pytest-asyncio.per-file-ignores]\n"
            "'test_it.py' = ['PTA2']\n"
        },
    ),
    "files that are left out": Change(
        {**PROJECT, "app.py": ASYNC},
        {"pyproject.toml": "[tool.fix-pytest-asyncio]\nexclude = ['tests']\n"},
    ),
}
if sys.version_info >= (3, 11):  # the other reads no TOML
    CHANGES |= CHANGES_OF_TOML


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_around_a_file_is_looked_at_again(
    change: Change, memory: Memory
) -> None:
    """There and back: what was so before may be remembered, and is right again."""
    write(change.before)
    before = memory.told()

    write(change.after)
    after = memory.told()

    assert after == fresh()
    assert after != before
    write({name: change.before.get(name) for name in change.after})
    assert memory.told() == before == fresh()


def test_a_file_of_the_same_size_and_time_is_looked_at_again(memory: Memory) -> None:
    """Version control and build tools set times back; only the content counts."""
    path = Path("test_it.py")
    write({"pytest.ini": AUTO, "app.py": ASYNC, "test_it.py": TEST})
    status = path.stat()
    memory.told()

    path.write_text("x" * status.st_size, encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert path.stat().st_size == status.st_size
    assert memory.told() == fresh()


# --- What is looked for, and by what --------------------------------------------------


def test_what_is_unchanged_is_not_looked_at_again(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or nothing here would show anything: the second answer is remembered."""
    write({**TWO, "app.py": ASYNC})
    first = memory.told()

    monkeypatch.setattr(Examiner, "examine", Mock(side_effect=AssertionError))

    assert memory.told() == first
    with pytest.raises(AssertionError):
        fresh()


OTHER_OPTIONS = {
    "--select": ("--select=PTA205",),
    "--ignore": ("--ignore=PTA213",),
    "a directory": ("tests",),
    "a file": ("tests/test_it.py", "--select=PTA2"),
}


@pytest.mark.parametrize("options", OTHER_OPTIONS.values(), ids=OTHER_OPTIONS)
def test_other_options_have_other_answers(
    options: tuple[str, ...], memory: Memory
) -> None:
    """Whatever was asked first."""
    write({**PROJECT, "app.py": ASYNC, "test_other.py": TEST})
    first = memory.told()

    assert memory.told(*options) == fresh(*options) != first
    assert memory.told() == first


def test_what_fixing_left_is_what_checking_finds(memory: Memory) -> None:
    """The two remember for each other, and neither hides what the other one does."""
    faulty = f"import pytest\n\n{TEST}\nfixture = pytest_asyncio.fixture\n"
    write({**PROJECT, "app.py": ASYNC, "tests/test_it.py": faulty})
    assert codes(memory.told()) == ["PTA213", "PTA001"]

    memory.fixed()

    assert codes(memory.told()) == ["PTA213"]
    assert memory.told() == fresh()
    memory.fixed("--unsafe-fixes")
    assert codes(memory.told()) == []
    assert "await app.work()" in Path("tests/test_it.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("what", ["_own_source", "sys.version"])
def test_another_version_remembers_nothing(
    what: str, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of this program nor of Python: another one may find something else."""
    write(PROJECT)
    memory.told()
    if what == "_own_source":
        monkeypatch.setattr(cache, "_own_source", lambda: "another one")
    else:
        monkeypatch.setattr(sys, "version", "3.99")
    monkeypatch.setattr(Examiner, "examine", Mock(side_effect=AssertionError))

    with pytest.raises(AssertionError):
        memory.told()


@pytest.mark.parametrize("name", ["cache.py", "rules/calls.py", "rules/new.py"])
def test_each_of_its_modules_makes_a_version(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that is mended finds what it did not find before."""
    package = tmp_path / "fix_pytest_asyncio"
    shutil.copytree(ROOT / "fix_pytest_asyncio", package)
    monkeypatch.setattr(cache, "__file__", str(package / "cache.py"))
    before = cache.cache_file("")

    with (package / name).open("a", encoding="utf-8") as stream:
        stream.write("# another one\n")

    assert cache.cache_file("") != before


# --- Where it is kept -----------------------------------------------------------------


def test_a_project_that_is_moved_is_looked_at_again(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is above it is something else now, and another one may be in its place."""
    write({"tests/pytest.ini": STRICT, "tests/test_it.py": FIXTURE})
    first = memory.told("tests")
    monkeypatch.chdir(tmp_path)
    Path("project").rename("moved")
    write({"project/pytest.ini": AUTO, "project/tests/test_it.py": FIXTURE})

    told: list[str] = []
    for directory in ("project", "moved"):
        monkeypatch.chdir(tmp_path / directory)
        told += [memory.told("tests"), fresh("tests")]

    assert told[0] == told[1] != first
    assert told[2] == told[3] == first


def test_a_directory_that_cannot_be_written_to_is_no_error(memory: Memory) -> None:
    """Containers have such home directories; there is nothing to say about it."""
    write({**PROJECT, "app.py": ASYNC})
    memory.cache.write_text("a file in its place", encoding="utf-8")

    assert memory.told() == memory.told() == fresh()


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some services run as a user that has none."""
    for name in ("FIX_PYTEST_ASYNCIO_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", Mock(side_effect=RuntimeError))

    assert cache.cache_file("") is None


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [
        ("linux", "/caches", "/caches/fix-pytest-asyncio"),
        ("linux", "caches", "/home/it/.cache/fix-pytest-asyncio"),
        ("darwin", "", "/home/it/Library/Caches/fix-pytest-asyncio"),
    ],
    ids=["named", "named by half of a path", "macOS"],
)
def test_it_is_where_the_system_has_caches(
    platform: str, variable: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it is cleared with them."""
    for name in ("FIX_PYTEST_ASYNCIO_CACHE", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", variable)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/it"))
    monkeypatch.setattr(sys, "platform", platform)

    found = cache.cache_file("")

    assert found
    assert found.parent == Path(expected)


@pytest.mark.parametrize("most", [0, 1])
def test_a_cache_that_would_be_too_big_is_neither_read_nor_kept(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Reading it would take longer than looking again."""
    write({**PROJECT, "app.py": ASYNC})
    expected = memory.told() if most else fresh()
    monkeypatch.setattr(cache, "_MOST_BYTES", most)
    kept = {*memory.cache.rglob("*.*")}

    assert memory.told() == expected
    assert {*memory.cache.rglob("*.*")} == kept


def test_damage_anywhere_in_it_is_noticed(memory: Memory) -> None:
    """A bit that flips, an end that is missing: what is left is not believed."""
    write({**PROJECT, "app.py": ASYNC})
    first = memory.told()
    (kept,) = memory.cache.iterdir()
    content = kept.read_bytes()

    for position in range(0, len(content), 97):
        flipped = bytearray(content)
        flipped[position] ^= 1
        for damaged in (bytes(flipped), content[:position], content[position:]):
            if damaged != content:
                kept.write_bytes(damaged)
                assert Cache(kept).has("tests/test_it.py") is False
    assert memory.told() == first


def test_two_runs_at_once_do_no_harm(memory: Memory) -> None:
    """Each writes a whole file, and the other's is as good."""
    write({**TWO, "app.py": ASYNC})
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "FIX_PYTEST_ASYNCIO_CACHE": str(memory.cache),
    }
    command = [sys.executable, "-m", "fix_pytest_asyncio", "--check", "--output=json"]
    several = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]

    told = {process.communicate(timeout=60)[0] for process in several}

    assert told == {fresh()}
    assert [path.suffix for path in memory.cache.iterdir()] == [".found"]
    assert memory.told() == fresh()


# --- Any change of anything -----------------------------------------------------------

FROM_APP = "from app import work\n\nasync def test_it(client):\n    work()\n"
FROM_HELPERS = "from .helpers import *\n\nasync def test_it():\n    send()\n"
WITH_MOCK = (
    "from unittest.mock import MagicMock, patch\n\ndef test_it():\n"
    "    with patch('app.work', MagicMock()):\n        pass\n"
)
CLASS = "class Client:\n    async def send(self):\n        pass\n"
DERIVED = "from app import Client as Base\n\nclass Client(Base):\n    pass\n"
OF_CLASS = (
    "from app import Client\n\nasync def test_it(client):\n    Client().send()\n"
    "    client.send()\n"
)
WIDE = (
    "import pytest, pytest_asyncio\n\n"
    "@pytest_asyncio.fixture(loop_scope='module', scope='module')\n"
    "async def client():\n    yield 1\n"
)
OF_LOOP = "async def test_it(client, event_loop):\n    event_loop.stop()\n"
MARKED = "import pytest\n\n@pytest.mark.asyncio\n" + CLIENT_TEST
PYTHON = "[project]\nrequires-python = '>=3.11'\n"
TIMEOUT = (
    "import asyncio\n\nasync def test_it():\n    try:\n        pass\n"
    "    except asyncio.TimeoutError:\n        pass\n"
)
CONFTESTS = (SYNC_CLIENT, ASYNC_CLIENT, WIDE, HOOK, HOOK_OF_MODULES, FIXTURE, "")
MODULES = (SYNC, ASYNC, CLASS, DERIVED, f"{ASYNC}{CLASS}", "from core import *\n")
TESTS = (
    *(TEST, FROM_APP, FROM_HELPERS, WITH_MOCK, OF_CLASS, OF_LOOP, MARKED, TIMEOUT),
    *(FIXTURE, CLIENT_TEST, f"import app as a\n\n{WIDE}"),
)
INIS = (AUTO, STRICT, "[pytest]\n", f"{AUTO}asyncio_default_test_loop_scope = module\n")
PLACES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(["pytest.ini", "tests/pytest.ini", "tox.ini"], INIS),
    "setup.cfg": (IN_CFG, "[options]\npython_requires = >=3.12\n"),
    "pyproject.toml": (IN_TOML, PYTHON, TOML_OF_OTHERS, f"{IN_TOML}{PYTHON}"),
    **dict.fromkeys(["tests/setup.py", ".git", "tests/__init__.py"], ("",)),
    **dict.fromkeys(["conftest.py", "tests/conftest.py"], CONFTESTS),
    "tests/unit/conftest.py": CONFTESTS,
    **dict.fromkeys(["app.py", "core.py", "src/app.py", "tests/helpers.py"], MODULES),
    "app/__init__.py": (*MODULES, "from .core import work\n", "from .core import *\n"),
    **dict.fromkeys(["app/core.py", "tests/app.py", "tests/core.py"], MODULES),
    **dict.fromkeys(["tests/test_one.py", "tests/test_two.py", "test_top.py"], TESTS),
    **dict.fromkeys(["tests/unit/test_deep.py", "tests/unit/test_more.py"], TESTS),
}
# To begin with: of each kind two, which share what is around them.
BEGIN: dict[str, str | None] = {
    "pytest.ini": AUTO,
    "app.py": SYNC,
    "core.py": SYNC,
    "conftest.py": SYNC_CLIENT,
    "tests/__init__.py": "",
    "tests/helpers.py": SYNC,
    **dict.fromkeys(["tests/test_one.py", "tests/test_two.py"], f"{TEST}{CLIENT_TEST}"),
    **dict.fromkeys(["tests/unit/test_deep.py", "tests/unit/test_more.py"], FROM_APP),
}
FILES = st.sampled_from([*PLACES]).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from((*PLACES[name], None)))
)


def test_after_any_one_change_the_answer_is_that_of_looking_again() -> None:
    """Whatever comes, changes or goes; and when it is taken back."""
    with empty_project() as memory:
        write(BEGIN)
        first = memory.told()
        for name, texts in PLACES.items():
            for text in (*texts, None):
                write({name: text})
                assert memory.told() == fresh(), (name, text)
                write({name: BEGIN.get(name)})
                assert memory.told() == first, (name, text)


def steps_hold(
    begin: dict[str, str | None], steps: list[dict[str, str | None]]
) -> None:
    """See that what is remembered is right after each of some changes, and of fixes."""
    with empty_project() as memory:
        for files in [BEGIN | begin, *steps]:
            write(files)
            assert memory.told() == fresh()
        assert memory.shown() == printed("--diff", "--no-cache")
        assert memory.told() == fresh()
        memory.fixed("--unsafe-fixes")
        assert memory.told() == fresh()


BEGINS = st.lists(FILES, max_size=6).map(dict)
STEPS = st.lists(st.lists(FILES, min_size=1, max_size=3).map(dict), max_size=8)
test_after_some_changes_it_is_too = settings(UNHURRIED, max_examples=15)(
    given(BEGINS, STEPS)(steps_hold)
)
test_after_any_changes_it_is_too = pytest.mark.release(
    settings(UNHURRIED, max_examples=int(_WANTED or 1000))(
        given(BEGINS, STEPS)(steps_hold)
    )
)


@contextmanager
def empty_project() -> Generator[Memory]:
    """Work meanwhile in a directory of one's own."""
    with tempfile.TemporaryDirectory() as directory:
        project = Path(directory, "project")
        project.mkdir()
        with working_in(project):
            yield Memory(Path(directory, "cache"))
