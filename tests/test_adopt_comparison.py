"""The user's tests are as before, or nothing of theirs is touched."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from adopt import adoption, collector, comparison
from adopt.comparison import Collected, differences, taken_over
from adopt_cases import files_in
from hooks_command import ANSWERS, options_for
from workbench import write_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLAIN = {
    "pytest.ini": "[pytest]\naddopts = -ra\n",
    "requirements-dev.txt": "pytest\npytest-asyncio>=1.4\n",
    "tests/__init__.py": "",
    "tests/test_shop.py": "def test_shop():\n    assert True\n",
}
OWN_RUNNER = """\
import asyncio
import inspect

import pytest


@pytest.hookimpl(specname="pytest_pyfunc_call", tryfirst=True)
def pytest_run_async(pyfuncitem):
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        asyncio.run(pyfuncitem.obj())
        return True
"""
SHRINKING = """\
from pathlib import Path

here = Path(__file__).parent
collect_ignore = ["tests/test_shop.py"] if (here / "tests" / "utils").exists() else []
"""
COUNTING = """\
from pathlib import Path


def test_scripts():
    assert not (Path(__file__).parents[1] / "scripts").exists()
"""


@pytest.fixture
def adopt(
    render: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Return a function that adopts a repository which it writes first."""
    monkeypatch.setenv("ASYNCIO_TESTING_PYTHON", sys.executable)
    rendered = render(asyncio_repository="existing")

    def adopt(files: dict[str, str], *words: str) -> int:
        write_files(tmp_path / "repository", files)
        more = [f"--rendered={rendered}", "--plan-only", *words]
        return adoption.run(options_for(tmp_path / "repository", ANSWERS, *more))

    return adopt


