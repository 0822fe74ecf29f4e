"""The fixer on files: encodings, the command line, and what can go wrong."""

from __future__ import annotations

import codecs
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest

from fix_pytest_asyncio import checking, files
from fix_pytest_asyncio.command_line import main
from fix_pytest_asyncio.files import find_files
from fix_pytest_asyncio.recent import Recent
from fix_pytest_asyncio.rounds import difference_of, lines_of
from workbench import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND = (sys.executable, "-W", "error", "-m", "fix_pytest_asyncio")

FAULTY = "import pytest\n\nfixture = pytest_asyncio.fixture\n"
FIXED = "import pytest\nimport pytest_asyncio\n\nfixture = pytest_asyncio.fixture\n"
FINDING = "PTA001 `pytest_asyncio` is used at run time but not imported"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory: messages name files relative to it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, content: str | bytes = FAULTY) -> Path:
    """Write a file, with the directories that it needs."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def text(path: Path) -> str:
    """Return what is in a file, line ends included."""
    return path.read_bytes().decode()


def run(*arguments: str, environment: dict[str, str] | None = None) -> Any:
    """Run the command as a user does."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


# --- The command line -----------------------------------------------------------------


def test_by_default_files_are_fixed_in_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It says what it did, and a second run has nothing to do."""
    path = write("tests/test_it.py")
    write("tests/test_other.py", FIXED)

    status = main([])

    out, err = capsys.readouterr()
    assert (status, text(path)) == (0, FIXED)
    assert out == f"tests/test_it.py:3:11: {FINDING} (fixed)\n"
    assert err.splitlines() == [
        "PTA001 missing-pytest-asyncio-import: 1 fixed",
        "files: 2, fixed: 1, left: 0, could not be handled: 0",
    ]

    assert main([]) == 0
    assert capsys.readouterr().out == ""
    assert text(path) == FIXED


def test_check_reports_and_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """For CI: the exit status says whether there is something to do."""
    path = write("test_it.py")

    status = main(["--check", "test_it.py"])

    out, err = capsys.readouterr()
    assert (status, text(path)) == (1, FAULTY)
    assert out.splitlines() == [
        f"test_it.py:3:11: {FINDING} (fixable)",
        "    fixture = pytest_asyncio.fixture",
        "              ^^^^^^^^^^^^^^",
    ]
    assert err.splitlines() == [
        "PTA001 missing-pytest-asyncio-import: 1 left",
        "files: 1, fixed: 0, left: 1, could not be handled: 0",
        "1 of these can be fixed safely: use --fix",
    ]


def test_diff_shows_what_would_change(capsys: pytest.CaptureFixture[str]) -> None:
    """In a form that `patch` takes, a missing last line end included."""
    path = write("test_it.py", FAULTY.rstrip("\n"))

    status = main(["--diff", "."])

    assert (status, text(path)) == (1, FAULTY.rstrip("\n"))
    assert capsys.readouterr().out.splitlines() == [
        "--- test_it.py",
        "+++ test_it.py",
        "@@ -1,3 +1,4 @@",
        " import pytest",
        "+import pytest_asyncio",
        " ",
        " fixture = pytest_asyncio.fixture",
        "\\ No newline at end of file",
    ]


def test_diff_of_nothing_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    """And its exit status is that of a file without findings."""
    write("test_it.py", FIXED)

    assert main(["--diff", "test_it.py"]) == 0
    assert capsys.readouterr().out == ""


def test_wrong_usage_is_status_2() -> None:
    """`--check` and `--diff` at once leave open what to print."""
    with pytest.raises(SystemExit) as stopped:
        main(["--check", "--diff"])

    assert stopped.value.code == 2


@pytest.mark.parametrize("arguments", [[], ["--diff"]])
def test_what_cannot_be_fixed_is_left_and_said(
    arguments: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An edit that would do harm is not made: a person has to look."""
    monkeypatch.setattr(checking, "edited_module", Mock(return_value=None))
    path = write("test_it.py")

    status = main(arguments)

    assert (status, text(path)) == (1, FAULTY)
    printed = "".join(capsys.readouterr())
    assert f"test_it.py:3:11: {FINDING} " in printed


