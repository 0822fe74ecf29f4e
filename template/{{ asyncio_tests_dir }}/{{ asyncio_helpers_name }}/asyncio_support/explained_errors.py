"""Adds to the report of a failure what asyncio's own message means.

Nothing is imported for this, and nothing looked at, until something fails.
"""

from collections.abc import Generator

import pytest

TITLE = "asyncio: what this error means"


# The outermost, since an expected failure is none only once pytest has said so.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Explain the failure of a test, in its setup, its call or its teardown."""
    report = yield
    if report.failed and call.excinfo is not None:
        _add(report, item, call.excinfo.value)
    return report


def pytest_exception_interact(
    node: pytest.Item | pytest.Collector,
    call: pytest.CallInfo[object],
    report: pytest.CollectReport | pytest.TestReport,
) -> None:
    """Explain why a module could not be collected."""
    if isinstance(report, pytest.CollectReport) and call.excinfo is not None:
        _add(report, node, call.excinfo.value)


def _add(
    report: pytest.CollectReport | pytest.TestReport,
    node: pytest.Item | pytest.Collector,
    error: BaseException,
) -> None:
    from .explanations.explain import explain  # noqa: PLC0415 - see above

    texts = explain(node, error)
    if texts:
        report.sections.append((TITLE, "\n\n".join(texts)))
