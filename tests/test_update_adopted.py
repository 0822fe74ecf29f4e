"""What adoption has put into files of the user's is brought up to date, and no more."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from adopt import command, suite_settings, writing
from adopt.conftest_block import BEGIN, END, Place, update_block
from adopt.plan import Draft
from adopt.pytest_config import locate
from adopt.pytest_settings import Setting, update_settings
from adopt.steps import Answers
from adopt_cases import files_in
from hooks_command import ANSWERS, options_for
from updating import ANSWERS_FILE, UPDATE, commit, edit, later, read, status
from workbench import NEXT, ROOT, run_copier, write_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

PLACE = Place("tests.utils", None, "tests/ASYNC_TESTING.md")
BLOCK = f"""\
{BEGIN}: kept by copier-asyncio-testing, see tests/ASYNC_TESTING.md
from tests.utils.asyncio_support.plugin import (  # noqa: F401
    pytest_asyncio_support,
)
{END}
"""
OLD_BLOCK = BLOCK.replace("tests.utils", "tests.old")


# Settings


def setting(name: str, value: Any, *, extends: bool = False) -> Setting:
    """Make a setting of the suite's."""
    return Setting(name, value, "A reason.", f"yours; ours is {value}", extends)


def planned(
    project: Path, now: list[Setting], former: list[Setting], *gone: str
) -> Draft:
    """Plan what is new; `gone` were wanted then."""
    draft = Draft(project)
    update_settings(draft, locate(project, native=True), now, former, gone)
    return draft


FILES = [
    ("pytest.ini", "[pytest]\nscope = function\nother = 1\n"),
    ("pytest.ini", "[pytest]\r\nscope=function\r\n; mine\r\nother=1\r\n"),
    ("tox.ini", "[tox]\nscope = function\n\n[pytest]\nscope: function\n"),
    ("setup.cfg", "[tool:pytest]\n# Why.\nscope   =   function   \n"),
    ("pyproject.toml", '[tool.pytest.ini_options]\nscope = "function" # mine\n'),
    ("pyproject.toml", "[tool.pytest.ini_options]\nscope='function'\nb='x'\n"),
    ("pyproject.toml", 'tool.pytest.ini_options.scope = "function"\n'),
    ("pyproject.toml", '[tool.pytest]\nini_options = {scope = "function", a = "b"}\n'),
    ("pyproject.toml", '[tool.pytest]\nscope = "function"\n'),
    ("pytest.toml", '[pytest]\nscope = "function"\r\na = "function"\n'),
]


@pytest.mark.parametrize(("name", "before"), FILES)
def test_a_value_that_still_stands_becomes_the_new_one(
    name: str, before: str, tmp_path: Path
) -> None:
    """One value in one line, and nothing else of the file."""
    path = tmp_path.resolve() / name
    path.write_bytes(before.encode())
    now, former = [setting("scope", "session")], [setting("scope", "function")]

    draft = planned(path.parent, now, former, "scope")

    after = draft.written[name].decode()
    section, _, ours = before.rpartition("scope")
    assert after == f"{section}scope{ours.replace('function', 'session', 1)}"
    path.write_bytes(draft.written[name])
    assert not planned(path.parent, now, former, "scope").changes


@pytest.mark.parametrize(
    "before",
    [
        "[pytest]\nscope = module\n",
        "[pytest]\nscope = session\n",
        "[pytest]\nscope =\n    function\n",
    ],
    ids=["theirs", "the new one", "on lines of its own"],
)
def test_a_value_that_is_not_the_former_one_stays(before: str, tmp_path: Path) -> None:
    """What the user has set is theirs, and said to be left alone if it differs."""
    project = tmp_path.resolve()
    (project / "pytest.ini").write_text(before, encoding="utf-8")
    now, former = [setting("scope", "session")], [setting("scope", "function")]

    draft = planned(project, now, former, "scope")

    assert not draft.written
    said = [*draft.kept, *draft.by_hand]
    assert len(said) == int("session" not in before)


