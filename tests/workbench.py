"""What the tests do to projects from outside, as users would: git, Copier, a look."""

from __future__ import annotations

import functools
import io
import multiprocessing
import os
import runpy
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import plumbum
import tomlkit
from copier._main import Worker
from jinja2 import Environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).resolve().parent.parent

# For each file that it renders, Copier asks git whether modes count, in a process: more
# than half of the time of an update. What follows is for where they do not, Windows.
Worker._sync_git_index_executable_bit = lambda *_: None  # type: ignore[method-assign]  # pyright: ignore[reportPrivateUsage]

# It compiles the same few templates hundreds of times, too.
Environment.compile = functools.cache(Environment.compile)  # type: ignore[assignment, method-assign]

_GIT = [
    "git",
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@example.invalid",
    "-c",
    "commit.gpgsign=false",
]


# What Copier, and the hooks that it starts, use of this repository.
USED = ("copier.yml", "fix_pytest_asyncio", "hooks", "questions", "template")
# The version that the working tree is released as in the tests: later than all others.
NEXT = "99.0.0"
LATER = "v99.0.1"  # the tag of what `changed` makes of it

# Importing Copier takes as long as what most tests have it do: its processes are forked
# from one that has done so.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["workbench", "copier._cli"])


def git(directory: Path, *arguments: str) -> str:
    """Run git in a directory and return what it printed."""
    return subprocess.run(
        [*_GIT, *arguments], cwd=directory, check=True, capture_output=True, text=True
    ).stdout


def tagged_copy(place: Path, *parts: str) -> Path:
    """Make a tagged repository of this one's files, uncommitted work included.

    Args:
        place: The directory to make it in.
        parts: The files and directories to take; all by default.
    """
    clone = place / "copier-asyncio-testing"
    _copy_used(clone, *parts)
    git(clone, "init", "--quiet")
    _release(clone, NEXT)
    return clone


def _archive(commit: str) -> subprocess.CompletedProcess[bytes]:
    """Pack what Copier uses now, as much of it as there was then."""
    listed = ["git", "ls-tree", "--name-only", commit, *USED]
    there = subprocess.run(
        listed, cwd=ROOT, capture_output=True, check=False, text=True
    )
    archive = ["git", "archive", "--format=tar", commit, *there.stdout.split()]
    return subprocess.run(archive, cwd=ROOT, capture_output=True, check=False)


def _copy_used(clone: Path, *parts: str) -> None:
    own = ["--cached", "--others", "--exclude-standard"]
    for name in filter(None, git(ROOT, "ls-files", "-z", *own, *parts).split("\0")):
        source, target = ROOT / name, clone / name
        if source.is_symlink() or source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)


def history(place: Path) -> Path:
    """Make a repository of all releases, and of the working tree as the next one.

    Of each it holds, tagged, what Copier uses. The releases are those that
    docs/releases.toml lists, from the history of this repository.
    """
    clone = place / "copier-asyncio-testing"
    clone.mkdir()
    git(clone, "init", "--quiet")
    for version, commit in releases().items():
        packed = _archive(commit)
        # Never skipped: a suite that cannot see the releases proves nothing of updates.
        assert packed.returncode == 0, (
            f"release {version} is not in the history of this repository, which `git "
            f"fetch --unshallow` brings: {packed.stderr.decode()}"
        )
        _empty(clone)
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as tar:
            tar.extractall(clone, filter="data")
        _release(clone, version)
    _empty(clone)
    _copy_used(clone, *USED)
    _release(clone, NEXT)
    return clone


def releases() -> dict[str, str]:
    """Return the commit of each release, the oldest first."""
    listed = (ROOT / "docs" / "releases.toml").read_text(encoding="utf-8")
    return dict(tomlkit.parse(listed).unwrap()["releases"])


def _empty(clone: Path) -> None:
    for path in clone.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _release(clone: Path, version: str) -> None:
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--allow-empty", "--message", version)
    git(clone, "tag", f"v{version}")


def run_copier(
    *arguments: str | Path,
    cwd: Path,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Run the command `copier` as a user does, without a terminal.

    The suite is verified with the Python of this run, unless `environment` says
    otherwise, so that nothing is fetched.
    """
    return run_copier_within(_nothing, *arguments, cwd=cwd, **environment)


def run_copier_within(
    disturb: Callable[[], None], *arguments: str | Path, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command `copier` in a process in which something is called first."""
    words = [str(argument) for argument in arguments]
    variables = {
        **os.environ,
        "ASYNCIO_TESTING_PYTHON": sys.executable,
        **environment,
    }
    with tempfile.TemporaryDirectory() as scratch:
        output, errors = Path(scratch, "stdout"), Path(scratch, "stderr")
        process = _PROCESSES.Process(
            target=_copier, args=(words, cwd, variables, output, errors, disturb)
        )
        process.start()
        process.join()
        assert process.exitcode is not None
        return subprocess.CompletedProcess(
            ["copier", *words],
            process.exitcode,
            output.read_text(encoding="utf-8"),
            errors.read_text(encoding="utf-8"),
        )


def _nothing() -> None:
    """Disturb nothing."""


def _copier(
    words: list[str],
    cwd: Path,
    variables: dict[str, str],
    output: Path,
    errors: Path,
    disturb: Callable[[], None],
) -> None:
    """Become `python -m copier`, in a process that has imported it already."""
    for number, path in enumerate([Path(os.devnull), output, errors]):
        handle = os.open(path, os.O_RDWR | os.O_CREAT)
        os.dup2(handle, number)
    os.chdir(cwd)
    # plumbum has an environment of its own, as it was when it was imported.
    for environment in (os.environ, plumbum.local.env):
        environment.clear()
        environment.update(variables)
    tempfile.tempdir = None  # as TMPDIR has it now
    disturb()
    sys.argv = ["copier", *words]
    runpy.run_module("copier", run_name="__main__")


def tree(directory: Path) -> list[str]:
    """List all files below a directory, but for git's own."""
    return sorted(
        path.relative_to(directory).as_posix()
        for path in directory.rglob("*")
        if not path.is_dir() and ".git" not in path.relative_to(directory).parts
    )


def write_files(directory: Path, files: Mapping[str, str]) -> None:
    """Write files, by their names relative to a directory, and what it takes."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def changed(template: Path, clone: Path, files: Mapping[str, str | None]) -> Path:
    """Clone a template, write (or with None delete) some files of it, and tag that.

    In the paths, `tests/` stands for the directory that becomes the tests directory,
    and `tests/utils/` for that of the helpers; `hooks/` is that of the hooks.
    """
    git(template.parent, "clone", "--quiet", str(template), str(clone))
    for name, text in files.items():
        inside = name.replace("tests/utils/", "tests/{{ asyncio_helpers_name }}/", 1)
        inside = inside.replace("tests/", "{{ asyncio_tests_dir }}/", 1)
        path = clone / ("." if name.startswith("hooks/") else "template") / inside
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--allow-empty", "--message", "Changed")
    git(clone, "tag", "--force", LATER)
    return clone


def still_running(pids: list[int]) -> list[int]:
    """Return which processes are there although they have been killed.

    A killed process takes a moment to go: up to 10 seconds, on a very busy machine.
    """
    deadline = time.monotonic() + 10
    while (running := [pid for pid in pids if _is_running(pid)]) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.01)
    return running


def _is_running(pid: int) -> bool:
    """Tell whether a process is there and is no zombie that waits to be reaped."""
    found = shutil.which("ps")
    assert found
    state = subprocess.run(
        [found, "-o", "stat=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")
