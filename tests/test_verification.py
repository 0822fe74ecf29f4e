"""`copier copy` runs what it rendered, and its last lines say what came of that."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from verify import suite
from verify.interpreters import Interpreter
from workbench import changed, run_copier, still_running, tree

COPY = ("copy", "--trust", "--defaults")
ONE_SAMPLE = "test_without_decorator.py"
BROKEN = "tests/asyncio_examples/test_broken.py"

UVLOOP = """

import uvloop


def pytest_asyncio_loop_factories():
    return {"uvloop": uvloop.new_event_loop}
"""
LATE = """
import pytest

@pytest.fixture
def door():
    yield
    1 / 0

def test_opens(door):
    pass
"""


@pytest.fixture(scope="session")
def small(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with one file of samples only, to be quick."""
    examples = template / "template" / "{{ asyncio_tests_dir }}" / "asyncio_examples"
    others = [path.name for path in examples.glob("test_*.py")]
    others.remove(ONE_SAMPLE)
    return changed(
        template,
        tmp_path_factory.mktemp("small") / "template",
        {f"tests/asyncio_examples/{name}": None for name in others},
    )


def last_lines(finished: subprocess.CompletedProcess[str]) -> str:
    """Return what the hook said, from its first line on."""
    found = re.search(
        r"^asyncio tests: .*\Z", finished.stderr, re.DOTALL | re.MULTILINE
    )
    assert found, finished.stderr
    return found[0]


def test_a_copy_ends_by_saying_what_was_verified(
    template: Path, tmp_path: Path
) -> None:
    """The reader wants to know: how many tests, how long, with which Python."""
    finished = run_copier(*COPY, template, "project", cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:xdist"],
        cwd=tmp_path / "project",
        capture_output=True,
        text=True,
        check=True,
    )
    count = sum("::" in line for line in collected.stdout.splitlines())
    said = last_lines(finished)
    assert re.match(
        rf"asyncio tests: verified. {count} tests passed in \d+\.\d s\n", said
    )
    assert f"with Python {sys.version.split()[0]}, pytest " in said
    assert "the Python that ASYNCIO_TESTING_PYTHON names" in said
    assert "Run them again: cd " in said


