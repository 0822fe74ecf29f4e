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
    shutil.copytree(BEHAVIOUR, project / "tests" / "behaviour")

    run = subprocess.run(
        [sys.executable, "-m", "pytest", *STRICT, *NO_NET, *options, "tests/behaviour"],
        cwd=project,
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""},
    )

    assert run.returncode == 0, run.stdout + run.stderr
