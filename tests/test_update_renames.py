"""Releases that rename and drop rendered files lose nothing of the user's."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

import pytest

from migrate import answers, command
from migrate.dropped import settle
from migrate.releases import STEPS, carry
from updating import ANSWERS_FILE, SAMPLE, commit, edit, later, read, status
from workbench import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    from migrate.releases import Carried

NEW_NAME = "tests/asyncio_examples/test_waits.py"
STEPS_FILE = "hooks/migrate/releases.py"
STEP = f'''

def to_99_0_1(carried: Carried) -> None:
    """Samples have shorter names: test_waiting.py is test_waits.py, and so on."""
    carried.renamed["{SAMPLE}"] = "{NEW_NAME}"


STEPS["99.0.1"] = to_99_0_1
'''


@pytest.fixture
def project(begin: Callable[..., Path]) -> Path:
    """A project of the release before the one that changes names."""
    return begin()


@pytest.fixture
def rename(project: Path, releases: Path, tmp_path: Path) -> Callable[..., None]:
    """Return a function that has the project's template rename a sample."""

    def rename(text: str) -> None:
        steps = (ROOT / STEPS_FILE).read_text(encoding="utf-8") + STEP
        files = {SAMPLE: None, NEW_NAME: text, STEPS_FILE: steps}
        later(releases, tmp_path, project, files)

    return rename


def test_a_file_that_is_as_it_was_rendered_is_renamed(
    project: Path,
    releases: Path,
    rename: Callable[..., None],
    update: Callable[..., CompletedProcess[str]],
) -> None:
    """The plain case: nothing is said, since nothing of the user's is in it."""
    rename(read(releases, SAMPLE))

    said = update(project).stderr

    expected = [f"?? {NEW_NAME}", f"D {SAMPLE}", f"M {ANSWERS_FILE}"]
    assert sorted(status(project)) == sorted(expected)
    assert "asyncio tests: tests/" not in said


def test_the_users_changes_move_to_the_new_name(
    project: Path,
    releases: Path,
    rename: Callable[..., None],
    update: Callable[..., CompletedProcess[str]],
) -> None:
    """With what the release has changed in it elsewhere."""
    edit(project, {SAMPLE: ("import asyncio\n", "import asyncio\nimport mine\n")})
    commit(project)
    rename(read(releases, SAMPLE) + "\nNEW = 1\n")

    said = update(project).stderr

    assert f"{SAMPLE} is now {NEW_NAME}, with your changes" in said
    assert not (project / SAMPLE).exists()
    text = (project / NEW_NAME).read_text(encoding="utf-8")
    assert "import mine\n" in text
    assert text.endswith("\nNEW = 1\n")


def test_changes_that_do_not_fit_stay_in_the_old_file(
    project: Path,
    releases: Path,
    rename: Callable[..., None],
    update: Callable[..., CompletedProcess[str]],
) -> None:
    """Both are whole: no marker of a conflict is in either."""
    edit(project, {SAMPLE: ("import asyncio\n", "import mine\n")})
    commit(project)
    before = (project / SAMPLE).read_bytes()
    new = read(releases, SAMPLE).replace("import asyncio\n", "import theirs\n")
    rename(new)

    said = update(project).stderr

    assert "your changes do not fit, so your file is kept" in said
    assert (project / SAMPLE).read_bytes() == before
    text = (project / NEW_NAME).read_text(encoding="utf-8")
    assert "import theirs\n" in text
    assert "<<<<<<<" not in text


def test_what_was_deleted_does_not_come_back_under_a_new_name(
    project: Path,
    releases: Path,
    rename: Callable[..., None],
    update: Callable[..., CompletedProcess[str]],
) -> None:
    """It is the same file to the user."""
    (project / SAMPLE).unlink()
    commit(project)
    rename(read(releases, SAMPLE))

    said = update(project).stderr

    assert f"{NEW_NAME} is left out: you have deleted it" in said
    assert status(project) == [f"M {ANSWERS_FILE}"]


def test_a_file_that_is_dropped_goes_unless_it_was_changed(
    project: Path,
    releases: Path,
    tmp_path: Path,
    update: Callable[..., CompletedProcess[str]],
) -> None:
    """Copier itself would delete both without a word."""
    other = "tests/asyncio_examples/test_threads.py"
    edit(project, {SAMPLE: ("import asyncio\n", "import asyncio\nimport mine\n")})
    (project / SAMPLE).chmod(0o755)
    commit(project)
    before = (project / SAMPLE).read_bytes()
    later(releases, tmp_path, project, {SAMPLE: None, other: None})

    said = update(project).stderr

    assert f"{SAMPLE} is kept: the template has it no more" in said
    assert (project / SAMPLE).read_bytes() == before
    assert (project / SAMPLE).stat().st_mode & 0o777 == 0o755
    assert sorted(status(project)) == sorted([f"D {other}", f"M {ANSWERS_FILE}"])


