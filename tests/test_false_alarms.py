"""The safety net does not complain of what is in order, however odd it looks.

The suites are in `tests/false_alarms`; `alarm_suites.py` says how to read them. Beside
what must pass stand real faults, so that nothing passes for want of looking.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from alarm_suites import copy_suite
from fault_runs import Run, run_pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECONDS = 90  # on a busy machine; a run takes a tenth of it
ERRORS = ("-W", "error")
ALONE = ("-p", "no:randomly", "-p", "no:xdist")
BROKEN = "a part of the asyncio safety net failed"


@pytest.fixture
def run_suite(render: Callable[..., Path], tmp_path: Path) -> Callable[..., Run]:
    """Return a function that runs a suite in a rendered project, and looks at it."""

    def run(suite: str, *options: str, **more: object) -> Run:
        project = tmp_path / suite
        left_out = shutil.ignore_patterns("asyncio_examples")
        shutil.copytree(render(), project, ignore=left_out)
        modules = copy_suite(suite, project)
        run = run_pytest(project, SECONDS, *ERRORS, *options, **more)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        wrong = [each for module in modules for each in module.complaints(run)]
        assert not wrong, "\n".join(wrong)
        assert BROKEN not in run.printed, run.printed
        return run

    return run


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(ALONE, id="in-order"),
        pytest.param(("-p", "no:xdist", "-p", "randomly"), id="in-random-order"),
        pytest.param(("-p", "no:randomly", "-n", "2"), id="in-two-processes"),
    ],
)
def test_nothing_ordinary_is_complained_of(
    run_suite: Callable[..., Run], options: tuple[str, ...]
) -> None:
    """Whatever the order."""
    run_suite("ordinary", *options)
