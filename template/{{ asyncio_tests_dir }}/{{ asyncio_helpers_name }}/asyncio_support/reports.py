"""The one place that looks at the reports of tests, three for each.

A hook around what makes them costs more than all else that is done for a test in which
nothing is found, so the parts of this package share it.
"""

from collections.abc import Callable, Generator

import pytest

Reader = Callable[[pytest.TestReport, pytest.Item, "pytest.CallInfo[None]"], None]

READERS = pytest.StashKey[list[Reader]]()


def read_reports(config: pytest.Config, reader: Reader) -> None:
    """Have a function called with each report, to add to it what it has to say."""
    config.stash.setdefault(READERS, []).append(reader)


# The outermost, since an expected failure is none only once pytest has said so.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Hand the report to whoever reads it."""
    report = yield
    for read in item.config.stash[READERS]:
        read(report, item, call)
    return report
