"""A pytest plugin that writes down what came of every test, and what the net found.

It runs in the environments of other people's projects, so it needs nothing but pytest.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

RECORD_TO = "NET_RECORD_TO"  # the environment variable with the file's name
FOUND = "asyncio_safety_net"  # what the net calls its findings on a report
_RECORD = os.environ.get(RECORD_TO, "")  # tests may clear the environment


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write a line for each phase of a test."""
    outcome: str = report.outcome
    # How pytest marks a test that was expected to fail: one that then passes, or the
    # other way round, has changed its outcome.
    if hasattr(report, "wasxfail"):
        outcome = "xpassed" if report.passed else "xfailed"
    known = {
        "test": report.nodeid,
        "when": report.when,
        "outcome": outcome,
        "seconds": report.duration,
        "findings": getattr(report, FOUND, []),
    }
    with open(_RECORD, "a", encoding="utf-8") as file:  # noqa: PTH123 - a plain append
        file.write(json.dumps(known) + "\n")
