"""Finds a Python that can run the rendered suite."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from verify import isolated, process

if TYPE_CHECKING:
    from packaging.requirements import Requirement

VARIABLE = "ASYNCIO_TESTING_PYTHON"
REQUIRED = ("pytest", "pytest-asyncio")
PROBE_LIMIT = 30.0  # seconds; a cold start from a slow disk takes two or three

NAMED_UNSUITABLE = f"{VARIABLE} names {{path}}, which {{reason}}"

_PROBE = """
import importlib.metadata, json, sys
versions = {}
for name in sys.argv[1:]:
    try:
        versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        versions[name] = None
print(json.dumps(versions))
"""


class NoInterpreterError(Exception):
    """Nothing here can run the suite.

    `fatal` is true when the user named an interpreter that will not do: that is a
    mistake to hear about, not a circumstance to live with.
    """

    def __init__(self, reason: str, *, fatal: bool = False) -> None:
        super().__init__(reason)
        self.fatal = fatal


class Interpreter(NamedTuple):
    """A Python that can run the suite.

    `origin` says where it comes from, `notes` what was passed over to get to it, and
    `isolated` whether Python is to be kept from the user's own modules.
    """

    path: Path
    origin: str
    notes: tuple[str, ...] = ()
    isolated: bool = False


def find_interpreter(
    project: Path, tests_dir: str, *, quiet: bool = False
) -> Interpreter:
    """Find a Python with what the suite requires.

    The first of: the one named by $ASYNCIO_TESTING_PYTHON, the project's own
    environment, an isolated environment that is made for the purpose, once, and shared
    by later runs. Nothing is ever installed into the first two.

    Raises:
        NoInterpreterError: There is none.
    """
    requirements = project / tests_dir / "requirements.txt"
    named = os.environ.get(VARIABLE)
    if named:
        path = Path(named).expanduser().absolute()
        unfit = why_unfit(path, requirements)
        if unfit:
            text = NAMED_UNSUITABLE.format(path=path, reason=unfit)
            raise NoInterpreterError(text, fatal=True)
        return Interpreter(path, f"named by {VARIABLE}")

    notes: list[str] = []
    for path in _project_interpreters(project):
        unfit = why_unfit(path, requirements)
        if not unfit:
            return Interpreter(path, "the project's own environment", tuple(notes))
        notes.append(f"passed over {path}, which {unfit}")
    try:
        environment = isolated.environment(quiet=quiet)
    except isolated.CannotMakeError as error:
        raise NoInterpreterError("; ".join([*notes, str(error)])) from error
    return Interpreter(
        isolated.python_of(environment),
        f"an isolated environment, {environment}",
        tuple(notes),
        isolated=True,
    )


def read_requirements(path: Path) -> list[Requirement]:
    """Read which versions of pytest and pytest-asyncio the suite requires.

    The user may have added to the file, or deleted it: what cannot be understood, or
    is about other packages, is none of the verification's business.
    """
    # Most runs have no environment to compare with: 50 ms that they need not wait.
    from packaging.requirements import (  # noqa: PLC0415 (see above)
        InvalidRequirement,
        Requirement,
    )

    required = {name: Requirement(name) for name in REQUIRED}
    with contextlib.suppress(FileNotFoundError):
        for line in path.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(InvalidRequirement):
                requirement = Requirement(line.partition("#")[0])
                if requirement.name in required:
                    required[requirement.name] = requirement
    return list(required.values())


def _project_interpreters(project: Path) -> list[Path]:
    """List the Pythons of virtual environments inside the project."""
    named = project / (os.environ.get("UV_PROJECT_ENVIRONMENT") or ".venv")
    # Elsewhere, it is a setting that this shell holds for another project.
    inside = Path(os.path.normpath(named)).is_relative_to(project)
    places = [named if inside else project / ".venv", project / "venv"]
    return [path for path in map(isolated.python_of, places) if path.exists()]


def why_unfit(path: Path, requirements_file: Path) -> str | None:
    """Say why a Python cannot run the suite, or None when it can."""
    requirements = read_requirements(requirements_file)
    names = [requirement.name for requirement in requirements]
    try:
        finished = process.run(
            [path, "-c", _PROBE, *names],
            directory=Path(sys.prefix),
            limit=PROBE_LIMIT,
        )
        versions = json.loads(finished.output)
    except OSError as error:
        return f"cannot be started: {error.strerror}"
    except ValueError:
        return "is not a working Python"
    for requirement in requirements:
        version = versions[requirement.name]
        if version is None:
            return f"does not have {requirement}"
        if not requirement.specifier.contains(version, prereleases=True):
            return f"has {requirement.name} {version} where {requirement} is needed"
    return None