def test_what_is_the_same_is_said(
    adopt: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """With the number of tests, so that a comparison of nothing would be seen."""
    assert adopt(PLAIN) == 0

    assert "Your own test was collected before and after" in capsys.readouterr().err


def test_auto_mode_is_left_out_where_another_plugin_runs_async_tests(
    adopt: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """A plugin that nobody has heard of, seen by who would run each test."""
    tests = {"tests/test_async.py": "async def test_async():\n    assert True\n"}

    assert adopt({**PLAIN, "conftest.py": OWN_RUNNER, **tests}) == 0

    said = capsys.readouterr().err
    changes = said.partition("left alone:")[0]
    assert "asyncio_mode = strict\n" in changes
    assert "asyncio_mode = auto" not in changes
    assert "Another plugin runs async tests here" in changes
    assert "Your own 2 tests were collected before and after" in said


@pytest.mark.parametrize("asked", ["collection", "outcomes"])
def test_a_test_that_would_disappear_stops_everything(
    asked: str, adopt: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Named, with what would happen to it."""
    assert adopt({**PLAIN, "conftest.py": SHRINKING}, f"--comparison={asked}") == 1

    said = capsys.readouterr().err
    assert "not adopted, since" in said
    assert "Nothing of yours was touched" in said
    assert "  tests/test_shop.py::test_shop\n    is not collected any more" in said


def test_an_outcome_that_would_change_stops_everything_when_it_was_asked_for(
    adopt: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """By default a stranger's tests are not run: they may be slow, or have effects."""
    tests = {**PLAIN, "tests/test_scripts.py": COUNTING}

    assert adopt(tests) == 0
    assert adopt(tests, "--comparison=outcomes") == 1

    said = capsys.readouterr().err
    assert "  tests/test_scripts.py::test_scripts\n" in said
    assert "    outcome: passed before, failed after" in said


def test_nothing_is_written_when_something_would_change(
    adopt: Callable[..., int], tmp_path: Path, render: Callable[..., Path]
) -> None:
    """Not by the plan alone, and not by adopting either."""
    files = {**PLAIN, "conftest.py": SHRINKING}
    assert adopt(files) == 1
    project = tmp_path / "repository"
    before = files_in(project)

    rendered = render(asyncio_repository="existing")
    options = options_for(project, ANSWERS, f"--rendered={rendered}")
    assert adoption.run(options) == 1

    assert files_in(project) == before


def test_figures_of_coverage_that_are_there_stay(
    adopt: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pytest-cov erases those that it finds where it is told to put its own."""
    figures = tmp_path / "figures"
    figures.write_text("of another run", encoding="utf-8")
    monkeypatch.setenv("COVERAGE_FILE", str(figures))
    measuring = "[pytest]\naddopts = --cov=tests --cov-report=\n"

    assert adopt({**PLAIN, "pytest.ini": measuring}, "--comparison=outcomes") == 0

    assert figures.read_text(encoding="utf-8") == "of another run"


def test_code_that_would_come_from_elsewhere_stops_everything(
    adopt: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Tests of an installed package must not turn to the sources unseen."""
    installed = tmp_path / "installed" / "shop.py"
    installed.parent.mkdir()
    installed.touch()
    monkeypatch.setenv("PYTHONPATH", str(installed.parent))
    tests = {
        "tests/test_shop.py": "import shop\n\n\ndef test_shop():\n    assert shop\n"
    }

    assert adopt({"pytest.ini": "[pytest]\n", "shop.py": "", **tests}) == 1

    said = capsys.readouterr().err
    assert f"  import shop\n    {installed} before, ./shop.py after" in said


def test_tests_that_cannot_be_collected_are_not_compared_and_that_is_said(
    adopt: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """The last line of pytest tells why."""
    broken = {"conftest.py": "import no_such_module\n"}

    assert adopt({**PLAIN, **broken}) == 0

    said = capsys.readouterr().err
    assert "Your own tests were not compared: pytest could not collect them" in said
    assert "No module named 'no_such_module'" in said


def test_the_copy_holds_what_tests_need_and_nothing_heavy(tmp_path: Path) -> None:
    """Ignored and untracked files too, but no environment and nothing of the suite."""
    kept = [
        "pyproject.toml",
        "src/shop/_speed.so",
        "tests/data/shop.json",
        "build/x.py",
    ]
    left = [
        *(".venv/lib/x.py", "odd-name/pyvenv.cfg", "odd-name/lib/x.py", ".git/HEAD"),
        *(
            "node_modules/x.py",
            "tests/asyncio_examples/x.py",
            "tests/__pycache__/x.pyc",
        ),
    ]
    for name in [*kept, *left]:
        path = tmp_path / "repository" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "repository" / "link").symlink_to("src")
    (tmp_path / "copy").mkdir()

    comparison.Copy(
        tmp_path / "copy",
        tmp_path / "repository",
        tmp_path / "repository",
        ["tests/asyncio_examples"],
        None,  # type: ignore[arg-type] # nothing is run
    )

    copied = {name for name in files_in(tmp_path / "copy") if "link" not in name}
    assert copied == set(kept)
    assert (tmp_path / "copy" / "link").is_symlink()


TEST: dict[str, Any] = {
    "runner": "pytest-asyncio",
    "loop_scope": "function",
    "fixtures": {"pool": "pytest-asyncio"},
    "marks": ["slow"],
    "outcome": None,
}


def collected(**changes: Any) -> Collected:
    """Return what one test was found to be, with changes."""
    test = {**TEST, **changes}
    return Collected({"tests/test_a.py::test_a": test}, {"x": "1"}, {"shop": "a"}, [])


@pytest.mark.parametrize(
    ("change", "how"),
    [
        ({"runner": "anyio trio"}, "run by: pytest-asyncio before, anyio trio after"),
        ({"loop_scope": "session"}, "loop scope: function before, session after"),
        (
            {"fixtures": {}},
            "async fixtures: {'pool': 'pytest-asyncio'} before, {} after",
        ),
        ({"marks": ["slow", "db"]}, "markers: ['slow'] before, ['slow', 'db'] after"),
        ({"outcome": "failed"}, "outcome: None before, failed after"),
    ],
)
def test_every_property_of_a_test_is_compared(change: dict[str, Any], how: str) -> None:
    """Each by itself."""
    found = differences(collected(), collected(**change), [], [])

    assert [tuple(each) for each in found] == [("tests/test_a.py::test_a", how)]
    assert differences(collected(), collected(), [], []) == []


def test_settings_errors_and_new_tests_are_compared() -> None:
    """But for what the plan announces, and what is the suite's own."""
    ours = "tests/asyncio_examples/test_b.py"
    before = collected()
    after = Collected(
        {**before.tests, f"{ours}::test_b": TEST, "tests/test_c.py::test_c": TEST},
        {"x": "2", "y": "new"},
        {"shop": "b", "tests": "new"},
        [{"id": ours, "why": "ours"}, {"id": "tests/test_d.py", "why": "broken"}],
    )

    found = differences(before, after, ["tests/asyncio_examples"], [])

    assert [tuple(each) for each in found] == [
        ("x", "1 before, 2 after"),
        ("import shop", "a before, b after"),
        ("tests/test_d.py", "broken"),
        ("tests/test_c.py::test_c", "is new, and not the suite's"),
    ]
    planned = differences(before, after, ["tests/asyncio_examples"], ["x"])
    assert planned == found[1:]
    broken_before = before._replace(errors=after.errors)
    assert found[2] not in differences(broken_before, after, [], [])


def test_ids_that_are_drawn_anew_each_time_are_the_same_tests() -> None:
    """A UUID among the parameters; one test less is a difference all the same."""
    before = collected()._replace(tests={"a.py::t[1f]": TEST, "a.py::t[2e]": TEST})
    after = before._replace(tests={"a.py::t[9c]": TEST, "a.py::t[8d]": TEST})
    one_less = before._replace(tests={"a.py::t[9c]": TEST})

    assert differences(before, after, [], []) == []
    assert "a.py::t[1f]" in [
        each.what for each in differences(before, one_less, [], [])
    ]


@pytest.mark.parametrize(("passed", "outcome"), [(True, "xpassed"), (False, "xfailed")])
def test_a_test_that_was_expected_to_fail_may_begin_to_pass(
    *, passed: bool, outcome: str
) -> None:
    """That is a change of its outcome like any other."""
    report = pytest.TestReport(
        nodeid="a.py::t",
        location=("a.py", 0, "t"),
        keywords={},
        outcome="passed" if passed else "skipped",
        longrepr=None,
        when="call",
        wasxfail="",
    )
    recorder = collector.Collector()

    recorder.pytest_runtest_logreport(report)

    assert recorder.tests["a.py::t"]["outcome"] == outcome


@pytest.mark.parametrize(
    ("change", "taken"),
    [
        ({}, False),
        ({"runner": "pytest", "fixtures": {}}, False),
        ({"runner": "unittest", "fixtures": {}}, False),
        ({"runner": "anyio trio"}, True),
        ({"runner": "another plugin, or none"}, True),
        ({"fixtures": {"pool": "another plugin"}}, True),
    ],
)
def test_auto_mode_would_take_what_is_async_and_not_pytest_asyncios(
    change: dict[str, Any], *, taken: bool
) -> None:
    """Tests, and tests whose async fixtures somebody else sets up."""
    assert bool(taken_over(collected(**change))) is taken
