"""The virtual clock jumps when all is blocked, and is held by what really goes on."""

from __future__ import annotations

import asyncio
import queue
import socket
import sys
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.utils.asyncio_helpers import VirtualClock, settle, wait_until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

YEAR = 365 * 24 * 3600
# Real seconds in which work is done that the clock has to wait for.
PAUSE = 0.05
# Virtual seconds after which such work would be given up.
PATIENCE = 5


async def test_sleeping_takes_no_time_and_exactly_as_long(
    virtual_clock: VirtualClock,
) -> None:
    """A year as well as a tenth of a second."""
    await asyncio.sleep(0.1)
    assert virtual_clock.now == 0.1

    await asyncio.sleep(YEAR)
    assert virtual_clock.now == YEAR + 0.1


async def test_the_clock_begins_at_zero_and_stands_still_meanwhile(
    virtual_clock: VirtualClock,
) -> None:
    """What the test computes takes none of it."""
    loop = asyncio.get_running_loop()
    before = loop.time()

    await asyncio.sleep(0)

    assert (virtual_clock.now, loop.time()) == (0, before)


async def test_tasks_wake_in_the_order_of_their_deadlines(
    virtual_clock: VirtualClock,
) -> None:
    """Whatever order they were started in."""
    events: list[tuple[str, float]] = []

    async def nap(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        events.append((name, virtual_clock.now))

    await asyncio.gather(nap("long", 3), nap("short", 1), nap("middle", 2))

    assert events == [("short", 1), ("middle", 2), ("long", 3)]


async def test_equal_deadlines_keep_the_order_in_which_they_were_set(
    virtual_clock: VirtualClock,
) -> None:
    """As on a real loop, where the clock goes on between two calls."""
    order: list[int] = []
    for number in range(100):
        asyncio.get_running_loop().call_later(1, order.append, number)

    await asyncio.sleep(1)

    assert order == list(range(100))
    assert virtual_clock.now == 1


async def test_where_many_timers_are_cancelled_the_others_come_as_before(
    virtual_clock: VirtualClock,
) -> None:
    """The loop then goes on with another heap of timers."""
    loop = asyncio.get_running_loop()
    timers = [loop.call_later(10, print) for _ in range(200)]
    for timer in timers:
        timer.cancel()

    await asyncio.sleep(1)
    await asyncio.sleep(1)

    assert virtual_clock.now == 2


async def test_timers_that_a_method_of_the_loops_class_sets_come_as_well(
    virtual_clock: VirtualClock,
) -> None:
    """Of so many, mostly cancelled, the loop makes itself another heap."""
    loop: Any = asyncio.get_running_loop()
    order: list[int] = []
    timers = [
        asyncio.BaseEventLoop.call_at(loop, loop.time() + number, order.append, number)
        for number in range(1, 201)
    ]
    for timer in timers[10:]:
        timer.cancel()

    await asyncio.sleep(5)
    await asyncio.sleep(6)

    assert order == list(range(1, 11))
    assert virtual_clock.now == 11


async def test_of_equal_deadlines_those_are_passed_over_that_were_cancelled(
    virtual_clock: VirtualClock,
) -> None:
    """Wherever they stand among the others."""
    loop = asyncio.get_running_loop()
    order: list[int] = []
    first, _, third, _, last = [
        loop.call_later(2, order.append, number) for number in range(5)
    ]
    gone = [loop.call_later(1, pytest.fail, "cancelled") for _ in range(3)]
    for timer in (first, third, last, *gone):
        timer.cancel()
    await virtual_clock.advance(0)

    await asyncio.sleep(3)

    assert order == [1, 3]
    assert virtual_clock.now == 3


async def test_timers_that_were_cancelled_are_not_kept_until_their_time(
    virtual_clock: VirtualClock,
) -> None:
    """As those of timeouts, of which a test may see many thousands in no time."""
    loop = asyncio.get_running_loop()
    last = loop.call_later(3600, print)
    cancelled: list[weakref.ref[asyncio.TimerHandle]] = []
    for number in range(5_000):
        cancelled.append(weakref.ref(loop.call_later(3600 + number % 2, print)))
        cast("asyncio.TimerHandle", cancelled[-1]()).cancel()

    await asyncio.sleep(1)

    assert [each for each in cancelled if each() is not None] == []
    await asyncio.sleep(3600)
    assert not last.cancelled()
    assert virtual_clock.now == 3601


async def test_a_second_clock_on_a_loop_is_refused(virtual_clock: VirtualClock) -> None:
    """Neither would know what the other has let pass."""
    loop = asyncio.get_running_loop()
    with pytest.raises(RuntimeError, match="virtual already; use the fixture"):
        VirtualClock(loop, pytest.fail, lambda _: False, 0)

    await asyncio.sleep(1)
    assert virtual_clock.now == 1


async def test_a_timeout_fires_at_its_time(virtual_clock: VirtualClock) -> None:
    """And not before, though it comes at once."""
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 30)

    assert virtual_clock.now == 30