def test_samples_that_the_suites_loop_cannot_run_are_left_out_and_counted(
    template: Path, small: Path, tmp_path: Path
) -> None:
    """On uvloop a copy must not fail of virtual time, nor say that it was tried."""
    rendering = template / "template"
    retries = rendering / "{{ asyncio_tests_dir }}/asyncio_examples/test_retries.py"
    on_uvloop = changed(
        small,
        tmp_path / "template",
        {
            "tests/asyncio_examples/test_retries.py": retries.read_text("utf-8"),
            "conftest.py": (rendering / "conftest.py").read_text("utf-8") + UVLOOP,
        },
    )

    finished = run_copier(*COPY, on_uvloop, "project", cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    assert re.match(
        r"asyncio tests: verified. \d+ tests passed in \d+\.\d s\n"
        r"  2 tests of virtual time skipped, which this suite's event loop cannot be",
        last_lines(finished),
    )


def test_verifying_leaves_nothing_in_the_project(small: Path, tmp_path: Path) -> None:
    """No cache, no bytecode, no environment: the first commit is what was rendered."""
    run_copier(*COPY, "--skip-tasks", small, "bare", cwd=tmp_path)
    run_copier(*COPY, small, "verified", cwd=tmp_path)

    assert tree(tmp_path / "verified") == tree(tmp_path / "bare")


@pytest.mark.parametrize(
    ("content", "what", "why"),
    [
        (
            "async def test_sums():\n    assert 1 + 1 == 3\n",
            "::test_sums",
            "failed: assert (1 + 1) == 3",
        ),
        (
            "import nowhere\n",
            "",
            "ModuleNotFoundError: No module named 'nowhere'",
        ),
        (
            "import pytest\n\ndef test_later():\n    pytest.skip('not today')\n",
            "::test_later",
            "skipped: Skipped: not today",
        ),
        (
            "import pytest\n\n@pytest.mark.xfail\ndef test_odd():\n    assert False\n",
            "::test_odd",
            "xfailed",
        ),
        (
            LATE,
            "::test_opens",
            "failed: ZeroDivisionError",
        ),
        ("HOURS = 24\n", "", "no test of it was run"),
    ],
    ids=["fails", "cannot be imported", "skips", "xfails", "breaks late", "is empty"],
)
def test_a_sample_that_does_not_pass_is_named(
    content: str, what: str, why: str, small: Path, tmp_path: Path, cache: Path
) -> None:
    """A suite is verified when every rendered test ran and passed, and not before."""
    broken = changed(small, tmp_path / "template", {BROKEN: content})

    finished = run_copier(*COPY, broken, "project", cwd=tmp_path)

    assert finished.returncode == 1
    said = last_lines(finished)
    assert said.startswith("asyncio tests: failed. 1 of what was rendered did not pass")
    assert f"  {BROKEN}{what}\n    {why}" in said
    (report,) = (cache / "reports").iterdir()
    assert str(report) in said
    assert BROKEN in report.read_text(encoding="utf-8")
    assert not (tmp_path / "project").exists()


def test_a_failure_in_a_directory_that_existed_leaves_the_files_there(
    small: Path, tmp_path: Path
) -> None:
    """Copier deletes only what it made; the rest is there to be looked into."""
    broken = changed(small, tmp_path / "template", {BROKEN: "def test_x(): 1 / 0\n"})
    (tmp_path / "project").mkdir()

    finished = run_copier(*COPY, broken, "project", cwd=tmp_path)

    assert finished.returncode == 1
    assert BROKEN in tree(tmp_path / "project")


def test_a_run_that_collects_nothing_fails(small: Path, tmp_path: Path) -> None:
    """Pytest may well be content with no tests; a verification is not."""
    empty = changed(
        small,
        tmp_path / "template",
        {f"tests/asyncio_examples/{ONE_SAMPLE}": None},
    )

    finished = run_copier(*COPY, empty, "project", cwd=tmp_path)

    assert finished.returncode == 1
    assert "asyncio_examples\n    holds no tests" in last_lines(finished)


@pytest.mark.parametrize(
    ("conftest", "why"),
    [
        (
            "import os\n\nos._exit(3)\n",
            "pytest ended with exit code 3: it printed nothing",
        ),
        ("import nowhere\n", "pytest ended with exit code 4: "),
    ],
    ids=["exits", "breaks"],
)
def test_a_pytest_that_cannot_start_fails(
    conftest: str, why: str, small: Path, tmp_path: Path
) -> None:
    """What pytest said last is the best there is to say."""
    broken = changed(small, tmp_path / "template", {"conftest.py": conftest})

    finished = run_copier(*COPY, broken, "project", cwd=tmp_path)

    assert finished.returncode == 1
    assert f"  tests/asyncio_examples\n    {why}" in last_lines(finished)


def test_a_run_that_does_not_end_fails(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report's last line is the test that hangs."""
    content = "import signal\n\ndef test_waits():\n    signal.pause()\n"
    hanging = changed(small, tmp_path / "template", {BROKEN: content})
    run_copier(*COPY, "--skip-tasks", hanging, "project", cwd=tmp_path)
    monkeypatch.setattr(suite, "RUN_LIMIT", 15.0)  # seconds, enough to start

    run = suite.run(
        Interpreter(Path(sys.executable), "this run"), tmp_path / "project", "tests"
    )

    assert run.faults == [suite.Fault("tests/asyncio_examples", suite.TIMED_OUT)]
    assert not run.passed
    assert run.output.rstrip().endswith(f"{BROKEN}::test_waits")


def test_many_failures_are_listed_in_the_report_only(
    small: Path, tmp_path: Path, cache: Path
) -> None:
    """Twelve lines tell what is wrong as well as two hundred do."""
    content = "import pytest\n\n@pytest.mark.parametrize('n', range(20))\n"
    content += "def test_n(n):\n    assert n < 0\n"
    broken = changed(small, tmp_path / "template", {BROKEN: content})

    finished = run_copier(*COPY, broken, "project", cwd=tmp_path)

    said = last_lines(finished)
    assert said.count("::test_n[") == 12
    assert "  and 8 more, in the report" in said
    (report,) = (cache / "reports").iterdir()
    assert report.read_text(encoding="utf-8").count("test_n[19]") > 0


def test_a_report_that_cannot_be_kept_is_shown(small: Path, tmp_path: Path) -> None:
    """A full disk or a read-only home must not cost the reader the reason."""
    broken = changed(small, tmp_path / "template", {BROKEN: "def test_x(): 1 / 0\n"})
    (tmp_path / "file").touch()

    finished = run_copier(
        *COPY,
        broken,
        "project",
        cwd=tmp_path,
        ASYNCIO_TESTING_CACHE=str(tmp_path / "file"),
    )

    assert finished.returncode == 1
    said = last_lines(finished)
    assert "The full report: could not be kept (" in said
    assert ">       1 / 0" in said or "def test_x(): 1 / 0" in said


def test_what_the_shell_holds_for_another_project_does_not_count(
    small: Path, tmp_path: Path
) -> None:
    """A forgotten PYTEST_ADDOPTS must not deselect what is to be verified."""
    finished = run_copier(
        *COPY,
        small,
        "project",
        cwd=tmp_path,
        PYTEST_ADDOPTS="-k nothing_like_this",
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
    )

    assert finished.returncode == 0, finished.stderr
    assert "verified" in last_lines(finished)


def test_a_quiet_copy_prints_nothing_when_all_is_well(
    small: Path, tmp_path: Path
) -> None:
    """Scripts ask for quiet and get it."""
    finished = run_copier(*COPY, "--quiet", small, "project", cwd=tmp_path)

    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


def test_a_quiet_copy_still_says_what_failed(small: Path, tmp_path: Path) -> None:
    """Quiet means no chatter; it does not mean no errors."""
    broken = changed(small, tmp_path / "template", {BROKEN: "def test_x(): 1 / 0\n"})

    finished = run_copier(*COPY, "--quiet", broken, "project", cwd=tmp_path)

    assert finished.returncode == 1
    assert "test_broken.py::test_x" in last_lines(finished)


@pytest.mark.parametrize(
    ("answer", "variable", "first_words"),
    [
        ("skip", None, "not run, as asked"),
        ("standard", "skip", "not run, as asked"),
        ("skip", "standard", "verified"),
        ("strict", None, "verified"),
    ],
)
def test_verification_can_be_skipped_by_answer_and_by_variable(
    answer: str, variable: str | None, first_words: str, small: Path, tmp_path: Path
) -> None:
    """The variable is for the one run in which the recorded answer is wrong."""
    finished = run_copier(
        *COPY,
        f"--data=asyncio_verification={answer}",
        small,
        "project",
        cwd=tmp_path,
        **({"ASYNCIO_TESTING_VERIFY": variable} if variable else {}),
    )

    assert finished.returncode == 0
    assert last_lines(finished).startswith(f"asyncio tests: {first_words}")


def test_a_variable_that_means_nothing_is_an_error(small: Path, tmp_path: Path) -> None:
    """Somebody who writes `off` must not believe that it worked."""
    finished = run_copier(
        *COPY, small, "project", cwd=tmp_path, ASYNCIO_TESTING_VERIFY="off"
    )

    assert finished.returncode == 1
    assert (
        "ASYNCIO_TESTING_VERIFY: 'off' is not one of standard, strict, skip\n"
        in finished.stderr
    )


@pytest.mark.usefixtures("cut_off")
@pytest.mark.parametrize(("mode", "code"), [("standard", 0), ("strict", 1)])
def test_without_a_network_it_is_not_verified_and_says_how_to_later(
    mode: str, code: int, small: Path, tmp_path: Path
) -> None:
    """What could not be checked is not called good, and is bad only if asked for."""
    finished = run_copier(
        *COPY,
        f"--data=asyncio_verification={mode}",
        small,
        "project",
        cwd=tmp_path,
        ASYNCIO_TESTING_PYTHON="",
    )

    assert finished.returncode == code
    said = last_lines(finished)
    assert said.startswith("asyncio tests: not verified, since no isolated environment")
    project = tmp_path / "project"
    assert (
        f"  Run them later: cd {project} && "
        "python -m pip install -r tests/requirements.txt && python -m pytest\n"
    ) in said
    assert project.exists() == (code == 0)


def test_a_named_interpreter_that_is_missing_fails_the_copy(
    small: Path, tmp_path: Path
) -> None:
    """A mistake in a setting is an error in every mode."""
    finished = run_copier(
        *COPY, small, "project", cwd=tmp_path, ASYNCIO_TESTING_PYTHON="/no/python"
    )

    assert finished.returncode == 1
    assert "ASYNCIO_TESTING_PYTHON names /no/python, which cannot" in last_lines(
        finished
    )


@pytest.mark.network
@pytest.mark.parametrize("way", ["uvx", "pipx", "pip"])
def test_it_works_however_copier_was_installed(
    way: str, small: Path, tmp_path: Path
) -> None:
    """Each way gives the hooks an interpreter of another kind, none with pytest."""
    copier = [*installed_copier(way, tmp_path), *COPY, small, "project"]

    finished = subprocess.run(
        copier, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert finished.returncode == 0, finished.stderr
    said = last_lines(finished)
    assert "verified" in said
    assert "in an isolated environment, " in said


def installed_copier(way: str, scratch: Path) -> list[str | Path]:
    """Return the words that start a Copier which was installed in a given way."""
    if way == "uvx":
        return ["uv", "tool", "run", "--python", sys.executable, "copier"]
    if way == "pipx":
        return [sys.executable, "-m", "pipx", "run", "copier"]
    environment = scratch / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "copier"], check=True)
    return [python, "-m", "copier"]


@pytest.mark.parametrize("tests_dir", ["tests", "app/tests"])
@pytest.mark.parametrize("place", ["new", "empty", "git", "Füße und Köpfe"])
def test_it_lands_in_every_kind_of_new_project(
    place: str, tests_dir: str, small: Path, tmp_path: Path
) -> None:
    """New, empty, freshly `git init`ed, or at a path that needs quoting."""
    project = tmp_path / place
    if place in {"empty", "git"}:
        project.mkdir()
    if place == "git":
        subprocess.run(["git", "init", "--quiet", project], check=True)

    finished = run_copier(
        *COPY, f"--data=asyncio_tests_dir={tests_dir}", small, place, cwd=tmp_path
    )

    assert finished.returncode == 0, finished.stderr
    assert "verified" in last_lines(finished)
    assert f"{tests_dir}/asyncio_examples/{ONE_SAMPLE}" in tree(project)


def test_it_lands_in_the_current_directory(small: Path, tmp_path: Path) -> None:
    """`.` is what most people type."""
    finished = run_copier(*COPY, small, ".", cwd=tmp_path)

    assert finished.returncode == 0, finished.stderr
    assert "verified" in last_lines(finished)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_copy_leaves_no_process(
    number: signal.Signals, small: Path, tmp_path: Path
) -> None:
    """Ctrl-C reaches Copier and the hook; the tests' own children must end too."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = f"""
import os, subprocess, sys

def test_waits_for_ever():
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"],
                             stdin=subprocess.PIPE)
    with open({str(pipe)!r}, "w") as file:
        file.write(f"{{os.getpid()}} {{child.pid}}")
    child.wait()
