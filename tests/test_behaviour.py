"""The helpers as their users have them: `tests/behaviour` runs in a rendered project.

There it needs pytest and pytest-asyncio only, and every warning is an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BEHAVIOUR = Path(__file__).parent / "behaviour"
STRICT = ("-W", "error", "-p", "no:cacheprovider")
# They do on purpose what the safety net is there to find.
NO_NET = ("-o", "asyncio_checks=all: off")
# They do none of it.
TIDY = [
    f"tests/behaviour/test_{name}.py"
    for name in ("sequencer", "settling", "waiting", "waiting_on_virtual_time")
]
ALONE = ("-p", "no:randomly", "-p", "no:xdist")


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(ALONE, id="in-order"),
        pytest.param(("-p", "no:xdist", "-p", "randomly"), id="in-random-order"),
        pytest.param(("-p", "no:randomly", "-n", "2"), id="in-two-processes"),
    ],
)
def test_the_helpers_do_what_they_promise(
    project: Path, options: tuple[str, ...]
) -> None:
    """Whatever the order, and whether one process runs them or two."""
    assert_all_pass(project, *NO_NET, *options, "tests/behaviour")


def test_waiting_is_nothing_that_the_net_complains_of(project: Path) -> None:
    """It leaves no timer, no task and no hook behind, and keeps no loop."""
    assert_all_pass(project, *ALONE, *TIDY)


def assert_all_pass(project: Path, *arguments: str) -> None:
    """Run tests of `tests/behaviour` in a rendered project."""
    shutil.copytree(BEHAVIOUR, project / "tests" / "behaviour")

    run = subprocess.run(
        [sys.executable, "-m", "pytest", *STRICT, *arguments],
        cwd=project,
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""},
    )

    assert run.returncode == 0, run.stdout + run.stderr