async def test_what_is_quicker_than_its_timeout_succeeds(
    virtual_clock: VirtualClock,
) -> None:
    """By any difference."""
    await asyncio.wait_for(asyncio.sleep(29.999), 30)

    assert virtual_clock.now == 29.999


async def test_a_cancelled_timer_is_passed_over(virtual_clock: VirtualClock) -> None:
    """No time is spent on what will not happen."""
    asyncio.get_running_loop().call_later(1, pytest.fail, "cancelled").cancel()

    await asyncio.sleep(2)

    assert virtual_clock.now == 2


async def test_advance_runs_all_that_comes_due_on_the_way(
    virtual_clock: VirtualClock,
) -> None:
    """Also what that starts, up to its next wait."""
    ticks: list[float] = []

    async def tick() -> None:
        while True:
            await asyncio.sleep(10)
            ticks.append(virtual_clock.now)

    ticking = asyncio.create_task(tick())
    await virtual_clock.advance(35)

    ticking.cancel()
    assert ticks == [10, 20, 30]
    assert virtual_clock.now == 35


async def test_advance_does_what_is_due_at_its_very_end(
    virtual_clock: VirtualClock,
) -> None:
    """A reader of the test counts three steps of ten seconds in thirty."""
    events: list[str] = []

    async def work() -> None:
        await asyncio.sleep(30)
        events.append("woken")
        await asyncio.sleep(0)
        events.append("went on")

    working = asyncio.create_task(work())
    await virtual_clock.advance(30)

    assert events == ["woken", "went on"]
    await working


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), "1", True, None])
async def test_advance_refuses_what_is_no_time(
    virtual_clock: VirtualClock, seconds: float
) -> None:
    """Time does not go back."""
    with pytest.raises(ValueError, match=r"virtual_clock\.advance: .* zero or more"):
        await virtual_clock.advance(seconds)


async def test_durations_can_be_asserted(virtual_clock: VirtualClock) -> None:
    """To the microsecond, or about so."""
    with virtual_clock.assert_takes(0.3):
        for _ in range(3):
            await asyncio.sleep(0.1)
    with virtual_clock.assert_takes(pytest.approx(1, abs=0.1)):
        await asyncio.sleep(0.95)

    with (
        pytest.raises(AssertionError, match="took 2 seconds of virtual time, not 1;"),
        virtual_clock.assert_takes(1),
    ):
        await asyncio.sleep(2)


async def test_an_error_inside_is_not_hidden_by_a_wrong_duration(
    virtual_clock: VirtualClock,
) -> None:
    """It tells more."""
    with pytest.raises(KeyError), virtual_clock.assert_takes(1):
        raise KeyError


async def test_other_clocks_are_told_of_jumps(virtual_clock: VirtualClock) -> None:
    """So they can follow."""
    jumps: list[float] = []
    virtual_clock.on_jump(jumps.append)

    await asyncio.sleep(2)
    await asyncio.sleep(0)
    await asyncio.sleep(3)

    assert jumps == pytest.approx([2, 3])


def by_executor() -> Awaitable[object]:
    """A job of the default executor."""
    return asyncio.get_running_loop().run_in_executor(None, time.sleep, PAUSE)


def by_thread_pool() -> Awaitable[object]:
    """The same, in short."""
    return asyncio.to_thread(time.sleep, PAUSE)


async def by_thread() -> None:
    """A thread that calls the loop."""
    loop, is_done = asyncio.get_running_loop(), asyncio.Event()

    def work() -> None:
        time.sleep(PAUSE)
        loop.call_soon_threadsafe(is_done.set)

    thread = threading.Thread(target=work)
    thread.start()
    await is_done.wait()
    thread.join()


async def by_timer_thread() -> None:
    """A thread that waits for a time of its own."""
    loop, is_done = asyncio.get_running_loop(), asyncio.Event()
    timer = threading.Timer(PAUSE, loop.call_soon_threadsafe, [is_done.set])
    timer.start()
    await is_done.wait()
    timer.join()


async def by_child_process() -> None:
    """A child process without pipes."""
    code = f"import time; time.sleep({PAUSE})"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await child.wait() == 0


async def by_output_of_child_process() -> None:
    """A child process with a pipe."""
    code = f"import time; time.sleep({PAUSE}); print('done')"
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await child.communicate()
    assert output.split() == [b"done"]


