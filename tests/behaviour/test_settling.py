"""Letting everything run that can run: what counts, what does not, and for how long."""

from __future__ import annotations

import asyncio
import random
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.utils.asyncio_helpers import settle
from tests.utils.asyncio_support import settling
from tests.utils.asyncio_support.loop_turns import turns_of

if TYPE_CHECKING:
    from collections.abc import Callable


def needs_turns() -> None:
    """Skip what only loops with a selector of asyncio's can tell."""
    if turns_of(asyncio.get_running_loop()) is None:
        pytest.skip("this loop does not show what it is going to run")


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel what would run on."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_it_returns_when_all_other_tasks_wait() -> None:
    """However many turns they need until then."""
    events: list[str] = []
    opened = asyncio.Event()

    async def visit(turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        events.append(f"waits after {turns}")
        await opened.wait()
        events.append(f"left after {turns}")

    visitors = [asyncio.create_task(visit(turns)) for turns in (50, 0, 3)]
    await settle()
    events.append("settled")
    opened.set()
    await settle()

    assert all(visitor.done() for visitor in visitors)
    assert events == [
        *("waits after 0", "waits after 3", "waits after 50", "settled"),
        *("left after 0", "left after 3", "left after 50"),
    ]


async def test_it_returns_at_once_where_there_is_nothing_to_run() -> None:
    """A test may call it whenever it is in doubt."""
    await settle()
    await settle()


async def test_it_waits_for_no_time() -> None:
    """Whoever sleeps is blocked; only `wait_until` and a clock get over that."""
    sleeper = asyncio.create_task(asyncio.sleep(60))

    await settle()

    assert not sleeper.done()
    await end(sleeper)


async def test_callbacks_that_make_callbacks_are_run() -> None:
    """Not everything that runs is a task."""
    loop = asyncio.get_running_loop()
    left = [*range(5)]

    def call() -> None:
        if left:
            left.pop()
            loop.call_soon(call)

    loop.call_soon(call)
    await settle()

    assert not left


async def test_long_chains_of_callbacks_are_run_on_asyncios_own_loops() -> None:
    """Where the loop shows them, their number does not matter."""
    needs_turns()
    loop = asyncio.get_running_loop()
    left = [*range(500)]

    def call() -> None:
        if left:
            left.pop()
            loop.call_soon(call)

    loop.call_soon(call)
    await settle()

    assert not left


async def test_what_has_come_over_a_connection_is_taken_in() -> None:
    """All of it, and what is answered to it, and what that one answers."""
    ours, theirs = socket.socketpair()
    received: list[int] = []
    reader, writer = await asyncio.open_connection(sock=ours)
    other_reader, other_writer = await asyncio.open_connection(sock=theirs)

    async def echo() -> None:
        while line := await other_reader.readline():
            other_writer.write(line)

    async def count_down() -> None:
        while number := int(await reader.readline()):
            received.append(number)
            writer.write(b"%d\n" % (number - 1))

    tasks = [asyncio.create_task(echo()), asyncio.create_task(count_down())]
    writer.write(b"20\n")
    await settle()

    assert received == [*range(20, 0, -1)]
    for each in (writer, other_writer):
        each.close()
        await each.wait_closed()
    await asyncio.wait(tasks)


async def test_bytes_that_are_taken_in_by_parts_are_all_taken_in() -> None:
    """A callback that wakes nobody is something that ran, too."""
    needs_turns()
    ours, theirs = socket.socketpair()
    received = bytearray()

    class Collect(asyncio.Protocol):
        def data_received(self, data: bytes) -> None:
            received.extend(data)

    theirs.setblocking(False)  # noqa: FBT003 - it has no other name
    sent = theirs.send(bytes(1_000_000))
    transport, _ = await asyncio.get_running_loop().connect_accepted_socket(
        Collect, ours
    )
    await settle()

    assert len(received) == sent
    transport.close()
    theirs.close()
    await settle()


@pytest.mark.skipif(sys.platform == "win32", reason="no signal to send")
async def test_a_signal_that_came_is_handled() -> None:
    """It wakes the loop, and only then makes something to run."""
    handled: list[str] = []
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, handled.append, "handled")

    signal.raise_signal(signal.SIGUSR1)
    await settle()

    loop.remove_signal_handler(signal.SIGUSR1)
    assert handled == ["handled"]


async def test_it_does_not_wait_for_threads() -> None:
    """They may take for ever, and nobody can see whether they do."""
    may_end = threading.Event()
    job = asyncio.ensure_future(asyncio.to_thread(may_end.wait))

    await settle()

    assert not job.done()
    may_end.set()
    assert await job