def test_nothing_is_dropped_when_it_cannot_be_told_what_was_changed(
    project: Path, tmp_path: Path
) -> None:
    """The old version is not to be had, in a clone without history say."""
    (project / SAMPLE).unlink()  # as Copier does it

    said = settle(project, tmp_path / "no template", "v1", {}, {})

    assert status(project) == []
    (sentence,) = said
    assert f"{SAMPLE} is kept: the template has it no more, and whether" in sentence


def test_a_git_that_does_not_answer_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the way back: nothing has been looked at by then."""
    options = Namespace(
        project=tmp_path, stage="after", answers_file="x", version="1", ref="v1"
    )

    assert command.run(options) == 1

    said = capsys.readouterr().err
    assert "merged, but what the update has dropped is not known: fatal: not a" in said
    assert "git reset --hard && git clean -fd" in said


def test_a_file_of_the_users_where_the_template_has_a_new_one_is_not_lost(
    project: Path,
    releases: Path,
    tmp_path: Path,
    update: Callable[..., CompletedProcess[str]],
) -> None:
    """Copier marks the conflict, with both texts, and the hooks name the file."""
    path = project / NEW_NAME
    path.write_text("MINE = 1\n", encoding="utf-8")
    commit(project)
    later(releases, tmp_path, project, {NEW_NAME: "THEIRS = 1\n"})

    update(project)

    text = path.read_text(encoding="utf-8")
    assert "MINE = 1\n" in text
    assert "THEIRS = 1\n" in text


# Answers


def test_every_step_says_what_was_and_what_is() -> None:
    """Its docstring is what the person reads who wonders about an answer."""
    for version, step in STEPS.items():
        assert step.__name__ == f"to_{version.replace('.', '_')}"
        doc = step.__doc__ or ""
        assert "Before: " in doc
        assert "After: " in doc


@pytest.mark.parametrize(
    ("version", "answer", "carried"),
    [
        ("0.1.0", "full", {"verification": "standard", "comparison": "outcomes"}),
        ("0.1.0", "strict", {"verification": "strict"}),
        ("0.1.1.post3.dev0+abc", "full", {"verification": "standard"}),
        ("0.0.0.post1.dev0+abc", "full", {"verification": "standard"}),
        ("0.2.0", "full", {"verification": "full"}),
    ],
)
def test_answers_are_carried_from_older_releases_only(
    version: str, answer: str, carried: dict[str, str]
) -> None:
    """A later release may give a word another meaning once more."""
    stored = {"asyncio_verification": answer, "asyncio_tests_dir": "tests"}

    now = carry(version, stored).answers

    expected = {f"asyncio_{name}": value for name, value in carried.items()}
    assert expected.items() <= now.items()
    assert now["asyncio_tests_dir"] == "tests"
    assert stored["asyncio_verification"] == answer


def test_steps_are_applied_in_the_order_of_the_releases(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """0.10 comes after 0.9, however names sort, and in whatever order they stand."""
    for version in ("0.10.0", "0.9.0", "1.0.0"):

        def step(carried: Carried, version: str = version) -> None:
            carried.answers["applied"] += f" {version}"

        monkeypatch.setitem(STEPS, version, step)

    carried = carry("0.9.0", {"applied": "0.9.0"})

    assert carried.answers == {"applied": "0.9.0 0.10.0 1.0.0"}


def test_an_answers_file_keeps_its_first_lines_and_all_other_answers() -> None:
    """Copier's own among them: they say what the project was rendered from."""
    text = "# Written by Copier.\n_commit: v1\n_src_path: 'C:\\x'\nasyncio_a: ä\n"
    stored = answers.parse(text)

    rewritten = answers.rewritten(text, {**stored, "asyncio_b": "no"})

    assert rewritten.startswith("# Written by Copier.\n_commit: v1\n")
    assert answers.parse(rewritten) == {**stored, "asyncio_b": "no"}


def test_an_answer_of_a_release_that_had_it_is_carried_over_by_the_update(
    begin: Callable[..., Path], update: Callable[..., object]
) -> None:
    """From the first release, in a repository where it means something."""
    project = begin("existing", "0.1.0")
    edit(project, {ANSWERS_FILE: ("verification: standard", "verification: full")})
    commit(project)

    update(project)

    stored = answers.parse((project / ANSWERS_FILE).read_text(encoding="utf-8"))
    assert stored["asyncio_verification"] == "standard"
    assert stored["asyncio_comparison"] == "outcomes"
