"""Which Python runs the suite, and what is said when none can."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from verify import interpreters, isolated
from workbench import tree

REQUIREMENTS = "# A comment.\npytest>=8.4\n\npytest-asyncio>=1.4\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that holds nothing but the requirements of its tests."""
    path = tmp_path / "project"
    (path / "tests").mkdir(parents=True)
    (path / "tests" / "requirements.txt").write_text(REQUIREMENTS, encoding="utf-8")
    return path


def make_environment(place: Path, *, packages: bool = True) -> Path:
    """Make a virtual environment; `packages` are those of this run, installed by name.

    They are linked in, which needs no network: a `.pth` file makes them importable.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    if packages:
        site = Path(sysconfig.get_path("purelib", vars={"base": str(place)}))
        here = sysconfig.get_path("purelib")
        (site / "linked.pth").write_text(here, encoding="utf-8")
    return isolated.python_of(place)


def test_a_named_interpreter_comes_first(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who names one has a reason."""
    make_environment(project / ".venv")
    monkeypatch.setenv(interpreters.VARIABLE, sys.executable)

    found = interpreters.find_interpreter(
        project, project / "tests" / "requirements.txt"
    )

    assert found.path == Path(sys.executable)
    assert found.origin == "the Python that ASYNCIO_TESTING_PYTHON names"