async def test_several_at_once_return_one_after_the_other() -> None:
    """Each finds everything at rest, what the one before it has begun included."""
    events: list[str] = []

    async def look(name: str) -> None:
        await settle()
        events.append(f"{name} begins")
        for _ in range(5):
            await asyncio.sleep(0)
        events.append(f"{name} ends")

    await asyncio.gather(look("first"), look("second"), look("third"))

    names = [event.partition(" ")[0] for event in events[::2]]
    assert sorted(names) == ["first", "second", "third"]
    assert events == [f"{name} {what}" for name in names for what in ("begins", "ends")]


async def test_one_that_settles_for_ever_keeps_no_other_waiting() -> None:
    """Such as a helper that calls it in a loop."""
    returned: list[int] = []

    async def settle_again_and_again() -> None:
        while True:
            await settle()
            returned.append(1)

    helper = asyncio.create_task(settle_again_and_again())
    await settle()
    await settle()
    await end(helper)

    assert returned


def spin_for_ever() -> Callable[[], None]:
    """Have the loop call something again and again, until the result is called."""
    loop = asyncio.get_running_loop()
    may_spin = [True]

    def spin() -> None:
        if may_spin:
            loop.call_soon(spin)

    spin()
    return may_spin.clear


async def test_a_task_that_never_waits_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With its line: it hides in some library, or is a `while` without an `await`."""
    monkeypatch.setattr(settling, "TURNS", 100)

    async def spin() -> None:
        while True:  # noqa: ASYNC110 - the mistake
            await asyncio.sleep(0)

    spinner = asyncio.create_task(spin(), name="spinner")
    with pytest.raises(TimeoutError) as raised:
        await settle()

    await end(spinner)
    text = str(raised.value)
    assert text.startswith("settle: after 100 turns of the loop there is still")
    line = spin.__code__.co_firstlineno + 2
    assert "to run: task 'spinner' (test_a_task_that_never_waits_is_named" in text
    assert f".spin) at {__file__}:{line} in " in text
    with pytest.raises(asyncio.TimeoutError):
        raise raised.value


async def test_a_callback_that_comes_again_and_again_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has a name, if no line of its own."""
    needs_turns()
    monkeypatch.setattr(settling, "TURNS", 100)

    stop = spin_for_ever()
    with pytest.raises(TimeoutError, match=r"to run: spin_for_ever\.<locals>\.spin\. "):
        await settle()

    stop()


async def test_what_nobody_reads_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that leaves the bytes where they are is called in every turn."""
    needs_turns()
    monkeypatch.setattr(settling, "TURNS", 100)
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()

    def look_away() -> None:
        """Do not read."""

    with ours, theirs:
        theirs.send(b"bytes")
        loop.add_reader(ours, look_away)
        with pytest.raises(TimeoutError, match="look_away"):
            await settle()
        loop.remove_reader(ours)


async def test_cancelled_it_leaves_the_loop_alone() -> None:
    """What looks at every turn must not outlive the call."""
    needs_turns()
    turns = turns_of(asyncio.get_running_loop())
    assert turns is not None
    stop = spin_for_ever()
    waiting = asyncio.create_task(settle())
    await asyncio.sleep(0)
    is_interfering = "select" in vars(turns.selector)

    await end(waiting)

    stop()
    assert is_interfering
    assert "select" not in vars(turns.selector)


@pytest.mark.parametrize("seed", range(20))
async def test_nothing_goes_on_after_it(seed: int) -> None:
    """Whatever tasks do with each other, a second call sees no difference."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    events: list[tuple[int, int]] = []
    things = [asyncio.Event() for _ in range(3)]
    queue: asyncio.Queue[int] = asyncio.Queue(maxsize=1)
    lock = asyncio.Lock()

    async def step() -> None:
        what = chance.randrange(6)
        if what == 0:
            await asyncio.sleep(0)
        elif what == 1:
            await queue.put(1)
        elif what == 2:
            await queue.get()
        elif what == 3:
            await chance.choice(things).wait()
        elif what == 4:
            chance.choice(things).set()
        else:
            async with lock:
                await asyncio.sleep(0)

    async def work(number: int) -> None:
        for done in range(20):
            await step()
            events.append((number, done))

    workers = [asyncio.create_task(work(number)) for number in range(5)]
    await settle()
    before = [*events]
    for _ in range(20):
        await asyncio.sleep(0)

    assert events == before
    await end(*workers)
