"""`--diff`: what `--fix` would do, in a form that others can do it by."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fix_pytest_asyncio.command_line import main
from fixer_script import working_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fixer_script import FixerRun

FAULTY = "import pytest\n\nfixture = pytest_asyncio.fixture\n"
HOOK = """import pytest
from pytest_asyncio import is_async_test

def pytest_collection_modifyitems(items):
    for item in items:
        if is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
"""
LOOP = """import asyncio

import pytest


@pytest.fixture(scope="session")
def event_loop():
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()
"""
ASKING = """import pytest

@pytest.mark.asyncio
async def test_it(event_loop):
    event_loop.call_soon(print)
"""
PROJECTS: dict[str, dict[str, str]] = {
    "a module": {"tests/test_it.py": FAULTY},
    "line ends of another system": {"test_it.py": FAULTY.replace("\n", "\r\n")},
    "no line end at the end": {"test_it.py": FAULTY.rstrip("\n"), "b.py": FAULTY},
    "a name with a space": {"tests/test it.py": FAULTY},
    "an encoding": {"test_it.py": FAULTY + "x = '\N{SNOWMAN}\N{FORM FEED}'\n"},
    "a setting that two modules want": {
        "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
        "one/conftest.py": HOOK,
        "two/conftest.py": HOOK,
    },
    "settings that are not there yet": {"setup.py": "", "tests/conftest.py": HOOK},
    "a setting of its own": {"setup.cfg": "[tool:pytest]\nasyncio_mode = auto\n"},
    "a fix that makes way for another": {
        "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
        "conftest.py": LOOP,
        "tests/test_it.py": ASKING,
    },
}


def write(files: Mapping[str, str]) -> None:
    """Write files."""
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(text.encode())


def contents(directory: Path) -> dict[str, bytes]:
    """Return what is in the files of a directory."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


APPLY = {"patch": ["patch", "-p0", "--binary"], "git": ["git", "apply", "-p0"]}


@pytest.mark.parametrize("apply", APPLY.values(), ids=APPLY)
@pytest.mark.parametrize("files", PROJECTS.values(), ids=PROJECTS)
def test_what_it_prints_makes_of_the_files_what_fix_makes_of_them(
    files: dict[str, str],
    apply: list[str],
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    """All of it: settings, files that are new, and fixes that others make way for."""
    shown, fixed = tmp_path / "shown", tmp_path / "fixed"
    shown.mkdir()
    with working_in(shown):
        write(files)
        shutil.copytree(shown, fixed)
        assert main(["--diff"]) == 1
    assert contents(shown) == contents(fixed)

    difference = capfdbinary.readouterr().out
    with working_in(fixed):
        main(["--fix"])
    subprocess.run(apply, input=difference, cwd=shown, check=True)

    assert contents(shown) == contents(fixed)
    assert contents(shown) != {name: text.encode() for name, text in files.items()}


def test_it_says_what_is_left_where_that_would_be(run_fixer: FixerRun) -> None:
    """On stderr, with the lines as they would be then."""
    run = run_fixer({"test_it.py": f"{FAULTY}x = 1  # pta: ignore\n"}, "--diff")

    assert "test_it.py:5:8: PTA000" in run.printed
    assert "\n    x = 1  # pta: ignore\n" in run.printed
