"""`--fix` that is killed, or that others interfere with: each file is old or new."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fix_pytest_asyncio.command_line import main
from fix_pytest_asyncio.examination import Examiner
from fixer_script import working_in
from workbench import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from fix_pytest_asyncio.examination import Examined

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
AUTO = "[pytest]\nasyncio_mode = auto\n"
FAULTY = "import pytest\n\nfixture = pytest_asyncio.fixture\n"
FIXED = "import pytest\nimport pytest_asyncio\n\nfixture = pytest_asyncio.fixture\n"
HOOK = """import pytest
from pytest_asyncio import is_async_test

def pytest_collection_modifyitems(items):
    for item in items:
        if is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
"""


def write(files: dict[str, str]) -> None:
    """Write files."""
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def contents(directory: Path) -> dict[str, str]:
    """Return what is in the files of a directory."""
    return {
        path.relative_to(directory).as_posix(): path.read_text("utf-8")
        for path in directory.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("settings", [{"pytest.ini": AUTO}, {"setup.py": ""}])
def test_a_run_that_is_killed_leaves_every_file_old_or_new(
    settings: dict[str, str], tmp_path: Path
) -> None:
    """After whatever step; and another run does the rest, be there a setting or not."""
    project, copies = tmp_path / "project", tmp_path / "copies"
    project.mkdir()
    with working_in(project):
        write({**settings, "tests/conftest.py": HOOK})
        write({"tests/test_it.py": FAULTY, "tests/test_other.py": FAULTY})

    script = str(ROOT / "tests" / "fixer_killed.py")
    command = [sys.executable, script, str(project), str(copies)]
    subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True)

    whole = contents(copies / "whole")
    old = contents(project)
    killed = sorted(copies.glob("[0-9]*"))
    assert whole["tests/test_other.py"] == FIXED
    assert len(killed) >= 12
    for place in killed:
        left = contents(place)
        begun = [name for name in left if "/.fix-" in f"/{name}"]
        assert len(begun) <= 1
        for name in {*left} - {*begun}:
            assert left[name] in {old.get(name), whole[name]}, (place.name, name)
        for name in begun:
            (place / name).unlink()
        with working_in(place):
            main(["--fix", "--no-cache", "--ignore=PTA115"])
        assert contents(place) == whole


def test_a_new_settings_file_may_be_read_by_all_who_may(tmp_path: Path) -> None:
    """As if an editor had made it."""
    with working_in(tmp_path):
        write({"setup.py": "", "conftest.py": HOOK})
        before = os.umask(0o027)
        try:
            main(["--fix", "--no-cache"])
        finally:
            os.umask(before)

    assert (tmp_path / "pytest.ini").stat().st_mode & 0o777 == 0o640


def edited(path: Path) -> None:
    """Have an editor save the file."""
    path.write_text(f"{FAULTY}# more\n", encoding="utf-8")


def replaced(path: Path) -> None:
    """Have another program put a file in its place."""
    other = path.with_name("other")
    other.write_text("x = 1\n", encoding="utf-8")
    other.replace(path)


CHANGED = "changed by another program meanwhile: left as it is"
INTERFERENCES = [
    (edited, f"{FAULTY}# more\n", CHANGED),
    (replaced, "x = 1\n", CHANGED),
    (Path.unlink, None, "No such file or directory"),
]


@pytest.mark.parametrize(("interfere", "left", "told"), INTERFERENCES)
def test_what_others_change_meanwhile_is_left_as_it_is(
    interfere: Callable[[Path], None],
    left: str | None,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """People save files while this runs: what they wrote counts."""
    examine = Examiner.examine

    def examine_slowly(examiner: Examiner, path: Path) -> Examined:
        examined = examine(examiner, path)
        interfere(path)
        return examined

    monkeypatch.setattr(Examiner, "examine", examine_slowly)
    with working_in(tmp_path):
        write({"test_it.py": FAULTY})

        status = main(["--fix", "--no-cache"])

    assert (status, contents(tmp_path).get("test_it.py")) == (2, left)
    assert capsys.readouterr().err.startswith(f"test_it.py: {told}\n")


# --- What is in the place of a file ---------------------------------------------------


def a_pipe(path: Path) -> None:
    """Make a pipe: whoever opens it waits for somebody to write to it."""
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    """Make a socket, which cannot be opened at all."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


def a_directory(path: Path) -> None:
    """Make a directory."""
    path.mkdir()


def a_circle_of_links(path: Path) -> None:
    """Make a link to itself."""
    path.symlink_to(path.name)


def a_huge_file(path: Path) -> None:
    """Make a file that takes up no room, but would in memory."""
    with path.open("wb") as stream:
        stream.truncate(2**34)


PLACES = (
    *("conftest.py", "app.py", "tests/conftest.py", "tests/test_odd.py"),
    *("pyproject.toml", "pytest.ini", "setup.py", "setup.cfg", "tox.ini", "app2.py"),
)


@pytest.mark.parametrize(
    "make", [a_pipe, a_socket, a_directory, a_circle_of_links, a_huge_file]
)
def test_whatever_is_in_the_place_of_files_the_others_are_done(
    make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Modules, fixtures and settings that cannot be read stop nothing."""
    monkeypatch.chdir(tmp_path)
    write(
        {
            "tests/pytest.ini": AUTO,
            "tests/test_it.py": f"import app, app2\n{FAULTY}\n\nasync def test_it(x):\n"
            "    app.work()\n    app2.work()\n",
            "tests/test_loop.py": f"{HOOK}\n\ndef event_loop_policy():\n    pass\n",
        }
    )
    for name in PLACES:
        make(Path(name))

    result = subprocess.run(
        [sys.executable, "-m", "fix_pytest_asyncio", "--fix", "--no-cache"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert "Traceback" not in result.stderr
    assert "has a fault" not in result.stderr
    assert "import pytest_asyncio\n" in Path("tests/test_it.py").read_text("utf-8")
    if make is not a_directory:
        assert result.returncode == 2
        assert "tests/test_odd.py: " in result.stderr
