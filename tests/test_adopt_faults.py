"""Whatever happens while files are written, each is either as it was or as planned."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from adopt import adoption, writing
from adopt_cases import files_in
from hooks_command import ANSWERS, options_for
from workbench import ROOT, git, write_files

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from adopt.plan import Draft

KILLER = ROOT / "tests" / "adopt_killer.py"
BEFORE = {
    "pyproject.toml": '[dependency-groups]\ndev = ["pytest>=8.4"]\n\n'
    '[tool.pytest.ini_options]\naddopts = "-ra"\n',
    "conftest.py": "import os\n\nos.environ.setdefault('SHOP', 'test')\n",
    "tests/__init__.py": "",
    "tests/test_shop.py": "def test_shop():\n    assert True\n",
    "notes.txt": "Mine.\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository without version control that the suite has been rendered into."""
    place = tmp_path / "repository"
    write_files(place, BEFORE)
    (place / "conftest.py").chmod(0o640)
    return place


@pytest.fixture
def planned(project: Path, tmp_path: Path) -> dict[str, bytes]:
    """What the files of the repository are after an adoption that nothing disturbs."""
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(project, undisturbed)
    assert adopt(undisturbed) == 0
    return files_in(undisturbed)


def adopt(project: Path) -> int:
    """Adopt in this process, without verification."""
    return adoption.run(options_for(project, ANSWERS, "--mode=skip"))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_run_that_is_killed_anywhere_leaves_whole_files_and_is_completed_by_the_next(
    project: Path, planned: dict[str, bytes], tmp_path: Path
) -> None:
    """At every step of the writing, one after the other, until there is none left."""
    before = files_in(project)
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    subprocess.run([sys.executable, KILLER, project, scratch], check=True)

    seen = set[tuple[str, ...]]()
    for killed in sorted(scratch.glob("killed-*")):
        left = files_in(killed)
        whole = {name for name in left if not name.endswith(writing.SUFFIX)}
        for name in whole:
            assert left[name] in {before.get(name), planned.get(name)}, killed
        assert set(before) <= whole <= set(planned), killed
        seen.add(tuple(name for name in planned if left.get(name) == planned[name]))
    for completed in scratch.glob("completed-*"):
        assert files_in(completed) == planned, completed
    # Every state was seen: nothing written, each of the three files more, all written.
    assert len(seen) == 1 + len(set(planned) - set(before)) + 2


