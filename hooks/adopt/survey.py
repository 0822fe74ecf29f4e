"""Looks at what tests a repository has, without running any of it."""

from __future__ import annotations

import fnmatch
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

PYTHON_FILES = ("test_*.py", "*_test.py")  # pytest's default for python_files

# What shows that something else than pytest-asyncio runs async tests here. In auto mode
# it would take them over.
FRAMEWORKS = {
    "anyio": (b"mark.anyio", b"anyio_backend"),
    "trio": (b"mark.trio", b"pytest_trio", b"import trio"),
    "twisted": (b"pytest_twisted", b"inlineCallbacks", b"ensureDeferred"),
    "tornado": (b"gen_test", b"pytest_tornado", b"pytest_tornasync"),
    "aiohttp": (b"aiohttp_client", b"aiohttp.pytest_plugin", b"aiohttp_server"),
    "curio": (b"mark.curio", b"pytest_curio"),
    "sanic": (b"sanic_client",),
    "a hook of its own": (b"def pytest_pyfunc_call",),
}
PYTEST_ASYNCIO = (b"pytest_asyncio", b"mark.asyncio")

_NOT_LOOKED_INTO = {"__pycache__", "node_modules", "site-packages", "build", "dist"}


@dataclass(frozen=True)
class Survey:
    """What was found.

    Attributes:
        tests: The user's test modules, relative and with slashes.
        frameworks: What else runs async tests, and a file that shows it, of FRAMEWORKS.
        uses_pytest_asyncio: Whether some test or conftest.py names pytest-asyncio.
    """

    tests: tuple[str, ...]
    frameworks: dict[str, str]
    uses_pytest_asyncio: bool


def survey(
    project: Path, ours: Collection[str], python_files: Sequence[str] = PYTHON_FILES
) -> Survey:
    """Look at the test modules and conftest.py files below a directory.

    Hidden directories, virtual environments and build results are not looked into.

    Args:
        project: The repository.
        ours: Paths of the suite's own files and directories, relative with slashes.
        python_files: The patterns by which pytest knows test modules.
    """
    tests, frameworks, uses = list[str](), dict[str, str](), False
    patterns = [pattern for word in python_files for pattern in _as_glob(word)]
    for path in modules(project, ours):
        name = path.rpartition("/")[2]
        is_test = any(fnmatch.fnmatch(name, pattern) for pattern in patterns)
        if is_test:
            tests.append(path)
        if is_test or name == "conftest.py":
            content = _content(project / path)
            uses = uses or any(word in content for word in PYTEST_ASYNCIO)
            for framework, words in FRAMEWORKS.items():
                if any(word in content for word in words):
                    frameworks.setdefault(framework, path)
    return Survey(tuple(sorted(tests)), frameworks, uses)


def _as_glob(word: str) -> list[str]:
    """Return pytest's pattern as file names: of one with a directory the last part."""
    return [word.rpartition("/")[2]]


def modules(project: Path, ours: Collection[str]) -> Iterator[str]:
    """List Python files below a directory, the suite's own left out.

    Hidden directories, virtual environments and build results are not looked into.
    """
    for directory, names, files in os.walk(project):
        below = Path(directory).relative_to(project).as_posix()
        prefix = "" if below == "." else f"{below}/"
        if "pyvenv.cfg" in files:
            names.clear()
            continue
        names[:] = sorted(
            name
            for name in names
            if not name.startswith(".")
            and name not in _NOT_LOOKED_INTO
            and prefix + name not in ours
        )
        for name in files:
            if name.endswith(".py") and prefix + name not in ours:
                yield prefix + name


def _content(path: Path) -> bytes:
    """Read a file; one that cannot be read shows nothing."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
