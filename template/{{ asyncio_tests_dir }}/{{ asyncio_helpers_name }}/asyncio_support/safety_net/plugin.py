"""How the safety net hooks into pytest."""

from collections.abc import Generator

import pytest
import pytest_asyncio

from ..reports import read_reports
from .baseline import BaselineError, read_baseline
from .discovery import available_guards, checks_of, guards
from .fixtures import FixtureWatch
from .judgement import Judgement
from .levels import MARKER, SETTING, read_levels
from .net import NET, SafetyNet
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
    checks = checks_of(usable)
    net = SafetyNet(usable, Judgement(levels, checks, known, is_writing=is_writing))
    config.stash[NET] = net
    verdict = Verdict(net)
    config.pluginmanager.register(_Hooks(net, verdict), "asyncio-safety-net")
    config.pluginmanager.register(FixtureWatch(net), "asyncio-safety-net-fixtures")
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
        self._patches = Patches()

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Put up the net: after pytest's own hooks for errors, before collection."""
        self._net.install(self._patches)
        read_reports(session.config, self._on_report)

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

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Charge what happens from here on to this test."""
        self._net.begin(item, is_async=pytest_asyncio.is_async_test(item))

    # The innermost, so that pytest captures what is printed and logged meanwhile.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_teardown(self) -> Generator[None, object, object]:
        """Look at what is left when the fixtures have ended."""
        __tracebackhide__ = True
        try:
            return (yield)
        finally:
            self._net.test_over()

    def _on_report(
        self, report: pytest.TestReport, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> None:
        """Make what was found a part of the test's report."""
        if self._net.findings or not report.passed or report.when == "setup":
            self._net.attempt(self._verdict.on_report, report, item, call)
