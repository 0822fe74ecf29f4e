"""Makes isolated environments: for the suite, if there is no other, and for adopting.

Each is pinned with hashes, lives in the hooks' cache, and is shared by later runs. uv
makes it where there is uv, else venv and pip; should uv fail, pip is tried too, since
the two are configured apart and a private index is often known to one of them only.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
import tempfile
import textwrap
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from verify import cache, process

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
INSTALL_LIMIT = 600.0  # seconds, for slow networks; a fast one takes two to ten
SAID_LENGTH = 400  # characters of an installer's complaint that a person will read

PREPARING = (
    "Preparing an isolated environment for {purpose} (once; kept in {directory})"
)
CANNOT = "no isolated environment could be made ({attempts})"


class CannotMakeError(Exception):
    """No way of making an environment worked; the text says what each one said."""


def environment(
    *requirements: Path,
    purpose: str = "the suite",
    quiet: bool = False,
) -> Path:
    """Return an isolated environment for this interpreter, made when it is missing.

    It is built beside its place and moved there when it is whole, so that neither an
    interrupted run nor two runs at once leave half of one behind.

    Args:
        requirements: Files with what it holds: pins with hashes.
        purpose: What it is for, in the line that says that one is made.
        quiet: Do not say that this may take some seconds.

    Raises:
        CannotMakeError: Neither uv nor venv and pip could make it.
    """
    environments = cache.directory() / "environments"
    place = environments / key(*requirements)
    if python_of(place).exists():  # a dangling link when its Python was removed
        return place
    if not quiet:
        print(
            PREPARING.format(purpose=purpose, directory=environments),
            file=sys.stderr,
            flush=True,
        )
    try:
        environments.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=environments, prefix="making-") as scratch:
            built = Path(scratch, "environment")
            _build(built, requirements)
            put_in_place(built, place)
    except OSError as error:
        reason = f"{error.filename or environments}: {error.strerror}"
        raise CannotMakeError(CANNOT.format(attempts=reason)) from error
    return place


def python_of(environment: Path) -> Path:
    """Return the path of a virtual environment's interpreter."""
    if sys.platform == "win32":
        return environment / "Scripts" / "python.exe"
    return environment / "bin" / "python"


def key(*requirements: Path) -> str:
    """Name what the environment depends on: the pins, and this very interpreter."""
    parts = [platform.machine(), sys.version, os.path.realpath(sys.base_prefix)]
    pins = b"".join(path.read_bytes() for path in requirements)
    content = pins + "\0".join(parts).encode()
    return hashlib.sha256(content).hexdigest()[:16]


def _build(place: Path, requirements: Sequence[Path]) -> None:
    attempts: list[str] = []
    for name, make in _ways():
        try:
            problem = make(place, requirements)
        except OSError as error:
            problem = error.strerror or str(error)
        if problem is None:
            return
        attempts.append(f"{name}: {problem}")
        shutil.rmtree(place, ignore_errors=True)
    raise CannotMakeError(CANNOT.format(attempts="; ".join(attempts)))


def _ways() -> list[tuple[str, Callable[[Path, Sequence[Path]], str | None]]]:
    """List the ways to make an environment; each returns None, or why it failed."""
    # uv names itself in $UV to what it starts, also where it is not on PATH.
    uv = os.environ.get("UV") or shutil.which("uv")
    pip = ("venv and pip", _with_pip)
    return [("uv", partial(_with_uv, uv)), pip] if uv else [pip]


def _with_uv(uv: str, place: Path, requirements: Sequence[Path]) -> str | None:
    python = python_of(place)
    install = ["pip", "install", "--quiet", "--compile-bytecode", "--require-hashes"]
    return first_problem(
        place.parent,
        [uv, "venv", "--quiet", "--no-project", "--python", sys.executable, place],
        [uv, *install, "--python", python, *_words(requirements)],
    )


def _with_pip(place: Path, requirements: Sequence[Path]) -> str | None:
    quick = ["--quiet", "--disable-pip-version-check", "--no-input", "--retries=1"]
    install = ["-m", "pip", "install", *quick, "--require-hashes"]
    return first_problem(
        place.parent,
        [sys.executable, "-m", "venv", place],
        [python_of(place), *install, *_words(requirements)],
    )


def _words(requirements: Sequence[Path]) -> list[str]:
    return [f"--requirement={path}" for path in requirements]


def first_problem(directory: Path, *commands: list[str | Path]) -> str | None:
    """Run commands in a row; return what the first that failed said, or None."""
    for command in commands:
        finished = process.run(command, directory=directory, limit=INSTALL_LIMIT)
        if finished.code is None:
            return f"not done after {INSTALL_LIMIT:g} s"
        if finished.code:
            said = textwrap.shorten(finished.output, SAID_LENGTH)
            return said or f"exit code {finished.code}"
    return None


def put_in_place(built: Path, place: Path) -> None:
    """Put a finished environment in its place, over a broken one if need be."""
    if place.exists() and not python_of(place).exists():
        shutil.rmtree(place)
    try:
        built.rename(place)
    except OSError:
        # Another run was quicker, and its environment is as good as this one.
        if not python_of(place).exists():
            raise
