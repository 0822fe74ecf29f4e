"""Finds a Python that can run the rendered suite."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from verify import examples, isolated, process

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    project: Path,
    requirements: Path,
    libraries: Sequence[str] = (),
    *,
    quiet: bool = False,
) -> Interpreter:
    """Find a Python with what the suite requires.

    The first of: the one named by $ASYNCIO_TESTING_PYTHON, the project's own
    environment, an isolated environment that is made for the purpose, once, and shared
    by later runs. Nothing is ever installed into the first two.

    Args:
        project: The project, whose environment is looked for inside it.
        requirements: The file that says what the suite requires; it may be missing.
        libraries: Those that it has examples for; see `examples`.
        quiet: Do not say that an environment is being made.

    Raises:
        NoInterpreterError: There is none.
    """
    own, notes = find_own(project, requirements, libraries)
    return own or find_isolated(libraries, notes, quiet=quiet)


def find_isolated(
    libraries: Sequence[str] = (), notes: tuple[str, ...] = (), *, quiet: bool = False
) -> Interpreter:
    """Return the Python of an isolated environment, made when it is missing.

    Raises:
        NoInterpreterError: None could be made; the text begins with the notes.
    """
    pins = [isolated.REQUIREMENTS, *examples.pins(libraries)]
    try:
        environment = isolated.environment(*pins, quiet=quiet)
    except isolated.CannotMakeError as error:
        raise NoInterpreterError("; ".join([*notes, str(error)])) from error
    return Interpreter(
        isolated.python_of(environment),
        f"an isolated environment, {environment}",
        notes,
        isolated=True,
    )


def find_own(
    project: Path, requirements: Path, libraries: Sequence[str] = ()
) -> tuple[Interpreter | None, tuple[str, ...]]:
    """Find the named Python, or that of the project, if it has what the suite requires.

    Returns:
        It, or None, and what was passed over and why.

    Raises:
        NoInterpreterError: The named one will not do.
    """
    named = os.environ.get(VARIABLE)
    if named:
        path = Path(named).expanduser().absolute()
        unfit = why_unfit(path, requirements, libraries)
        if unfit:
            text = NAMED_UNSUITABLE.format(path=path, reason=unfit)
            raise NoInterpreterError(text, fatal=True)
        return Interpreter(path, f"the Python that {VARIABLE} names"), ()

    notes: list[str] = []
    for path in project_interpreters(project):
        unfit = why_unfit(path, requirements, libraries)
        if not unfit:
            origin = "the project's own environment"
            return Interpreter(path, origin, tuple(notes)), tuple(notes)
        notes.append(f"passed over {path}, which {unfit}")
    return None, tuple(notes)


def read_requirements(path: Path, libraries: Sequence[str] = ()) -> list[Requirement]:
    """Read which versions the suite requires: of pytest, its plugin, and libraries.

    The user may have added to the file, or deleted it: what cannot be understood, or
    is about other packages, is none of the verification's business.
    """
    required = {**examples.parse(REQUIRED), **examples.required(libraries)}
    with contextlib.suppress(FileNotFoundError):
        declared = examples.parse(path.read_text(encoding="utf-8").splitlines())
        required |= {name: declared[name] for name in required if name in declared}
    return list(required.values())


def project_interpreters(project: Path) -> list[Path]:
    """List the Pythons of virtual environments inside the project.

    For a part of a larger repository those of the whole follow: the parts of a
    workspace share one.
    """
    named = project / (os.environ.get("UV_PROJECT_ENVIRONMENT") or ".venv")
    # Elsewhere, it is a setting that this shell holds for another project.
    inside = Path(os.path.normpath(named)).is_relative_to(project)
    places = [named if inside else project / ".venv", project / "venv"]
    for above in _above_in_repository(project):
        places += [above / ".venv", above / "venv"]
    return [path for path in map(isolated.python_of, places) if path.exists()]


def _above_in_repository(project: Path) -> list[Path]:
    """List the directories above a project that belong to the same git repository."""
    passed: list[Path] = []
    for directory in (project, *project.parents):
        if (directory / ".git").exists():
            return [*passed, directory][1:]
        passed.append(directory)
    return []


def why_unfit(
    path: Path, requirements_file: Path, libraries: Sequence[str] = ()
) -> str | None:
    """Say why a Python cannot run the suite, or None when it can."""
    requirements = read_requirements(requirements_file, libraries)
    try:
        versions = versions_in(path, [each.name for each in requirements])
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


def versions_in(path: Path, names: Sequence[str]) -> dict[str, str | None]:
    """Ask a Python which versions of packages it has; None for one that is missing.

    Raises:
        OSError: It cannot be started.
        ValueError: It is no working Python.
    """
    finished = process.run(
        [path, "-c", _PROBE, *names], directory=Path(sys.prefix), limit=PROBE_LIMIT
    )
    versions: dict[str, str | None] = json.loads(finished.output)
    return versions