def test_a_setting_that_was_deleted_stays_deleted_and_a_new_one_comes(
    tmp_path: Path,
) -> None:
    """Which of the two it is, is known from the release of before."""
    project = tmp_path.resolve()
    write_files(project, {"pytest.ini": "[pytest]\nmine = 1\n"})
    now = [setting("deleted", "a"), setting("new", "b")]

    draft = planned(project, now, [setting("deleted", "a")], "deleted")

    text = draft.written["pytest.ini"].decode()
    assert text == "[pytest]\nmine = 1\n# A reason.\nnew = b\n"
    (kept,) = draft.kept
    assert "deleted = a" in kept.what
    assert "you have deleted it" in kept.why


def test_a_list_gets_what_is_new_in_it(tmp_path: Path) -> None:
    """Behind what is the user's."""
    project = tmp_path.resolve()
    write_files(project, {"pytest.ini": "[pytest]\npythonpath = src .\n"})
    now = [setting("pythonpath", [".", "tests"], extends=True)]
    former = [setting("pythonpath", ["."], extends=True)]

    draft = planned(project, now, former, "pythonpath")

    text = draft.written["pytest.ini"].decode()
    assert text == "[pytest]\npythonpath = src . tests\n"


def test_a_new_setting_that_the_user_has_already_is_theirs(tmp_path: Path) -> None:
    """The suite's value is said, and theirs stays."""
    project = tmp_path.resolve()
    write_files(project, {"pytest.ini": "[pytest]\nnew = mine\n"})

    draft = planned(project, [setting("new", "b")], [])

    assert not draft.written
    assert [kept.why for kept in draft.kept] == ["yours; ours is b"]


# The block


@pytest.mark.parametrize(
    "path", ["conftest.py", "tests/conftest.py", "tests/deep/er/conftest.py"]
)
@pytest.mark.parametrize("before", ["", "import os\n\n", '"""Mine."""\n\nX = 1\n\n\n'])
def test_a_block_is_found_wherever_it_stands(
    path: str, before: str, tmp_path: Path
) -> None:
    """Everything around it stays, and a present one is left as it is."""
    write_files(tmp_path, {path: f"{before}{OLD_BLOCK}# Mine.\nY = 2\n"})
    draft = Draft(tmp_path)

    update_block(draft, PLACE, ["conftest.py", "tests/conftest.py", path])

    assert list(draft.written) == [path]
    text = draft.written[path].decode()
    assert text.startswith(before)
    assert text.endswith(f"{END}\n# Mine.\nY = 2\n")
    assert "tests.utils.asyncio_support" in text
    assert "tests.old" not in text
    (tmp_path / path).write_text(text, encoding="utf-8")
    again = Draft(tmp_path)
    update_block(again, PLACE, [path])
    assert not again.changes


def test_a_moved_block_adds_the_same_directory_to_the_path(tmp_path: Path) -> None:
    """Relative to the file that it stands in now."""
    write_files(tmp_path, {"tests/conftest.py": OLD_BLOCK})
    draft = Draft(tmp_path)

    update_block(draft, PLACE._replace(path="src"), ["tests/conftest.py"])

    assert '/ "../src"' in draft.written["tests/conftest.py"].decode()


def test_a_block_that_was_deleted_stays_deleted(tmp_path: Path) -> None:
    """And the line that would bring it back is said."""
    write_files(tmp_path, {"conftest.py": "import os\n"})
    draft = Draft(tmp_path)

    update_block(draft, PLACE, ["conftest.py"])

    assert not draft.written
    (kept,) = draft.kept
    line = "from tests.utils.asyncio_support.plugin import pytest_asyncio_support"
    assert kept.why.endswith(f"To have it again, add: {line}")


