"""Examines many files at once, in several processes where that can be had."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from .all_rules import RULES
from .choices import Asked, Choices
from .examination import Examined, Examiner
from .files import Unwritten

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from concurrent.futures import Executor

# --- Several processes ----------------------------------------------------------------

# So many files are done sooner than a process is there that would help.
_FEW = {"fork": 100, "forkserver": 400, "spawn": 400}
_MOST_PROCESSES = 8
_CHUNK = 40


class Task(NamedTuple):
    """What is done with each file.

    Attributes:
        asked: What the command line says of rules.
        is_fixing: Whether fixes are worked out.
        unwritten: What is read in place of files, by their real paths.
    """

    asked: Asked
    is_fixing: bool
    unwritten: Mapping[str, bytes] | None = None

    def examiner(self) -> Examiner:
        """Return what does it."""
        return Examiner(Choices(RULES, self.asked), is_fixing=self.is_fixing)


def examine_files(
    task: Task, paths: Sequence[Path], jobs: int | None = None, method: str = ""
) -> Generator[Examined]:
    """Yield what becomes of files, in their order.

    Args:
        task: What is done with each.
        paths: The files.
        jobs: The most processes; by default one for each processor that may be used.
        method: How processes are started; by default the quickest way there is.
    """
    done = 0
    if (jobs or processors()) > 1 and len(paths) > 1:
        for examined in _examined_together(task, paths, jobs, method):
            done += 1
            yield examined
    examiner = task.examiner()
    for path in paths[done:]:
        yield examiner.examine(path)


def processors() -> int:
    """Return how many processors this process may use, up to what is of use."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:
        count = os.cpu_count() or 1
    return min(count, _MOST_PROCESSES)


def _examined_together(
    task: Task, paths: Sequence[Path], jobs: int | None, method: str
) -> Iterator[Examined]:
    """Yield as much as other processes can be had to do: all, some or nothing."""
    way = method or quickest_way()
    if not method and len(paths) < _FEW.get(way, sys.maxsize):
        return
    try:
        executor = _executor(task, jobs or processors(), way)
    except (ImportError, NotImplementedError, OSError, ValueError):
        return  # there are no semaphores
    names = [str(path) for path in paths]
    chunks = [names[start : start + _CHUNK] for start in range(0, len(names), _CHUNK)]
    # Whatever hinders processes: what they did not do, this one does.
    with _ended_in_any_case(executor), suppress(Exception):
        with _uninterrupted():
            futures = [executor.submit(_examine_several, chunk) for chunk in chunks]
        futures.reverse()
        while futures:
            yield from futures.pop().result()
        executor.shutdown()


def quickest_way() -> str:
    """Return how to start processes; nothing if they are not to be started."""
    import threading  # noqa: PLC0415 - for many files only

    if not getattr(sys.modules.get("__main__"), "__file__", None):
        return ""  # typed in by hand: what a new process would run cannot be told
    if sys.platform == "linux" and threading.active_count() == 1:
        return "fork"
    return "spawn"


def _executor(task: Task, jobs: int, way: str) -> Executor:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - for many files
    from multiprocessing import get_context  # noqa: PLC0415 - only: it takes its time

    context: Any = get_context(way)
    return ProcessPoolExecutor(jobs, context, _prepare, (task,))


@contextmanager
def _ended_in_any_case(executor: Executor) -> Generator[None]:
    """Leave no process behind, and wait for none that has not done its work."""
    from multiprocessing import active_children  # noqa: PLC0415 - as above

    others = active_children()
    try:
        yield
    finally:
        # What is still to be done is not cancelled first: before Python 3.13, the
        # executor's thread would fail on it, with a traceback.
        for process in active_children():
            if process not in others:
                process.terminate()
        executor.shutdown()


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Keep Ctrl-C from processes that start meanwhile: the one that asks is told."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """What a process that does the work keeps between two batches of it."""

    examiner: ClassVar[Examiner]


def _prepare(task: Task) -> None:
    import threading  # noqa: PLC0415 - as above

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it cannot be kept from it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Syntax trees are many objects, and none of them waits for the garbage collector.
    gc.disable()
    Unwritten.files = None if task.unwritten is None else {**task.unwritten}
    _Worker.examiner = task.examiner()


def _end_with_parent() -> None:
    """End this process when the one that asks is gone: nobody else would."""
    from multiprocessing import parent_process  # noqa: PLC0415 - as above

    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _examine_several(names: Sequence[str]) -> list[Examined]:
    return [_Worker.examiner.examine(Path(name)) for name in names]
