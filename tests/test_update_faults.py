"""Whatever happens during an update, nothing of the user's is lost.

The repository is untouched, or merged and whole, or brought back, byte for byte, by the
commands that the guide and the hooks' last words name.
"""

from __future__ import annotations

import functools
import os
import re
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import update_killer
from adopt_cases import files_in, kinds_in
from update_killer import Killer
from verify import outcome
from workbench import (
    LATER,
    changed,
    git,
    run_copier,
    run_copier_within,
    still_running,
    write_files,
)

if TYPE_CHECKING:
    from collections.abc import Callable

COPY = ("copy", "--trust", "--defaults", "--vcs-ref=v0.1.0")
# Another answer, too: in an existing repository it changes a file of the user's.
MOVE = "--data=asyncio_helpers=asyncio_testing"
UPDATE = ("update", "--trust", "--defaults", MOVE)
SKIP = {"ASYNCIO_TESTING_VERIFY": "skip"}
KINDS = ("new", "existing")

GUIDE = "tests/ASYNC_TESTING.md"
FIXER = "scripts/fix_pytest_asyncio_imports.py"
SAMPLES = "tests/asyncio_examples"
SAMPLE = f"{SAMPLES}/test_without_decorator.py"
BROKEN = f"{SAMPLES}/test_broken.py"
EXISTING = {
    "pyproject.toml": '[dependency-groups]\ndev = ["pytest>=8.4"]\n\n'
    '[tool.pytest.ini_options]\naddopts = "-ra"\n',
    "conftest.py": "import pytest\n",
    "tests/__init__.py": "",
    "tests/test_shop.py": "def test_shop():\n    assert True\n",
}
THEIRS = {
    ".gitignore": "*.env\nbuild/\n",
    "secrets.env": "TOKEN=mine\n",
    "build/notes.txt": "Mine, and ignored.\n",
    "run.sh": "#!/bin/sh\nexec python -m pytest\n",
}
# A name of the suite's: the next update gives the samples fixtures of their own.
FIXTURE = """

@pytest.fixture
def async_test_timeout() -> int:
    return 7
"""

FAILING_HOOK = """
_whole = run


def run(options: argparse.Namespace) -> int:
    if options.stage == "{stage}":
        sys.exit("The hook fails.")
    return _whole(options)
"""
FAILING_SAMPLE = "def test_adds():\n    assert 1 + 1 == 3\n"
HANGING_SAMPLE = """
import os, subprocess, sys

def test_waits_for_ever():
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"],
                             stdin=subprocess.PIPE)
    with open({pipe!r}, "w") as file:
        file.write(f"{{os.getpid()}} {{child.pid}}")
    child.wait()
"""

UNTOUCHED = [update_killer.BEGUN, update_killer.RENDERED[0]]
COPIERS = [
    *UNTOUCHED,
    "migrate --stage=before has run",
    update_killer.HALF_RENDERED,
    *update_killer.RENDERED[1:],
    update_killer.APPLIED,
    update_killer.REMOVED,
    "a removed file is given back",
    "migrate --stage=after has run",
]
WRITING = ["a file is written beside its place", "a file is in its place"]
PHASES = [*COPIERS, *WRITING, *WRITING, *WRITING, "adopt has run"]


class State(NamedTuple):
    """All that there is in a repository: every byte, mode and link."""

    files: dict[str, bytes]
    kinds: dict[str, str]
    head: str
    status: str


