"""The questions: what may be answered, and what becomes of a bad answer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from workbench import ROOT, git, run_copier, tree

if TYPE_CHECKING:
    from pathlib import Path

QUESTIONS = {
    name: question
    for name, question in yaml.safe_load(
        (ROOT / "copier.yml").read_text(encoding="utf-8")
    ).items()
    if not name.startswith("_")
}
ASKED = {name: question for name, question in QUESTIONS.items() if question["when"]}

A_TRACEBACK = "Traceback (most recent call last)"


def one_line(stderr: str) -> str:
    """Return the only line that Copier printed."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    assert len(lines) == 1, stderr
    return lines[0]


@pytest.mark.parametrize("name", ASKED)
def test_every_question_is_complete(name: str) -> None:
    """A person can answer each question without reading the template."""
    question = ASKED[name]

    assert name.startswith("asyncio_")
    assert question["type"] == "str"
    assert re.search(r"\?( \(.+\))?$", question["help"])
    assert question["default"]
    assert "choices" in question or "validator" in question


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("/abs/tests", "is an absolute path"),
        ("C:\\\\tests", "is an absolute path"),
        ("\\\\server\\tests", "is an absolute path"),
        ("..", "leads out of the project"),
        ("../tests", "leads out of the project"),
        ("app/../tests", "leads out of the project"),
        ("", "is empty"),
        (" ", "not an ASCII Python name"),
        ("my tests", "not an ASCII Python name"),
        ("tests ", "not an ASCII Python name"),
        ("class", "a Python keyword"),
        ("app/import/tests", "a Python keyword"),
        ("2tests", "not an ASCII Python name"),
        ("my-tests", "not an ASCII Python name"),
        ("app.tests", "not an ASCII Python name"),
        ("'tests'", "not an ASCII Python name"),
        ('"tests"', "not an ASCII Python name"),
        ("{tests}", "not an ASCII Python name"),
        ("{{ tests }}", "not an ASCII Python name"),
        ("{% tests", "not an ASCII Python name"),
        ("tests\n", "not an ASCII Python name"),
        ("a\nb", "not an ASCII Python name"),
        ("prüfungen", "not an ASCII Python name"),
        ("tests/", "not an ASCII Python name"),
        ("./tests", "not an ASCII Python name"),
        ("app//tests", "not an ASCII Python name"),
        ("app\\tests", "not an ASCII Python name"),
        ("asyncio", "in place of the package asyncio"),
        ("pytest/tests", "in place of the package pytest"),
    ],
)
def test_a_bad_tests_dir_gets_one_line_and_writes_nothing(
    answer: str, said: str, template: Path, tmp_path: Path
) -> None:
    """A mistyped path must not leave files in a strange place."""
    finished = run_copier(
        "copy",
        "--trust",
        "--defaults",
        f"--data=asyncio_tests_dir={answer}",
        template,
        "project",
        cwd=tmp_path,
    )

    assert finished.returncode == 1
    line = one_line(finished.stderr)
    assert "asyncio_tests_dir: " in line
    assert said in line
    assert "like tests or app/tests" in line
    assert finished.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("asyncio_loop_scope", "function, module, session"),
        ("asyncio_verification", "standard, strict, skip"),
    ],
)
@pytest.mark.parametrize("answer", ["", "none", "Function", "{{ x }}"])
def test_a_choice_that_is_not_offered_gets_one_line_and_writes_nothing(
    name: str, allowed: str, answer: str, template: Path, tmp_path: Path
) -> None:
    """The line lists what is allowed, so that nobody has to look it up."""
    finished = run_copier(
        "copy",
        "--trust",
        "--defaults",
        f"--data={name}={answer}",
        template,
        "project",
        cwd=tmp_path,
    )

    assert finished.returncode == 1
    line = one_line(finished.stderr)
    assert f"{name}: " in line
    assert f"is not one of {allowed}" in line
    assert list(tmp_path.iterdir()) == []


def test_a_bad_answer_in_a_data_file_is_refused_too(
    template: Path, tmp_path: Path
) -> None:
    """YAML makes numbers of digits: the check must not stumble over the type."""
    answers = tmp_path / "answers.yml"
    answers.write_text("asyncio_tests_dir: 12\n", encoding="utf-8")

    finished = run_copier(
        "copy",
        "--trust",
        "--defaults",
        f"--data-file={answers}",
        template,
        "project",
        cwd=tmp_path,
    )

    assert finished.returncode == 1
    assert 'asyncio_tests_dir: "12" has the part' in one_line(finished.stderr)
    assert tree(tmp_path) == ["answers.yml"]


