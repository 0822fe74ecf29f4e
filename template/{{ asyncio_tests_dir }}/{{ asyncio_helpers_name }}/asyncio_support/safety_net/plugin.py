"""How the safety net hooks into pytest."""

from collections.abc import Generator

import pytest
import pytest_asyncio

from .baseline import BaselineError, read_baseline
from .discovery import available_guards, checks_of, guards
from .fixtures import FixtureWatch
from .levels import MARKER, SETTING, read_levels
from .net import SafetyNet
from .patching import Patches
from .report import GUIDE
from .summary import Summary
from .verdict import Verdict

BROKEN = "a part of the asyncio safety net failed, and was off from then on"

_OFF = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the settings."""
    parser.addini(
        SETTING,
        "what the safety net does about its findings, as lines of `check: fail`, "
        "`warn` or `off`; `all: ...` speaks of every check (default: all: warn)",
        type="linelist",
        default=[],
    )
    group = parser.getgroup("asyncio safety net")
    group.addoption(
        "--asyncio-checks",
        action="store_true",
        help="list the checks of the safety net and what they are set to, and exit",
    )
    group.addoption(
        "--asyncio-baseline",
        action="store_true",
        help="write the present findings into asyncio_baseline.txt beside the guide; "
        "from then on only other ones fail",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Put up the net, unless every check is off."""
    text = f"{MARKER}(*checks, reason): allow the test what these checks would find"
    config.addinivalue_line("markers", text)
    every = guards()
    levels = read_levels(config.getini(SETTING), checks_of(every))
    on = [g for g in every if any(levels[c.name] != "off" for c in g.checks)]
    usable, config.stash[_OFF] = available_guards(on)
    if not usable:
        return
    file = GUIDE.with_name("asyncio_baseline.txt")
    try:
        known = read_baseline(file)
    except BaselineError as error:
        raise pytest.UsageError(str(error)) from None
    is_writing = bool(config.getoption("--asyncio-baseline"))
    net = SafetyNet(usable, levels)
    net.is_strict = known is not None and not is_writing
    verdict = Verdict(net, known, is_writing=is_writing)
    config.pluginmanager.register(_Hooks(net, verdict), "asyncio-safety-net")
    if not hasattr(config, "workerinput"):  # the process that pytest-xdist reports from
        summary = Summary(file, known, is_writing=is_writing)
        config.pluginmanager.register(summary, "asyncio-safety-net-summary")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which checks cannot work here."""
    return config.stash[_OFF]


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """List the checks instead of running tests, if asked to."""
    if not config.getoption("--asyncio-checks"):
        return None
    from .listing import print_checks  # noqa: PLC0415 - for this option only

    every = guards()
    checks = checks_of(every)
    levels = read_levels(config.getini(SETTING), checks)
    print_checks(config, checks, levels, available_guards(every)[1])
    return 0


class _Hooks:
    """The hooks of a net that is up."""

    def __init__(self, net: SafetyNet, verdict: Verdict) -> None:
        self._net = net
        self._verdict = verdict
        self._fixtures = FixtureWatch(net)
        self._patches = Patches()

    def pytest_sessionstart(self) -> None:
        """Put up the net: after pytest's own hooks for errors, before collection."""
        self._net.install(self._patches)

    def pytest_unconfigure(self) -> None:
        """Take the net down without a trace."""
        self._net.remove()
        self._patches.undo()

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        """Say what of the net itself has failed."""
        for text in self._net.broken:
            terminalreporter.section(BROKEN)
            terminalreporter.write(text)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item
    ) -> Generator[None, object, object]:
        """Charge what happens from here on to this test."""
        __tracebackhide__ = True
        self._net.begin(item, is_async=pytest_asyncio.is_async_test(item))
        self._verdict.begin()
        try:
            return (yield)
        finally:
            self._net.end()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Limit the time of an async test's body."""
        __tracebackhide__ = True
        net = self._net
        self._verdict.is_running = True
        try:
            if not net.is_async or net.owner is None:
                return (yield)
            with net.limited(net.owner, "the body of", item):
                return (yield)
        finally:
            self._verdict.is_running = False

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Generator[None, object, object]:
        """Look at what is left when the fixtures have ended."""
        __tracebackhide__ = True
        try:
            return (yield)
        finally:
            self._net.test_over()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Make what was found a part of the test's report."""
        report = yield
        self._net.attempt(self._verdict.on_report, report, item, call)
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        """Know a fixture's work as its own, and the loops of pytest-asyncio's."""
        __tracebackhide__ = True
        with self._fixtures.set_up(fixturedef, request):
            return (yield)

    def pytest_fixture_post_finalizer(
        self, fixturedef: pytest.FixtureDef[object]
    ) -> None:
        """Know that a fixture is over."""
        self._fixtures.torn_down(fixturedef)
