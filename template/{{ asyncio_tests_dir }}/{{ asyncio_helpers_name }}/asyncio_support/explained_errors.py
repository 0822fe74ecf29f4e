"""Adds to the report of a failure what asyncio's own message means.

Nothing is imported for this, and nothing looked at, until something fails.
"""

import pytest

from .reports import read_reports

TITLE = "asyncio: what this error means"


def pytest_configure(config: pytest.Config) -> None:
    """Explain the failures of tests, in their setup, call or teardown."""
    read_reports(config, _explain)


def _explain(
    report: pytest.TestReport, item: pytest.Item, call: pytest.CallInfo[None]
) -> None:
    if report.failed and call.excinfo is not None:
        _add(report, item, call.excinfo.value)


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
