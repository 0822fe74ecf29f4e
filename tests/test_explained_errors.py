"""A failing test's report says what asyncio's message means, in that very test.

Many small modules fail in few runs of pytest, and each is looked at by itself.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from explained_cases import (
    CAUSES,
    IN_STRICT_MODE,
    INSTEAD,
    NOT_EXPLAINED,
    OTHERS,
    Other,
)
from guide_errors import ERRORS, ErrorCase
from rendered_suite import run_tests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

TITLE = "asyncio: what this error means"
MODULES = "tests/explained"
# Only where no loop has been used yet is there a warning.
FIRST = "DeprecationWarning: There is no current event loop"
STRICT = ("-o", "asyncio_mode=strict")
BY_FIXTURE_SCOPE = ("-o", "asyncio_default_fixture_loop_scope=fixture-scope")

EXPLAINED = [
    case
    for case in sorted(ERRORS, key=lambda case: case.message != FIRST)
    if case.concerns_this_python and case.message not in NOT_EXPLAINED
]
each_case = pytest.mark.parametrize(
    "case", EXPLAINED, ids=[case.message.replace(" ", "-") for case in EXPLAINED]
)
each_other = pytest.mark.parametrize(
    "other",
    [*OTHERS, *IN_STRICT_MODE],
    ids=[other.name.replace(" ", "-") for other in [*OTHERS, *IN_STRICT_MODE]],
)

# Writes down what every report says, in the process that prints them.
PLUGIN = """
import gc
import json
import os
import sys

import pytest

REPORTS = []

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol():
    # What one test has left is not to be blamed on the next.
    hook, sys.unraisablehook = sys.unraisablehook, lambda unraisable: None
    gc.collect()
    gc.freeze()
    sys.unraisablehook = hook

def pytest_runtest_logreport(report):
    REPORTS.append([report.nodeid, report.outcome, report.sections])

pytest_collectreport = pytest_runtest_logreport

def pytest_unconfigure(config):
    if hasattr(config, "workerinput"):
        return
    imported = [name for name in sys.modules if ".explanations" in name]
    table = sys.modules.get("tests.utils.asyncio_support.explanations.table")
    headings = [each.heading for each in table.EXPLANATIONS] if table else []
    with open(os.environ["RECORDED"], "w", encoding="utf-8") as file:
        json.dump([REPORTS, imported, headings], file)
"""


@dataclass(frozen=True)
class Recorded:
    """What a run of a rendered suite reported.

    Attributes:
        explained: What each failing report says of asyncio's messages, by module.
        outcomes: How the reports ended, by module.
        imported: The modules of the explanations that were imported.
        headings: Those of all explanations, if they were imported.
        printed: What pytest printed.
    """

    explained: Mapping[str, list[str]]
    outcomes: Mapping[str, list[str]]
    imported: list[str]
    headings: list[str]
    printed: str

    def first(self, module: str) -> str:
        """Return what a module's first failing report says, on one line."""
        return " ".join(self.explained[module][0].split())