def test_a_plugin_that_the_user_registers_otherwise_is_not_missed(
    tmp_path: Path,
) -> None:
    """Whoever has turned the block into a line of their own knows what they do."""
    own = 'pytest_plugins = ["tests.utils.asyncio_support.plugin"]\n'
    write_files(tmp_path, {"conftest.py": own})
    draft = Draft(tmp_path)

    update_block(draft, PLACE, ["conftest.py"])

    assert not draft.written
    assert not draft.kept


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (OLD_BLOCK + "def broken(:\n", "cannot be parsed"),
        (f"{OLD_BLOCK}{BEGIN}\n", "holds 3 of the lines that mark"),
    ],
)
def test_a_block_that_cannot_be_edited_is_left_with_the_lines(
    content: str, why: str, tmp_path: Path
) -> None:
    """As at the first time."""
    write_files(tmp_path, {"conftest.py": content})
    draft = Draft(tmp_path)

    update_block(draft, PLACE, ["conftest.py"])

    assert not draft.written
    (left,) = draft.by_hand
    assert why in left.why


# What was answered then


@pytest.mark.parametrize("tests_dir", ["tests", "app/tests", "src/pkg/tests"])
@pytest.mark.parametrize("helpers", ["utils", "asyncio_testing", "top_level"])
def test_stored_answers_mean_what_copier_makes_of_them(
    tests_dir: str, helpers: str, render: Callable[..., Path]
) -> None:
    """What copier.yml computes stands in Python once more: the two must agree."""
    chosen = {"asyncio_tests_dir": tests_dir, "asyncio_helpers": helpers}
    stored = {**chosen, "asyncio_loop_scope": "module"}
    rendered = render(**stored)

    answers = Answers.stored(stored, ANSWERS_FILE)

    conftest = (rendered / "conftest.py").read_text(encoding="utf-8")
    assert f"{answers.helpers_package}.asyncio_support.plugin" in conftest
    assert (rendered / answers.helpers_dir / "asyncio_helpers.py").exists()
    settings = (rendered / "pytest.ini").read_text(encoding="utf-8")
    assert f"\npythonpath = {answers.import_root}" in settings
    assert f"_test_loop_scope = {answers.loop_scope}\n" in settings


# From one release to the next


@pytest.fixture
def update_helpers(project: Path) -> Callable[[], int]:
    """Return a function that has the block import the helpers from elsewhere."""
    moved = {
        "asyncio_helpers": "asyncio_testing",
        "asyncio_helpers_name": "asyncio_testing",
        "asyncio_helpers_package": "tests.asyncio_testing",
    }
    words = (f"--updated-from=v{NEXT}", "--mode=skip")

    def update() -> int:
        return command.run(options_for(project, {**ANSWERS, **moved}, *words))

    return update


@pytest.fixture
def project(begin: Callable[..., Path]) -> Path:
    """An adopted repository."""
    return begin("existing")


def test_a_release_with_other_settings_brings_them(
    project: Path,
    releases: Path,
    tmp_path: Path,
    update: Callable[..., CompletedProcess[str]],
) -> None:
    """Another value; one that the user has deleted stays so."""
    config = project / "pyproject.toml"
    text = config.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    kept = [line for line in lines if "asyncio_default_test_loop_scope" not in line]
    config.write_text("".join(kept), encoding="utf-8")
    settings = read(releases, "pytest.ini")
    newer = settings.replace("asyncio_mode = auto", "asyncio_mode = strict")
    later(releases, tmp_path, project, {"pytest.ini": newer})

    said = update(project).stderr

    assert 'asyncio_mode = "strict", which was another value of the suite\'s' in said
    assert "asyncio tests: updated, with 1 change to files of yours" in said
    assert status(project) == [f"M {ANSWERS_FILE}", "M pyproject.toml"]
    after = config.read_text(encoding="utf-8")
    assert after == "".join(kept).replace('"auto"', '"strict"')


def test_a_declaration_that_was_deleted_stays_deleted(
    project: Path,
    releases: Path,
    tmp_path: Path,
    update: Callable[..., CompletedProcess[str]],
) -> None:
    """The user may have it from elsewhere, a constraint or another group."""
    config = project / "pyproject.toml"
    text = config.read_text(encoding="utf-8")
    assert '"pytest-asyncio>=1.4"' in text
    config.write_text(text.replace(', "pytest-asyncio>=1.4"', ""), encoding="utf-8")
    later(releases, tmp_path, project, {})

    update(project)

    assert status(project) == [f"M {ANSWERS_FILE}"]