@pytest.fixture(params=[errno.ENOSPC, errno.EACCES, errno.EROFS], ids=os.strerror)
def failing(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> list[int]:
    """The disk refuses the write whose number is put into the list; -1 for none."""
    countdown = [-1]
    write = writing.flush

    def flush(file: BinaryIO, content: bytes) -> None:
        countdown[0] -= 1
        if countdown[0] == 0:
            write(file, content[: len(content) // 2])
            raise OSError(request.param, os.strerror(request.param))
        write(file, content)

    monkeypatch.setattr(writing, "flush", flush)
    return countdown


def test_a_disk_that_refuses_a_write_leaves_every_file_whole(
    project: Path,
    planned: dict[str, bytes],
    failing: list[int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What was done and what was not is said, and the next run does the rest."""
    before = files_in(project)
    number = 0
    for number in itertools.count(1):
        attempt = tmp_path / f"attempt-{number}"
        shutil.copytree(project, attempt)
        failing[0] = number
        if adopt(attempt) == 0:
            break
        said = capsys.readouterr().err
        assert "not adopted to the end" in said
        left = files_in(attempt)
        for name in set(left) | set(planned):
            expected = {before.get(name), planned.get(name)}
            assert left.get(name) in expected, name
        done = next(line for line in said.splitlines() if "  done: " in line)
        for name in set(planned) - set(before) | {"conftest.py", "pyproject.toml"}:
            assert (name in done) == (left.get(name) == planned[name])

        failing[0] = -1
        assert adopt(attempt) == 0
        assert files_in(attempt) == planned
    assert number > 2


@pytest.mark.parametrize("meanwhile", ["deleted", "changed"])
def test_a_file_that_is_not_as_it_was_planned_for_is_not_written(
    meanwhile: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An editor that saves, or a checkout, between the plan and the writing."""
    conftest = project / "conftest.py"
    write_all = writing.write_all

    def interfered(draft: Draft) -> None:
        if meanwhile == "deleted":
            conftest.unlink()
        else:
            conftest.write_text("# New.\n", encoding="utf-8")
        write_all(draft)

    monkeypatch.setattr(writing, "write_all", interfered)

    assert adopt(project) == 1

    said = capsys.readouterr().err
    assert "conftest.py could not be written: it has been changed" in said
    if meanwhile == "deleted":
        assert not conftest.exists()
    else:
        assert conftest.read_text(encoding="utf-8") == "# New.\n"


def test_a_second_run_at_the_same_time_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two would plan on the same files and overwrite each other's."""
    before = files_in(project)

    with writing.alone(project):
        assert adopt(project) == 1

    assert "another run is at work on" in capsys.readouterr().err
    assert files_in(project) == before
    assert adopt(project) == 0


def test_two_runs_that_race_end_as_one(
    project: Path, planned: dict[str, bytes]
) -> None:
    """One of them, or both one after the other, does the work."""
    command = [sys.executable, str(KILLER), str(project)]
    racing = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(3)]
    said = [process.communicate()[1].decode() for process in racing]

    assert any(process.returncode == 0 for process in racing), said
    for process, text in zip(racing, said, strict=True):
        assert process.returncode == 0 or "another run is at work" in text
    assert files_in(project) == planned


def test_a_file_keeps_its_mode_and_a_new_one_gets_the_usual(
    project: Path,
) -> None:
    """The umask decides over a new file, as with any other program."""
    assert adopt(project) == 0

    umask = os.umask(0)
    os.umask(umask)
    assert (project / "conftest.py").stat().st_mode & 0o777 == 0o640
    new = project / "tests" / "utils" / "__init__.py"
    assert new.stat().st_mode & 0o777 == 0o666 & ~umask


def test_without_git_what_was_there_is_kept_and_named(
    project: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that everything can be taken back in any case."""
    before = files_in(project)

    assert adopt(project) == 0

    said = capsys.readouterr().err
    (backup,) = (cache / "backups").iterdir()
    assert f"Undo: copy what is in {backup} back" in said
    kept = files_in(backup)
    assert set(kept) == {"conftest.py", "pyproject.toml"}
    assert all(before[name] == content for name, content in kept.items())


def test_git_restores_the_tree_exactly(
    project: Path, capsys: pytest.CaptureFixture[str], cache: Path
) -> None:
    """With the command that the last lines name."""
    commit(project)
    before = files_in(project)

    assert adopt(project) == 0

    assert "Undo: git checkout . && git clean -fd\n" in capsys.readouterr().err
    assert not (cache / "backups").exists()
    git(project, "checkout", "--quiet", ".")
    git(project, "clean", "-fd", "--quiet")
    assert files_in(project) == before


def test_in_a_dirty_tree_the_way_back_spares_what_is_the_users(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`git clean -fd` would delete their new file as well."""
    commit(project)
    (project / "mine.py").write_text("# New, and not committed.\n", encoding="utf-8")
    before = files_in(project)

    assert adopt(project) == 0

    said = capsys.readouterr().err
    (undo,) = [line for line in said.splitlines() if "Undo: " in line]
    command = undo.partition("Undo: ")[2]
    subprocess.run(command, shell=True, cwd=project, check=True)  # noqa: S602 - as typed
    assert files_in(project) == before


def test_what_git_could_not_bring_back_is_kept(
    project: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The user's own changes to conftest.py, not yet committed."""
    commit(project)
    with (project / "conftest.py").open("a", encoding="utf-8") as file:
        file.write("# Not committed.\n")
    before = (project / "conftest.py").read_bytes()

    assert adopt(project) == 0

    (backup,) = (cache / "backups").iterdir()
    assert f"copy what is in {backup} back" in capsys.readouterr().err
    assert (backup / "conftest.py").read_bytes() == before


def test_a_cache_that_cannot_be_written_is_said_in_one_line(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Locks and backups are there; without them nothing is begun."""
    blocked = tmp_path / "blocked"
    blocked.touch()
    monkeypatch.setenv("ASYNCIO_TESTING_CACHE", str(blocked))
    before = files_in(project)

    assert adopt(project) == 1

    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(blocked) in said
    assert "Nothing of yours was touched" in said
    assert files_in(project) == before


def commit(project: Path) -> None:
    """Put a repository under version control as it is."""
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=Before")
