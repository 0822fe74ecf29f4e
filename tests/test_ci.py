"""What CI and commits run on request: which files that adds, and what they do.

The jobs are run by small doubles of GitHub's and GitLab's runners: an environment is
made and used as there, but gets the packages of this one, so that no network is needed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import yaml

import github_job
import gitlab_job
from markdown_blocks import blocks
from workbench import ROOT, git, run_copier, tree, write_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from github_job import Finished

GITHUB = ".github/workflows/asyncio-tests.yml"
GITLAB = ".gitlab/asyncio-tests.yml"
COMMITS = ".pre-commit-config.yaml"
RENOVATE = "renovate.json"
ADDED = {
    ("asyncio_ci", "github"): GITHUB,
    ("asyncio_ci", "gitlab"): GITLAB,
    ("asyncio_commit_hooks", "pre-commit"): COMMITS,
    ("asyncio_update_job", "renovate"): RENOVATE,
}
COPY = ("copy", "--skip-tasks", "--trust", "--defaults")
CURRENT = ("update", "--trust", "--defaults", "--vcs-ref=:current:")
# Lets the environment of the job see the packages of this one.
PURELIB = "import sysconfig; print(sysconfig.get_path('purelib'))"
INSTALL = f'echo {sysconfig.get_path("purelib")} > "$(python -c "{PURELIB}")/here.pth"'
FAULTY = "import pytest\n\nfixture = pytest_asyncio.fixture\n"


def parsed(path: Path) -> Any:
    """Return what a file in YAML says."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture
