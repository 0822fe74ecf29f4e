"""The marker `interleavings`, and the option that replays an order of tasks.

Nothing else of this package is imported before a test has the marker.
"""

from collections.abc import Generator, Iterator

import pytest

OPTION = "--asyncio-replay"
NOT_FOUND = (
    "--asyncio-replay: the token {token} is of none of the tests that were collected; "
    "it is bound to a test's file, name and parameters: where one of them has changed, "
    "run the test without the option to find the order again"
)

_NAME = "interleavings"
# Under which the terminal counts tests.
_OUTCOMES = {"passed", "failed", "error", "skipped", "xfailed", "xpassed"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the option."""
    group = parser.getgroup("asyncio interleavings")
    group.addoption(
        OPTION,
        metavar="TOKEN",
        help="run the one test of a token that the explorer gave, in the order of "
        "tasks in which it failed",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker; refuse a bad token before any test runs."""
    text = (
        f'{_NAME}(mode="random", runs=100, seed=0, preemptions=2): run this test under '
        "many orders of its tasks; preemptions are for mode='systematic'"
    )
    config.addinivalue_line("markers", text)
    token = config.getoption(OPTION)
    if token:
        from .tokens import BadTokenError, deviations_in  # noqa: PLC0415 - rare

        try:
            deviations_in(token)
        except BadTokenError as error:
            raise pytest.UsageError(str(error)) from None


# Around the others: they prepare for virtual time what is marked here, and choose among
# the tests of which one is kept here.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, None, None]:
    """Prepare the marked tests; keep only that of a token."""
    marked = [item for item in items if _is_marked(item)]
    token = config.getoption(OPTION)
    if marked:
        from .preparation import prepare  # noqa: PLC0415 - only for marked tests

        for item in marked:
            prepare(item, token)
    yield
    if token:
        _keep(config, items, token)


def _is_marked(item: pytest.Item) -> bool:
    return _NAME in item.keywords and item.get_closest_marker(_NAME) is not None


def _keep(config: pytest.Config, items: list[pytest.Item], token: str) -> None:
    from .tokens import is_for  # noqa: PLC0415 - only with the option

    wanted = [each for each in items if _is_marked(each) and is_for(token, each.nodeid)]
    # A process of pytest-xdist's has nobody to tell: see `pytest_terminal_summary`.
    if not wanted and not hasattr(config, "workerinput"):
        raise pytest.UsageError(NOT_FOUND.format(token=token))
    config.hook.pytest_deselected(items=[each for each in items if each not in wanted])
    items[:] = wanted


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say why none ran, where the processes of pytest-xdist have found none to run."""
    token = config.getoption(OPTION)
    is_over_others = config.pluginmanager.has_plugin("dsession")
    if token and is_over_others and not _OUTCOMES & terminalreporter.stats.keys():
        terminalreporter.write_line(f"ERROR: {NOT_FOUND.format(token=token)}", red=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> bool | None:
    """Run a marked test as often as its marker says."""
    if _NAME not in item.keywords:
        return None
    from .preparation import exploration_of  # noqa: PLC0415 - only for marked tests

    exploration = exploration_of(item)
    if exploration is None:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in exploration.reports(nextitem):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.fixture(name="_order_of_tasks")
def order_of_tasks(request: pytest.FixtureRequest) -> Iterator[None]:
    """What is set up last for a marked test: its tasks run in the order to be tried."""
    from .preparation import in_order  # noqa: PLC0415 - only for marked tests

    with in_order(request):
        yield
