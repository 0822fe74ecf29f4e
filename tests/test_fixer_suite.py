"""What the checker takes for tests, fixtures and marks, and for pytest's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix_pytest_asyncio.configuration import (
    Configuration,
    configuration_at,
    configuration_from,
)
from fix_pytest_asyncio.source import Module
from fix_pytest_asyncio.suite import Suite
from fixer_script import NOWHERE


def suite(text: str) -> Suite:
    """Return the suite of a test module, below an import of pytest."""
    module = Module(NOWHERE, f"import pytest\n{text}".encode())
    return Suite.of(module, Configuration(None, (), {}))


PARAMETRIZED = {
    "'a, b', X": ["c"],
    "['a', 'b'], X": ["c"],
    "argnames=('a', N), argvalues=X": ["b", "c"],
    "'a', X, indirect=False": ["b", "c"],
    "'a', X, indirect=True": ["a", "b", "c"],
    "NAMES, X": ["a", "b", "c"],
    "": ["a", "b", "c"],
}


@pytest.mark.parametrize("arguments", PARAMETRIZED)
def test_parametrised_arguments_are_no_fixtures(arguments: str) -> None:
    """But those that pytest hands on to fixtures."""
    mark = f"@pytest.mark.parametrize({arguments})\n"

    [test] = suite(f"{mark}def test_it(a, b, c): ...\n").tests

    assert [each.arg for each in test.parameters] == PARAMETRIZED[arguments]


def test_what_is_no_mark_among_marks_is_passed_over() -> None:
    """Its name may stand for one."""
    [test] = suite(
        "pytestmark = [pytest.mark.asyncio, slow, *more]\ndef test_it(): ...\n"
    ).tests

    assert [mark.name for mark in test.marks] == ["asyncio"]


@pytest.mark.parametrize(
    ("base", "is_unittest"),
    [("unittest.TestCase", True), ("package.Base", False), ("make()", False)],
)
def test_a_unittest_class_is_known_by_its_base(base: str, is_unittest: bool) -> None:  # noqa: FBT001 - a column of the table above
    """Of others, whatever makes them, nothing is known."""
    text = f"class TestIt({base}):\n    def test_it(self): ...\n"

    [test] = suite(text).tests

    assert test.is_unittest is is_unittest


MODES = {
    "addopts = --asyncio-mode=auto": "auto",
    "addopts = -o asyncio_mode=auto": "auto",
    "addopts = 'an end is missing": "strict",
    "asyncio_mode = auto": "auto",
}


@pytest.mark.parametrize("setting", MODES)
def test_the_mode_is_as_pytest_understands_it(setting: str) -> None:
    """What is set for the command line counts most."""
    configuration = configuration_from(Path("pytest.ini"), f"[pytest]\n{setting}\n")

    assert configuration
    assert configuration.mode == MODES[setting]


@pytest.mark.parametrize(
    "setting",
    ['addopts = ["--asyncio-mode", "auto"]', 'asyncio_mode = ["auto"]'],
)
def test_settings_may_be_lists(setting: str) -> None:
    """In the table that pytest 9 reads."""
    configuration = configuration_from(Path("pytest.toml"), f"[pytest]\n{setting}\n")

    assert configuration
    assert configuration.mode == "auto"


def test_settings_that_are_no_text_are_told_of(tmp_path: Path) -> None:
    """With them, pytest does not start either."""
    path = tmp_path / "pytest.ini"
    path.write_bytes(b"[pytest]\nasyncio_mode = \xff\n")

    configuration = configuration_at(path)

    assert configuration.values == {}
    assert "can't decode" in configuration.error