def checkout(render: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """What a runner gets of a project, rendered with answers."""

    def check_out(**answers: str) -> Path:
        project = render(asyncio_ci_install=INSTALL, **answers)
        return shutil.copytree(project, tmp_path / "checkout")

    return check_out


@pytest.fixture
def on_github(tmp_path: Path) -> Callable[..., Finished]:
    """Runs a job of the workflow."""

    def run(project: Path, job: str, **matrix: str) -> Finished:
        scratch = tmp_path / f"scratch-{len(list(tmp_path.iterdir()))}"
        scratch.mkdir()
        values = {f"matrix.{name}": value for name, value in matrix.items()}
        place = {"PATH": with_python(tmp_path)}
        return github_job.run_job(
            project / GITHUB, job, project, scratch, values, place
        )

    return run


@pytest.fixture
def on_gitlab(tmp_path: Path) -> Callable[..., Finished]:
    """Runs a job of the included file."""

    def run(project: Path, job: str, **variables: str) -> Finished:
        place = {"PATH": with_python(tmp_path), **variables}
        return gitlab_job.run_job(project / GITLAB, job, project, place)

    return run


def with_python(place: Path) -> str:
    """Return a PATH on which `python` is this one, as the runners have theirs."""
    programs = place / "bin"
    programs.mkdir(exist_ok=True)
    link = programs / "python"
    if not link.exists():
        base = getattr(sys, "_base_executable", sys.executable)
        link.symlink_to(base)
    return os.pathsep.join([str(programs), "/usr/local/bin", "/usr/bin", "/bin"])


def ran(report: Path) -> set[tuple[str, str]]:
    """Return the tests in a JUnit report."""
    cases = ET.parse(report).iter("testcase")  # noqa: S314 (a file of the test's own)
    return {(case.attrib["classname"], case.attrib["name"]) for case in cases}


# Which files there are


@pytest.mark.parametrize(("answer", "path"), ADDED.items())
def test_each_answer_adds_one_file(
    answer: tuple[str, str], path: str, render: Callable[..., Path]
) -> None:
    """And none adds anything else: no empty directory of a host that is not used."""
    question, value = answer

    assert tree(render(**{question: value})) == sorted([*tree(render()), path])
    assert not [
        each for each in render().iterdir() if each.name in {".gitlab", ".github"}
    ]


def test_all_of_them_can_be_there(render: Callable[..., Path]) -> None:
    """What CI runs and what looks for updates do not depend on each other."""
    project = render(
        asyncio_ci="github",
        asyncio_commit_hooks="pre-commit",
        asyncio_update_job="github",
    )
    update = ".github/workflows/asyncio-tests-update.yml"

    assert {GITHUB, COMMITS, update} < set(tree(project))


@pytest.mark.parametrize("path", ADDED.values())
def test_whoever_leaves_is_told_to_delete_it(
    path: str, render: Callable[..., Path]
) -> None:
    """Or it would fail without the suite."""
    answer = next(answer for answer, each in ADDED.items() if each == path)
    guide = "tests/ASYNC_TESTING.md"
    with_it = (render(**dict([answer])) / guide).read_text(encoding="utf-8")
    without = (render() / guide).read_text(encoding="utf-8")

    (line,) = [line for line in with_it.splitlines() if "git rm --quiet s" in line]
    assert line.endswith(f" .copier-answers.yml {path}")
    assert f".copier-answers.yml {path}" not in without


@pytest.mark.release
def test_they_come_and_go_with_the_answers(template: Path, tmp_path: Path) -> None:
    """By an update to the version that is there; others' files stay."""
    project = tmp_path / "project"
    run_copier(*COPY, template, project, cwd=tmp_path)
    write_files(project, {".gitlab/mine.yml": "mine: {}\n"})
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=x")

    words = ("--data=asyncio_ci=gitlab", "--data=asyncio_commit_hooks=pre-commit")
    switched_on = run_copier(*CURRENT, *words, cwd=project)

    assert switched_on.returncode == 0, switched_on.stderr
    assert {GITLAB, COMMITS} < set(tree(project))
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=On")

    words = ("--data=asyncio_ci=none", "--data=asyncio_commit_hooks=none")
    switched_off = run_copier(*CURRENT, *words, cwd=project)

    assert switched_off.returncode == 0, switched_off.stderr
    assert not {GITLAB, COMMITS} & set(tree(project))
    assert (project / ".gitlab/mine.yml").exists()


IN_THE_WAY = [
    *((path, answer) for answer, path in ADDED.items()),
    *(
        (path, ("asyncio_update_job", "renovate"))
        for path in (".github/renovate.json5", ".renovaterc")
    ),
    ("prek.toml", ("asyncio_commit_hooks", "pre-commit")),
]


@pytest.mark.parametrize(
    "already",
    [False, pytest.param(True, marks=pytest.mark.release)],
    ids=["first copy", "later"],
)
@pytest.mark.parametrize(("path", "answer"), IN_THE_WAY)
def test_a_file_of_the_users_is_refused_untouched(
    path: str,
    answer: tuple[str, str],
    already: bool,  # noqa: FBT001 (a parameter of the test)
    template: Path,
    tmp_path: Path,
) -> None:
    """Nobody's file is overwritten, nor robbed of its effect by one beside it."""
    project = tmp_path / "project"
    project.mkdir()
    if already:
        run_copier(*COPY, template, project, cwd=tmp_path)
    write_files(project, {path: "{}\n"})
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=x")
    command = CURRENT if already else (*COPY, template, ".")

    finished = run_copier(*command, f"--data={'='.join(answer)}", cwd=project)

    assert finished.returncode == 1
    last = finished.stderr.splitlines()[-1]
    assert f"the file {path} is in the way and was not written" in last
    assert "Traceback" not in finished.stderr
    assert git(project, "status", "--porcelain") == ""


# What they say


@pytest.mark.parametrize("host", ["github", "gitlab"])
def test_all_pythons_from_the_oldest_on_are_tried(
    host: str, render: Callable[..., Path]
) -> None:
    """Which is up to the project, as it may need a newer one."""
    project = render(asyncio_ci=host, asyncio_ci_oldest_python="3.12")

    assert pythons(project, host) == ["3.12", "3.13", "3.14", "3.15"]


def test_they_are_those_that_this_repository_tests(render: Callable[..., Path]) -> None:
    """A workflow of the template's is no place to try others first."""
    ours = parsed(ROOT / ".github/workflows/ci.yml")["jobs"]["checks"]["steps"][1]

    ours_sorted = sorted(ours["with"]["python-version"].split())
    assert pythons(render(asyncio_ci="github"), "github") == ours_sorted


def pythons(project: Path, host: str) -> list[str]:
    """Return the matrix of Pythons."""
    if host == "github":
        matrix = parsed(project / GITHUB)["jobs"]["tests"]["strategy"]["matrix"]
        return list(matrix["python"])
    (row,) = parsed(project / GITLAB)["asyncio-tests"]["parallel"]["matrix"]
    return list(row["PYTHON"])


def test_the_workflow_may_only_read(render: Callable[..., Path]) -> None:
    """Programs of all dependencies run there, and must have nothing to gain."""
    content = parsed(render(asyncio_ci="github") / GITHUB)

    assert content["permissions"] == {}
    for job in content["jobs"].values():
        assert job["permissions"] == {"contents": "read"}
        assert job["steps"][0]["with"] == {"persist-credentials": False}


def test_its_actions_are_those_that_this_repository_trusts_itself(
    render: Callable[..., Path],
) -> None:
    """By their hashes, so that raising ours raises the template's."""
    ours = parsed(ROOT / ".github/workflows/ci.yml")["jobs"]["checks"]["steps"]
    trusted = {step["uses"] for step in ours if "uses" in step}

    jobs = parsed(render(asyncio_ci="github") / GITHUB)["jobs"].values()

    steps = [step for job in jobs for step in job["steps"]]
    assert {step["uses"] for step in steps if "uses" in step} == trusted


# What they do


def test_github_runs_all_tests_once_over_its_jobs(
    checkout: Callable[..., Path], on_github: Callable[..., Finished]
) -> None:
    """In an environment of their own, as the project says how to install it."""
    project = checkout(asyncio_ci="github", asyncio_ci_shards="2")
    matrix = parsed(project / GITHUB)["jobs"]["tests"]["strategy"]["matrix"]
    shards: list[set[tuple[str, str]]] = []
    for shard in matrix["shard"]:
        report = project.parent / f"{shard}.xml"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTEST_ADDOPTS", f"{PLAIN} --junit-xml={report}")
            finished = on_github(project, "tests", shard=str(shard))
        assert finished.succeeded, finished.said
        shutil.rmtree(project / ".venv")
        shards.append(ran(report))

    first, second = shards
    assert not first & second
    assert len(first | second) > 50
    assert abs(len(first) - len(second)) <= 1


# Without what this repository's own run has, and without files in the project.
PLAIN = " ".join(
    f"-p no:{name}"
    for name in ("cacheprovider", "randomly", "xdist", "hypothesispytest", "trio")
)


def test_gitlab_runs_all_tests_and_reports_them(
    checkout: Callable[..., Path],
    on_gitlab: Callable[..., Finished],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """GitLab shows the report of failed tests in the merge request."""
    project = checkout(asyncio_ci="gitlab")
    monkeypatch.setenv("PYTEST_ADDOPTS", PLAIN)

    finished = on_gitlab(project, "asyncio-tests", PYTHON="3")

    assert finished.succeeded, finished.said
    job = parsed(project / GITLAB)["asyncio-tests"]
    assert len(ran(project / job["artifacts"]["reports"]["junit"])) > 50


@pytest.mark.parametrize(
    "host", ["github", pytest.param("gitlab", marks=pytest.mark.release)]
)
def test_a_failing_test_fails_the_job(
    host: str, checkout: Callable[..., Path], request: pytest.FixtureRequest
) -> None:
    """Whatever comes after it in the script."""
    project = checkout(asyncio_ci=host)
    write_files(project, {"tests/test_mine.py": "def test_mine(): assert 0\n"})
    job = "tests" if host == "github" else "asyncio-tests"

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_ADDOPTS", f"{PLAIN} -k test_mine")
        finished = request.getfixturevalue(f"on_{host}")(project, job)

    assert not finished.succeeded
    assert "1 failed" in finished.said


@pytest.mark.parametrize(
    ("checks", "succeeds"), [("fail", False), ("warn", True), ("off", True)]
)
@pytest.mark.parametrize("host", ["github", "gitlab"])
def test_what_the_checker_finds_is_shown_and_fails_only_where_the_net_does(
    host: str,
    checks: str,
    succeeds: bool,  # noqa: FBT001 (a column of the table above)
    checkout: Callable[..., Path],
    request: pytest.FixtureRequest,
) -> None:
    """An old suite has findings on its first day, and its merges go on."""
    project = checkout(asyncio_ci=host, asyncio_checks=checks)
    write_files(project, {"tests/test_mine.py": FAULTY})
    job = "checker" if host == "github" else "asyncio-checker"

    finished = request.getfixturevalue(f"on_{host}")(project, job)

    assert finished.succeeded is succeeds, finished.said
    if host == "github":
        assert "::error file=tests/test_mine.py,line=3,col=11," in finished.said
    else:
        report = parsed(project / GITLAB)[job]["artifacts"]["reports"]["codequality"]
        (entry,) = json.loads((project / report).read_text(encoding="utf-8"))
        place = {"path": "tests/test_mine.py", "lines": {"begin": 3}}
        assert entry["location"] == place


@pytest.mark.parametrize("checks", ["fail", "warn"])
@pytest.mark.parametrize("host", ["github", "gitlab"])
def test_a_file_that_the_checker_cannot_read_fails_the_job(
    host: str,
    checks: str,
    checkout: Callable[..., Path],
    request: pytest.FixtureRequest,
) -> None:
    """It would be left out of every report from then on."""
    project = checkout(asyncio_ci=host, asyncio_checks=checks)
    write_files(project, {"tests/test_mine.py": "pytest_asyncio = = 1\n"})
    job = "checker" if host == "github" else "asyncio-checker"

    finished = request.getfixturevalue(f"on_{host}")(project, job)

    assert not finished.succeeded


def test_what_the_readme_has_people_add_to_their_own_files_is_what_is_rendered(
    render: Callable[..., Path],
) -> None:
    """Whoever has such a file gets the same as whoever has none."""
    shown = {each.language: each.text for each in blocks(ROOT / "README.md")}
    hooks = parsed(render(asyncio_commit_hooks="pre-commit") / COMMITS)
    renovate = parsed(render(asyncio_update_job="renovate") / RENOVATE)
    del renovate["$schema"]

    assert yaml.safe_load(shown["yaml"]) == hooks["repos"]
    assert json.loads(shown["json"]) == renovate


@pytest.mark.release
@pytest.mark.network
def test_a_commit_with_a_fault_is_refused(
    render: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By pre-commit itself, which makes an environment for the hook."""
    project = tmp_path / "project"
    shutil.copytree(render(asyncio_commit_hooks="pre-commit"), project)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "environments"))
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "add", "--all")
    run = [sys.executable, "-m", "pre_commit", "run", "--all-files"]

    assert called(run, project) == (0, "Passed")
    write_files(project, {"tests/test_mine.py": FAULTY})
    git(project, "add", "--all")
    assert called(run, project) == (1, "Failed")


def called(command: list[str], place: Path) -> tuple[int, str]:
    """Return the exit code of pre-commit, and what it says of the only hook."""
    finished = subprocess.run(
        command, cwd=place, capture_output=True, text=True, check=False
    )
    lines = finished.stdout.splitlines()
    (line,) = [line for line in lines if line.startswith("check asyncio tests.")]
    return finished.returncode, line.rpartition(".")[2]


# How the project is installed

UV = 'pip install uv && uv sync --all-extras --all-groups --python "$VIRTUAL_ENV"'
INSTALLED: dict[str, tuple[list[str], str]] = {
    "nothing": ([], "pip install -r tests/requirements.txt"),
    "a lock file of uv": (["pyproject.toml", "uv.lock", "requirements.txt"], UV),
    "Poetry": (
        ["pyproject.toml", "poetry.lock"],
        "pip install poetry && poetry install --all-extras --all-groups",
    ),
    "PDM": (["pyproject.toml", "pdm.lock"], "pip install pdm && pdm sync --group :all"),
    "Pipenv": (
        ["setup.cfg", "Pipfile.lock"],
        "pip install pipenv && pipenv sync --dev",
    ),
    "a package with requirements": (
        ["pyproject.toml", "requirements.txt", "requirements/dev.txt"],
        "pip install -e . -r requirements/dev.txt",
    ),
    "requirements alone": (
        ["pytest.ini", "requirements.txt"],
        "pip install -r requirements.txt",
    ),
    "a package": (["pyproject.toml"], UV),
    "an old package": (["setup.py"], "pip install -e . pytest pytest-asyncio"),
    "tests alone": (["tests/test_it.py"], "pip install pytest pytest-asyncio"),
}


@pytest.mark.parametrize(("files", "command"), INSTALLED.values(), ids=INSTALLED)
def test_it_is_installed_by_what_the_project_uses(
    files: list[str], command: str, template: Path, tmp_path: Path
) -> None:
    """By default: the answer is stored, and whoever knows better says so."""
    write_files(tmp_path, dict.fromkeys(files, ""))

    finished = run_copier(
        *COPY, "--data=asyncio_ci=github", template, ".", cwd=tmp_path
    )

    assert finished.returncode == 0, finished.stderr
    assert parsed(tmp_path / ".copier-answers.yml")["asyncio_ci_install"] == command
    steps = parsed(tmp_path / GITHUB)["jobs"]["tests"]["steps"]
    (step,) = [step for step in steps if step.get("name") == "Install"]
    assert step["run"].strip() == command


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("install", "", "the answer is empty"),
        (
            "install",
            "pip install\nx",
            "other characters than those of ASCII on one line",
        ),
        ("install", "echo ${{ secrets.X }}", "use a variable of the shell"),
        ("shards", "0", "is not a number from 1 to 50"),
        ("shards", "51", "is not a number from 1 to 50"),
        ("shards", "many", "is not a number from 1 to 50"),
    ],
)
def test_a_bad_answer_gets_one_line_and_writes_nothing(
    name: str, answer: str, said: str, template: Path, tmp_path: Path
) -> None:
    """It would make a file that the host refuses, or worse."""
    words = ("--data=asyncio_ci=github", f"--data=asyncio_ci_{name}={answer}")

    finished = run_copier(*COPY, *words, template, "project", cwd=tmp_path)

    assert finished.returncode == 1
    last = finished.stderr.splitlines()[-1]
    assert f"asyncio_ci_{name}: " in last
    assert said in last
    assert "Traceback" not in finished.stderr
    assert tree(tmp_path) == []


# GitLab reads one file by itself


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        (None, True),
        ("stages: [test]\n", True),
        ("# include: .gitlab/asyncio-tests.yml\n", True),
        ("include:\n  - local: /.gitlab/asyncio-tests.yml\n", False),
    ],
    ids=["no file", "another one", "a comment", "included"],
)
@pytest.mark.parametrize(
    "existing",
    [False, pytest.param(True, marks=pytest.mark.release)],
    ids=["new", "existing"],
)
def test_whoever_has_to_include_the_file_is_told(
    text: str | None,
    is_said: bool,  # noqa: FBT001 (a column of the table above)
    existing: bool,  # noqa: FBT001 (a parameter of the test)
    template: Path,
    tmp_path: Path,
) -> None:
    """Nothing would run otherwise, and nothing would say so."""
    if text is not None:
        write_files(tmp_path, {".gitlab-ci.yml": text})
    if existing:
        write_files(tmp_path, {"tests/test_mine.py": "def test_mine(): pass\n"})

    finished = run_copier(
        *("copy", "--trust", "--defaults", "--data=asyncio_verification=skip"),
        *("--data=asyncio_ci=gitlab", template, "."),
        cwd=tmp_path,
    )

    assert finished.returncode == 0, finished.stderr
    advice = 'add "include: [{local: .gitlab/asyncio-tests.yml}]" to .gitlab-ci.yml'
    assert (advice in finished.stderr) is is_said
