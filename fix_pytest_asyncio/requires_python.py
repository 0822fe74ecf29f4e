"""Which versions of Python a project says that it runs on."""

from __future__ import annotations

import configparser
import re
from typing import TYPE_CHECKING

from .configuration import parsed_toml
from .files import UnusableFileError, read_file

if TYPE_CHECKING:
    from pathlib import Path

# --- Required Python ------------------------------------------------------------------

_LEAST = re.compile(r"(?:>=|~=|={2,3}|\^|~)\s*(\d+)(?:\.(\d+))?")
_IN_SETUP_PY = re.compile(r"""python_requires\s*=\s*["']([^"'\n]*)["']""")


def least_python(path: Path) -> tuple[int, int]:
    """Return the oldest Python that a file's project supports; 0.0 if it says none."""
    for directory in path.absolute().parents:
        said = _said_in(directory)
        if said or (directory / ".git").exists():
            return _least_of(said)
    return 0, 0


def _least_of(requirement: str) -> tuple[int, int]:
    """Return the highest of the lower bounds; of alternatives, nothing is known."""
    if "|" in requirement:
        return 0, 0
    versions = [(int(m[1]), int(m[2] or 0)) for m in _LEAST.finditer(requirement)]
    return max(versions, default=(0, 0))


def _said_in(directory: Path) -> str:
    readers = {
        "pyproject.toml": _in_pyproject,
        "setup.cfg": _in_setup_cfg,
        "setup.py": _in_setup_py,
    }
    for name, reader in readers.items():
        try:
            said = reader(read_file(directory / name).decode("utf-8-sig"))
        except (UnusableFileError, ValueError, configparser.Error):
            continue
        if said:
            return said
    return ""


def _in_pyproject(text: str) -> str:
    content = parsed_toml(text)
    project = content.get("project", {})
    poetry = content.get("tool", {}).get("poetry", {})
    said = project.get("requires-python") or poetry.get("dependencies", {}).get(
        "python"
    )
    return said if isinstance(said, str) else ""


def _in_setup_cfg(text: str) -> str:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    parser.read_string(text)
    return parser.get("options", "python_requires", fallback="") or ""


def _in_setup_py(text: str) -> str:
    found = _IN_SETUP_PY.search(text)
    return found[1] if found else ""
