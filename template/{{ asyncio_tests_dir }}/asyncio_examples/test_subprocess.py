"""A child process is fed, read and awaited; one that would go on is killed first."""

import asyncio
import sys
from asyncio.subprocess import PIPE

import pytest

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import run_with_timeout

# copier: endfilter
pytestmark = pytest.mark.asyncio

# The interpreter at hand, without site-packages: it starts in a few milliseconds.
PYTHON = (sys.executable, "-I", "-S", "-c")
SHOUT = "print(input().upper())"
WAIT_FOR_EVER = "import threading; threading.Event().wait()"


async def test_a_child_answers_on_its_output() -> None:
    """`communicate` feeds, reads and waits at once; doing so in turn can deadlock."""
    child = await asyncio.create_subprocess_exec(
        *PYTHON, SHOUT, stdin=PIPE, stdout=PIPE
    )

    output, _ = await run_with_timeout(child.communicate(b"hello\n"))

    assert output.split() == [b"HELLO"]
    assert child.returncode == 0


async def test_a_child_that_never_ends_is_killed_and_awaited() -> None:
    """`kill` only asks: a child that nobody awaits is left behind."""
    child = await asyncio.create_subprocess_exec(*PYTHON, WAIT_FOR_EVER, stdout=PIPE)

    child.kill()
    await run_with_timeout(child.communicate())

    assert child.returncode != 0
