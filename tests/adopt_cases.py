"""The repositories in tests/cases/adopt: reading them, adopting them, looking at them.

A case is a directory:

- `before/`: the repository. Its tests really run.
- `after/`: the files that adoption changes or adds beside what Copier renders, and
  nothing else.
- `case.toml`, if something is to be said. About the repository: `files`, `links` and
  `read_only` (what git does not keep in `before`, such as a virtual environment; links
  by their targets), `git` (false for none), `dirty` (what is written after the commit),
  `below` (the part of the repository that adopts), `answers` (given with `-d`), `needs`
  (packages in its environment besides pytest and pytest-asyncio, by import names; where
  this Python has them not, the case is skipped). About what is expected: `exit_code`,
  `says` and `says_not` (texts of the output), `without_comparison` (true where the
  user's tests cannot be collected), `verified` (false where the suite cannot pass).
"""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit

from workbench import git, write_files

CASES = Path(__file__).parent / "cases" / "adopt"
SETTINGS = frozenset(
    {
        *("files", "links", "read_only", "git", "dirty", "below", "answers", "needs"),
        *("exit_code", "says", "says_not", "without_comparison", "verified"),
    }
)


@dataclass(frozen=True)
class Case:
    """One repository, before and after."""

    name: str
    settings: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def needs(self) -> tuple[str, ...]:
        """The import names of the packages that its environment holds."""
        return tuple(self.settings.get("needs", []))

    @property
    def missing(self) -> list[str]:
        """Those of them that this Python lacks."""
        return [name for name in self.needs if importlib.util.find_spec(name) is None]

    def lay_out(self, place: Path) -> Path:
        """Make the repository, and return the part of it that adopts."""
        shutil.copytree(CASES / self.name / "before", place, symlinks=True)
        write_files(place, self.settings.get("files", {}))
        for link, target in self.settings.get("links", {}).items():
            (place / link).parent.mkdir(parents=True, exist_ok=True)
            (place / link).symlink_to(target)
        if self.settings.get("git", True):
            git(place, "init", "--quiet")
            git(place, "-c", "core.autocrlf=false", "add", "--all", "--force")
            git(place, "commit", "--quiet", "--allow-empty", "--message=Before")
        write_files(place, self.settings.get("dirty", {}))
        for name in self.settings.get("read_only", []):
            (place / name).chmod(0o444)
        return place / str(self.settings.get("below", "."))

    def expected(self) -> dict[str, bytes]:
        """Return the files that change, relative to the part that adopts."""
        after = CASES / self.name / "after"
        return {
            path.relative_to(after).as_posix(): path.read_bytes()
            for path in sorted(after.rglob("*"))
            if path.is_file()
        }


def all_cases() -> list[Case]:
    """Return every case, by its name."""
    return [_read(path) for path in sorted(CASES.iterdir()) if path.is_dir()]


def files_in(directory: Path) -> dict[str, bytes]:
    """Return the content of all files below a directory, but for git's own."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(directory).parts
    }


def kinds_in(directory: Path) -> dict[str, str]:
    """Return the mode of every file, and of every link where it leads."""
    return {
        path.relative_to(directory).as_posix(): str(path.readlink())
        if path.is_symlink()
        else oct(path.stat().st_mode)
        for path in directory.rglob("*")
        if ".git" not in path.relative_to(directory).parts
    }


def _read(path: Path) -> Case:
    said = path / "case.toml"
    settings: dict[str, Any] = {}
    if said.exists():
        settings = tomlkit.parse(said.read_text(encoding="utf-8")).unwrap()
    unknown = settings.keys() - SETTINGS
    assert not unknown, f"{said}: unknown settings {sorted(unknown)}"
    return Case(path.name, settings)
