"""The problems that this template exists for: first without it, then with it.

Without is a bare suite, in the same pytest and pytest-asyncio, with every default; with
is a rendered project. The fourth, a module that uses `pytest_asyncio` without importing
it, is shown in the tests of the script that repairs it.
"""

from __future__ import annotations

import pytest

NO_CURRENT_LOOP = (
    "E*RuntimeError: There is no current event loop in thread 'MainThread'."
)


@pytest.fixture
def bare(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A suite that has pytest-asyncio and nothing of this template's."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:randomly -p no:xdist")
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    return pytester


def write(suite: pytest.Pytester, text: str) -> None:
    """Write the one test module of a suite, of either kind."""
    directory = suite.path / "tests"
    directory.mkdir(exist_ok=True)
    (directory / "test_problem.py").write_text(text, encoding="utf-8")


EARLIER = """
import asyncio

async def answer():
    return 42

def test_earlier():
    assert asyncio.run(answer()) == 42
"""


def test_no_current_event_loop_without(bare: pytest.Pytester) -> None:
    """Whether it works depends on what ran before: here, an `asyncio.run`."""
    write(
        bare,
        EARLIER
        + """
def test_drives_async_code():
    assert asyncio.get_event_loop().run_until_complete(answer()) == 42
""",
    )

    result = bare.runpytest_subprocess("tests")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([NO_CURRENT_LOOP])


def test_no_current_event_loop_with(suite: pytest.Pytester) -> None:
    """A fixture, or a function, gives the loop on every Python and in every order."""
    write(
        suite,
        EARLIER
        + """
from tests.utils.asyncio_helpers import cleanup_event_loop, ensure_event_loop

def test_drives_async_code(standard_event_loop):
    assert asyncio.get_event_loop().run_until_complete(answer()) == 42

def test_drives_async_code_without_a_fixture():
    loop = ensure_event_loop()
    assert loop.run_until_complete(answer()) == 42
    cleanup_event_loop(loop)
""",
    )

    suite.runpytest_subprocess("-W", "error", "tests").assert_outcomes(passed=3)


COROUTINE_OR_CALLABLE = """
import pytest
{limit}

async def fetch():
    return 42

@pytest.mark.asyncio
async def test_with_the_coroutine():
    assert await limited(fetch()) == 42

@pytest.mark.asyncio
async def test_with_the_function():
    assert await limited(fetch) == 42
"""


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        pytest.param(
            "import asyncio\nlimited = lambda given: asyncio.wait_for(given, 5)",
            "E*TypeError: *",
            id="a coroutine is expected",
        ),
        pytest.param(
            "async def limited(given):\n    return await given()",
            "E*TypeError: 'coroutine' object is not callable",
            id="a function is expected",
        ),
    ],
)
def test_a_coroutine_or_a_callable_without(
    bare: pytest.Pytester, limit: str, message: str
) -> None:
    """Helpers take the one or the other, and the other fails."""
    write(bare, COROUTINE_OR_CALLABLE.format(limit=limit))

    result = bare.runpytest_subprocess("tests")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([message])


def test_a_coroutine_or_a_callable_with(suite: pytest.Pytester) -> None:
    """`run_with_timeout` takes both."""
    limit = (
        "from tests.utils.asyncio_helpers import run_with_timeout\n"
        "limited = run_with_timeout"
    )
    write(suite, COROUTINE_OR_CALLABLE.format(limit=limit))

    suite.runpytest_subprocess("-W", "error", "tests").assert_outcomes(passed=2)


LEAVES_A_LOOP = """
import asyncio
import pytest
{head}

async def answer():
    return 42

def test_leaves_a_loop({fixture}):
    loop = {loop}
    assert loop.run_until_complete(answer()) == 42
    loop.close()

def test_next({fixture}):
    assert asyncio.get_event_loop().run_until_complete(answer()) == 42
"""


def test_a_loop_left_behind_without(bare: pytest.Pytester) -> None:
    """The closed loop stays current, and the next test is to blame."""
    own = "asyncio.new_event_loop(); asyncio.set_event_loop(loop)"
    write(bare, LEAVES_A_LOOP.format(head="", fixture="", loop=own))

    result = bare.runpytest_subprocess("tests")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*_ test_next _*", "E*RuntimeError: Event loop is closed"]
    )


@pytest.mark.parametrize(
    ("fixture", "loop"),
    [
        ("standard_event_loop", "asyncio.get_event_loop()"),
        ("ensure_test_event_loop", "configure_test_event_loop()"),
    ],
)
def test_a_loop_left_behind_with(
    suite: pytest.Pytester, fixture: str, loop: str
) -> None:
    """Each test has a loop of its own, whatever the last one did to its loop."""
    head = "from tests.utils.asyncio_helpers import configure_test_event_loop"
    write(suite, LEAVES_A_LOOP.format(head=head, fixture=fixture, loop=loop))

    suite.runpytest_subprocess("-W", "error", "tests").assert_outcomes(passed=2)