async def by_other_loop() -> None:
    """A coroutine on a loop in another thread."""
    other = asyncio.new_event_loop()
    thread = threading.Thread(target=other.run_forever)
    thread.start()
    try:
        sleeping = asyncio.run_coroutine_threadsafe(
            asyncio.sleep(PAUSE, "slept"), other
        )
        assert await asyncio.wrap_future(sleeping) == "slept"
    finally:
        other.call_soon_threadsafe(other.stop)
        thread.join()
        other.close()


async def by_protocol_of_child_process() -> None:
    """A child process that is heard of by callbacks only, as is whoever looks."""
    code = f"import time; time.sleep({PAUSE}); print('done')"
    output = bytearray()
    has_exited: list[bool] = []

    class Listener(asyncio.SubprocessProtocol):
        def pipe_data_received(self, fd: int, data: bytes) -> None:
            assert fd == 1
            output.extend(data)  # in as many parts as it was written in

        def process_exited(self) -> None:
            has_exited.append(True)

    transport, _ = await asyncio.get_running_loop().subprocess_exec(
        Listener, sys.executable, "-c", code, stdin=None, stderr=None
    )
    await wait_until(lambda: output.split() == [b"done"] and has_exited, PATIENCE)
    transport.close()


class SlowServer:
    """A server in a thread that answers after a while."""

    def __enter__(self) -> int:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return int(self._listening.getsockname()[1])

    def _serve(self) -> None:
        connected, _ = self._listening.accept()
        with connected:
            connected.recv(100)
            time.sleep(PAUSE)
            connected.sendall(b"one ")
            time.sleep(PAUSE)
            connected.sendall(b"two\n")

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self._listening.close()


async def by_connection() -> None:
    """A connection to a server that answers in parts."""
    with SlowServer() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"question\n")
        assert await reader.readline() == b"one two\n"
        writer.close()
        await writer.wait_closed()


async def by_plain_socket() -> None:
    """The same, by the methods of the loop for sockets."""
    loop = asyncio.get_running_loop()
    with SlowServer() as port, socket.socket() as client:
        client.settimeout(0)
        await loop.sock_connect(client, ("127.0.0.1", port))
        await loop.sock_sendall(client, b"question\n")
        answer = b""
        while not answer.endswith(b"\n"):
            answer += await loop.sock_recv(client, 100)
        assert answer == b"one two\n"


REAL_WORK = [
    by_executor,
    by_thread_pool,
    by_thread,
    by_timer_thread,
    by_child_process,
    by_output_of_child_process,
    by_protocol_of_child_process,
    by_other_loop,
    by_connection,
    by_plain_socket,
]


@pytest.mark.parametrize("work", REAL_WORK, ids=lambda work: work.__name__)
async def test_real_work_holds_the_clock(
    virtual_clock: VirtualClock, work: Callable[[], Awaitable[object]]
) -> None:
    """A timeout that fires while an answer is on its way would fail a test falsely."""
    other = asyncio.create_task(asyncio.sleep(PATIENCE / 2))

    await asyncio.wait_for(work(), PATIENCE)

    assert virtual_clock.now == 0
    other.cancel()


async def test_real_work_that_is_too_slow_is_given_up_at_the_same_time_as_ever(
    virtual_clock: VirtualClock,
) -> None:
    """Nothing takes longer than on a real clock."""
    may_end = threading.Event()
    job = asyncio.get_running_loop().run_in_executor(None, may_end.wait)

    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.shield(job), PAUSE)

    assert virtual_clock.now == PAUSE
    may_end.set()
    await job


async def test_a_connection_within_the_loop_does_not_hold_it(
    virtual_clock: VirtualClock,
) -> None:
    """Who waits for the other end waits for a task, which may sleep."""

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        question = await reader.readline()
        await asyncio.sleep(3600)
        writer.write(question.upper())
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"hello\n")
        assert await asyncio.wait_for(reader.readline(), 3601) == b"HELLO\n"
        writer.close()
        await writer.wait_closed()

    assert virtual_clock.now == 3600


@pytest.mark.skipif(sys.platform != "linux", reason="only there pairs are known")
async def test_both_ends_of_a_socket_pair_on_the_loop_do_not_hold_it(
    virtual_clock: VirtualClock,
) -> None:
    """As in tests of protocols, which need no server."""
    here, there = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=here)
    _, answering = await asyncio.open_connection(sock=there)
    asyncio.get_running_loop().call_later(3600, answering.write, b"at last\n")

    assert await asyncio.wait_for(reader.readline(), 3601) == b"at last\n"

    assert virtual_clock.now == 3600
    for each in (writer, answering):
        each.close()
        await each.wait_closed()


