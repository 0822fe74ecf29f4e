"""A pytest plugin that writes down what pytest reports of each test, phase by phase.

`-p report_recorder` loads it where this directory is on the path. What it writes is
there, line by line, when the run is killed; a JUnit file would not be.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

# The environment variable that says where to write: JSON, a line for each phase.
RECORD_TO = "RECORD_REPORTS_TO"
_OF_XDIST = "PYTEST_XDIST_WORKER"  # its reports come again from the one that is told


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Append one line: what was run, how it ended and what would be printed of it."""
    if _OF_XDIST in os.environ:
        return
    sections = [f"{title}\n{text}" for title, text in report.sections]
    phase = {
        "test": report.nodeid,
        "when": report.when,
        "outcome": report.outcome,
        "text": "\n".join([report.longreprtext, *sections]),
        "seconds": report.duration,
    }
    with Path(os.environ[RECORD_TO]).open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(phase)}\n")