def test_the_choices_that_are_checked_are_those_that_are_offered() -> None:
    """The lists stand twice in copier.yml, so a test holds them together."""
    for name, question in ASKED.items():
        if "choices" in question:
            offered = list(question["choices"].values())
            assert str(offered) in question["when"], name
            assert question["default"] in offered


@pytest.mark.parametrize(
    ("files", "answer", "said"),
    [
        (["tests"], "tests", "cannot be a directory, since tests is a file"),
        (["app"], "app/tests", "cannot be a directory, since app is a file"),
        (["app/tests"], "app/tests", "cannot be a directory, since tests is a file"),
        (["README.md"], "tests", "already holds files, like project/README.md"),
        ([".gitignore"], "tests", "already holds files, like project/.gitignore"),
        (["src/a/b/c.py"], "tests", "already holds files, like project/src/a/b/c.py"),
        ([".github/ci.yml"], "tests", "already holds files"),
        (["src/.hidden"], "tests", "already holds files"),
        ([".copier-answers.yml"], "tests", "already holds files"),
    ],
)
def test_a_directory_with_files_in_it_is_refused_untouched(
    files: list[str], answer: str, said: str, template: Path, tmp_path: Path
) -> None:
    """Until the template can adopt a repository it must not overwrite one."""
    project = tmp_path / "project"
    for name in files:
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("other: template\n", encoding="utf-8")

    finished = run_copier(
        "copy",
        "--trust",
        "--defaults",
        "--overwrite",
        f"--data=asyncio_tests_dir={answer}",
        template,
        "project",
        cwd=tmp_path,
    )

    assert finished.returncode == 1
    assert said in one_line(finished.stderr)
    assert tree(project) == sorted(files)


@pytest.mark.parametrize("special", ["[a]", "a*b", "what?", "ein Ordner für Tests"])
def test_a_path_that_looks_like_a_pattern_hides_no_files(
    special: str, template: Path, tmp_path: Path
) -> None:
    """Files are found by globbing, in which brackets and stars mean something."""
    occupied = tmp_path / special / "README.md"
    occupied.parent.mkdir()
    occupied.touch()

    finished = run_copier(
        "copy", "--trust", "--defaults", template, special, cwd=tmp_path
    )

    assert finished.returncode == 1
    assert "already holds files" in one_line(finished.stderr)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_typed_answer_is_checked_before_the_next_question(
    template: Path, tmp_path: Path
) -> None:
    """Who is asked gets to correct the answer, instead of starting again."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "copier", "copy", "--trust", template, "project"],
        cwd=tmp_path,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
    ) as process:
        os.close(theirs)
        read_until(ours, "Where do the tests live?")
        os.write(ours, b"\x15../tests\r")  # Ctrl-U empties the line first
        read_until(ours, "leads out of")  # the rest does not fit on the line
        os.write(ours, b"\x15app/tests\r")
        read_until(ours, "How long should an event loop live")
        os.write(ours, b"\x03")

        assert process.wait(timeout=60) == 1  # a generous bound, on failure only
    os.close(ours)
    assert list(tmp_path.iterdir()) == []


def read_until(terminal: int, expected: str) -> None:
    """Read what a program shows until a text appears; fail when it ends before."""
    shown = ""
    while expected not in shown:
        shown += os.read(terminal, 4096).decode("utf-8", "replace")


def test_a_stored_bad_answer_is_refused_when_the_project_is_updated(
    template: Path, tmp_path: Path
) -> None:
    """The answers file is a text file, and somebody will edit it."""
    run_copier("copy", "--trust", "-T", "--defaults", template, "project", cwd=tmp_path)
    project = tmp_path / "project"
    answers = project / ".copier-answers.yml"
    text = answers.read_text(encoding="utf-8")
    answers.write_text(text.replace("_dir: tests", "_dir: ../x"), encoding="utf-8")
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=x")

    finished = run_copier("update", "--trust", "--defaults", cwd=project)

    assert finished.returncode == 1
    assert "leads out of the project" in finished.stderr
    assert A_TRACEBACK not in finished.stderr
    assert git(project, "status", "--porcelain") == ""
