"""What the tests do to projects from outside, as users would: git, Copier, a look."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import plumbum

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent

_GIT = [
    "git",
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@example.invalid",
    "-c",
    "commit.gpgsign=false",
]


# Importing Copier takes as long as what most tests have it do. Its processes are forked
# from one that has done so, where there is such a thing.
_PROCESSES = multiprocessing.get_context(
    "spawn" if sys.platform == "win32" else "forkserver"
)
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
    own = ["--cached", "--others", "--exclude-standard"]
    for name in filter(None, git(ROOT, "ls-files", "-z", *own, *parts).split("\0")):
        source, target = ROOT / name, clone / name
        if source.is_symlink() or source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    git(clone, "init", "--quiet")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "The working tree")
    git(clone, "tag", "v0.1.0")
    return clone


def run_copier(
    *arguments: str | Path, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command `copier` as a user does, without a terminal.

    The suite is verified with the Python of this run, unless `environment` says
    otherwise, so that nothing is fetched.
    """
    words = [str(argument) for argument in arguments]
    variables = {
        **os.environ,
        "ASYNCIO_TESTING_PYTHON": sys.executable,
        **environment,
    }
    with tempfile.TemporaryDirectory() as scratch:
        output, errors = Path(scratch, "stdout"), Path(scratch, "stderr")
        process = _PROCESSES.Process(
            target=_copier, args=(words, cwd, variables, output, errors)
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


def _copier(
    words: list[str],
    cwd: Path,
    variables: dict[str, str],
    output: Path,
    errors: Path,
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


def changed(template: Path, clone: Path, files: dict[str, str | None]) -> Path:
    """Clone a template, write (or with None delete) some files of it, and tag that.

    In the paths, `tests/` stands for the directory that becomes the tests directory,
    and `tests/utils/` for that of the helpers.
    """
    git(template.parent, "clone", "--quiet", str(template), str(clone))
    for name, text in files.items():
        inside = name.replace("tests/utils/", "tests/{{ asyncio_helpers_name }}/", 1)
        inside = inside.replace("tests/", "{{ asyncio_tests_dir }}/", 1)
        path = clone / "template" / inside
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--allow-empty", "--message", "Changed")
    git(clone, "tag", "--force", "v0.1.1")
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