async def test_a_socket_pair_with_one_end_elsewhere_holds_it(
    virtual_clock: VirtualClock,
) -> None:
    """Whoever has the other end may write."""
    here, there = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=here)
    reading = asyncio.create_task(reader.readline())
    await asyncio.sleep(0)

    assert "the connection" in virtual_clock.held_by

    with there:
        there.send(b"done\n")
    assert await reading == b"done\n"
    writer.close()
    await writer.wait_closed()


async def test_an_idle_connection_to_the_outside_does_not_hold_it(
    virtual_clock: VirtualClock,
) -> None:
    """A pool of them stays open while nobody asks anything."""
    with socket.create_server(("127.0.0.1", 0)) as outside:
        reader, writer = await asyncio.open_connection(*outside.getsockname())
        with outside.accept()[0]:
            await asyncio.sleep(3600)
            assert virtual_clock.held_by == ""
            reading = asyncio.create_task(reader.read())
            await asyncio.sleep(0)
            assert "the connection" in virtual_clock.held_by
            reading.cancel()
            writer.close()
            await writer.wait_closed()


async def test_an_idle_thread_does_not_hold_it(virtual_clock: VirtualClock) -> None:
    """One of a pool lives on when its job has ended."""
    await asyncio.to_thread(int)

    await asyncio.sleep(3600)

    assert virtual_clock.now == 3600


async def test_a_thread_that_answers_at_once_is_never_overlooked(
    virtual_clock: VirtualClock,
) -> None:
    """It may have answered, and wait again, while it is asked what it does."""
    loop = asyncio.get_running_loop()
    questions: queue.Queue[asyncio.Future[None] | None] = queue.Queue()

    def answer() -> None:
        while (question := questions.get()) is not None:
            loop.call_soon_threadsafe(question.set_result, None)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        for _ in range(500):
            question = loop.create_future()
            questions.put(question)
            await asyncio.wait_for(question, PATIENCE)
    finally:
        questions.put(None)
        thread.join()

    assert virtual_clock.now == 0


async def test_a_child_process_that_nobody_waits_for_does_not_hold_it(
    virtual_clock: VirtualClock,
) -> None:
    """Such as a server that the test has started for later."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE
    )
    await asyncio.sleep(3600)
    assert virtual_clock.now == 3600

    await child.communicate(b"\n")


async def test_the_clock_is_held_by_request(virtual_clock: VirtualClock) -> None:
    """For what it cannot know of."""
    with virtual_clock.held():
        assert "held" in virtual_clock.held_by
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), PAUSE)

    assert virtual_clock.held_by == ""


async def test_advance_does_not_wait_for_real_work(virtual_clock: VirtualClock) -> None:
    """Whoever moves the clock by hand knows what for."""
    with virtual_clock.held():
        await virtual_clock.advance(3600)

    assert virtual_clock.now == 3600


async def test_all_settles_after_another_thread_has_called(
    virtual_clock: VirtualClock,
) -> None:
    """The clock does not listen to what woke the loop up, which is not waited for."""
    asyncio.get_running_loop().call_soon_threadsafe(int)
    sleeping = asyncio.create_task(asyncio.sleep(1))

    await settle()

    assert virtual_clock.now == 0
    await sleeping


async def test_signals_arrive(virtual_clock: VirtualClock) -> None:
    """A handler of the loop's hears of one through a descriptor."""
    signal = pytest.importorskip("signal")
    loop, is_told = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, is_told.set)
    signal.raise_signal(signal.SIGUSR1)

    await asyncio.wait_for(is_told.wait(), PATIENCE)

    loop.remove_signal_handler(signal.SIGUSR1)
    assert virtual_clock.now == 0


async def test_the_wall_clock_stays_real(virtual_clock: VirtualClock) -> None:
    """Only the loop's time is virtual."""
    before = (time.monotonic(), time.time())

    await asyncio.sleep(3600)

    after = (time.monotonic(), time.time())
    assert all(b - a < 3600 for a, b in zip(before, after, strict=True))
    assert virtual_clock.now == 3600


async def test_deadlines_come_on_a_machine_that_has_been_up_for_years() -> None:
    """Where a loop's time is so great that its resolution adds nothing to it."""
    loop = asyncio.get_running_loop()
    private: Any = loop
    private.time = lambda: 1e9
    clock = VirtualClock(loop, pytest.fail, lambda _: False, 0)

    await asyncio.sleep(0.5)
    await asyncio.gather(*(asyncio.sleep(1) for _ in range(100)))

    clock.end()
    assert clock.now == 1.5
    assert loop.time() == 1e9
    del private.time


def test_a_sync_test_drives_virtual_time(
    standard_event_loop: asyncio.AbstractEventLoop, virtual_clock: VirtualClock
) -> None:
    """By the loop of its own."""
    standard_event_loop.run_until_complete(asyncio.sleep(3600))

    assert virtual_clock.now == 3600
