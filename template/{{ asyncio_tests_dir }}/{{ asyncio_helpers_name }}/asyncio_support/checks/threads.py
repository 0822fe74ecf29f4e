"""Threads and executor jobs that outlive the test.

Threads that executors keep idle are theirs; what counts there are the jobs.
"""

import asyncio
import concurrent.futures
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from functools import partial
from types import FrameType
from typing import Any, ClassVar, NamedTuple

from ..naming import name_of
from ..safety_net.finding import Check, Finding
from ..safety_net.guard import Guard, Leftover, WatchedLoop
from ..safety_net.patching import Patches
from ..safety_net.places import made_here, place_of
from ..safety_net.registry import Made, Registry

_SECTION = "Left behind"
RUNNING_THREAD = Check(
    "running_thread",
    "a thread was still running",
    "tell it to stop, and join() it, before the test or fixture ends",
    _SECTION,
)
EXECUTOR_JOB = Check(
    "executor_job",
    "a job given to a thread pool was still running",
    "await it; a thread cannot be cancelled, so tell it to stop",
    _SECTION,
)

# What asyncio runs in threads for itself; it goes on when the waiting is cancelled.
_LOOKUPS = (socket.getaddrinfo, socket.getnameinfo)
# Seconds that a job gets to end, while the loop that it belongs to is looked at.
_PATIENCE = 0.02
_Pool = concurrent.futures.ThreadPoolExecutor


class _Job(NamedTuple):
    future: "concurrent.futures.Future[object]"
    name: str
    loop: asyncio.AbstractEventLoop | None  # whose own pool it was given to


class TheGuard(Guard):
    """Notes every thread that user code starts, and every job it gives to a pool."""

    checks: ClassVar = (RUNNING_THREAD, EXECUTOR_JOB)

    def install(self, patches: Patches) -> None:
        """Look at what starts them."""
        self._threads = Registry[threading.Thread]()
        self._jobs = Registry[_Job]()
        self.held = (self._threads.made, self._jobs.made)
        self._submitting = threading.local()
        patches.wrap(threading.Thread, "start", self._note_thread)
        patches.wrap(_Pool, "submit", self._note_job)

    def watch_loops(
        self, loop_class: type[asyncio.AbstractEventLoop], patches: Patches
    ) -> None:
        """Know which jobs a loop gives to its own pool."""
        patches.wrap(loop_class, "run_in_executor", self._note_loop)

    def _note_loop(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def run(
            loop: asyncio.AbstractEventLoop, executor: object, *args: Any, **named: Any
        ) -> object:
            self._submitting.loop = loop if executor is None else None
            try:
                return original(loop, executor, *args, **named)
            finally:
                self._submitting.loop = None

        return run

    def _note_thread(self, original: Callable[..., None]) -> Callable[..., None]:
        def start(thread: threading.Thread) -> None:
            original(thread)
            starter = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001
            if not starter.startswith(("concurrent.", "asyncio.")):
                place = made_here()
                if place:
                    self._threads.keep(thread, place)

        return start

    def _note_job(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def submit(pool: object, job: Any, /, *args: Any, **named: Any) -> object:
            future = original(pool, job, *args, **named)
            if job not in _LOOKUPS:
                place = made_here()
                if place:
                    loop = getattr(self._submitting, "loop", None)
                    self._jobs.keep(_Job(future, _name_of(job), loop), place)
            return future

        return submit

    def left_on_loop(self, watched: WatchedLoop) -> Iterable[Leftover]:
        """Return the jobs of the loop's own pool, for which closing it would wait."""
        for made in self._jobs:
            job = made.thing()
            if job is None or job.loop is not watched.loop:
                continue
            if watched.is_over(made.owner) and not _ends_by_itself(job):
                yield self._left_job(made, job, partial(_let_go, watched.loop))

    def left_behind(self) -> Iterable[Leftover]:
        """Return the threads and jobs that run."""
        for started in self._threads.of_those_over():
            thread = started.thing()
            if thread is None or not thread.is_alive():
                self._threads.forget(started)
                continue
            what = f"the thread {thread.name!r} was still running"
            stands = place_of(_frames().get(thread.ident or 0))
            finding = Finding(
                RUNNING_THREAD, what, started.place, stands, started.owner
            )
            yield Leftover(finding, partial(self._threads.forget, started))
        for made in self._jobs.of_those_over():
            job = made.thing()
            if job is None or job.future.done():
                self._jobs.forget(made)
            else:
                yield self._left_job(made, job, lambda: None)

    def _left_job(
        self, made: Made[_Job], job: _Job, end: Callable[[], None]
    ) -> Leftover:
        what = f"the executor job {job.name!r} was still running"
        finding = Finding(EXECUTOR_JOB, what, made.place, owner=made.owner)
        return Leftover(finding, partial(self._jobs.forget, made), end)


def _let_go(loop: asyncio.AbstractEventLoop) -> None:
    """Give a loop another pool, so that closing it does not wait for the job."""
    loop.set_default_executor(_Pool())


def _ends_by_itself(job: _Job) -> bool:
    return not concurrent.futures.wait({job.future}, _PATIENCE).not_done


def _frames() -> dict[int, FrameType]:
    return sys._current_frames()  # noqa: SLF001 - documented


def _name_of(job: object) -> str:
    """Name what `asyncio.to_thread` wraps, too."""
    inner = getattr(job, "args", ())
    return name_of(inner[0] if inner else job)
