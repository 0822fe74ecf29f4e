"""How severe each check is, what a test is allowed, and what is off without a trace."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from workbench import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SUPPORT = (
    ROOT
    / "template/{{ asyncio_tests_dir }}/{{ asyncio_helpers_name }}"
    / "asyncio_support"
)
NO_LEVEL = (
    "asyncio_checks: {!r} in the pytest configuration is not a check and a level; "
    "write a line like `pending_task: warn`, with one of the levels fail, warn, off"
)
NO_CHECK = (
    "asyncio_checks: there is no check 'pending_tasks'; `pytest --asyncio-checks` "
    "lists them (did you mean 'pending_task'?)"
)
FORGETFUL = """\
import asyncio

import pytest


async def poll():
    await asyncio.sleep(3600)


async def test_forgets_a_task():
    polling = asyncio.create_task(poll())


async def test_forgets_a_timer():
    asyncio.get_running_loop().call_later(3600, print)


async def test_forgets_nothing():
    await asyncio.sleep(0)
"""


def write(suite: pytest.Pytester, text: str, name: str = "test_it") -> None:
    """Write a test module into a suite."""
    (suite.path / "tests" / f"{name}.py").write_text(text, encoding="utf-8")


def run(
    suite: pytest.Pytester, *checks: str, more: tuple[str, ...] = ()
) -> pytest.RunResult:
    """Run a suite with some lines of `asyncio_checks`."""
    return suite.runpytest_subprocess(
        "-o", "asyncio_checks=" + "\n".join(checks), *more
    )


@pytest.mark.parametrize(
    ("checks", "outcomes", "listed"),
    [
        pytest.param(["all: fail"], {"passed": 3, "errors": 2}, 0, id="fail"),
        pytest.param(["all: warn"], {"passed": 3}, 2, id="warn"),
        pytest.param(["all: off"], {"passed": 3}, 0, id="off"),
        pytest.param([], {"passed": 3}, 2, id="not set"),
        pytest.param(
            ["all: warn", "pending_task: fail"],
            {"passed": 3, "errors": 1},
            1,
            id="one fails",
        ),
        pytest.param(
            ["all: fail", "pending_task: off"],
            {"passed": 3, "errors": 1},
            0,
            id="one is off",
        ),
    ],
)
def test_a_level_says_what_becomes_of_a_finding(
    suite: pytest.Pytester,
    checks: list[str],
    outcomes: dict[str, int],
    listed: int,
) -> None:
    """`fail` fails the test, `warn` tells at the end, `off` looks at nothing."""
    write(suite, FORGETFUL)

    result = run(suite, *checks)

    result.assert_outcomes(**outcomes)
    said = [line for line in result.outlines if "findings failed no test" in line]
    assert said == [line for line in said if line.startswith(f"{listed} findings")]
    assert len(said) == bool(listed)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("pending_task", NO_LEVEL.format("pending_task")),
        ("all: sometimes", NO_LEVEL.format("all: sometimes")),
        ("pending_tasks: off", NO_CHECK),
    ],
)
def test_a_bad_line_of_the_setting_is_one_line_before_any_test(
    suite: pytest.Pytester, line: str, said: str
) -> None:
    """What, where, and what to write."""
    write(suite, FORGETFUL)

    result = run(suite, line)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [each for each in result.errlines if each] == [f"ERROR: {said}"]


def test_a_marker_allows_one_test_one_check(suite: pytest.Pytester) -> None:
    """And only that: another finding of the same test still fails it."""
    write(
        suite,
        """\
import asyncio

import pytest


@pytest.mark.asyncio_allow("pending_timer", reason="the loop ends before it goes off")
async def test_is_allowed_a_timer():
    asyncio.get_running_loop().call_later(3600, print)


@pytest.mark.asyncio_allow("pending_task", reason="no timer")
async def test_is_allowed_something_else():
    asyncio.get_running_loop().call_later(3600, print)


@pytest.mark.asyncio_allow("pending_timer", "pending_task", reason="two")
class TestBoth:
    async def test_is_allowed_both(self):
        asyncio.get_running_loop().call_later(3600, print)
        task = asyncio.create_task(asyncio.sleep(3600))


async def test_is_allowed_nothing():
    asyncio.get_running_loop().call_later(3600, print)
""",
    )

    result = run(suite, "all: fail")

    result.assert_outcomes(passed=4, errors=2)
    assert failed(result) == {
        "test_is_allowed_something_else",
        "test_is_allowed_nothing",
    }


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ('("pending_timer")', "say why"),
        ('(reason="because")', "name the checks"),
        ('("pending_timer", reason=" ")', "say why"),
        ('("pending_timer", why="x")', "say why"),
        ('("timer", reason="x")', "there is no check 'timer'"),
    ],
)
def test_a_marker_without_a_check_or_a_reason_allows_nothing(
    suite: pytest.Pytester, marker: str, said: str
) -> None:
    """A misspelt one would hide what it was never meant to hide."""
    write(
        suite,
        f"""\
