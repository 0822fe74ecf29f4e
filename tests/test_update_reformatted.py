"""Files that the user's formatter has gone over are updated without conflict."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from adopt_cases import files_in
from migrate import reformatted
from migrate.formatting import same
from updating import SAMPLE, SHOP, commit, edit, later, read, start
from workbench import LATER, changed, git, tree, write_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

BLACK = ("black", "--fast", "--quiet", "--line-length")
FORMAT = ("ruff", "format", "--no-cache", "--quiet", "--isolated", "--config")
ISORT = ("isort", "--quiet")
FIX = ("ruff", "check", "--no-cache", "--silent", "--exit-zero", "--isolated", "--fix")
EDITED = (SAMPLE, "tests/utils/asyncio_support/time_limit.py")
COMMON = "E,F,W,I,UP,B,C4,SIM,RUF,PT,PL,RET,PIE,TRY,Q,COM,D,FURB,PERF"
# What users reformat the whole of a project with, and what kind of project it is.
FORMATTERS = {
    "black-100": ("new", [*BLACK, "100", "--preview"]),
    "black-120": ("existing", [*BLACK, "120", "--skip-magic-trailing-comma"]),
    "ruff-79": ("existing", [*FORMAT, "line-length=79"]),
    "ruff-88": ("new", [*FORMAT, "line-length=88"]),
    "isort": ("existing", [*ISORT]),
    "fix-py310": ("existing", [*FIX, "--target-version=py310", "--select", COMMON]),
}
# The others change less, or what this does; black takes a minute for the fixer's file.
USUAL = ("ruff-88",)


def reformat(project: Path, words: list[str]) -> None:
    """Run a formatter over a project; as a module, its program is not on every PATH."""
    subprocess.run([sys.executable, "-m", *words, "."], cwd=project, check=True)


def changed_all_over(text: str) -> str:
    """Return Python with a line more in each function, and many lines changed.

    The changed ones are longer, so that formatters break others than before.
    """
    lines = text.splitlines(keepends=True)
    starts = [
        node.body[-1].lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body[-1].lineno > node.lineno
    ]
    for number in sorted(starts, reverse=True):
        line = lines[number - 1]
        indentation = line[: len(line) - len(line.lstrip())]
        lines.insert(number - 1, f"{indentation}# New.\n")
    names = r"\b(error|module|findings|awaitable|events|path|lines?)\b(?!\()"
    return re.sub(names, r"\1_renamed", "".join(lines))


@pytest.fixture(scope="session")
def template(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All releases, and a later one that changes every Python file all over."""
    paths = [
        name.replace("{{ asyncio_tests_dir }}", "tests").replace(
            "{{ asyncio_helpers_name }}", "utils"
        )
        for name in tree(releases / "template")
        if name.endswith(".py")
    ]
    news: dict[str, str | None] = {
        path: changed_all_over(read(releases, path)) for path in paths
    }
    return changed(releases, tmp_path_factory.mktemp("all-over") / "later", news)


def unmerged(project: Path) -> list[str]:
    """Return what an update has left for the user to merge, in whatever form."""
    marked = [
        path
        for path, content in files_in(project).items()
        if path.endswith(".rej") or b"<<<<<<<" in content or b">>>>>>>" in content
    ]
    return [*marked, *git(project, "ls-files", "--unmerged").splitlines()]


@pytest.mark.parametrize(
    "formatter",
    [
        pytest.param(name, marks=() if name in USUAL else pytest.mark.release)
        for name in FORMATTERS
    ],
)
def test_a_reformatted_project_is_updated_without_conflict(
    formatter: str,
    begin: Callable[..., Path],
    template: Path,
    tmp_path: Path,
    update: Callable[..., object],
) -> None:
    """From the first release to one that changes every file, all over.

    The first did not ask `asyncio_checks`, which an update answers in its own way.
    """
    kind, words = FORMATTERS[formatter]
    project = begin(kind, "0.1.0", template=template)
    reformat(project, words)
    commit(project)

    update(project)

    assert unmerged(project) == []
    fresh = tmp_path / "fresh"
    answers = {"asyncio_repository": kind, "asyncio_checks": "warn"}
    start(template, fresh, LATER.removeprefix("v"), answers)
    for each in (project, fresh):
        reformat(each, words)
    assert files_in(project) == files_in(fresh)


# The formatter takes most of two minutes; what is merged is the same code as below.
@pytest.mark.release
def test_what_the_user_has_changed_in_a_reformatted_file_stays(
    begin: Callable[..., Path], template: Path, update: Callable[..., object]
) -> None:
    """With the formatting of what is not new, and beside what is."""
    project = begin(version="0.1.0", template=template)
    reformat(project, [*FORMAT, 'format.quote-style="single"'])
    edits = {path: ('"""\n', f'"""\n\nMINE = {path!r}\n') for path in EDITED}
    edit(project, edits)
    commit(project)

    update(project)

    assert unmerged(project) == []
    for path in EDITED:
        text = (project / path).read_text(encoding="utf-8")
        assert f"MINE = {path!r}\n" in text
        assert text.count("# New.\n") == read(template, path).count("# New.\n")
        ast.parse(text)