# --- Which files ----------------------------------------------------------------------


def test_directories_of_others_are_skipped() -> None:
    """Installed packages, builds and what is hidden are not the project's sources."""
    own = [write("tests/test_it.py"), write("app/x.py")]
    for name in ["node_modules/x.py", "build/x.py", "dist/x.py", "a/__pycache__/x.py"]:
        write(name)
    for name in [".hidden/x.py", "venv/lib/x.py", "tests/.#lock.py", "tests/notes.txt"]:
        write(name)
    write("venv/pyvenv.cfg", "home = /usr\n")

    found = list(find_files([Path()]))

    assert found == sorted(own)


def test_it_does_not_look_at_itself_unless_told() -> None:
    """It names all that it looks for, and is no test."""
    script = write("scripts/fix_pytest_asyncio_imports.py")
    test = write("tests/test_it.py")

    assert list(find_files([Path()])) == [test]
    assert list(find_files([script])) == [script]


def test_named_files_are_taken_whatever_they_are_called() -> None:
    """Whoever names a file means it; but each is looked at once."""
    path = write(".hidden/script")
    Path("link.py").symlink_to(path)

    found = list(find_files([path, Path(".hidden"), Path("link.py"), path]))

    assert found == [path]


def test_a_directory_that_leads_back_to_itself_is_no_trap() -> None:
    """Links to directories are not followed."""
    path = write("tests/test_it.py")
    Path("tests/again").symlink_to(Path("tests").absolute())

    assert list(find_files([Path("tests")])) == [path]


# --- Encodings ------------------------------------------------------------------------

ENCODED = {
    "UTF-8 with a byte order mark": (codecs.BOM_UTF8, "", "utf-8"),
    "Latin-1": (b"", "# -*- coding: latin-1 -*-\n", "latin-1"),
    "Shift-JIS on line two": (b"", "#!/usr/bin/python\n# coding=shift_jis\n", "cp932"),
    "UTF-8 by default": (b"", "", "utf-8"),
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("mark", "head", "encoding"), ENCODED.values(), ids=ENCODED)
def test_the_other_bytes_stay_as_they_are(
    mark: bytes, head: str, encoding: str, line_end: str
) -> None:
    """Whatever a file is encoded in, a diff shows one new line and no other."""
    letters = "'\N{CYRILLIC CAPITAL LETTER YA}'" if encoding == "cp932" else "'\xe9'"
    before = f"{head}import pytest\n\nx = {letters}, pytest_asyncio\n"
    after = before.replace("import pytest\n", "import pytest\nimport pytest_asyncio\n")
    before, after = (text.replace("\n", line_end) for text in (before, after))
    path = write("test_it.py", mark + before.encode(encoding))

    assert main(["test_it.py"]) == 0
    assert path.read_bytes() == mark + after.encode(encoding)


UNUSABLE = {
    "an unknown encoding": (b"# coding: klingon\npytest_asyncio", "unknown encoding"),
    "no encoding of text": (b"# coding: rot13\npytest_asyncio", "cannot be decoded"),
    "not what it says": (
        b"x = '\xe9' # pytest_asyncio\n",
        "missing encoding declaration",
    ),
    "wrong further down": (b"\n\n\nx = '\xe9' # pytest_asyncio\n", "cannot be decoded"),
    "not to be restored": (
        b"# coding: utf-7\nx = '+AGE-' # pytest_asyncio\n",
        "would not come back from utf-7",
    ),
    "half a character": (
        b"# coding: utf-7\nx = '+2AA' # pytest_asyncio\n",
        "surrogates not allowed",
    ),
    "a binary": (b"\0\1pytest_asyncio", "contains null bytes"),
    "a syntax error": (b"pytest_asyncio\nx = = 1\n", "syntax error: invalid syntax"),
    "wrong indentation": (b"pytest_asyncio\n  x = 1\n", "unexpected indent"),
}


