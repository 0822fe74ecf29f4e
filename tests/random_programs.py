"""Random async tests: correct ones, and such with one fault at a random place.

A program is a tree of steps. Each kind of step is a piece of code that awaits and
closes all that it begins; `BODY` stands for the steps inside, `N` for a number of its
own.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import count
from textwrap import dedent, indent
from typing import TYPE_CHECKING

from hypothesis import strategies

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HEAD = '''\
"""Generated."""

import asyncio
import concurrent.futures
import contextlib
import contextvars
import signal
import socket
import subprocess
import threading
import time
from unittest import mock

import pytest

WORD = contextvars.ContextVar("WORD", default="none")
KEPT = []


async def numbers(count):
    for number in range(count):
        await asyncio.sleep(0)
        yield number


async def numbers_of_a_file(count):
    try:
        async for number in numbers(count):
            yield number
    finally:
        WORD.get()  # where it would close the file


async def fail():
    await asyncio.sleep(0)
    raise ValueError("made up")


async def echo(reader, writer):
    with contextlib.suppress(ConnectionError):
        while line := await reader.readline():
            writer.write(line)
            await writer.drain()
    writer.close()
'''

LEAVES = {
    "turn": "await asyncio.sleep(0)",
    "nap": "await asyncio.sleep(0.001)",
    "thread": 'assert await asyncio.to_thread(int, "1") == 1',
    "pool": """
        with concurrent.futures.ThreadPoolExecutor(1) as pool_N:
            loop_N = asyncio.get_running_loop()
            assert await loop_N.run_in_executor(pool_N, int, "2") == 2
        """,
    "expired": """
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 0.001)
        """,
    "error": """
        with pytest.raises(ValueError):
            await asyncio.create_task(fail())
        """,
    "errors": """
        results_N = await asyncio.gather(fail(), fail(), return_exceptions=True)
        assert all(isinstance(each, ValueError) for each in results_N)
        """,
    "looked at": """
        done_N, _ = await asyncio.wait([asyncio.create_task(fail())])
        assert [type(each.exception()) for each in done_N] == [ValueError]
        """,
    "cancelled": """
        task_N = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        task_N.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task_N
        """,
    "never begun": """
        task_N = asyncio.create_task(asyncio.sleep(60))
        task_N.cancel()
        await asyncio.wait([task_N])
        """,
    "queue": """
        queue_N = asyncio.Queue(1)

        async def consume_N():
            while True:
                await queue_N.get()
                queue_N.task_done()

        consuming_N = asyncio.create_task(consume_N())
        for number_N in range(3):
            await queue_N.put(number_N)
        await queue_N.join()
        consuming_N.cancel()
        await asyncio.gather(consuming_N, return_exceptions=True)
        """,
    "condition": """
        condition_N = asyncio.Condition()

        async def notify_N():
            async with condition_N:
                condition_N.notify_all()

        async with condition_N:
            notifying_N = asyncio.create_task(notify_N())
            await condition_N.wait()
        await notifying_N
        """,
    "generator": """
        async with contextlib.aclosing(numbers(9)) as counting_N:
            assert await anext(counting_N) == 0
        """,
    "timer": """
        heard_N = asyncio.Event()
        asyncio.get_running_loop().call_later(0.001, heard_N.set)
        asyncio.get_running_loop().call_later(60, heard_N.set).cancel()
        await heard_N.wait()
        """,
    "future": """
        future_N = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future_N.set_result, 3)
        assert await future_N == 3
        """,
    "future of a thread": """
        loop_N = asyncio.get_running_loop()
        event_N = asyncio.Event()
        started_N = threading.Thread(
            target=lambda: loop_N.call_soon_threadsafe(event_N.set)
        )
        started_N.start()
        await event_N.wait()
        started_N.join()
        """,
    "sockets": """
        first_N, second_N = socket.socketpair()
        with first_N, second_N:
            first_N.setblocking(False)
            second_N.setblocking(False)
            await asyncio.get_running_loop().sock_sendall(first_N, b"1")
            assert await asyncio.get_running_loop().sock_recv(second_N, 1) == b"1"
        """,
    "datagrams": """
        transport_N, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
        )
        transport_N.close()
        """,
    "shield": """
        inner_N = asyncio.create_task(asyncio.sleep(0.002, "done"))
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(inner_N), 0)
        assert await inner_N == "done"
        """,
    "mock": """
        mock_N = mock.AsyncMock(return_value=4)
        assert await mock_N(1) == 4
        mock_N.assert_awaited_once_with(1)
        """,
    "word": """
        token_N = WORD.set("N")
        await asyncio.sleep(0)
        assert WORD.get() == "N"
        WORD.reset(token_N)
        """,
    "late": "asyncio.create_task(asyncio.sleep(0))",
}
RARE = {
    "process": """
        child_N = await asyncio.create_subprocess_exec(
            "echo", "1", stdout=subprocess.PIPE
        )
        assert (await child_N.communicate())[0] == b"1\\n"
        """,
}
_PART = """
        async def part_N():
            BODY
            return "N"

        """
CONTAINERS = {
    "lock": """
        lock_N = asyncio.Lock()
        async with lock_N:
            BODY
        """,
    "semaphore": """
        async with asyncio.Semaphore(2):
            BODY
        """,
    "iteration": """
        async for number_N in numbers(2):
            BODY
        """,
    "iteration left": """
        async with contextlib.aclosing(numbers(9)) as counting_N:
            async for number_N in counting_N:
                BODY
                break
        """,
    "attempt": """
        try:
            await asyncio.sleep(0)
        finally:
            BODY
        """,
    "connection": """
        async with await asyncio.start_server(echo, "127.0.0.1", 0) as server_N:
            address_N = server_N.sockets[0].getsockname()
            reader_N, writer_N = await asyncio.open_connection(*address_N)
            writer_N.write(b"N\\n")
            BODY
            assert await reader_N.readline() == b"N\\n"
            writer_N.close()
            await writer_N.wait_closed()
        """,
    "await": f'{_PART}assert await part_N() == "N"',
    "task": f"{_PART}await asyncio.create_task(part_N())",
    "gather": f"{_PART}await asyncio.gather(part_N(), asyncio.sleep(0.001), part_N())",
    "wait": f"{_PART}await asyncio.wait([asyncio.create_task(part_N())])",
    "limit": f'{_PART}assert await asyncio.wait_for(part_N(), 60) == "N"',
    "shielded": f"{_PART}await asyncio.shield(part_N())",
    "as completed": f"""{_PART}
        for each_N in asyncio.as_completed([part_N(), part_N()]):
            await each_N
        """,
}
if sys.version_info >= (3, 11):
    CONTAINERS |= {
        "group": f"""{_PART}
        async with asyncio.TaskGroup() as group_N:
            group_N.create_task(part_N())
            group_N.create_task(asyncio.sleep(0.001))
        """,
        "group with a body": """
        async with asyncio.TaskGroup() as group_N:
            group_N.create_task(asyncio.sleep(0.001))
            BODY
        """,
        "timeout": """
        async with asyncio.timeout(60):
            BODY
        """,
    }

# By check; the line to be named ends with `# guilty`.
FAULTS = {
    "never_awaited": "asyncio.sleep(0)  # guilty",
    "pending_task": "asyncio.create_task(asyncio.sleep(60))  # guilty",
    "task_failed_unseen": """
        async def break_N():
            raise ValueError("nobody sees this")  # guilty

        KEPT.append(asyncio.create_task(break_N()))
        await asyncio.sleep(0)
        """,
    "callback_failed": """
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)  # guilty
        await asyncio.sleep(0)
        """,
    "assertion_swallowed": """
        async def wrong_N():
            raise AssertionError("swallowed")  # guilty

        await asyncio.gather(wrong_N(), return_exceptions=True)
        """,
    "open_generator": """
        KEPT.append(numbers_of_a_file(9))
        await anext(KEPT[-1])  # guilty
        """,
    "pending_timer": "asyncio.get_running_loop().call_later(60, print)  # guilty",
    "open_server": """
        KEPT.append(await asyncio.start_server(echo, "127.0.0.1", 0))  # guilty
        """,
    "open_transport": """
        KEPT.append(
            await asyncio.get_running_loop().create_datagram_endpoint(  # guilty
                asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
            )
        )
        """,
    "open_socket": "KEPT.append(socket.socket())  # guilty",
    "child_process": 'KEPT.append(subprocess.Popen(["sleep", "60"]))  # guilty',
    "running_thread": """
        started_N = threading.Thread(target=threading.Event().wait, daemon=True)
        started_N.start()  # guilty
        """,
    "executor_job": """
        asyncio.get_running_loop().run_in_executor(None, time.sleep, 1)  # guilty
        """,
    "held_lock": """
        KEPT.append(asyncio.Lock())
        await KEPT[-1].acquire()  # guilty
        """,
    "signal_handler": """
        KEPT.append(signal.signal(signal.SIGUSR1, print))  # guilty
        """,
    "blocking_call": "time.sleep(0.001)  # guilty",
    "foreign_thread": """
        loop_N = asyncio.get_running_loop()

        def poke_N():
            loop_N.call_soon(int)  # guilty

        await asyncio.to_thread(poke_N)
        """,
    "coroutine_given_twice": """
        coroutine_N = asyncio.sleep(0)
        await asyncio.gather(coroutine_N, coroutine_N)  # guilty
        """,
    "unawaitable_mock": """
        with contextlib.suppress(TypeError):
            await mock.MagicMock()()  # guilty
        """,
    "open_loop": "KEPT.append(asyncio.new_event_loop())  # guilty",
    "hang": "await asyncio.Event().wait()  # guilty",
}
_CODE = {**LEAVES, **RARE, **CONTAINERS, **FAULTS}


@dataclass(frozen=True)
class Step:
    """One step of a program, with those inside."""

    kind: str
    body: tuple[Step, ...] = ()

    def lines(self, numbers: Iterator[int]) -> Iterator[str]:
        """Write the code."""
        number = str(next(numbers))
        for line in dedent(_CODE[self.kind]).strip().splitlines():
            if line.strip() == "BODY":
                margin = line[: -len("BODY")]
                for inner in self.body:
                    for each in inner.lines(numbers):
                        yield indent(each, margin)
            else:
                yield _numbered(line, number)

    def smaller(self) -> Iterator[tuple[Step, ...]]:
        """Return what could stand in its place; faults are kept."""
        if self.kind not in FAULTS:
            yield self.body
        if self.body:
            for body in smaller(self.body):
                if body:
                    yield (Step(self.kind, body),)

    def size(self) -> int:
        """Count the steps."""
        return 1 + sum(each.size() for each in self.body)


Program = tuple[Step, ...]


def _numbered(line: str, number: str) -> str:
    return line.replace("_N", f"_{number}").replace('"N', f'"{number}')


def smaller(steps: Program) -> Iterator[Program]:
    """Return all programs that are one step smaller."""
    for index, step in enumerate(steps):
        for instead in step.smaller():
            yield (*steps[:index], *instead, *steps[index + 1 :])


def text_of(program: Program, name: str, *, is_sync: bool = False) -> str:
    """Write a program as a test."""
    numbers = count(1)
    lines = [line for step in program for line in step.lines(numbers)] or ["pass"]
    body = indent("\n".join(lines), " " * 4)
    if not is_sync:
        return f"async def {name}():\n{body}\n"
    run = f"def {name}():\n    async def main():\n{indent(body, ' ' * 4)}\n"
    return f"{run}\n    asyncio.run(main())\n"


def module_of(tests: Sequence[str]) -> str:
    """Write a module of tests."""
    return "\n\n".join([HEAD, *tests])


def fault_of(program: Program) -> str:
    """Return the check that must find the fault of a program; empty if it has none."""
    for step in program:
        found = step.kind if step.kind in FAULTS else fault_of(step.body)
        if found:
            return found
    return ""


def _bodies(steps: strategies.SearchStrategy[Step]) -> strategies.SearchStrategy[Step]:
    body = strategies.lists(steps, min_size=1, max_size=3).map(tuple)
    return strategies.builds(Step, strategies.sampled_from(sorted(CONTAINERS)), body)


_LEAF = strategies.integers(0, 40).flatmap(
    lambda chance: strategies.sampled_from(sorted(LEAVES if chance else RARE)).map(Step)
)
correct_programs: strategies.SearchStrategy[Program] = strategies.lists(
    strategies.recursive(_LEAF, _bodies, max_leaves=6), min_size=1, max_size=4
).map(tuple)


@strategies.composite
def faulty_programs(draw: strategies.DrawFn) -> Program:
    """Plant one fault at a random place of a random program."""
    fault = Step(draw(strategies.sampled_from(sorted(FAULTS))))
    places = list(_planted(draw(correct_programs), fault))
    return draw(strategies.sampled_from(places))


def _planted(steps: Program, fault: Step) -> Iterator[Program]:
    for index in range(len(steps) + 1):
        yield (*steps[:index], fault, *steps[index:])
    for index, step in enumerate(steps):
        if step.body:
            for body in _planted(step.body, fault):
                yield (*steps[:index], Step(step.kind, body), *steps[index + 1 :])