@pytest.mark.parametrize("place", [".venv", "venv", "environments/test"])
def test_the_projects_own_environment_comes_next_and_is_not_changed(
    place: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what the user will run the tests with, and only the user installs there."""
    if "/" in place:
        monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", place)
    python = make_environment(project / place)
    before = tree(project)

    found = interpreters.find_interpreter(
        project, project / "tests" / "requirements.txt"
    )

    assert (found.path, found.isolated) == (python, False)
    assert found.origin == "the project's own environment"
    assert tree(project) == before


def test_a_part_of_a_repository_uses_the_environment_of_the_whole(
    project: Path, tmp_path: Path
) -> None:
    """As the members of a workspace do; further up, directories are somebody else's."""
    whole = tmp_path / "whole"
    part = whole / "packages" / "part"
    shutil.copytree(project, part)
    requirements = part / "tests" / "requirements.txt"
    python = make_environment(whole / ".venv")
    assert interpreters.find_own(part, requirements) == (None, ())

    (whole / ".git").mkdir()
    found, _ = interpreters.find_own(part, requirements)
    assert found is not None
    assert found.path == python

    (part / ".git").touch()  # a submodule is a repository of its own
    assert interpreters.find_own(part, requirements) == (None, ())


@pytest.mark.parametrize("elsewhere", ["/another/project/.venv", "../another/.venv"])
def test_an_environment_elsewhere_is_not_the_projects_own(
    elsewhere: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shell may hold the setting for the project that was worked on before."""
    make_environment(project.parent / "another" / ".venv")
    python = make_environment(project / ".venv")
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", elsewhere)

    assert (
        interpreters.find_interpreter(
            project, project / "tests" / "requirements.txt"
        ).path
        == python
    )


def test_an_environment_without_pytest_is_passed_over_with_a_reason(
    project: Path, cache: Path
) -> None:
    """The reason ends up in the last lines, so that nobody wonders."""
    make_environment(project / ".venv", packages=False)
    ready = cache / "environments" / isolated.key(isolated.REQUIREMENTS)
    make_environment(ready)

    found = interpreters.find_interpreter(
        project, project / "tests" / "requirements.txt"
    )

    assert found.path == isolated.python_of(ready)
    assert found.isolated
    assert found.origin == f"an isolated environment, {ready}"
    own = isolated.python_of(project / ".venv")
    assert found.notes == (f"passed over {own}, which does not have pytest>=8.4",)


def test_an_environment_with_an_old_version_is_passed_over(
    project: Path, cache: Path
) -> None:
    """pytest-asyncio before 1.0 would run the tests, on another kind of loop."""
    make_environment(project / ".venv")
    site = sysconfig.get_path("purelib", vars={"base": str(project / ".venv")})
    old = Path(site, "pytest_asyncio-0.23.8.dist-info")
    old.mkdir()
    text = "Metadata-Version: 2.1\nName: pytest-asyncio\nVersion: 0.23.8\n"
    (old / "METADATA").write_text(text, encoding="utf-8")
    make_environment(cache / "environments" / isolated.key(isolated.REQUIREMENTS))

    found = interpreters.find_interpreter(
        project, project / "tests" / "requirements.txt"
    )

    (note,) = found.notes
    assert note.endswith(
        "has pytest-asyncio 0.23.8 where pytest-asyncio>=1.4 is needed"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be started: No such file or directory"),
        ("#!/bin/sh\nexit 1\n", "is not a working Python"),
        ("#!/bin/sh\necho hello\n", "is not a working Python"),
    ],
    ids=["missing", "fails", "is something else"],
)
def test_a_named_interpreter_that_will_not_do_is_an_error(
    content: str | None,
    reason: str,
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another one in its place is not what was asked for."""
    path = tmp_path / "python"
    if content is not None:
        path.write_text(content, encoding="utf-8")
        path.chmod(0o755)
    monkeypatch.setenv(interpreters.VARIABLE, str(path))

    with pytest.raises(interpreters.NoInterpreterError) as caught:
        interpreters.find_interpreter(project, project / "tests" / "requirements.txt")

    assert str(caught.value) == f"ASYNCIO_TESTING_PYTHON names {path}, which {reason}"
    assert caught.value.fatal


def test_a_broken_environment_of_the_project_is_passed_over(
    project: Path, cache: Path
) -> None:
    """A moved or half-deleted environment is no reason to fail."""
    python = make_environment(project / ".venv")
    python.unlink()
    python.write_text("not a program", encoding="utf-8")
    python.chmod(0o755)
    make_environment(cache / "environments" / isolated.key(isolated.REQUIREMENTS))

    found = interpreters.find_interpreter(
        project, project / "tests" / "requirements.txt"
    )

    assert "cannot be started: Exec format error" in found.notes[0]


@pytest.mark.usefixtures("cut_off")
@pytest.mark.parametrize("with_uv", [True, False])
def test_without_a_network_the_reason_is_what_each_installer_said(
    with_uv: bool,  # noqa: FBT001 (a parameter of the test)
    project: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`not verified` helps only with a reason that somebody can act upon."""
    if not with_uv:
        monkeypatch.delenv("UV", raising=False)
        monkeypatch.setenv("PATH", "/nowhere")
    make_environment(project / ".venv", packages=False)

    with pytest.raises(interpreters.NoInterpreterError) as caught:
        interpreters.find_interpreter(project, project / "tests" / "requirements.txt")

    said = str(caught.value)
    assert not caught.value.fatal
    assert said.startswith("passed over ")
    assert "; no isolated environment could be made (" in said
    assert ("uv: " in said) == with_uv
    assert "venv and pip: " in said
    assert "No matching distribution found for" in said
    assert "\n" not in said
    assert list((cache / "environments").iterdir()) == []


def test_a_cache_that_cannot_be_written_is_a_reason_too(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in the place of the directory: a mistake that names itself."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("ASYNCIO_TESTING_CACHE", str(tmp_path / "file"))

    with pytest.raises(interpreters.NoInterpreterError, match="Not a directory"):
        interpreters.find_interpreter(project, project / "tests" / "requirements.txt")


def test_an_environment_whose_python_is_gone_is_made_again(
    tmp_path: Path,
) -> None:
    """An upgrade of the system's Python leaves a dangling link behind."""
    place, built = tmp_path / "place", tmp_path / "built"
    make_environment(place)
    isolated.python_of(place).unlink()
    isolated.python_of(place).symlink_to(tmp_path / "gone")
    make_environment(built)

    isolated.put_in_place(built, place)

    assert isolated.python_of(place).exists()


def test_of_two_runs_at_once_the_first_to_finish_wins(tmp_path: Path) -> None:
    """Both built the same thing, so the slower one uses what is there."""
    place, built = tmp_path / "place", tmp_path / "built"
    make_environment(place)
    (place / "the first").touch()
    make_environment(built)

    isolated.put_in_place(built, place)

    assert (place / "the first").exists()


def test_an_environment_that_cannot_be_put_in_place_is_an_error(
    tmp_path: Path,
) -> None:
    """Only a finished environment in its place excuses a failed move."""
    with pytest.raises(OSError, match="No such file"):
        isolated.put_in_place(tmp_path / "missing", tmp_path / "place")


def test_the_environment_depends_on_its_pins(tmp_path: Path) -> None:
    """New pins make a new environment; the old one may still be in use."""
    before = isolated.key(isolated.REQUIREMENTS)
    other = tmp_path / "requirements.txt"
    other.write_text("pytest==8.4.0\n", encoding="utf-8")

    assert isolated.key(other) != before


def test_a_slow_installer_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An installer that waits for a dead proxy waits for ever."""
    monkeypatch.setattr(isolated, "INSTALL_LIMIT", 0.01)

    endless = "import signal; signal.pause()"
    said = isolated.first_problem(tmp_path, [sys.executable, "-c", endless])

    assert said == "not done after 0.01 s"


def test_the_pins_satisfy_what_the_suite_requires() -> None:
    """The isolated environment must pass the check that the user's own has to pass."""
    pins = {
        line.partition(" ")[0].partition("==")[0]: line.split()[0].partition("==")[2]
        for line in isolated.REQUIREMENTS.read_text(encoding="utf-8").splitlines()
        if "==" in line and not line.startswith(" ")
    }
    required = (
        isolated.REQUIREMENTS.parents[2]
        / "template"
        / "{{ asyncio_tests_dir }}"
        / "requirements.txt"
    )

    for requirement in interpreters.read_requirements(required):
        assert requirement.specifier.contains(pins[requirement.name])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, ["pytest", "pytest-asyncio"]),
        ("", ["pytest", "pytest-asyncio"]),
        (REQUIREMENTS, ["pytest>=8.4", "pytest-asyncio>=1.4"]),
        (
            "-r more.txt\npytest>=9  # mine\nhttpx\n./a b\n",
            ["pytest>=9", "pytest-asyncio"],
        ),
    ],
    ids=["deleted", "emptied", "as rendered", "changed"],
)
def test_the_users_requirements_file_is_read_with_tolerance(
    content: str | None, expected: list[str], tmp_path: Path
) -> None:
    """It belongs to the user, who may write into it what pip understands."""
    path = tmp_path / "requirements.txt"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    assert [str(each) for each in interpreters.read_requirements(path)] == expected


