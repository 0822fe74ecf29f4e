"""What stands in the way of later updates, which is best said while it can be mended.

Copier remembers where the template was, and which commit of it, in the words that it
was given. Some of these lead nowhere afterwards.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from verify import git

if TYPE_CHECKING:
    import argparse

TEMPLATE = Path(__file__).resolve().parents[2]
# What git and Copier take for an address: a scheme, a shortcut such as gh:, user@host.
ADDRESS = re.compile(r"\A(\w[\w+.-]+:|[\w.-]+@)")

NO_REPOSITORY = (
    "No update can come: {source} is no git repository, so no version is remembered. "
    "Copy again from one, or from the address of one"
)
RELATIVE = (
    "Update with: cd {cwd} && {update}\n"
    "    since the template is remembered as {source}, which is found from there only"
)
UNCOMMITTED = (
    "No update can come: what was copied from {source} was not committed there. Commit "
    "it, and copy again"
)
NO_TAGS = "The template has no release tags: an update brings whatever its HEAD holds"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the words that say what Copier remembers, and what it was given."""
    parser.add_argument("--source", default="", help="the template, as it was given")
    parser.add_argument("--commit", default="", help="the version that was copied")
    parser.add_argument("--destination", default=".", help="the project, as given")
    parser.add_argument("--answers-file", default=".copier-answers.yml")


def notes(options: argparse.Namespace) -> list[str]:
    """Return what to know about updates, each in a sentence; mostly nothing."""
    source = options.source
    if not source:
        return []
    if not options.commit:
        return [NO_REPOSITORY.format(source=source)]
    project = options.project.resolve()
    cwd = _started_in(project, options.destination)
    said: list[str] = []
    local = not ADDRESS.match(source) and Path(cwd or project, source).is_dir()
    if local and not Path(source).is_absolute():
        said.append(
            RELATIVE.format(
                cwd=shlex.quote(str(cwd or "WHERE YOU ARE NOW")),
                update=update(options.answers_file, options.destination),
                source=source,
            )
        )
    if local and not _knows(Path(cwd or project, source), options.commit):
        return [UNCOMMITTED.format(source=source)]
    if not _answers(TEMPLATE, "describe", "--tags", "--abbrev=0"):
        said.append(NO_TAGS)
    return said


def update(answers_file: str, destination: str = ".") -> str:
    """Return the command that updates a project."""
    words = ["copier", "update", "--trust"]
    if answers_file != ".copier-answers.yml":
        words += ["-a", answers_file]
    if destination != ".":
        words.append(destination)
    return shlex.join(words)


def _started_in(project: Path, destination: str) -> Path | None:
    """Return where Copier was started, which is what relative paths are relative to.

    It runs its tasks in the project, and tells of itself what it was given only.
    """
    for place in (Path(os.environ.get("PWD", ".")), project, *project.parents):
        if Path(place, destination).resolve() == project:
            return place.resolve()
    return None


def _knows(repository: Path, commit: str) -> bool:
    return _answers(
        repository, "rev-parse", "--quiet", "--verify", f"{commit}^{{commit}}"
    )


def _answers(repository: Path, *words: str) -> bool:
    try:
        git.output(repository, *words)
    except git.GitError:
        return False
    return True