@pytest.fixture(scope="session")
def later(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release after all others, which does not have a file that the user changed."""
    place = tmp_path_factory.mktemp("later") / "template"
    return changed(releases, place, {FIXER: None})


@pytest.fixture(scope="session")
def made(
    later: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """Return a function that makes a project of the first release, once of each kind.

    The user has changed rendered files since, and deleted samples. A program, a link
    and files that git ignores are theirs.
    """

    @functools.cache
    def made(kind: str) -> Path:
        return make(kind, later, tmp_path_factory.mktemp(kind) / "project")

    return made


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Whether the repository was new to the template, or was adopted."""
    return str(request.param)


@pytest.fixture
def project(kind: str, made: Callable[[str], Path], tmp_path: Path) -> Path:
    """A project of the test's own."""
    place = tmp_path / "project"
    return copied(made(kind), place)


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go: what is killed leaves some behind."""
    directory = tmp_path / "scratch"
    directory.mkdir()
    monkeypatch.setenv("TMPDIR", str(directory))
    return directory


@pytest.fixture
def before(project: Path) -> State:
    """The project as it was."""
    return state(project)


@pytest.fixture(scope="session")
def updated(
    made: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], State]:
    """Return a function that gives what an update that nothing disturbs comes to."""

    @functools.cache
    def updated(kind: str) -> State:
        place = tmp_path_factory.mktemp("undisturbed") / "project"
        return after_update(copied(made(kind), place))

    return updated


def make(kind: str, template: Path, project: Path) -> Path:
    """Make a project of the first release, and change it as users do."""
    write_files(project, EXISTING if kind == "existing" else {".gitignore": ""})
    answers = "--data=asyncio_verification=full"  # has another name by now
    finished = run_copier(*COPY, answers, template, ".", cwd=project, **SKIP)
    assert finished.returncode == 0, finished.stderr
    write_files(project, THEIRS)
    (project / "run.sh").chmod(0o755)
    (project / "latest").symlink_to("build/notes.txt")
    for path in (project / SAMPLES).glob("test_*.py"):
        if path != project / SAMPLE:
            path.unlink()
    guide = (project / GUIDE).read_text(encoding="utf-8")
    (project / GUIDE).write_text(
        guide.replace("\n", "\n\nMine.\n", 1), encoding="utf-8"
    )
    append(project / FIXER, "# Mine.\n")
    if kind == "existing":
        append(project / "conftest.py", FIXTURE)
    git(project, "init", "--quiet")
    commit(project)
    return project


@pytest.mark.parametrize("kind", ["existing"], indirect=True)
def test_a_killed_update_is_taken_back_and_then_done(
    kind: str,
    project: Path,
    before: State,
    updated: Callable[[str], State],
    tmp_path: Path,
) -> None:
    """At every phase, one after the other; each starts from what the last one left.

    In an adopted repository, where all of the phases of a new one are and more.
    """

    def run(fatal: int) -> tuple[Killer, subprocess.CompletedProcess[str]]:
        killer = Killer(tmp_path / "phases", fatal)
        disturb = killer.disturb_copier
        return killer, run_copier_within(disturb, *UPDATE, cwd=project, **SKIP)

    passed = list[str]()
    killer, finished = run(1)
    while finished.returncode == -signal.SIGKILL:
        passed.append(killer.phases()[-1])
        if passed[-1] in UNTOUCHED:
            assert state(project) == before, passed
        take_back(project)
        assert state(project) == before, passed
        killer, finished = run(len(passed) + 1)

    assert finished.returncode == 0, finished.stderr
    assert passed == PHASES
    assert state(project) == updated(kind)


def test_the_way_back_is_in_the_guide(later: Path) -> None:
    """A killed update says nothing any more."""
    guide = later / "template" / "{{ asyncio_tests_dir }}" / "ASYNC_TESTING.md"

    assert f"`{outcome.BACK}` takes the update back" in guide.read_text("utf-8")


@pytest.mark.parametrize("kind", ["new"], indirect=True)
@pytest.mark.parametrize("address", ["nowhere", "git+https://127.0.0.1:9/x.git"])
def test_a_template_that_cannot_be_reached_leaves_the_repository_untouched(
    address: str, project: Path
) -> None:
    """It was moved away, or the network is cut."""
    lead_to(address, project)
    before = state(project)

    finished = run_copier(*UPDATE, cwd=project, NO_PROXY="127.0.0.1")

    assert finished.returncode == 1
    assert state(project) == before


@pytest.mark.usefixtures("cut_off")
@pytest.mark.parametrize(
    ("kind", "mode", "code"),
    [("new", "strict", 1), ("existing", "standard", 0)],
    indirect=["kind"],
)
def test_what_cannot_be_verified_is_merged_and_whole(
    mode: str, code: int, kind: str, project: Path, updated: Callable[[str], State]
) -> None:
    """No Python here has pytest, and none can be fetched."""
    said = run_copier(
        *UPDATE, cwd=project, ASYNCIO_TESTING_PYTHON="", ASYNCIO_TESTING_VERIFY=mode
    )

    assert said.returncode == code, said.stderr
    assert "asyncio tests: not verified, since no isolated environ" in said.stderr
    assert f"  Run them later: cd {project} && python -m p" in said.stderr
    assert state(project) == updated(kind)


@pytest.mark.parametrize("stage", ["before", "after"])
def test_a_migration_that_fails_leaves_a_way_back(
    stage: str, project: Path, later: Path, tmp_path: Path
) -> None:
    """Before anything is rendered, it leaves the repository untouched."""
    template = changed(later, tmp_path / "template", {})
    append(
        template / "hooks" / "migrate" / "command.py", FAILING_HOOK.format(stage=stage)
    )
    release(template, LATER)
    lead_to(template, project)
    before = state(project)

    finished = run_copier(*UPDATE, cwd=project, **SKIP)

    assert finished.returncode == 1
    assert "The hook fails." in finished.stderr
    assert (state(project) == before) == (stage == "before")
    take_back(project)
    assert state(project) == before


@pytest.mark.parametrize(
    "kind",
    [pytest.param("new", marks=pytest.mark.release), "existing"],
    indirect=True,
)
def test_a_sample_that_fails_is_named_and_the_merged_tree_kept(
    project: Path, later: Path, tmp_path: Path
) -> None:
    """It is the user's to mend, or to take back with the command that is printed."""
    lead_to(changed(later, tmp_path / "template", {BROKEN: FAILING_SAMPLE}), project)
    before = state(project)
    expected = after_update(copied(project, tmp_path / "undisturbed"))

    finished = run_copier(*UPDATE, cwd=project)

    assert finished.returncode == 1
    failed = f"{BROKEN}::test_adds\n    failed: assert (1 + 1) == 3"
    assert failed in finished.stderr, finished.stderr
    assert f"take the update back:\n  {outcome.BACK}\n" in finished.stderr
    assert state(project) == expected
    take_back(project)
    assert state(project) == before


@pytest.mark.parametrize("kind", ["existing"], indirect=True)
def test_an_interrupted_update_leaves_no_process(
    project: Path, later: Path, tmp_path: Path
) -> None:
    """Ctrl-C reaches Copier and the hook; the tests' own children must end too."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    content = HANGING_SAMPLE.format(pipe=str(pipe))
    lead_to(changed(later, tmp_path / "template", {BROKEN: content}), project)
    before = state(project)
    process = subprocess.Popen(
        [sys.executable, "-m", "copier", *UPDATE],
        cwd=project,
        env={**os.environ, "ASYNCIO_TESTING_PYTHON": sys.executable},
        start_new_session=True,
        stderr=subprocess.PIPE,
    )

    select.select([reading], [], [], 60)  # seconds; as generous
    pids = [int(pid) for pid in os.read(reading, 100).split()]
    os.close(reading)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)  # a generous bound, for failures only

    assert process.returncode
    assert len(pids) == 2
    assert still_running(pids) == []
    take_back(project)
    assert state(project) == before


def test_a_release_whose_hooks_fail_can_be_left_behind(
    kind: str, template: Path, tmp_path: Path
) -> None:
    """Copier runs an old version's tasks, too: one of ours would block for ever."""
    place = changed(template, tmp_path / "template", {})
    entry = place / "hooks" / "__main__.py"
    whole = entry.read_text(encoding="utf-8")
    entry.write_text("raise SystemExit('The hooks fail.')\n", encoding="utf-8")
    release(place, LATER)
    project = tmp_path / "project"
    write_files(project, EXISTING if kind == "existing" else {".gitignore": ""})
    finished = run_copier("copy", *COPY[1:3], "--skip-tasks", place, ".", cwd=project)
    assert finished.returncode == 0, finished.stderr
    git(project, "init", "--quiet")
    commit(project)
    entry.write_text(whole, encoding="utf-8")
    release(place, f"{LATER}.1")

    finished = run_copier("update", *COPY[1:3], cwd=project, **SKIP)

    assert finished.returncode == 0, finished.stderr
    answers = (project / ".copier-answers.yml").read_text(encoding="utf-8")
    assert f"_commit: {LATER}.1\n" in answers


def lead_to(template: Path | str, project: Path) -> None:
    """Let a project have another template, and commit that."""
    answers = project / ".copier-answers.yml"
    text = answers.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^_src_path: .*$", f"_src_path: {template}", text)
    answers.write_text(text, encoding="utf-8")
    commit(project)


def release(template: Path, tag: str) -> None:
    """Make a release of what has been changed in a template."""
    commit(template)
    git(template, "tag", "--force", tag)


def after_update(project: Path) -> State:
    """Update a project without disturbance, and return what it is then."""
    finished = run_copier(*UPDATE, cwd=project, **SKIP)
    assert finished.returncode == 0, finished.stderr
    return state(project)


def copied(project: Path, place: Path) -> Path:
    """Return a copy of a project, with its links."""
    return Path(shutil.copytree(project, place, symlinks=True))


def append(path: Path, text: str) -> None:
    """Add to a file, as its owner does."""
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def commit(project: Path) -> None:
    """Commit everything."""
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=Mine")


def state(project: Path) -> State:
    """Return what a repository is like."""
    return State(
        files_in(project),
        kinds_in(project),
        git(project, "rev-parse", "HEAD"),
        git(project, "status", "--porcelain", "--ignored"),
    )


def take_back(project: Path) -> None:
    """Do what the guide and the hooks say takes an update back, as it is typed."""
    subprocess.run(outcome.BACK, shell=True, cwd=project, check=True)  # noqa: S602
