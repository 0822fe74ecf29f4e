"""Ends the wider fixtures after the last run of a test, as far as pytest would."""

from collections.abc import Sequence
from typing import Any

import pytest


def close_after(
    item: pytest.Item,
    nextitem: pytest.Item | None,
    reports: Sequence[pytest.TestReport],
) -> list[pytest.TestReport]:
    """End what the next test does not need.

    Args:
        item: The test that ran.
        nextitem: The test that comes next.
        reports: The reports of its run.

    Returns:
        The reports, with that of the teardown replaced if something failed now.
    """
    plugins = item.config.pluginmanager
    # It takes note of what was logged between the setup of a test and its teardown.
    logging = plugins.get_plugin("logging-plugin")
    hook = plugins.subset_hook_caller("pytest_runtest_teardown", [logging])

    def teardown() -> None:
        hook(item=item, nextitem=nextitem)

    kind: Any = pytest.CallInfo  # it says too little of what it returns
    call: pytest.CallInfo[None] = kind.from_call(
        teardown,
        "teardown",
        reraise=(pytest.exit.Exception, KeyboardInterrupt),
    )
    closing = item.ihook.pytest_runtest_makereport(item=item, call=call)
    *others, last = reports
    if closing.failed and not last.failed:
        return [*others, closing]
    last.sections += closing.sections
    return [*reports]
