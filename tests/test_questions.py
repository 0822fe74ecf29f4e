"""The questions: what may be answered, and what becomes of a bad answer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, cast

import copier
import pytest
import yaml

from mutated_samples import EXAMPLES
from question_table import asked
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
ASKED = asked()

OTHERS = "other: template\n"
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
    assert question["default"] or question["multiselect"]
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
        ("asyncio_checks", "fail, warn, off"),
        ("asyncio_comparison", "collection, outcomes"),
        ("asyncio_verification", "standard, strict, skip"),
        ("asyncio_ci", "none, github, gitlab"),
        ("asyncio_ci_oldest_python", "3.10, 3.11, 3.12, 3.13, 3.14, 3.15"),
        ("asyncio_commit_hooks", "none, pre-commit"),
        ("asyncio_update_job", "none, github, renovate"),
    ],
)
@pytest.mark.parametrize("answer", ["", "nothing", "Function", "{{ x }}"])
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
            choices = cast("list[str] | dict[str, str]", question["choices"])
            offered = list(choices if isinstance(choices, list) else choices.values())
            assert str(offered) in question["when"], name
            default = question["default"]
            computed = str(default).startswith("{")
            assert computed or default in offered or default == [], name


def test_the_examples_that_are_left_out_are_those_that_are_offered() -> None:
    """An answer whose examples nothing leaves out would be rendered for everybody."""
    settings = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    offered = list(ASKED["asyncio_examples"]["choices"].values())

    assert any(f"for name in {offered}" in line for line in settings["_exclude"])
    assert sorted(offered) == sorted(
        path.name.removeprefix("with_") for path in EXAMPLES.glob("with_*/")
    )
    assert all(f"{name}: " in label for label, name in labelled("asyncio_examples"))


def labelled(question: str) -> list[tuple[str, str]]:
    """Return what a question shows for each choice, and the choice."""
    return list(ASKED[question]["choices"].items())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("uvloop", '"uvloop" is not a list'),
        ("", '"" is not a list'),
        ("null", '"null" is not a list'),
        ("{uvloop: anyio}", "is not a list"),
        ("[uvloop", '"[uvloop" is not a list'),
        ('["uvloop]', "is not a list"),
        ("[uvloop,,anyio]", "is not a list"),
        ("{{ x }}", '"{{ x }}" is not a list'),
        ("[uvloop, flask]", '"flask" is not offered'),
        ("[1]", "1 is not offered"),
    ],
)
def test_examples_that_are_not_offered_get_one_line_and_write_nothing(
    answer: str, said: str, template: Path, tmp_path: Path
) -> None:
    """Several answers are a list, which is easily mistyped on a command line."""
    finished = run_copier(
        *("copy", "--trust", "--defaults", f"--data=asyncio_examples={answer}"),
        *(template, "project"),
        cwd=tmp_path,
    )

    assert finished.returncode == 1
    line = one_line(finished.stderr)
    assert f"asyncio_examples: {said}" in line or said in line
    assert "give a list of some of fastapi, aiohttp, " in line
    assert list(tmp_path.iterdir()) == []


def test_examples_in_a_data_file_are_a_list_of_names(
    template: Path, tmp_path: Path
) -> None:
    """A mapping has names as well, and Copier would take them."""
    answers = tmp_path / "answers.yml"
    answers.write_text("asyncio_examples: {uvloop: true}\n", encoding="utf-8")

    finished = run_copier(
        *("copy", "--trust", "--defaults", f"--data-file={answers}"),
        *(template, "project"),
        cwd=tmp_path,
    )

    assert finished.returncode == 1
    assert 'asyncio_examples: {"uvloop": true} is not a list' in one_line(
        finished.stderr
    )


@pytest.mark.parametrize(
    ("files", "answer", "said"),
    [
        (["tests"], "tests", "cannot be a directory, since tests is a file"),
        (["app"], "app/tests", "cannot be a directory, since app is a file"),
        (["app/tests"], "app/tests", "cannot be a directory, since tests is a file"),
        (["tests/ASYNC_TESTING.md"], "tests", "tests/ASYNC_TESTING.md is in the way"),
        (["tests/asyncio_examples"], "tests", "tests/asyncio_examples is in the way"),
        (
            ["tests/asyncio_examples/test_mine.py"],
            "tests",
            "test_mine.py is in the way",
        ),
        (
            ["scripts/fix_pytest_asyncio_imports.py"],
            "tests",
            "fix_pytest_asyncio_imports.py is in the way",
        ),
        (
            ["tests/utils.py", "tests/asyncio_testing/mine.py"],
            "tests",
            "tests/asyncio_testing/mine.py is in the way",
        ),
        (
            [".copier-answers.yml", ".copier-answers.asyncio-testing.yml"],
            "tests",
            ".copier-answers.asyncio-testing.yml is in the way",
        ),
    ],
)
def test_a_file_where_ours_would_go_is_refused_untouched(
    files: list[str], answer: str, said: str, template: Path, tmp_path: Path
) -> None:
    """Copier would ask, or with --overwrite not even ask, before it overwrites one."""
    project = tmp_path / "project"
    write(project, *files)

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


@pytest.mark.parametrize(
    "name",
    ["conftest.py", "pytest.ini", "pyproject.toml", "tox.ini", "tests/__init__.py"],
)
def test_a_repository_is_not_new_when_ours_would_overrule_something(
    name: str, template: Path, tmp_path: Path
) -> None:
    """A pytest.ini of ours would switch off the settings that are elsewhere."""
    write(tmp_path, name)

    finished = run_copier(
        "copy",
        "--trust",
        "--defaults",
        "--overwrite",
        "--data=asyncio_repository=new",
        template,
        ".",
        cwd=tmp_path,
    )

    assert finished.returncode == 1
    said = f"asyncio_repository: {name} exists, so the repository is not new"
    assert said in one_line(finished.stderr)
    assert tree(tmp_path) == [name]


@pytest.mark.parametrize(
    ("files", "detected"),
    [
        ([], "new tests utils"),
        (["README.md", "LICENSE", ".gitignore", "app/main.py"], "new tests utils"),
        (["pyproject.toml"], "existing tests utils"),
        (["setup.py"], "existing tests utils"),
        (["src/pkg/conftest.py"], "existing tests utils"),
        (["test_app.py"], "existing tests utils"),
        (["src/pkg/tests/test_app.py"], "existing tests utils"),
        (["app/tests.py"], "existing tests utils"),
        (["tests/test_app.py"], "existing tests utils"),
        (["tests/unit/deep/test_app.py"], "existing tests utils"),
        (["test/test_app.py"], "existing test top_level"),
        (["test/unit/app_test.py"], "existing test top_level"),
        (["test/test_app.py", "tests/test_app.py"], "existing tests utils"),
        (["tests/utils.py"], "existing tests asyncio_testing"),
        (["tests/utils/__init__.py"], "existing tests asyncio_testing"),
        (["tests/utils/factories.py"], "existing tests utils"),
        (["tests/utils/asyncio_helpers.py"], "existing tests asyncio_testing"),
        (["tests/utils/asyncio_support/x.py"], "existing tests asyncio_testing"),
        (
            ["tests/test_a.py", ".venv/lib/python3.12/site-packages/tests/__init__.py"],
            "existing tests top_level",
        ),
        (
            ["tests/test_a.py", "venv/Lib/site-packages/tests/__init__.py"],
            "existing tests top_level",
        ),
        (
            ["tests/__init__.py", "examples/app/tests/__init__.py"],
            "existing tests top_level",
        ),
        (
            ["tests/__init__.py", "src/app/__init__.py", "src/app/tests/__init__.py"],
            "existing tests utils",
        ),
        (
            ["tests/__init__.py", "venv/Lib/site-packages/tests/__init__.py"],
            "existing tests utils",
        ),
    ],
)
def test_the_defaults_are_what_the_repository_asks_for(
    files: list[str], detected: str, template: Path, tmp_path: Path
) -> None:
    """With --defaults nobody is asked, so what is there has to answer."""
    write(tmp_path, *files)

    assert answers_for(template, tmp_path) == detected


@pytest.mark.parametrize("mark", [".git", ".git/HEAD"])
@pytest.mark.parametrize(
    ("others", "detected"),
    [
        (["README.md"], "existing tests utils"),
        (["tests/test_all.py"], "existing tests top_level"),
        (["packages/two/tests/test_two.py"], "existing tests top_level"),
    ],
)
def test_helpers_in_a_part_of_a_repository_keep_clear_of_the_other_parts(
    others: list[str], mark: str, detected: str, template: Path, tmp_path: Path
) -> None:
    """A run from the top imports one package called tests, whichever comes first."""
    write(tmp_path, mark, "packages/one/tests/test_one.py", *others)

    assert answers_for(template, tmp_path / "packages" / "one") == detected


@pytest.mark.parametrize("special", ["[a]", "a*b", "what?", "ein Ordner für Tests"])
def test_a_path_that_looks_like_a_pattern_hides_no_files(
    special: str, template: Path, tmp_path: Path
) -> None:
    """Files are found by globbing, in which brackets and stars mean something."""
    write(tmp_path / special, "test/utils.py")

    assert answers_for(template, tmp_path / special) == "existing test top_level"


def test_what_a_first_run_stored_is_not_detected_again(
    template: Path, tmp_path: Path
) -> None:
    """The suite's own files would answer otherwise: tests/utils is taken by then."""
    write(tmp_path, ".copier-answers.yml", "tests/test_app.py")
    first = answers_for(template, tmp_path, pretend=False)

    assert answers_for(template, tmp_path) == first == "existing tests utils"
    stored = tmp_path / ".copier-answers.asyncio-testing.yml"
    assert "asyncio_repository: existing" in stored.read_text(encoding="utf-8")
    other = tmp_path / ".copier-answers.yml"
    assert other.read_text(encoding="utf-8") == OTHERS


