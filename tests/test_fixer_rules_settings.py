"""What is wrong with settings of pytest-asyncio's, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from fixer_script import FixerRun

FUNCTION = "asyncio_default_fixture_loop_scope = function\n"
NATIVE = 'asyncio_default_fixture_loop_scope = "function"\n'
INI = f"[pytest]\n{FUNCTION}"
TABLE = f"[tool.pytest.ini_options]\n{NATIVE}"

FIXED = {
    "a mode that is gone": (
        "pytest.ini",
        f"{INI}asyncio_mode = legacy\n",
        f"{INI}asyncio_mode = auto\n",
    ),
    "a mode that is gone, beside another plugin": (
        "tox.ini",
        f"{INI}asyncio_mode=legacy\ntrio_mode = false\n",
        f"{INI}asyncio_mode=strict\ntrio_mode = false\n",
    ),
    "a mode in a table": (
        "pyproject.toml",
        f"{TABLE}asyncio_mode = 'legacy' # once\n",
        f"{TABLE}asyncio_mode = 'auto' # once\n",
    ),
    "quotes in an ini file": (
        "setup.cfg",
        f'[tool:pytest]\n{FUNCTION}asyncio_mode = "auto"\n',
        f"[tool:pytest]\n{FUNCTION}asyncio_mode = auto\n",
    ),
    "capitals": (
        "pytest.ini",
        f"{INI}asyncio_mode: AUTO\n",
        f"{INI}asyncio_mode: auto\n",
    ),
    "a value with a slip": (
        "pytest.ini",
        "[pytest]\nasyncio_default_fixture_loop_scope = sesion\n",
        "[pytest]\nasyncio_default_fixture_loop_scope = session\n",
    ),
    "a mode that is empty": ("pytest.ini", f"{INI}asyncio_mode =\n", INI),
    "a scope that is empty": (
        "pytest.ini",
        "[pytest]\nasyncio_default_fixture_loop_scope =\n",
        INI,
    ),
    "a name with dashes": (
        "pyproject.toml",
        f'{TABLE}asyncio-mode = "auto"\n',
        f'{TABLE}asyncio_mode = "auto"\n',
    ),
    "a name with a slip": (
        "pytest.ini",
        f"{INI}asynio_mode = auto\n",
        f"{INI}asyncio_mode = auto\n",
    ),
    "a misspelled name of what is set as well": (
        "pytest.ini",
        f"{INI}asyncio_default_loop_scope = session\n",
        INI,
    ),
    "a scope that is not set": (
        "pytest.ini",
        "[pytest]\nasyncio_mode = auto\n",
        f"[pytest]\nasyncio_mode = auto\n{FUNCTION}",
    ),
    "a scope that is not set where the package is asked for": (
        "pyproject.toml",
        (
            '[dependency-groups]\ntest = ["pytest-asyncio>=1"]\n\n'
            '[tool.pytest.ini_options]\nminversion = "8"\n'
        ),
        (
            '[dependency-groups]\ntest = ["pytest-asyncio>=1"]\n\n'
            f'[tool.pytest.ini_options]\nminversion = "8"\n{NATIVE}'
        ),
    ),
    "a truth as a text": (
        "pytest.toml",
        f'[pytest]\n{NATIVE}asyncio_debug = "true"\n',
        f"[pytest]\n{NATIVE}asyncio_debug = true\n",
    ),
    "a truth in quotes": (
        "pytest.ini",
        f"{INI}asyncio_debug = 'False'\n",
        f"{INI}asyncio_debug = false\n",
    ),
}


@pytest.mark.parametrize(("name", "before", "after"), FIXED.values(), ids=FIXED.keys())
def test_a_setting_is_fixed(
    name: str, before: str, after: str, run_fixer: FixerRun
) -> None:
    """In the file that pytest reads, once and for all."""
    checked = run_fixer({name: before}, "--check", "--select=PTA115")
    fixed = run_fixer.settled({}, "--select=PTA115")

    assert (checked.status, checked.files) == (1, {name: before})
    assert fixed == {name: after}


UNSAFE = {
    "a misspelled scope, which begins to count": (
        {"pytest.ini": "[pytest]\nasyncio_default_loop_scope = session\n"},
        {"pytest.ini": "[pytest]\nasyncio_default_fixture_loop_scope = session\n"},
    ),
    "an unset scope where fixtures have wider ones": (
        {
            "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
            "conftest.py": "import pytest_asyncio\n\n\n"
            "@pytest_asyncio.fixture(scope='session')\nasync def server():\n"
            "    return 1\n",
        },
        {"pytest.ini": f"[pytest]\nasyncio_mode = auto\n{FUNCTION}"},
    ),
}


@pytest.mark.parametrize(("before", "after"), UNSAFE.values(), ids=UNSAFE.keys())
def test_a_setting_that_may_break_tests_is_fixed_on_request(
    before: dict[str, str], after: dict[str, str], run_fixer: FixerRun
) -> None:
    """It changes the loop that fixtures run on."""
    fixed = run_fixer.settled_if_told(before, "--select=PTA115")

    assert fixed == {**before, **after}


BY_HAND = {
    "a section that is another file's": (
        {"pytest.ini": f"[tool:pytest]\nasyncio_mode = auto\n{FUNCTION}"},
        (
            "pytest.ini:1:1: PTA115 pytest reads `[pytest]` of pytest.ini, and not "
            "`asyncio_mode`, `asyncio_default_fixture_loop_scope` in `[tool:pytest]`"
        ),
    ),
    "a comment within a value": (
        {"pytest.ini": f"{INI}asyncio_mode = auto  # always\n"},
        "pytest.ini:3:1: PTA115 `auto  # always` is no value for `asyncio_mode`",
    ),
    "a value like no other": (
        {"pyproject.toml": f"{TABLE}asyncio_mode = true\n"},
        "pyproject.toml:3:1: PTA115 `True` is no value for `asyncio_mode`: `auto`",
    ),
    "an old mode among options": (
        {"pytest.ini": f"{INI}addopts = -q --asyncio-mode=legacy\n"},
        "pytest.ini:3:1: PTA115 `addopts` asks for the mode `legacy`",
    ),
    "settings where pytest does not look": (
        {"pytest.ini": INI, "setup.cfg": "[tool:pytest]\nasyncio_mode = auto\n"},
        (
            "pytest.ini:1:1: PTA115 pytest reads pytest.ini, and not `asyncio_mode` in "
            "setup.cfg"
        ),
    ),
    "a misspelled name with no value of its own": (
        {"pytest.ini": f"{INI}asyncio_mod = fast\n"},
        "set `asyncio_mode` to one of",
    ),
    "a table on one line": (
        {"pyproject.toml": 'tool.pytest.ini_options = {asyncio_mod = "auto"}\n'},
        "pytest does not know `asyncio_mod`",
    ),
}


@pytest.mark.parametrize(("files", "expected"), BY_HAND.values(), ids=BY_HAND.keys())
def test_a_setting_is_reported(
    files: dict[str, str], expected: str, run_fixer: FixerRun
) -> None:
    """Where it cannot be told from here what it should be."""
    assert expected in run_fixer.only_reports(files, "--select=PTA115")


FINE = {
    "no settings": {"pytest.ini": "[pytest]\n"},
    "no file": {"test_it.py": ""},
    "all of them": {
        "pytest.ini": f"{INI}asyncio_mode = auto\nasyncio_debug = on\n"
        "asyncio_default_test_loop_scope = session\n"
    },
    "a scope that follows the fixture's": {
        "pytest.ini": "[pytest]\nasyncio_default_fixture_loop_scope = fixture-scope\n"
    },
    "native ones": {"pyproject.toml": f"[tool.pytest]\n{NATIVE}asyncio_debug = true\n"},
    "a scope that the command line sets": {
        "pytest.ini": "[pytest]\nasyncio_mode = auto\n"
        "addopts = -o asyncio_default_fixture_loop_scope=function\n"
    },
    "other plugins": {"pytest.ini": "[pytest]\nanyio_mode = auto\ntrio_mode = true\n"},
    "a mention in a comment": {"pytest.ini": "[pytest]\n# no pytest-asyncio here\n"},
    "the plugin switched off": {
        "pyproject.toml": 'x = ["pytest-asyncio"]\n[tool.pytest.ini_options]\n'
        'addopts = "-p no:asyncio"\n'
    },
    "the same settings twice": {
        "pytest.ini": f"{INI}",
        "setup.cfg": f"[tool:pytest]\n{FUNCTION}",
    },
    "other settings that are not read": {
        "pytest.ini": f"{INI}",
        "setup.cfg": "[tool:pytest]\naddopts = -q\n",
    },
    "a file that is broken": {"pytest.ini": "asyncio_mode = legacy\n"},
}


@pytest.mark.parametrize("files", FINE.values(), ids=FINE.keys())
def test_a_setting_is_left_alone(files: dict[str, str], run_fixer: FixerRun) -> None:
    """Where nothing is known to be wrong with it."""
    run_fixer.leaves_alone(files, "--select=PTA115")


def test_the_file_of_a_module_elsewhere_counts(
    run_fixer: FixerRun, tmp_path: Path
) -> None:
    """Once, however many modules it is for."""
    files = {
        "pytest.ini": f"{INI}asyncio_mode = legacy\n",
        "tests/test_it.py": "",
        "tests/more/test_it.py": "",
    }

    run = run_fixer(files, "--check", "--select=PTA115", str(tmp_path / "tests"))

    assert run.printed.count(": PTA115 ") == 1


def test_what_is_called_scope_elsewhere_does_not_count(run_fixer: FixerRun) -> None:
    """Applications have scopes, too: only those of fixtures make the setting unsafe."""
    files = {
        "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
        "test_it.py": "import pytest\n\n@pytest.fixture(scope='function')\n"
        "async def app():\n    return App(scope=1)\n",
    }

    run = run_fixer(files, "--fix", "--select=PTA115")

    assert run.status == 0
    assert FUNCTION in run.files["pytest.ini"]


def test_pytest_runs_after_the_fix(run_fixer: FixerRun) -> None:
    """It does not before."""
    module = "async def test_it():\n    pass\n"
    run_fixer({"pytest.ini": "[pytest]\nasyncio_mode = legacy\n", "test_it.py": module})

    assert "1 passed" in run_fixer.run_pytest("-W", "error", "--strict-config")
