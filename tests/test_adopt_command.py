"""Adoption as its user sees it: commands, what they print, and what is there after."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from adopt import command, preview
from adopt_cases import files_in
from hooks_command import ANSWERS, options_for
from verify import isolated
from workbench import ROOT, changed, git, run_copier, write_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOOKS = ROOT / "hooks"
FILES = {
    "pyproject.toml": '[dependency-groups]\ndev = ["pytest>=8.4"]\n\n'
    '[tool.pytest.ini_options]\naddopts = "-ra"\n',
    "conftest.py": "import os\n",
    "tests/test_shop.py": "def test_shop():\n    assert True\n",
    ".copier-answers.yml": "_src_path: another template\nname: shop\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with tests, settings and the answers to another template."""
    place = tmp_path / "shop"
    write_files(place, FILES)
    git(place, "init", "--quiet")
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message=Before")
    return place


def run_hooks(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `python hooks ...` as Copier does."""
    return subprocess.run(
        [sys.executable, "-I", "-B", HOOKS, *words],
        env={**os.environ, "ASYNCIO_TESTING_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )


def test_one_command_adopts_and_the_same_again_finds_nothing_to_do(
    template: Path, project: Path
) -> None:
    """Plan, comparison, verification, and the way back and onwards, in this order."""
    words = ("copy", "--trust", "--defaults", template, ".")

    first = run_copier(*words, cwd=project)

    assert first.returncode == 0, first.stderr
    order = [
        *("asyncio tests: the plan for", "  changes:", "asyncio tests: verified. "),
        *("asyncio tests: adopted. 6 changes in 2 files", "Your own test was"),
        "Undo: git checkout . && git clean -fd",
        "Update later: copier update --trust -a .copier-answers.asyncio-testing.yml",
    ]
    places = [first.stderr.index(text) for text in order]
    assert places == sorted(places)
    others = (project / ".copier-answers.yml").read_text(encoding="utf-8")
    assert others == FILES[".copier-answers.yml"]
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=Adopted")

    again = run_copier(*words, cwd=project)

    assert again.returncode == 0, again.stderr
    assert "Nothing of yours needs to change" in again.stderr
    assert git(project, "status", "--porcelain") == ""


def test_an_update_leaves_alone_what_adoption_has_written(
    template: Path, project: Path, tmp_path: Path
) -> None:
    """The template's own files get what is new; the user's get nothing from Copier."""
    clone = changed(template, tmp_path / "template", {})
    words = ("copy", "--trust", "--defaults", "--vcs-ref=v99.0.0", clone, ".")
    assert run_copier(*words, cwd=project).returncode == 0
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=Adopted")
    guide = clone / "template" / "{{ asyncio_tests_dir }}" / "ASYNC_TESTING.md"
    guide.write_text(
        guide.read_text(encoding="utf-8") + "\nMended.\n", encoding="utf-8"
    )
    git(clone, "commit", "--quiet", "--all", "--message=Mended")
    git(clone, "tag", "v99.0.2")

    answers = ".copier-answers.asyncio-testing.yml"
    finished = run_copier("update", "--trust", "--defaults", "-a", answers, cwd=project)

    assert finished.returncode == 0, finished.stderr
    assert git(project, "status", "--porcelain").split() == [
        *("M", answers, "M", "tests/ASYNC_TESTING.md")
    ]


def test_pretending_shows_the_rendering_and_does_nothing(
    template: Path, project: Path
) -> None:
    """Copier's own way to look first; it runs no task."""
    words = ("copy", "--trust", "--defaults", "--pretend", template, ".")

    finished = run_copier(*words, cwd=project)

    assert finished.returncode == 0
    assert "tests/asyncio_examples/test_waiting.py" in finished.stderr
    assert git(project, "status", "--porcelain") == ""


def test_the_plan_can_be_had_without_anything_being_done(project: Path) -> None:
    """With the comparison, for which the suite is rendered elsewhere."""
    finished = run_hooks("plan", project)

    assert finished.returncode == 0, finished.stderr
    assert "the plan, which nothing has been done of, for" in finished.stderr
    assert '[tool.pytest.ini_options] asyncio_mode = "auto"' in finished.stderr
    assert "Your own test was collected before and after" in finished.stderr
    assert "Warning" not in finished.stderr
    assert git(project, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["{empty}"], 0, "has no tests, settings or conftest.py that adoption would"),
        (["{empty}/gone"], 1, "/gone: there is no such directory"),
        (["{project}", "-d", "asyncio_tests_dir=.."], 1, "leads out of the project"),
    ],
)
def test_a_plan_that_cannot_be_made_is_one_line(
    words: Sequence[str], code: int, said: str, project: Path, tmp_path: Path
) -> None:
    """What, where, and what to do."""
    empty = tmp_path / "empty"
    empty.mkdir()

    finished = run_hooks(
        "plan", *(word.format(empty=empty, project=project) for word in words)
    )

    assert finished.returncode == code
    assert said in finished.stderr
    assert "Traceback" not in finished.stderr


