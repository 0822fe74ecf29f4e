"""What the safety net knows: which test runs, whose work is whose, what was found."""

import asyncio
import gc
import sys
import traceback
import warnings
from collections.abc import Callable, Coroutine, Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from time import sleep
from types import ModuleType

import pytest

from ..default_time_limit import limit_for
from .ending import ENDING_LIMIT, SETTLING_LIMIT, end_all, settle
from .finding import Check, Finding
from .guard import Guard, Leftover, WatchedLoop
from .levels import Level
from .lock_holders import LockHolders
from .owners import OWNER, RUN, Owner, follow_threads
from .patching import Patches
from .running import Interrupted, Running, now
from .watchdog import Watchdog
from .young_objects import YoungObjects


class SafetyNet:
    """The state of the safety net during a run.

    Attributes:
        guards: The check modules that are on.
        item: The test that runs; None between two tests.
        owner: It, as an owner.
        is_strict: Whether whatever is found fails tests: with a baseline.
        is_async: Whether pytest-asyncio runs it.
        findings: What was found in it so far, and not reported yet.
        ended: What hung in it and was ended; whatever is left of it tells nothing new.
        loops: The open loops of pytest-asyncio's runners, with their scopes.
        young: The objects that were made since it began.
        watchdog: Looks at async code from another thread.
        locks: Who holds which lock.
        broken: Tracebacks of what failed in the net itself; no test fails of it.
    """

    def __init__(
        self,
        guards: Iterable[Callable[["SafetyNet"], Guard]],
        levels: dict[str, Level],
    ) -> None:
        """Begin with no test running."""
        self.item: pytest.Item | None = None
        self.owner: Owner | None = None
        self.is_async = False
        self.findings: list[Finding] = []
        self.ended: Running | None = None
        self.loops: dict[asyncio.AbstractEventLoop, str] = {}
        self._is_silent = False
        self.young = YoungObjects(self._silently)
        self.broken: list[str] = []
        self.watchdog = Watchdog(self.broken)
        self.locks = LockHolders()
        self.levels = levels
        self.is_strict = False
        self._is_up = False
        self._expected: list[tuple[str, Callable[[ModuleType], None]]] = []
        self.guards = [guard(self) for guard in guards]
        self._at_begin = self._those_with("test_begins")
        self._at_end = self._those_with("test_ends")
        self._at_set_up = self._those_with("fixture_set_up")
        self._at_async_end = self._those_with("async_ends")
        self._on_loop = self._those_with("left_on_loop")
        self._behind = self._those_with("left_behind")

    def _those_with(self, name: str) -> Sequence[Callable[..., Iterable[Leftover]]]:
        plain = getattr(Guard, name)
        return [
            getattr(guard, name)
            for guard in self.guards
            if getattr(type(guard), name) is not plain
        ]

    def install(self, patches: Patches) -> None:
        """Put up what has to be there for the whole run."""
        self._is_up = True
        OWNER.set(RUN)
        follow_threads(patches)
        self.young.install(patches)
        self.locks.install(patches)
        for guard in self.guards:
            guard.install(patches)

    def remove(self) -> None:
        """End what `install` has begun, if it has."""
        if not self._is_up:
            return
        self._forget_last_error()
        self.watchdog.end()
        self.young.thaw()
        for guard in self.guards:
            guard.remove()

    def when_imported(self, name: str, act: Callable[[ModuleType], None]) -> None:
        """Do something with a module as soon as the suite has imported it.

        What nobody uses is not imported for the net's sake: that would cost more than
        a thousand tests do.
        """
        self._expected.append((name, act))
        self._look_at_modules()

    def _look_at_modules(self) -> None:
        for each in tuple(self._expected):
            module = sys.modules.get(each[0])
            if module is not None:
                self._expected.remove(each)
                self.attempt(each[1], module)

    def is_on(self, check: Check) -> bool:
        """Tell whether anybody wants to know of a check's findings."""
        return self.levels[check.name] != "off"

    def fails(self, check: Check) -> bool:
        """Tell whether a check's findings fail tests, leaving aside what one allows."""
        return self.is_strict or self.levels[check.name] == "fail"

    def found(self, finding: Finding) -> None:
        """Charge a finding to the test that runs; may be called from any thread."""
        owner = finding.owner
        of_another = owner is not None and not owner.scope and owner is not self.owner
        is_heard = not (self.item is None or self._is_silent or of_another)
        is_heard = is_heard and not self._is_consequence(finding)
        if is_heard and self.is_on(finding.check):
            self.findings.append(finding)

    def _is_consequence(self, finding: Finding) -> bool:
        """Tell whether something was found since a test was ended that hung."""
        if self.ended is None:
            return False
        return finding.owner in {None, self.owner, self.ended.owner}

    def _silently(self, action: Callable[[], object]) -> None:
        """Do something that may come upon what tests before this one have left."""
        self._is_silent = True
        hook, sys.unraisablehook = sys.unraisablehook, _drop
        try:
            with warnings.catch_warnings():
                # An error made of one would be the test's that happens to run.
                warnings.simplefilter("ignore")
                action()
        finally:
            sys.unraisablehook = hook
            self._is_silent = False

    def _forget_last_error(self) -> None:
        """Let go of what the last failed test was doing.

        pytest keeps its traceback in `sys` until the next test's body begins, which
        would be charged with what is dropped then. At the end of a run it is Python.
        """
        if hasattr(sys, "last_value"):
            self._silently(_delete_last_error)

    def attempt(self, action: Callable[..., object], *arguments: object) -> None:
        """Do something of the net's own, whose failure is no fault of the test's."""
        try:
            action(*arguments)
        except Exception:  # noqa: BLE001 - shown at the end of the run
            self.broken.append(traceback.format_exc())

    def begin(self, item: pytest.Item, *, is_async: bool) -> None:
        """A test is about to run."""
        self._forget_last_error()
        if self._expected:
            self._look_at_modules()
        self.item = item
        self.is_async = is_async
        self.owner = Owner(item.name)
        self.findings.clear()
        self.ended = None
        OWNER.set(self.owner)
        if is_async:
            self.young.begin()
        for note in self._at_begin:
            self.attempt(note, item)

    def end(self) -> None:
        """A test has run, and was reported."""
        self.item = self.owner = None
        OWNER.set(RUN)
        self.findings.clear()

    def fixture_set_up(self, owner: Owner, fixture: pytest.FixtureDef[object]) -> None:
        """A fixture was set up."""
        for look in self._at_set_up:
            self.attempt(look, owner, fixture)

    @contextmanager
    def limited(
        self, owner: Owner, part: str, node: pytest.Item | None
    ) -> Generator[None, None, None]:
        """Watch something async as long as it runs."""
        self.limit_begins(owner, part, node)
        try:
            yield
        finally:
            self.limit_ends(owner)

    def limit_begins(self, owner: Owner, part: str, node: pytest.Item | None) -> None:
        """Something async is about to run."""
        limit = limit_for(node) if node is not None else None
        outer = self.watchdog.running
        self.watchdog.watch(Running(owner, part, limit, self.loops, outer=outer))

    def limit_ends(self, owner: Owner) -> None:
        """It has ended, one way or the other."""
        running = self.watchdog.running
        while running is not None and running.owner is not owner:
            running = running.outer
        if running is not None:
            self.watchdog.watch(running.outer)
            for look in self._at_async_end:
                self.attempt(look, running)

    def loop_begins(self, loop: asyncio.AbstractEventLoop, scope: str) -> None:
        """A runner of pytest-asyncio's has made its loop."""
        self.loops[loop] = scope

    def loop_ends(self, loop: asyncio.AbstractEventLoop) -> None:
        """A runner is about to close its loop; all that ran on it should be over."""
        scope = self.loops.pop(loop, "")
        self.attempt(self._look_at_loop, WatchedLoop(loop, scope, is_ending=True))

    def test_over(self) -> None:
        """The test's own fixtures have ended; wider ones may live on."""
        if self.owner is not None:
            self.owner.over = True
        for loop, scope in tuple(self.loops.items()):
            watched = WatchedLoop(loop, scope, is_ending=False)
            self.attempt(self._look_at_loop, watched)
        self.attempt(self._look_behind)
        for look in self._at_end:
            self.attempt(look)

    def _look_at_loop(self, watched: WatchedLoop) -> None:
        loop = watched.loop
        if loop.is_closed() or loop.is_running():
            return
        self.young.collect()
        if not self._left_on(watched):
            return
        self.tidy(loop, settle())
        left = self._left_on(watched)
        for each in left:
            self.found(each.finding)
        self.tidy(loop, end_all(left))

    def _left_on(self, watched: WatchedLoop) -> list[Leftover]:
        return [each for look in self._on_loop for each in look(watched)]

    def tidy(
        self, loop: asyncio.AbstractEventLoop, work: Coroutine[object, object, None]
    ) -> None:
        """Run the net's own work on a loop, for which code of the user's is called.

        That may hang too, and is interrupted then.
        """
        outer = self.watchdog.running
        owner = self.owner or Owner("")
        cleanup = Running(owner, "the clean-up of", ENDING_LIMIT, self.loops)
        cleanup.is_cleanup = True
        self.watchdog.watch(cleanup)
        try:
            with suppress(Exception, Interrupted):  # must not hide what was found
                loop.run_until_complete(work)
        finally:
            self.watchdog.watch(outer)

    def _look_behind(self) -> None:
        deadline = 0.0
        while left := [each for look in self._behind for each in look()]:
            deadline = deadline or now() + SETTLING_LIMIT
            if now() > deadline:
                break
            sleep(0.01)
        for each in left:
            self.found(each.finding)
            with suppress(Exception):
                each.end()


def _drop(_unraisable: object) -> None:
    """Let nobody hear of it."""


def _delete_last_error() -> None:
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)
    gc.collect()
