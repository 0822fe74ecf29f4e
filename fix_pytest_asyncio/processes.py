"""Examines many files at once, in several processes where that can be had."""

from __future__ import annotations

import gc
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from .all_rules import RULES
from .choices import Asked, Choices
from .examination import Examined, Examiner

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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
    """

    asked: Asked
    is_fixing: bool

    def examiner(self) -> Examiner:
        """Return what does it."""
        return Examiner(Choices(RULES, self.asked), is_fixing=self.is_fixing)


def examine_files(
    task: Task, paths: Sequence[Path], jobs: int | None = None, method: str = ""
) -> Iterator[Examined]:
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
    way = method or _quickest_way()
    if not method and len(paths) < _FEW.get(way, sys.maxsize):
        return
    try:
        executor = _executor(task, jobs or processors(), way)
    except (ImportError, OSError, ValueError):
        return
    names = [str(path) for path in paths]
    chunks = [names[start : start + _CHUNK] for start in range(0, len(names), _CHUNK)]
    try:
        for several in executor.map(_examine_several, chunks):
            yield from several
    except KeyboardInterrupt:
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    except Exception:  # noqa: BLE001 - whatever hinders processes, one of its own does it
        executor.shutdown(wait=False, cancel_futures=True)
    else:
        executor.shutdown()


def _quickest_way() -> str:
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


class _Worker:
    """What a process that does the work keeps between two batches of it."""

    examiner: ClassVar[Examiner]


def _prepare(task: Task) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asks is told
    # Syntax trees are many objects, and none of them waits for the garbage collector.
    gc.set_threshold(30_000, 10, 10)
    _Worker.examiner = task.examiner()


def _examine_several(names: Sequence[str]) -> list[Examined]:
    return [_Worker.examiner.examine(Path(name)) for name in names]