def test_answers_of_before_there_was_a_choice_mean_a_new_repository(
    template: Path, tmp_path: Path
) -> None:
    """They rendered conftest.py and pytest.ini, which are still the template's."""
    write(tmp_path, "conftest.py", "pytest.ini", "tests/utils/asyncio_helpers.py")
    answers = tmp_path / ".copier-answers.yml"
    answers.write_text("asyncio_tests_dir: tests\n", encoding="utf-8")

    assert answers_for(template, tmp_path) == "new tests utils"


def write(directory: Path, *names: str) -> None:
    """Write files that say nothing."""
    for name in names:
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(OTHERS, encoding="utf-8")


def answers_for(template: Path, project: Path, *, pretend: bool = True) -> str:
    """Return what is answered in a project when nobody is asked."""
    worker = copier.run_copy(
        str(template),
        project,
        defaults=True,
        unsafe=True,
        skip_tasks=True,
        quiet=True,
        overwrite=True,
        pretend=pretend,
    )
    names = ("asyncio_repository", "asyncio_tests_dir", "asyncio_helpers")
    return " ".join(str(worker.answers.combined[name]) for name in names)


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
        read_until(ours, "Does the repository have")
        os.write(ours, b"\r")
        read_until(ours, "Where do the tests live?")
        os.write(ours, b"\x15../tests\r")  # Ctrl-U empties the line first
        read_until(ours, "leads out of")  # the rest does not fit on the line
        os.write(ours, b"\x15app/tests\r")
        read_until(ours, "Where do the helpers go")
        os.write(ours, b"\r")
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