import asyncio

import pytest


@pytest.mark.asyncio_allow{marker}
async def test_is_marked():
    asyncio.get_running_loop().call_later(3600, print)
""",
    )

    result = run(suite, "all: fail")

    result.assert_outcomes(passed=1, errors=1)
    assert said in result.stdout.str()


def test_checks_are_listed_with_their_state(suite: pytest.Pytester) -> None:
    """Whoever sets one has to know its name, and whether the setting was read."""
    result = run(suite, "all: warn", "hang: off", more=("--asyncio-checks",))

    assert result.ret == 0
    head, *lines = [line for line in result.outlines if line]
    assert head.endswith("as `asyncio_checks` in pytest.ini sets them:")
    levels = {line.split()[0]: line.split()[1] for line in lines}
    assert set(levels) == set(checks_in_source())
    assert levels.pop("hang") == "off"
    assert set(levels.values()) == {"warn"}


@pytest.mark.parametrize(
    ("checks", "level"),
    [
        pytest.param(["all: fail"], "warn", id="all fail"),
        pytest.param(["long_sleep: fail", "all: fail"], "warn", id="named too early"),
        pytest.param(["all: fail", "long_sleep: fail"], "fail", id="named"),
        pytest.param(["all: off"], "off", id="all are off"),
    ],
)
def test_advice_fails_a_test_only_where_it_is_named(
    suite: pytest.Pytester, checks: list[str], level: str
) -> None:
    """A slow test is no mistake, and `all: fail` is what every new repository has."""
    result = run(suite, *checks, more=("--asyncio-checks",))

    [line] = [line for line in result.outlines if "long_sleep" in line]
    assert line.split()[:2] == ["long_sleep", level]
    assert line.endswith("(advice: it fails a test only as `long_sleep: fail`)")


def test_each_module_can_be_deleted(suite: pytest.Pytester) -> None:
    """It takes its checks with it, and the rest works."""
    checks = suite.path / "tests/utils/asyncio_support/checks"
    (checks / "pending_tasks.py").unlink()
    (checks / "hangs.py").unlink()
    write(suite, FORGETFUL)

    result = run(suite, "all: fail")

    result.assert_outcomes(passed=3, errors=1)
    assert failed(result) == {"test_forgets_a_timer"}


def test_without_any_check_module_nothing_is_left(suite: pytest.Pytester) -> None:
    """The whole net can be cut out."""
    shutil.rmtree(suite.path / "tests/utils/asyncio_support/checks")
    (suite.path / "tests/utils/asyncio_support/checks").mkdir()
    (suite.path / "tests/utils/asyncio_support/checks/__init__.py").touch()
    write(suite, FORGETFUL)

    result = suite.runpytest_subprocess(
        "-o", "asyncio_checks=all: fail", "--trace-config"
    )

    result.assert_outcomes(passed=3)
    assert "asyncio-safety-net" not in result.stdout.str()


def test_what_is_off_stands_in_for_nothing(suite: pytest.Pytester) -> None:
    """No cost, and nothing between a test and the library that it uses."""
    write(
        suite,
        """\
import asyncio
import gc
import socket
import sys
import threading
import time
import warnings

MODULES = {
    asyncio.Lock: ["acquire", "release"],
    asyncio.BaseEventLoop: ["call_soon", "call_at", "call_exception_handler"],
    socket.socket: ["__init__", "close"],
    threading.Thread: ["start", "join"],
}


async def test_everything_is_the_library_s_own():
    for owner, names in MODULES.items():
        for name in names:
            assert getattr(owner, name).__module__ == owner.__module__
    assert not hasattr(time.sleep, "__code__")
    assert not hasattr(gc.collect, "__code__")
    assert warnings._warn_unawaited_coroutine.__module__ in {"warnings", "_py_warnings"}
    assert sys.get_coroutine_origin_tracking_depth() == 0
    assert gc.get_freeze_count() == 0
    assert [t.name for t in threading.enumerate()] == ["MainThread"]
""",
    )

    run(suite, "all: off").assert_outcomes(passed=1)


def failed(result: pytest.RunResult) -> set[str]:
    """Return the names of the tests that a run names as failed."""
    pattern = re.compile(r"^(?:FAILED|ERROR) \S+::(\w+)")
    return {m[1] for m in map(pattern.match, result.outlines) if m}


def checks_in_source() -> list[str]:
    """Return the names of all checks, as their modules write them down."""
    pattern = re.compile(r'^[A-Z_]+ = Check\(\n    "(\w+)",$', re.MULTILINE)
    return [
        name
        for module in sorted((SUPPORT / "checks").glob("*.py"))
        for name in pattern.findall(module.read_text(encoding="utf-8"))
    ]


def test_the_net_s_checks_are_told_in_the_guide(render: Callable[..., Path]) -> None:
    """A report names the section; it must be there, and name the check."""
    guide = (render() / "tests/ASYNC_TESTING.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^#+ (.+)$", guide, re.MULTILINE))
    text = "".join(
        module.read_text(encoding="utf-8")
        for module in (SUPPORT / "checks").glob("*.py")
    )
    named = set(re.findall(r'^_SECTION = "(.+)"$', text, re.MULTILINE))
    ends = r'^    "([A-Z].+)",\n(?:    is_advice=True,\n)?\)$'
    named |= set(re.findall(ends, text, re.MULTILINE))

    assert named <= headings
    assert [name for name in checks_in_source() if f"`{name}`" not in guide] == []


LEANS_ON_WHAT_IS_LEFT = """\
import asyncio
import contextvars
import signal
import socket
import subprocess
import sys