@pytest.mark.network
@pytest.mark.parametrize("with_uv", [True, False])
def test_an_isolated_environment_is_made_once_and_shared(
    with_uv: bool,  # noqa: FBT001 (a parameter of the test)
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With uv or, where there is none, with venv and pip; the second run is quick."""
    if not with_uv:
        monkeypatch.delenv("UV", raising=False)
        monkeypatch.setenv("PATH", "/nowhere")

    first = interpreters.find_interpreter(
        project, project / "tests" / "requirements.txt"
    )
    said_first = capsys.readouterr().err
    second = interpreters.find_interpreter(
        project, project / "tests" / "requirements.txt"
    )
    said_second = capsys.readouterr().err

    assert first == second
    assert said_first.startswith("Preparing an isolated environment")
    assert said_second == ""
    required = project / "tests" / "requirements.txt"
    assert interpreters.why_unfit(first.path, required) is None


@pytest.mark.network
@pytest.mark.parametrize("with_uv", [True, False])
def test_a_package_that_is_not_the_pinned_one_is_refused(
    with_uv: bool,  # noqa: FBT001 (a parameter of the test)
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The hashes are there to be checked."""
    if not with_uv:
        monkeypatch.delenv("UV", raising=False)
        monkeypatch.setenv("PATH", "/nowhere")
    other = tmp_path / "requirements.txt"
    other.write_text(f"iniconfig==2.1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")

    with pytest.raises(isolated.CannotMakeError, match=r"(?i)hash"):
        isolated.environment(other)