def test_where_the_old_release_cannot_be_had_nothing_comes_back(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A clone without history cannot tell what is new from what was deleted."""
    config = project / "pyproject.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('asyncio_mode = "auto"\n', ""), encoding="utf-8")
    (project / "conftest.py").unlink()
    commit(project)
    words = ("--updated-from=v0.0.1", "--mode=skip")

    assert command.run(options_for(project, ANSWERS, *words)) == 0

    assert status(project) == []
    said = capsys.readouterr().err
    assert "you have deleted it" in said
    assert "updated, with no change to files of yours" in said


def test_a_file_that_cannot_be_written_is_told_with_the_way_back(
    project: Path,
    update_helpers: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Copier does not update a tree that has changed, so `again` takes that first."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(writing, "flush", full)
    before = files_in(project)

    assert update_helpers() == 1

    assert files_in(project) == before
    said = capsys.readouterr().err
    assert "asyncio tests: not updated to the end, since conftest.py could not" in said
    assert "first take the update back: git reset --hard && git clean -fd" in said


def test_helpers_that_move_take_the_block_along(
    project: Path, update: Callable[..., CompletedProcess[str]]
) -> None:
    """An answer decides where they are, and the block imports them from there."""
    moved = {"conftest.py": (f"{BEGIN}", f"# Mine, above.\n{BEGIN}")}
    edit(project, moved)
    commit(project)
    words = ("--vcs-ref=:current:", "--data=asyncio_helpers=asyncio_testing")

    update(project, *words)

    text = (project / "conftest.py").read_text(encoding="utf-8")
    assert "from tests.asyncio_testing.asyncio_support.plugin import" in text
    assert "# Mine, above.\n" in text
    assert (project / "tests" / "asyncio_testing" / "asyncio_helpers.py").exists()
    assert not (project / "tests" / "utils" / "asyncio_helpers.py").exists()


LOSING = """

def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if item.name != "test_shop"]
"""


def test_a_release_that_would_lose_a_test_is_noticed(
    project: Path,
    releases: Path,
    tmp_path: Path,
) -> None:
    """The tree stays merged, the test is named, and the way back is given."""
    part = "tests/utils/asyncio_support/loop_fixtures.py"
    losing = {part: read(releases, part) + LOSING}
    later(releases, tmp_path, project, losing)

    finished = run_copier(*UPDATE, cwd=project)

    assert finished.returncode == 1
    said = finished.stderr
    assert "failed. 1 of your tests and settings would not be as before" in said
    assert "  tests/test_shop.py::test_shop\n    is not collected any more" in said
    assert "git reset --hard && git clean -fd" in said
    part_now = (project / part).read_text(encoding="utf-8")
    assert "pytest_collection_modifyitems" in part_now


def test_the_users_tests_are_compared_with_what_was_committed(
    project: Path, releases: Path, tmp_path: Path
) -> None:
    """Collected twice, in a copy: samples that come and go are not theirs."""
    gone = "tests/asyncio_examples/test_threads.py"
    new = {"tests/asyncio_examples/test_new.py": "def test_new():\n    pass\n"}
    later(releases, tmp_path, project, {gone: None, **new})

    finished = run_copier(*UPDATE, cwd=project)

    assert finished.returncode == 0, finished.stderr
    assert "Your own test was collected before and after in a copy" in finished.stderr


def test_what_a_release_had_is_read_from_its_own_files() -> None:
    """So that no list of it has to be kept by hand."""
    answers = suite_settings.Answers("tests", "session", "warn", ".", "tests.utils")
    text = "[pytest]\n# Why.\nasyncio_mode = auto\nlists = {{ asyncio_loop_scope }}\n"

    settings = suite_settings.read_template(answers, text)

    assert {one.name: one.value for one in settings} == {
        "asyncio_mode": "auto",
        "lists": "session",
    }
    stored = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    assert "--updated-from={{ _version_from }}" in stored["_migrations"][2]["command"]
