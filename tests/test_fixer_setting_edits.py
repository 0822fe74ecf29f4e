"""A setting is changed in the text of its file, and every other byte stays."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from fix_pytest_asyncio.configuration import Configuration
from fix_pytest_asyncio.setting_edits import SettingLine, setting_line, with_setting
from fix_pytest_asyncio.source import NotFixableError

PLACES = {
    "pytest.ini": ("pytest",),
    "tox.ini": ("pytest",),
    "setup.cfg": ("tool:pytest",),
    "pytest.toml": ("pytest",),
    "pyproject.toml": ("tool", "pytest", "ini_options"),
    "native/pyproject.toml": ("tool", "pytest"),
}


def at(file: str) -> Configuration:
    """Return a configuration that is read from a file of that name."""
    return Configuration(Path(file), PLACES[file], {})


class Case(NamedTuple):
    """A file before and after `asyncio_mode` becomes `auto`, or something else."""

    file: str
    before: str
    after: str
    name: str = "asyncio_mode"
    value: str | bool | None = "auto"
    old_name: str = ""


CHANGES = {
    "an ini file's value": Case(
        "pytest.ini",
        "[pytest]\nasyncio_mode = legacy\n",
        "[pytest]\nasyncio_mode = auto\n",
    ),
    "the layout around it": Case(
        "pytest.ini",
        "\ufeff; top\r\n[pytest]\r\na=%(x)s\r\n# why\r\nasyncio_mode:legacy  \r\n",
        "\ufeff; top\r\n[pytest]\r\na=%(x)s\r\n# why\r\nasyncio_mode:auto  \r\n",
    ),
    "no value": Case(
        "pytest.ini", "[pytest]\nasyncio_mode =\n", "[pytest]\nasyncio_mode = auto\n"
    ),
    "not the same name in another section": Case(
        "setup.cfg",
        "[mypy]\nasyncio_mode = x\n\n[tool:pytest]\nasyncio_mode = x\n"
        "[a]\nasyncio_mode = x\n",
        "[mypy]\nasyncio_mode = x\n\n[tool:pytest]\nasyncio_mode = auto\n"
        "[a]\nasyncio_mode = x\n",
    ),
    "a new one, behind the others": Case(
        "tox.ini",
        "[pytest]\naddopts =\n    -q\n    -x\n\n# environments\n[testenv]\ndeps = a\n",
        "[pytest]\naddopts =\n    -q\n    -x\nasyncio_mode = auto\n\n# environments\n"
        "[testenv]\ndeps = a\n",
    ),
    "a new one, written as tightly": Case(
        "pytest.ini", "[pytest]\na=1", "[pytest]\na=1\nasyncio_mode=auto\n"
    ),
    "a section that is empty": Case(
        "pytest.ini", "[pytest]\n", "[pytest]\nasyncio_mode = auto\n"
    ),
    "no file yet": Case("pytest.ini", "", "[pytest]\nasyncio_mode = auto\n"),
    "a removed one": Case(
        "pytest.ini",
        "[pytest]\na = 1\nasyncio_mode = x\nb = 2\n",
        "[pytest]\na = 1\nb = 2\n",
        value=None,
    ),
    "one that is not there, removed": Case(
        "pytest.ini", "[pytest]\na = 1\n", "[pytest]\na = 1\n", value=None
    ),
    "a name": Case(
        "pytest.ini",
        "[pytest]\nasyncio-mode = auto\n",
        "[pytest]\nasyncio_mode = auto\n",
        old_name="asyncio-mode",
    ),
    "a truth in an ini file": Case(
        "pytest.ini",
        "[pytest]\n",
        "[pytest]\nasyncio_debug = true\n",
        name="asyncio_debug",
        value=True,
    ),
    "a TOML value, its quotes and comment": Case(
        "pyproject.toml",
        "[tool.pytest.ini_options]\nasyncio_mode='legacy' # why\n",
        "[tool.pytest.ini_options]\nasyncio_mode='auto' # why\n",
    ),
    "not what a text only quotes": Case(
        "pyproject.toml",
        "x = '''\n[tool.pytest.ini_options]\nasyncio_mode = \"legacy\"\n'''\n"
        '[tool.pytest.ini_options]\nasyncio_mode = "legacy"\n',
        "x = '''\n[tool.pytest.ini_options]\nasyncio_mode = \"legacy\"\n'''\n"
        '[tool.pytest.ini_options]\nasyncio_mode = "auto"\n',
    ),
    "a new TOML one, behind an array": Case(
        "pyproject.toml",
        '[tool.pytest.ini_options]\n  addopts = [\n    "-q", # [quiet]\n  ]\n'
        "\n[tool.x]\n",
        '[tool.pytest.ini_options]\n  addopts = [\n    "-q", # [quiet]\n  ]\n'
        '  asyncio_mode = "auto"\n\n[tool.x]\n',
    ),
    "a new TOML one, where an array looks like a table": Case(
        "pyproject.toml",
        '[tool.pytest.ini_options]\naddopts = [\n["-q"],\n]\n',
        '[tool.pytest.ini_options]\nasyncio_mode = "auto"\naddopts = [\n["-q"],\n]\n',
    ),
    "a new table": Case(
        "pyproject.toml",
        '[project]\r\nname = "x"',
        '[project]\r\nname = "x"\r\n\r\n[tool.pytest.ini_options]\r\n'
        'asyncio_mode = "auto"\r\n',
    ),
    "a table whose name is quoted": Case(
        "pyproject.toml",
        '[tool."pytest" . ini_options] # here\nasyncio_mode = "legacy"\n',
        '[tool."pytest" . ini_options] # here\nasyncio_mode = "auto"\n',
    ),
    "a truth in a native table": Case(
        "native/pyproject.toml",
        '[tool.pytest]\nasyncio_debug = "true"\n',
        "[tool.pytest]\nasyncio_debug = true\n",
        name="asyncio_debug",
        value=True,
    ),
    "a table of a file of its own": Case(
        "pytest.toml",
        '[pytest]\n"asyncio_mode" = "legacy"\n',
        '[pytest]\n"asyncio_mode" = "auto"\n',
    ),
}


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES.keys())
def test_only_the_setting_changes(case: Case) -> None:
    """And changing it again changes nothing."""
    change = (at(case.file), case.name, case.value)

    edited = with_setting(case.before, *change, old_name=case.old_name)

    assert edited == case.after
    assert with_setting(edited, *change) == edited


REFUSED = {
    "a value that goes on": Case("pytest.ini", "[pytest]\nasyncio_mode =\n  x\n", ""),
    "a comment that is part of it": Case(
        "pytest.ini", "[pytest]\nasyncio_mode = auto  # always\n", ""
    ),
    "a section that is there twice": Case(
        "pytest.ini", "[pytest]\na = 1\n[pytest]\nb = 1\n", ""
    ),
    "a name that is there twice": Case(
        "pytest.ini", "[pytest]\nasyncio_mode = a\nasyncio_mode = b\n", ""
    ),
    "a text of several lines": Case(
        "pyproject.toml",
        "[tool.pytest.ini_options]\nasyncio_mode = '''\nlegacy'''\n",
        "",
    ),
    "a table within a line": Case(
        "pyproject.toml",
        '[tool.pytest]\nini_options = { asyncio_mode = "legacy" }\n',
        "",
    ),
    "no TOML": Case("pyproject.toml", "[tool.pytest.ini_options\n", ""),
    "no ini file": Case("pytest.ini", "asyncio_mode = auto\n", ""),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_plain_is_left_to_people(case: Case) -> None:
    """Better no change than one that means something else."""
    with pytest.raises(NotFixableError):
        with_setting(case.before, at(case.file), case.name, case.value)


def test_a_setting_has_a_place() -> None:
    """A finding points there; without one, to the table or the file's beginning."""
    text = "a = 1\n[tool.pytest.ini_options]\n  asyncio_mode = 'x' # y\n"
    configuration = at("pyproject.toml")

    assert setting_line(text, configuration, "asyncio_mode") == SettingLine(3, 3, 25)
    assert setting_line(text, configuration, "addopts") == SettingLine(2, 1, 26)
    assert setting_line("", configuration, "addopts") == SettingLine(1, 1, 1)
