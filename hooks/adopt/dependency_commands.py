"""The commands that a person runs after a dependency has been added."""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import TYPE_CHECKING

from adopt.dependency_files import compile_command
from adopt.dependency_places import Kind, UnreadableError
from adopt.dependency_search import read_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.requirements import Requirement

    from adopt.dependency_places import Place
    from adopt.plan import Draft

INSTALL = "Install it: {command}"
LOCK = "Bring the lock file up to date: {command}"
COMPILE = "Compile {path} again: {command}"
NOWHERE = "Install what the suite needs: {command}"

LOCKS = {
    "uv.lock": ("uv lock", {Kind.GROUP, Kind.EXTRA, Kind.UV, Kind.SETUP_CFG}),
    "poetry.lock": ("poetry lock", {Kind.GROUP, Kind.EXTRA, Kind.POETRY}),
    "pdm.lock": ("pdm lock", {Kind.GROUP, Kind.EXTRA, Kind.PDM}),
    "Pipfile.lock": ("pipenv lock", {Kind.PIPENV}),
}
# By the program that manages the project's environment.
GROUP_COMMANDS = {
    "uv": "uv sync --group {group}",
    "poetry": "poetry install --with {group}",
    "pdm": "pdm install -G {group}",
    "pip": "pip install --group {group}",
}
EXTRA_COMMANDS = {
    "uv": "uv sync --extra {group}",
    "poetry": "poetry install --extras {group}",
    "pdm": "pdm install -G {group}",
    "pip": "pip install -e {extra}",
}
COMMANDS = {
    Kind.POETRY: "poetry install --with {group}",
    Kind.PDM: "pdm install -G {group}",
    Kind.HATCH: "hatch run {group}:pytest --version",
    Kind.UV: "uv sync",
    Kind.PIPENV: "pipenv install --dev",
    Kind.FILE: "pip install -r {path}",
    Kind.TOX: "tox -e {group} --notest",
    Kind.SETUP_CFG: "pip install -e {extra}",
}
# Where the usual name is no name of an environment.
DEFAULT_ENVIRONMENTS = {
    (Kind.HATCH, "default"): "hatch run pytest --version",
    (Kind.HATCH, "hatch-test"): "hatch test",
    (Kind.TOX, "testenv"): "tox --notest",
}
DECLARING = {
    "uv": "uv add --dev",
    "poetry": "poetry add --group dev",
    "pdm": "pdm add --dev",
    "pip": "pip install",
}


def commands_after(draft: Draft, place: Place) -> list[str]:
    """Return the lines that say what to run after something was added to a place."""
    notes = [
        LOCK.format(command=command)
        for lock, (command, kinds) in LOCKS.items()
        if place.kind in kinds and (draft.project / lock).is_file()
    ]
    path = place.path
    compiled = posixpath.splitext(path)[0] + ".txt"
    text = read_text(draft, compiled) if path.endswith(".in") else None
    if text is not None:
        command = compile_command(path, compiled, text)
        notes.append(COMPILE.format(path=compiled, command=command))
        path = compiled
    command = _install_command(draft, place).format(
        group=shlex.quote(place.group),
        extra=shlex.quote(f".[{place.group}]"),
        path=shlex.quote(path),
    )
    return [*notes, INSTALL.format(command=command)]


def nowhere_declared(draft: Draft, missing: Sequence[Requirement]) -> str:
    """Return the line that says what to install where no place was found."""
    texts = [str(requirement) for requirement in missing]
    command = shlex.join([*DECLARING[_manager(draft)].split(), *texts])
    return NOWHERE.format(command=command)


def _install_command(draft: Draft, place: Place) -> str:
    if place.kind == Kind.GROUP:
        return GROUP_COMMANDS[_manager(draft)]
    if place.kind == Kind.EXTRA:
        return EXTRA_COMMANDS[_manager(draft)]
    special = DEFAULT_ENVIRONMENTS.get((place.kind, place.group))
    return special or COMMANDS[place.kind]


def _manager(draft: Draft) -> str:
    """Name the program that manages the environment: by its lock, or its settings."""
    names = [name for name in DECLARING if name != "pip"]
    for name in names:
        if (draft.project / f"{name}.lock").is_file():
            return name
    try:
        text = read_text(draft, "pyproject.toml") or ""
    except UnreadableError:
        return "pip"
    found = re.search(rf"^\[tool\.({'|'.join(names)})\b", text, re.MULTILINE)
    return found[1] if found else "pip"