import pytest

KEPT = {{}}
GUEST = contextvars.ContextVar("GUEST", default="nobody")


def ignore(*_arguments):
    pass


@pytest.fixture(scope="module", autouse=True)
def put_away():
    yield
    KEPT["socket"].close()
    KEPT["loop"].close()
    KEPT["process"].kill()
    KEPT["process"].wait()


{marker}
@pytest.mark.asyncio(loop_scope="module")
async def test_leaves_all_of_it():
    loop = asyncio.get_running_loop()
    KEPT["lock"] = lock = asyncio.Lock()
    KEPT["task"] = asyncio.create_task(lock.acquire())
    await KEPT["task"]
    KEPT["waiting"] = asyncio.create_task(asyncio.Event().wait())
    KEPT["timer"] = loop.call_later(3600, ignore)
    KEPT["server"] = await asyncio.start_server(ignore, "127.0.0.1", 0)
    KEPT["socket"] = socket.socket()
    sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
    KEPT["process"] = subprocess.Popen(sleeping)
    loop.set_exception_handler(ignore)
    signal.signal(signal.SIGUSR1, ignore)


{marker}
def test_sets_what_is_current():
    GUEST.set("somebody")
    KEPT["loop"] = asyncio.new_event_loop()


@pytest.mark.asyncio(loop_scope="module")
async def test_finds_it_as_it_was():
    loop = asyncio.get_running_loop()
    found = {{
        "lock": KEPT["lock"].locked(),
        "task": not KEPT["waiting"].done(),
        "timer": not KEPT["timer"].cancelled(),
        "server": KEPT["server"].is_serving(),
        "socket": KEPT["socket"].fileno() != -1,
        "process": KEPT["process"].poll() is None,
        "exception handler": loop.get_exception_handler() is ignore,
        "signal handler": signal.getsignal(signal.SIGUSR1) is ignore,
        "context variable": GUEST.get() == "somebody",
        "loop": not KEPT["loop"].is_closed(),
    }}
    loop.set_exception_handler(None)
    signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    assert found == dict.fromkeys(found, {kept})
"""
ALLOWED = (
    '@pytest.mark.asyncio_allow("held_lock", "pending_task", "pending_timer", '
    '"open_server", "open_socket", "child_process", "exception_handler", '
    '"signal_handler", "context_variable", "open_loop", reason="the next needs it")'
)
# Whatever Python itself says of a socket that is dropped.
UNFILTERED = ("-o", "filterwarnings=", "-p", "no:unraisableexception")


@pytest.mark.parametrize(
    ("level", "marker", "is_kept", "outcomes"),
    [
        pytest.param("warn", "", "True", {"passed": 3}, id="warn"),
        pytest.param("fail", ALLOWED, "True", {"passed": 3}, id="allowed"),
        pytest.param("fail", "", "False", {"passed": 3, "errors": 2}, id="fail"),
    ],
)
def test_only_what_fails_is_ended(
    suite: pytest.Pytester,
    level: str,
    marker: str,
    is_kept: str,
    outcomes: dict[str, int],
) -> None:
    """A suite that leans on what its tests leave runs as before, and is told once."""
    write(suite, LEANS_ON_WHAT_IS_LEFT.format(marker=marker, kept=is_kept))

    result = run(suite, f"all: {level}", more=UNFILTERED)

    result.assert_outcomes(**outcomes)
    said = [line for line in result.outlines if "findings failed no test" in line]
    assert [line.split()[0] for line in said] == (["10"] if level == "warn" else [])


def test_what_a_baseline_knows_is_not_ended(suite: pytest.Pytester) -> None:
    """What failed nothing on the day it was written fails nothing later."""
    write(suite, LEANS_ON_WHAT_IS_LEFT.format(marker="", kept="True"))

    writing = run(suite, "all: warn", more=("--asyncio-baseline", *UNFILTERED))
    known = run(suite, "all: warn", more=UNFILTERED)

    writing.assert_outcomes(passed=3)
    known.assert_outcomes(passed=3)
    known.stdout.fnmatch_lines(["10 findings are known, *"])