@pytest.fixture(scope="module")
def record(
    without_samples: Callable[[Path], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., Recorded]:
    """Return a function that runs test modules, given by name, and records reports."""

    def record(modules: Mapping[str, str], *arguments: str) -> Recorded:
        directory = tmp_path_factory.mktemp("recorded")
        project = without_samples(directory / "project")
        (project / "recorder.py").write_text(PLUGIN, encoding="utf-8")
        (project / MODULES).mkdir()
        paths = [f"{MODULES}/{name}.py" for name in modules]
        for path, text in zip(paths, modules.values(), strict=True):
            (project / path).write_text(textwrap.dedent(text), encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("RECORDED", str(directory / "recorded.json"))
            run = run_tests(
                project,
                directory / "report.xml",
                *("-p", "recorder", "--continue-on-collection-errors"),
                # A failure is explained to those as well who look for nothing else.
                *("-o", "asyncio_checks=all: off"),
                *(*arguments, *paths),
            )
        text = (directory / "recorded.json").read_text(encoding="utf-8")
        reports, imported, headings = json.loads(text)
        return _recorded(reports, imported, headings, run.printed)

    return record


def _recorded(
    reports: list[tuple[str, str, list[tuple[str, str]]]],
    imported: list[str],
    headings: list[str],
    printed: str,
) -> Recorded:
    explained: dict[str, list[str]] = {}
    outcomes: dict[str, list[str]] = {}
    for nodeid, outcome, sections in reports:
        module = nodeid.partition("::")[0].rpartition("/")[2].removesuffix(".py")
        texts = [text for title, text in sections if title == TITLE]
        outcomes.setdefault(module, []).append(outcome)
        if outcome == "failed" or texts:
            explained.setdefault(module, []).append("".join(texts))
    return Recorded(explained, outcomes, imported, headings, printed)


@pytest.fixture(scope="module")
def failing(record: Callable[..., Recorded]) -> Recorded:
    """A run of all modules that fail in auto mode, and of the guide's cured ones."""
    first, *cases = [
        (_name(case), INSTEAD.get(case.message, case.caused_by))
        for case in EXPLAINED
        if not case.without_settings
    ]
    cured = {f"{_name(case)}_cured": case.cured for case in EXPLAINED}
    others = {_module(other): other.text for other in OTHERS}
    return record(dict([first]) | cured | dict(cases) | others, "-W", "error")


@pytest.fixture(scope="module")
def failing_in_strict_mode(record: Callable[..., Recorded]) -> Recorded:
    """A run of the modules that need strict mode to fail."""
    cases = {_name(case): case.caused_by for case in EXPLAINED if case.without_settings}
    others = {_module(other): other.text for other in IN_STRICT_MODE}
    return record(cases | others, *STRICT, *BY_FIXTURE_SCOPE)


def _name(case: ErrorCase) -> str:
    return f"test_guide_{ERRORS.index(case)}"


def _module(other: Other) -> str:
    return "test_" + re.sub(r"\W+", "_", other.name)


def _cause(cause: str, module: str) -> str:
    return " cause " + cause.replace("FILE", f"{MODULES}/{module}.py") + " do "


def test_guide_and_explanations_are_one_list(failing: Recorded) -> None:
    """What a report says is said in the guide as well, and the other way round."""
    explained = [
        error.message for error in ERRORS if error.message not in NOT_EXPLAINED
    ]

    assert sorted(failing.headings) == sorted(explained)
    assert sorted(CAUSES) == sorted(explained)
    assert set(NOT_EXPLAINED) < {error.message for error in ERRORS}


@each_case
def test_a_message_of_the_guide_is_explained(
    failing: Recorded, failing_in_strict_mode: Recorded, case: ErrorCase
) -> None:
    """With the cause in this test, its line, and where the guide says more."""
    run = failing_in_strict_mode if case.without_settings else failing

    text = re.sub(r"'Task-\d+'", "'Task-N'", run.first(_name(case)))

    assert _cause(CAUSES[case.message], _name(case)) in text
    assert text.endswith(f'see tests/ASYNC_TESTING.md, "{case.message}"')
    assert text.count(" see ") == 1


@each_case
def test_the_remedy_leaves_nothing_to_explain(
    failing: Recorded, case: ErrorCase
) -> None:
    """A test that passes is reported as ever."""
    assert set(failing.outcomes[f"{_name(case)}_cured"]) == {"passed"}
    assert f"{_name(case)}_cured" not in failing.explained


@each_other
def test_other_failures_are_explained_as_far_as_they_are_asyncios(
    failing: Recorded, failing_in_strict_mode: Recorded, other: Other
) -> None:
    """An explanation of what has another reason would lead astray."""
    run = failing_in_strict_mode if other in IN_STRICT_MODE else failing
    module = _module(other)

    texts = run.explained.get(module, [""])

    text = " ".join(texts[0].split())
    assert text.count(" cause ") == len(other.causes), text
    for cause in other.causes:
        assert _cause(cause, module) in text
    assert other.remedy in text


def test_an_expected_failure_stays_as_it_is(failing: Recorded) -> None:
    """Whoever expects the error knows it."""
    assert "skipped" in failing.outcomes["test_an_expected_failure"]
    assert "test_an_expected_failure" not in failing.explained


def test_it_is_read_below_the_error(failing: Recorded) -> None:
    """In the terminal, where the failure is shown."""
    start = failing.printed.index(f"- {TITLE} -")

    assert "\n  cause   " in failing.printed[start:]


@pytest.fixture
def two_modules() -> dict[str, str]:
    """A module that passes, and one that fails."""
    passing = "async def test_answer():\n    assert True\n"
    failing = "import asyncio\n\ndef test_loop():\n    asyncio.get_running_loop()\n"
    return {"test_passing": passing, "test_failing": failing}


def test_it_comes_through_from_other_processes(
    record: Callable[..., Recorded], two_modules: Mapping[str, str]
) -> None:
    """With pytest-xdist the tests fail elsewhere."""
    alone = record(two_modules)
    parallel = record(two_modules, "-p", "xdist", "-n", "2")

    assert alone.explained["test_failing"]
    assert parallel.explained == alone.explained


def test_tests_that_pass_do_not_pay_for_it(
    record: Callable[..., Recorded], two_modules: Mapping[str, str]
) -> None:
    """Nothing of the explanations is imported before something fails."""
    run = record({"test_passing": two_modules["test_passing"]})

    assert run.outcomes["test_passing"]
    assert run.imported == []


def test_a_guide_that_was_deleted_is_not_named(
    record: Callable[..., Recorded], two_modules: Mapping[str, str]
) -> None:
    """It is the user's, and may go."""
    deleting = "import pathlib\npathlib.Path('tests/ASYNC_TESTING.md').unlink()\n"
    module = {"test_failing": deleting + two_modules["test_failing"]}

    (text,) = record(module).explained["test_failing"]

    assert "  cause " in text
    assert "ASYNC_TESTING" not in text


def test_a_plugin_that_is_switched_off_is_named(
    record: Callable[..., Recorded],
) -> None:
    """Pytest's own message lists five of them."""
    module = {"test_async": "async def test_answer():\n    assert True\n"}
    off = ("-p", "no:asyncio", "-c", os.devnull, "--rootdir", ".")

    run = record(module, *off)

    cause = "pytest-asyncio is not loaded, so that nothing runs FILE:1"
    assert _cause(cause, "test_async") in run.first("test_async")
