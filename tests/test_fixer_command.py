"""The command line: what is looked for, how it is told, and what keeps it quiet."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from fix_pytest_asyncio.all_rules import RULES
from fix_pytest_asyncio.command_line import main

if TYPE_CHECKING:
    from pathlib import Path

    from fixer_script import FixerRun

USE = "fixture = pytest_asyncio.fixture"
FAULTY = f"import pytest\n\n{USE}\n"
TABLE = "[tool.fix-pytest-asyncio]\n"


# --- Which rules ----------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["PTA001", "PTA00", "missing-pytest-asyncio-import"])
def test_rules_are_selected_by_code_beginning_or_name(
    wanted: str, run_fixer: FixerRun
) -> None:
    """Whatever is easiest to remember."""
    selected = run_fixer({"a.py": FAULTY}, "--check", f"--select={wanted}")
    ignored = run_fixer({}, "--check", f"--ignore={wanted}")

    assert (selected.status, ignored.status) == (1, 0)


NEEDS_TOML = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="Python 3.10 reads no TOML"
)
WRONG: dict[str, tuple[list[str], str, str]] = {
    "--select": (["--select=PTA999"], "", "--select: there is no rule 'PTA999'"),
    "--ignore": (["--ignore=nothing"], "", "--ignore: there is no rule 'nothing'"),
    "--explain": (["--explain=PTA999"], "", "--explain: there is no rule 'PTA999'"),
    "a key": ([], "selct = []", "has no 'selct'; it may have select"),
    "a form": (
        [],
        "ignore = 'PTA001'",
        "'ignore' of [tool.fix-pytest-asyncio] must be",
    ),
    "a rule": ([], "ignore = ['PTA999']", "there is no rule 'PTA999'"),
    "neither true nor false": ([], "unsafe-fixes = 1", "must be true or false: 1"),
    "no TOML": ([], "select = [", "pyproject.toml: cannot be read: "),
}


@NEEDS_TOML
@pytest.mark.parametrize(("options", "table", "told"), WRONG.values(), ids=WRONG)
def test_what_does_not_exist_is_one_line(
    options: list[str], table: str, told: str, run_fixer: FixerRun
) -> None:
    """A misspelled code would otherwise be taken for a clean suite."""
    files = {"a.py": FAULTY, "pyproject.toml": f"{TABLE}{table}\n"}

    run = run_fixer(files, *options)

    assert (run.status, run.printed.count("\n")) == (2, 1)
    assert told in run.printed


TABLES = {
    "select": "select = ['PTA002']",
    "ignore": "ignore = ['PTA001']",
    "exclude": "exclude = ['tests/old']",
    "per-file-ignores": "per-file-ignores = {'tests/old/*' = ['PTA001']}",
}


@NEEDS_TOML
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_pyproject_says_what_is_looked_for(table: str, run_fixer: FixerRun) -> None:
    """So that everybody, and CI, looks for the same."""
    files = {"tests/old/test_it.py": FAULTY, "pyproject.toml": ""}

    without = run_fixer(files, "--check")
    run = run_fixer({"pyproject.toml": f"{TABLE}{table}\n"}, "--check")

    assert (without.status, run.status) == (1, 0), run.printed


@NEEDS_TOML
def test_what_is_no_table_is_one_line(run_fixer: FixerRun) -> None:
    """It would otherwise be taken for no wishes."""
    run = run_fixer({"a.py": "", "pyproject.toml": "tool.fix-pytest-asyncio = 1\n"})

    assert run.status == 2
    assert run.printed.endswith("[tool.fix-pytest-asyncio] must be a table\n")


@NEEDS_TOML
@pytest.mark.parametrize("wanted", ["true", "false"])
def test_pyproject_may_want_unsafe_fixes(wanted: str, run_fixer: FixerRun) -> None:
    """The command line need not say so each time."""
    text = "async def work(): ...\n\nasync def test_it():\n    work()\n"
    files = {"test_it.py": text, "pyproject.toml": f"{TABLE}unsafe-fixes = {wanted}\n"}

    run = run_fixer(files, "--fix", "--select=PTA213")

    assert ("await work()" in run.files["test_it.py"]) is (wanted == "true")


def test_at_least_one_process_does_the_work(run_fixer: FixerRun) -> None:
    """Fewer are wrong usage, as argparse tells it."""
    with pytest.raises(SystemExit, match="2"):
        run_fixer({}, "--jobs=0")


# --- Comments that keep a finding quiet -----------------------------------------------

QUIET = {
    "on its line": f"import pytest\n\n{USE}  # pta: ignore[PTA001]\n",
    "with others": f"import pytest\n\n{USE}  # noqa  # pta: ignore[PTA002, PTA001]\n",
    "on the first line": f"x = (  # pta: ignore[PTA001]\n    1,\n    {USE[10:]},\n)\n",
    "on the last line": f"x = (\n    {USE[10:]},\n    1,\n)  # pta: ignore[PTA001]\n",
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_a_comment_with_its_code_keeps_a_finding_quiet(
    text: str, run_fixer: FixerRun
) -> None:
    """And it is not fixed either."""
    run = run_fixer({"a.py": text})

    assert (run.status, run.files["a.py"]) == (0, text), run.printed


LOUD = {
    "on another line": f"# pta: ignore[PTA001]\n{USE}\n",
    "with another code": f"{USE}  # pta: ignore[PTA002]\n",
    "in a string": f"{USE}, '# pta: ignore[PTA001]'\n",
    "within its lines": f"x = (\n    1,  # pta: ignore[PTA001]\n    {USE[10:]},\n)\n",
    "that says something else": f"{USE}  # pta: quiet\n",
    "beside others": f"# a comment\n{USE}  # pta: ignore[PTA002]\n",
}


@pytest.mark.parametrize("text", LOUD.values(), ids=LOUD)
def test_another_comment_does_not(text: str, run_fixer: FixerRun) -> None:
    """What nobody looked at is not to be hidden."""
    run = run_fixer({"a.py": text}, "--check")

    assert (run.status, " PTA001 " in run.printed) == (1, True)


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("# pta: ignore", "it names no code"),
        ("# pta: ignore[]", "it names no code"),
        ("# pta: ignore[PTA001, PTA998]", "there is no PTA998"),
    ],
)
def test_a_comment_must_name_its_code(
    comment: str, told: str, run_fixer: FixerRun
) -> None:
    """One that hides everything, or nothing, is reported itself."""
    run = run_fixer({"a.py": f"x = 1  {comment}\n"}, "--check")

    assert run.status == 1
    assert f"a.py:1:8: PTA000 this comment has no effect: {told}" in run.printed


# --- How it is told -------------------------------------------------------------------


def test_every_rule_is_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """By its code or its name."""
    main(["--rules"])
    listed = capsys.readouterr().out.splitlines()
    main(["--explain", "PTA001"])
    by_code = capsys.readouterr().out
    main(["--explain", "missing-pytest-asyncio-import"])
    by_name = capsys.readouterr().out

    assert [line.split()[0] for line in listed] == sorted(rule.code for rule in RULES)
    assert by_code == by_name
    assert "Before:" in by_code


def test_json_has_findings_problems_and_figures(run_fixer: FixerRun) -> None:
    """Programs read it: the form is part of what is promised."""
    files = {"a.py": FAULTY, "b.py": "pytest_asyncio = = 1\n"}

    run = run_fixer(files, "--check", "--output=json")

    told = json.loads(run.printed)
    assert told == {
        "version": 1,
        "findings": [
            {
                "path": "a.py",
                "line": 3,
                "column": 11,
                "end_column": 25,
                "code": "PTA001",
                "name": "missing-pytest-asyncio-import",
                "message": "`pytest_asyncio` is used at run time but not imported",
                "by_hand": told["findings"][0]["by_hand"],
                "fix": "safe",
                "is_fixed": False,
            }
        ],
        "problems": [
            {
                "path": "b.py",
                "line": 1,
                "column": 18,
                "message": "syntax error: invalid syntax",
            }
        ],
        "summary": {"files": 2, "fixed": 0, "left": 1, "problems": 1},
    }
    assert run.status == 2


def test_sarif_names_rules_places_and_problems(run_fixer: FixerRun) -> None:
    """What code scanning shows comes from there: rule, help, and range."""
    files = {"a b.py": FAULTY, "b.py": "pytest_asyncio = = 1\n"}

    run = run_fixer(files, "--check", "--output=sarif")

    told = json.loads(run.printed)
    (only,) = told["runs"]
    (result,) = only["results"]
    rule = only["tool"]["driver"]["rules"][result["ruleIndex"]]
    place = result["locations"][0]["physicalLocation"]
    assert (told["version"], result["ruleId"], rule["id"]) == ("2.1.0", *["PTA001"] * 2)
    assert "Before:" in rule["help"]["text"]
    assert place["artifactLocation"] == {"uri": "a%20b.py"}
    assert place["region"] == {
        "startLine": 3,
        "startColumn": 11,
        "endLine": 3,
        "endColumn": 25,
    }
    assert only["invocations"][0]["executionSuccessful"] is False


def test_sarif_names_files_elsewhere_by_all_of_their_path(
    run_fixer: FixerRun, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """They are not relative to where the report is read."""
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "a.py"
    elsewhere.write_text(FAULTY, encoding="utf-8")

    run = run_fixer({}, "--check", "--output=sarif", str(elsewhere))

    (result,) = json.loads(run.printed)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": elsewhere.as_uri()}


def test_statistics_are_all_that_is_told_if_asked_for(run_fixer: FixerRun) -> None:
    """By rule, and what could not be handled."""
    files = {
        "a.py": FAULTY,
        "b.py": f"{FAULTY}# pta: ignore\n",
        "c.py": f"{USE} = = 1\n",
    }

    run = run_fixer(files, "--check", "--statistics", "--select=PTA0")

    assert run.printed.splitlines() == [
        "PTA000 unclear-suppression: 1 left",
        "PTA001 missing-pytest-asyncio-import: 2 left",
        "c.py: syntax error: invalid syntax",
    ]


@pytest.mark.parametrize("before", ["", "x = 1; " * 40])
def test_the_place_is_shown_however_long_its_line_is(
    before: str, run_fixer: FixerRun
) -> None:
    """A terminal would break a line, and the marks below it be somewhere else."""
    text = f"if 1:\n    {before}pytest_asyncio.fixture\n"

    run = run_fixer({"a.py": text}, "--check", "--select=PTA001")

    _, shown, marks, *_ = run.printed.splitlines()
    assert shown[marks.index("^") :].startswith("pytest_asyncio.")
    assert len(shown) < 200


def test_github_shows_findings_beside_their_lines(run_fixer: FixerRun) -> None:
    """As a workflow command."""
    run = run_fixer({"a,b.py": FAULTY}, "--check", "--output=github")

    assert run.printed.startswith(
        "::error file=a%2Cb.py,line=3,col=11,endColumn=25,"
        "title=PTA001 missing-pytest-asyncio-import::`pytest_asyncio` is used"
    )


@pytest.mark.parametrize(
    ("options", "variable", "is_coloured"),
    [
        (["--color=always"], "NO_COLOR", True),
        (["--color=never"], "FORCE_COLOR", False),
        ([], "FORCE_COLOR", True),
        ([], "NO_COLOR", False),
    ],
)
def test_colours_are_as_asked_for(
    options: list[str],
    variable: str,
    is_coloured: bool,  # noqa: FBT001 - a column of the table above
    run_fixer: FixerRun,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An option counts more than a variable."""
    monkeypatch.setenv(variable, "1")

    run = run_fixer({"a.py": FAULTY}, "--check", *options)

    assert ("\033[" in run.printed) is is_coloured


