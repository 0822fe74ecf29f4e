"""The hooks' own directory: isolated environments, and reports of failed runs.

It is the only place outside the rendered project that the hooks write to. Deleting it
costs nothing but the time of making an environment again.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import platformdirs

VARIABLE = "ASYNCIO_TESTING_CACHE"
KEPT_REPORTS = 20


def directory() -> Path:
    """Return the cache directory: $ASYNCIO_TESTING_CACHE, or the platform's own."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).absolute()
    return platformdirs.user_cache_path("copier-asyncio-testing", appauthor=False)


def write_report(name: str, text: str) -> Path:
    """Keep a report outside of the project, which Copier may delete after a failure.

    Args:
        name: What the report is about, the project's name.
        text: The report.

    Returns:
        Its path. Of all reports the newest 20 are kept.
    """
    reports = directory() / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = reports / f"{stamp}-{os.getpid()}-{name}.txt"
    path.write_text(text, encoding="utf-8")
    for old in sorted(reports.glob("*.txt"))[:-KEPT_REPORTS]:
        old.unlink(missing_ok=True)
    return path