@pytest.mark.parametrize(
    "kind", [pytest.param("new", marks=pytest.mark.release), "existing"]
)
def test_line_ends_that_git_converts_are_no_conflict(
    kind: str,
    begin: Callable[..., Path],
    template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    update: Callable[..., object],
) -> None:
    """The user's edits stay, and so do the line ends of their own files."""
    plain = begin(kind, "0.1.0", template=template).rename(tmp_path / "plain")
    near = ("test_every_job_is_done", "test_mine_is_done")
    far = ("import asyncio\n", "import asyncio\nimport mine\n")
    workers = "tests/asyncio_examples/test_queue_workers.py"
    edit(plain, {workers: near, EDITED[1]: far})
    commit(plain)
    own = git(plain, "ls-files").splitlines() if kind == "existing" else []
    own = [path for path in own if path in SHOP]
    projects = [
        shutil.copytree(plain, tmp_path / way)
        for way in ("repository", "global" if kind == "new" else "attributes")
    ]
    update(plain)
    expected = files_in(plain)
    assert b"test_mine_is_done" in expected[workers]
    user = tmp_path / "gitconfig"
    user.write_text("[core]\nautocrlf = true\n", encoding="utf-8")

    for project in projects:
        match project.name:
            case "repository":
                git(project, "config", "core.autocrlf", "true")
            case "attributes":
                attributes = {".gitattributes": "* text=auto eol=crlf\n"}
                write_files(project, attributes)
                commit(project)
            case _:
                monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(user))
        check_out_anew(project)
        assert b"import asyncio\r\n" in (project / SAMPLE).read_bytes()

        update(project)

        assert unmerged(project) == [], project.name
        found = files_in(project)
        found.pop(".gitattributes", None)
        without = {path: text.replace(b"\r\n", b"\n") for path, text in found.items()}
        assert without == expected, project.name
        for path in own:
            assert found[path].count(b"\n") == found[path].count(b"\r\n"), path


def check_out_anew(project: Path) -> None:
    """Have git write every file as it is configured to by now."""
    for path in git(project, "ls-files").splitlines():
        (project / path).unlink()
    git(project, "checkout", "--", ".")
    assert not git(project, "status", "--porcelain")


def test_a_file_that_was_only_reformatted_is_dropped_without_a_word(
    begin: Callable[..., Path],
    releases: Path,
    tmp_path: Path,
    update: Callable[..., CompletedProcess[str]],
) -> None:
    """Nothing in it is the user's; a file that they have changed as well is kept."""
    project = begin()
    reformat(project, [*FORMAT, 'format.quote-style="single"'])
    edit(project, {SAMPLE: ("import asyncio\n", "import asyncio\nimport mine\n")})
    other = "tests/asyncio_examples/test_retries.py"
    assert git(project, "diff", "--name-only", "--", other)
    commit(project)
    later(releases, tmp_path, project, {SAMPLE: None, other: None})

    said = update(project).stderr

    assert f"{SAMPLE} is kept" in said
    assert other not in said
    assert not (project / other).exists()


BASE = 'def f():\n    """Do.   \n    """\n    one(a, b)  # Why.\n    two()\n'
REFORMATTED = BASE.replace("one(a, b)", "one(\n        a,\n        b,\n    )")


@pytest.mark.parametrize(
    ("mine", "new", "result"),
    [
        pytest.param(
            REFORMATTED,
            BASE.replace("a, b", "a, c"),
            BASE.replace("a, b", "a, c"),
            id="the-user-reformatted",
        ),
        pytest.param(
            BASE.replace("a, b", "a, c"),
            REFORMATTED,
            BASE.replace("a, b", "a, c"),
            id="the-template-reformatted",
        ),
        pytest.param(
            REFORMATTED + "\n\nMINE = 1\n",
            BASE.replace("a, b", "a, c"),
            BASE.replace("a, b", "a, c") + "\n\nMINE = 1\n",
            id="with-an-edit-elsewhere",
        ),
        pytest.param(
            BASE.replace("   \n", "\n").replace("\n", "\r\n"),
            BASE.replace("two", "three"),
            BASE.replace("two", "three").replace("   \n", "\n").replace("\n", "\r\n"),
            id="line-ends",
        ),
        pytest.param(
            REFORMATTED.replace("a,", "mine,"),
            BASE.replace("a, b", "a, c"),
            None,
            id="both-changed-a-line",
        ),
        pytest.param(
            BASE.replace("Why.", "Mine."),
            BASE.replace("a, b", "a, c"),
            None,
            id="a-comment-is-a-change",
        ),
        pytest.param(
            BASE.replace("(a, b)", "((a, b))"),
            BASE.replace("a, b", "a, c"),
            None,
            id="parentheses-that-mean-something",
        ),
    ],
)
def test_a_conflict_is_settled_where_one_side_only_reformatted(
    mine: str, new: str, result: str | None
) -> None:
    """Whatever else is left to the user."""
    texts = (text.encode() for text in (BASE, mine, new))

    merged = reformatted.merged("x.py", *texts)

    assert merged == (None if result is None else result.encode())


def test_sorted_imports_are_no_conflict_with_one_more() -> None:
    """One a line, in another order: as isort may have been told."""
    base = b"import os\nfrom shop import a, b\n\na(b, os)\n"
    mine = b"from shop import a\nfrom shop import b\nimport os\n\na(b, os)\n"
    new = base.replace(b"a, b\n", b"a, b, c\n")

    merged = reformatted.merged("x.py", base, mine, new)

    # In some order, and some of them twice: isort makes one of those again.
    assert merged is not None
    assert same("x.py", merged, new)
    assert reformatted.merged("x.py", base, mine.replace(b"os", b"re"), new) is None