@pytest.mark.parametrize(("content", "reason"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_file_that_cannot_be_parsed_does_not_stop_the_others(
    content: bytes, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says which file and why; it stays as it is; the next one is fixed."""
    broken, faulty = write("a.py", content), write("b.py")

    status = main([])

    first, *rest = capsys.readouterr().err.splitlines()
    assert first.startswith("a.py:")
    assert reason in first
    assert rest[-1] == "files: 2, fixed: 1, left: 0, could not be handled: 1"
    assert (status, broken.read_bytes(), text(faulty)) == (2, content, FIXED)


def test_a_syntax_error_is_reported_with_its_position(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Editors jump to it."""
    write("a.py", "pytest_asyncio\nx = = 1\n")

    main([])

    assert capsys.readouterr().err.startswith("a.py:2:5: syntax error: invalid syntax")


def test_a_file_that_does_not_mention_it_is_not_even_decoded() -> None:
    """Most files do not: ruling them out early is what makes it fast."""
    write("a.py", b"\0\xff not Python at all")

    assert main([]) == 0


def test_warnings_about_a_users_file_are_not_shown() -> None:
    """A bad escape sequence is a matter between that file and its owner."""
    path = write("a.py", FAULTY + "x = '\\d', 1 is 1\n")

    result = run("a.py")

    assert (result.returncode, result.stderr.count("\n")) == (0, 2)
    assert text(path).startswith(FIXED)


# --- What can go wrong ----------------------------------------------------------------


def no_such_file(path: Path) -> str:
    """Leave it at that."""
    assert not path.exists()
    return "No such file or directory"


def a_circle_of_links(path: Path) -> str:
    """Make two links that lead to each other."""
    path.symlink_to("b.py")
    Path("b.py").symlink_to(path.name)
    return "Too many levels of symbolic links"


def a_pipe(path: Path) -> str:
    """Make a pipe: whoever opens it waits for somebody to write to it."""
    os.mkfifo(path)
    return "not a regular file"


def a_read_only_file(path: Path) -> str:
    """Make a file that not even its owner may write to."""
    write(str(path)).chmod(0o444)
    return "cannot be written: it is read-only"


def endless_nesting(path: Path) -> str:
    """Make a file too deep for every parser; some say that the memory is full."""
    write(str(path), "pytest_asyncio = " + "-" * 100_000 + "1\n")
    return "nested too deeply to be analysed"


@pytest.mark.parametrize(
    "make",
    [no_such_file, a_circle_of_links, a_pipe, a_read_only_file, endless_nesting],
)
def test_a_file_that_cannot_be_handled_is_one_line(
    make: Callable[[Path], str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is wrong with it, the next file is done."""
    reason = make(Path("a.py"))
    other = write("other.py")

    status = main(["a.py", "other.py"])

    first, *_, last = capsys.readouterr().err.splitlines()
    assert first.startswith(f"a.py: {reason}")
    assert last == "files: 2, fixed: 1, left: 0, could not be handled: 1"
    assert (status, text(other)) == (2, FIXED)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RecursionError(), "nested too deeply to be analysed"),
        (KeyError("a fault of ours"), "'a fault of ours'"),
    ],
)
def test_whatever_goes_wrong_with_a_file_is_one_line(
    error: Exception,
    reason: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other files are done all the same."""
    write("a.py")
    monkeypatch.setattr(checking, "_fixed", Mock(side_effect=error))

    status = main(["a.py"])

    first = capsys.readouterr().err.splitlines()[0]
    assert status == 2
    assert first.startswith("a.py: ")
    assert reason in first


def test_settings_that_cannot_be_written_are_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """They are as they were."""
    settings = write("pytest.ini", "[pytest]\nasyncio_mode = legacy\n")
    settings.chmod(0o444)

    status = main(["--select=PTA115"])

    assert status == 2
    assert "pytest.ini: cannot be written" in capsys.readouterr().err
    assert text(settings) == "[pytest]\nasyncio_mode = legacy\n"


def test_a_file_that_is_gone_meanwhile_has_no_lines_to_show() -> None:
    """Somebody else may have deleted it since it was looked at."""
    assert lines_of("a.py") == ()


def test_what_is_as_it_was_makes_no_difference() -> None:
    """A fix of one round may be undone by another one."""
    path = write("a.py")

    assert difference_of(str(path), path.read_bytes()) is None


def test_what_was_used_last_is_remembered_longest() -> None:
    """As far as there is room for it; the last one is always kept."""
    recent = Recent(3)
    made: list[str] = []

    def get(name: str, weight: int = 1) -> str:
        def make() -> tuple[str, int]:
            made.append(name)
            return name, weight

        return recent.get(name, make)

    for name in ("a", "b", "c", "a", "d", "a", "b"):
        assert get(name) == name
    get("whole", 9)
    get("whole", 9)
    recent.make_room(3)
    get("whole", 9)

    assert made == ["a", "b", "c", "d", "b", "whole", "whole"]


def test_a_directory_that_cannot_be_listed_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are not silently taken as faultless."""
    write("closed/test_it.py")
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)

    assert main([]) == 2
    assert capsys.readouterr().err.startswith("closed: cannot be listed\n")


def test_an_error_without_a_number_has_its_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not every OSError comes from the operating system."""
    write("a.py")

    def fail(path: Path, *_: object, **__: object) -> bytes:
        message = f"{path} is gone"
        raise OSError(message)

    monkeypatch.setattr(files, "open", fail, raising=False)

    assert main([]) == 2
    assert capsys.readouterr().err.startswith("a.py: a.py is gone\n")


def test_the_mode_of_the_file_is_kept() -> None:
    """An executable script stays one."""
    path = write("a.py")
    path.chmod(0o750)

    main([])

    assert (text(path), path.stat().st_mode & 0o7777) == (FIXED, 0o750)


def test_a_link_stays_a_link() -> None:
    """It is the file that it leads to that is fixed."""
    path = write("elsewhere/a.py")
    link = Path("link.py")
    link.symlink_to(path)

    main(["link.py"])

    assert link.is_symlink()
    assert text(path) == FIXED


@pytest.mark.parametrize("fault", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_a_file_is_old_or_new_and_nothing_is_left_beside_it(
    fault: BaseException,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also when the last step fails: full disk, Ctrl-C."""
    path = write("a.py")

    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(Path, "replace", fail)

    status = main([])

    assert [text(path), *Path().iterdir()] == [FAULTY, path]
    assert (status, capsys.readouterr().err.splitlines()[0]) in [
        (2, "a.py: cannot be written: No space left"),
        (130, "interrupted: every file is either as it was or fixed"),
    ]


def test_ctrl_c_ends_it_without_a_traceback() -> None:
    """The pipe is opened for reading and never written to: the script waits there."""
    os.mkfifo("blocked")
    write("a.py")
    code = (
        "import io, runpy, sys; print('ready', flush=True)\n"
        "from fix_pytest_asyncio import files\n"
        "files.open = lambda *_, **__: io.FileIO('blocked')\n"
        "sys.argv[1:] = ['.']\n"
        "runpy.run_module('fix_pytest_asyncio', run_name='__main__')"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        # The other end can be opened once the script waits at its own.
        with Path("blocked").open("w", encoding="utf-8"):
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert err == "interrupted: every file is either as it was or fixed\n"


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`... --check | head -1` shows a line, not a traceback."""
    write("a.py")
    reading, writing = os.pipe()
    os.close(reading)

    result = subprocess.run(
        [*COMMAND, "--check"],
        # The last flush is what may fail.
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""},
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)

    assert result.returncode == 141
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr


def test_any_name_and_text_can_be_printed() -> None:
    """Also where the terminal knows ASCII only, and the name is not even UTF-8."""
    write("\N{SNOWMAN}.py", FAULTY + "# \N{SNOWMAN}\n")
    write(os.fsdecode(b"\xff.py"))

    result = run("--diff", environment={"PYTHONIOENCODING": "ascii"})

    assert result.returncode == 1
    assert "+++ \\u2603.py" in result.stdout
    assert "+++ \\udcff.py" in result.stdout


def test_output_that_is_no_file_is_written_to_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Some runners put an object of their own in the place of stdout."""

    class Lines(list[str]):
        write = list[str].append

        def flush(self) -> None:
            """There is nothing to flush."""

    printed = Lines()
    write("a.py")
    monkeypatch.setattr(sys, "stdout", printed)

    assert main(["--check"]) == 1
    assert "".join(printed).startswith(f"a.py:3:11: {FINDING}")
