"""The problem: a module uses `pytest_asyncio` without importing it. And its end."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

A_SUITE = '''
"""A service, asked for its name."""

import asyncio

import pytest


@pytest_asyncio.fixture
async def service():
    await asyncio.sleep(0)
    return "the service"


@pytest.mark.asyncio
async def test_it_has_a_name(service):
    assert service == "the service"
'''


def test_without_the_template_the_module_is_not_even_collected(
    pytester: pytest.Pytester,
) -> None:
    """All tests of the module are lost, for want of one line."""
    pytester.makepyfile(A_SUITE)

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["E   NameError: name 'pytest_asyncio' is not defined*"]
    )


def test_with_the_template_one_command_finds_and_fixes_it(
    suite: pytest.Pytester,
) -> None:
    """The script lies in the rendered project and needs nothing but Python."""
    test = suite.path / "tests" / "test_service.py"
    test.write_text(A_SUITE, encoding="utf-8")

    found = run_script(suite.path, "--check")
    fixed = run_script(suite.path)
    result = suite.runpytest_subprocess("tests/test_service.py")

    place = "tests/test_service.py:9:2: PTA001"
    assert found.returncode == 1
    assert found.stdout.startswith(place)
    assert fixed.returncode == 0
    assert fixed.stdout.startswith(place)
    assert "import pytest\nimport pytest_asyncio\n\n\n@" in test.read_text("utf-8")
    result.assert_outcomes(passed=1)


def test_a_rendered_project_has_no_such_module(project: Path) -> None:
    """What the template itself brings needs no fixing."""
    result = run_script(project, "--check")

    assert result.returncode == 0
    assert result.stdout == ""


def run_script(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the rendered script as a user does, with warnings as errors."""
    return subprocess.run(
        [
            *[sys.executable, "-W", "error"],
            *["scripts/fix_pytest_asyncio_imports.py", *arguments],
        ],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