def test_quiet_means_silence_when_all_is_well(template: Path, project: Path) -> None:
    """As Copier's own --quiet has it."""
    finished = run_copier(
        "copy", "--trust", "--defaults", "--quiet", template, ".", cwd=project
    )

    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == ""


class BecameError(Exception):
    """The process would have become another program, which does not come back."""


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copier's interpreter has none of the libraries that edit settings."""

    def become(_: str, words: list[str]) -> None:
        raise BecameError(words)

    monkeypatch.setattr(command, "NEEDED", ("no_such_library",))
    monkeypatch.setattr(os, "execv", become)


@pytest.mark.usefixtures("bare")
def test_where_libraries_are_missing_an_environment_with_them_takes_over(
    project: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made once, like that of the suite, and does the same words once more."""
    place = cache / "environments" / isolated.key(command.REQUIREMENTS)
    python = isolated.python_of(place)
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    monkeypatch.setattr(sys, "argv", ["hooks", "adopt", "--quiet"])

    with pytest.raises(BecameError) as became:
        command.run(options_for(project, ANSWERS))

    assert became.value.args[0] == [
        *(str(python), "-I", "-B"),
        *("hooks", "adopt", "--quiet"),
    ]


@pytest.mark.usefixtures("bare", "cut_off")
def test_without_libraries_and_network_nothing_is_touched(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same command does it later."""
    before = files_in(project)

    assert command.run(options_for(project, ANSWERS, "--quiet")) == 1

    said = capsys.readouterr().err
    assert "not adopted, since the libraries that edit your settings" in said
    assert "Run the same command again when they can be fetched" in said
    assert files_in(project) == before


@pytest.mark.network
@pytest.mark.usefixtures("bare")
def test_the_pinned_libraries_can_be_had(project: Path) -> None:
    """With the hashes that are in the file."""
    with pytest.raises(BecameError) as became:
        command.run(options_for(project, ANSWERS, "--quiet"))

    words: list[str] = became.value.args[0]
    imports = "import configupdater, iniconfig, packaging, platformdirs, tomlkit"
    subprocess.run([words[0], "-I", "-c", imports], check=True)


def test_a_setting_of_the_shell_that_is_none_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is planned."""
    monkeypatch.setenv("ASYNCIO_TESTING_VERIFY", "all")

    assert command.run(options_for(project, ANSWERS)) == 1

    assert "'all' is not one of standard, strict, skip" in capsys.readouterr().err


def test_settings_that_pytest_could_not_read_stop_everything(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line with the file; nothing is half done."""
    (project / "pyproject.toml").write_text("[tool.pytest\n", encoding="utf-8")
    before = files_in(project)

    assert command.run(options_for(project, ANSWERS)) == 1

    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{project / 'pyproject.toml'}: " in said
    assert files_in(project) == before


def test_copier_and_the_tests_give_the_same_words() -> None:
    """Those of copier.yml, so that the tests run what users run."""
    words = preview.words(ANSWERS, ".copier-answers.yml")

    assert words[0] == "adopt"
    assert "--helpers-package=tests.utils" in words
    assert not any("{{" in word for word in words)