"""
    hanging = changed(small, tmp_path / "template", {BROKEN: content})
    process = subprocess.Popen(
        [sys.executable, "-m", "copier", *COPY, hanging, tmp_path / "project"],
        env={**os.environ, "ASYNCIO_TESTING_PYTHON": sys.executable},
        start_new_session=True,
        stderr=subprocess.PIPE,
    )

    pids = [int(pid) for pid in pipe.read_text().split()]
    os.killpg(process.pid, number)
    process.communicate(timeout=60)  # a generous bound, on failure only

    assert len(pids) == 2
    assert still_running(pids) == []


def test_only_the_suites_own_tests_count_whatever_else_a_run_brings_along() -> None:
    """Ids may start further up, and addopts may name packages to be tested as well."""
    passed = {"outcome": "passed", "why": ""}
    recorded: suite.Report = {
        "versions": {},
        "tests": {
            "packages/one/tests/asyncio_examples/test_a.py::test_a": passed,
            "tests/asyncio_examples/test_b.py::test_b": passed,
            "tests/asyncio_examples_of_mine/test_c.py::test_c": passed,
            "../site-packages/shop/test_d.py::test_d": passed,
        },
        "errors": [
            {"id": "packages/one/tests/asyncio_examples", "why": "broken"},
            {"id": "tests/test_e.py", "why": "theirs"},
        ],
    }

    own = suite.those_in("tests/asyncio_examples", recorded)

    assert list(own["tests"]) == [
        "tests/asyncio_examples/test_a.py::test_a",
        "tests/asyncio_examples/test_b.py::test_b",
    ]
    assert own["errors"] == [{"id": "tests/asyncio_examples", "why": "broken"}]