def test_standard_input_goes_fixed_to_standard_output(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As editors want it."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FAULTY.encode())))
    monkeypatch.setattr(
        sys, "stdout", io.TextIOWrapper(io.FileIO(1, "w", closefd=False))
    )

    status = main(["--stdin-filename", "test_it.py", "-"])
    sys.stdout.flush()

    assert status == 0
    out = capfdbinary.readouterr().out.decode()
    assert out == FAULTY.replace("pytest\n", "pytest\nimport pytest_asyncio\n", 1)


def on_standard_input(text: str, monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    """Return the status of a run on a text that is `test_it.py`."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    return main([*options, "--stdin-filename", "test_it.py", "-"])


def test_standard_input_may_be_compared(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is fixed in it is in the difference."""
    status = on_standard_input(FAULTY, monkeypatch, "--diff")

    assert status == 1
    assert "\n+import pytest_asyncio\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pytest_asyncio = = 1\n", "test_it.py:1:18: syntax error: invalid syntax"),
        (
            f"pytest_asyncio = {'-' * 100_000}1\n",
            "test_it.py: nested too deeply to be analysed",
        ),
    ],
    ids=["a syntax error", "endless nesting"],
)
def test_standard_input_may_be_no_python(
    text: str,
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An editor's text often is none, for a moment."""
    status = on_standard_input(text, monkeypatch, "--check")

    assert status == 2
    assert capsys.readouterr().err.startswith(told)


def test_standard_input_changes_no_settings(
    run_fixer: FixerRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are in a file, which nobody asked to be changed."""
    hook = (
        "import pytest\n\ndef pytest_collection_modifyitems(items):\n"
        "    for item in items:\n"
        "        item.add_marker(pytest.mark.asyncio(loop_scope='session'))\n"
    )
    text = io.TextIOWrapper(io.BytesIO(hook.encode()))
    monkeypatch.setattr(sys, "stdin", text)
    options = ("--diff", "--select=PTA119", "--stdin-filename", "conftest.py", "-")

    run = run_fixer({"pytest.ini": "[pytest]\n"}, *options)

    assert run.status == 1
    assert "its fix changes a setting as well: run this on the file" in run.printed


# --- What is remembered ---------------------------------------------------------------


def test_a_file_that_changes_is_looked_at_again(run_fixer: FixerRun) -> None:
    """To the better and to the worse, whatever its time stamp says."""
    statuses = [
        run_fixer({"a.py": text}, "--check").status
        for text in (FAULTY, FAULTY, "x = 1\n", FAULTY)
    ]

    assert statuses == [1, 1, 0, 1]


def test_what_is_around_a_file_counts_as_well(run_fixer: FixerRun) -> None:
    """The same test is right or wrong by its settings, its conftest.py, its imports."""
    test = "import app\n\nasync def test_it():\n    app.work()\n"
    files = {
        "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
        "app.py": "def work():\n    return 1\n",
        "test_it.py": test,
    }
    steps: list[dict[str, str]] = [
        files,
        {"app.py": "async def work():\n    return 1\n"},
        {"app.py": "def work():\n    return 1\n"},
    ]

    remembered = [run_fixer(step, "--check").printed for step in steps]
    fresh = [run_fixer(step, "--check", "--no-cache").printed for step in steps]

    assert remembered == fresh
    assert len(set(remembered)) == 2


def test_a_damaged_cache_is_ignored(
    run_fixer: FixerRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off, of another form, or with a finding altered."""
    caches = tmp_path.parent / f"{tmp_path.name}-caches"
    monkeypatch.setenv("FIX_PYTEST_ASYNCIO_CACHE", str(caches))
    first = run_fixer({"a.py": FAULTY}, "--check").printed
    (cache,) = caches.iterdir()
    content = cache.read_bytes()

    for damaged in (b"", content[:40], content.replace(b"PTA001", b"PTA002"), b"x\n[]"):
        cache.write_bytes(damaged)
        assert run_fixer({}, "--check").printed == first


# --- Many files -----------------------------------------------------------------------


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_many_files_are_told_in_order_by_any_number_of_processes(
    jobs: str, run_fixer: FixerRun
) -> None:
    """The same report, whoever did the work."""
    files = {f"test_{number:03}.py": FAULTY for number in range(150)}

    run = run_fixer(files, "--check", "--no-cache", f"--jobs={jobs}", "--output=json")

    found = [each["path"] for each in json.loads(run.printed)["findings"]]
    assert found == sorted(files)
