"""What the safety net knows: which test runs, whose work is whose, what was found."""

import asyncio
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from .finding import Finding
from .guard import Guard, Leftover
from .judgement import Judgement
from .leftovers import Leftovers
from .lock_holders import LockHolders
from .owners import OWNER, RUN, Owner, follow_threads
from .patching import Patches
from .runs import Runs
from .tasks_made import TasksMade
from .watchdog import Watchdog
from .young_objects import YoungObjects

if TYPE_CHECKING:
    from .running import Running


class SafetyNet:
    """The state of the safety net during a run.

    Attributes:
        guards: The check modules that are on.
        judgement: What becomes of their findings.
        item: The test that runs, or ran last; None before and after the run.
        owner: It, as an owner.
        is_async: Whether pytest-asyncio runs it.
        findings: What was found in it so far, and not reported yet.
        ended: What hung in it and was ended; whatever is left of it tells nothing new.
        young: The objects that were made since it began.
        watchdog: Looks at async code from another thread.
        loops: The open loops of pytest-asyncio's runners, with their scopes.
        loop_classes: The classes of loops that are watched, without those below them.
        leftovers: Looks for what tests leave behind.
        locks: Who holds which lock.
        tasks_made: Whether the test has made any task.
        broken: Tracebacks of what failed in the net itself; no test fails of it.
        ends_deadlock: Ends what runs, since it can never go on, for a reason that is
            given, and returns whether it does.
    """

    def __init__(
        self,
        guards: Iterable[Callable[["SafetyNet"], Guard]],
        judgement: Judgement,
    ) -> None:
        """Begin with no test running."""
        self.judgement = judgement
        self.item: pytest.Item | None = None
        self.owner: Owner | None = None
        self.is_async = False
        self.findings: list[Finding] = []
        self.ended: Running | None = None
        self._is_silent = False
        self.young = YoungObjects(self._silently)
        self.broken: list[str] = []
        self.watchdog = Watchdog(self.broken)
        self.locks = LockHolders()
        self.tasks_made = TasksMade()
        self.ends_deadlock: Callable[[str], bool] = lambda _reason: False
        self._is_up = False
        self.loop_classes: list[type[asyncio.AbstractEventLoop]] = []
        self._modules = 0
        self._expected: list[tuple[str, Callable[[ModuleType], None]]] = []
        self.guards = [guard(self) for guard in guards]
        self._at_begin = self._those_with("test_begins")
        self._at_end = self._those_with("test_ends")
        self._at_set_up = self._those_with("fixture_set_up")
        ended = self._those_with("async_ends")
        self._runs = Runs(self.watchdog, self.tasks_made, ended)
        self.loops = self._runs.loops
        self.leftovers = Leftovers(
            self, self._those_with("left_on_loop"), self._those_with("left_behind")
        )

    def _those_with(self, name: str) -> Sequence[Callable[..., Iterable[Leftover]]]:
        """Return the methods of that name, of the guards that have one."""
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
        self.leftovers.held = [each for guard in self.guards for each in guard.held]
        self._runs.install(patches)
        self._patches = patches
        self._watch_loops(asyncio.BaseEventLoop)
        self.when_imported("uvloop", lambda uvloop: self._watch_loops(uvloop.Loop))

    def _watch_loops(self, loop_class: type[asyncio.AbstractEventLoop]) -> None:
        if not issubclass(loop_class, tuple(self.loop_classes)):
            self.loop_classes.append(loop_class)
            self.tasks_made.watch_loops(loop_class, self._patches)
            for guard in self.guards:
                guard.watch_loops(loop_class, self._patches)

    def remove(self) -> None:
        """End what `install` has begun, if it has."""
        if not self._is_up:
            return
        self.item = None
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
        self._modules = len(sys.modules)
        for each in tuple(self._expected):
            module = sys.modules.get(each[0])
            if module is not None:
                self._expected.remove(each)
                self.attempt(each[1], module)

    def found(self, finding: Finding) -> None:
        """Charge a finding to the test that runs; may be called from any thread."""
        owner = finding.owner
        of_another = owner is not None and not owner.scope and owner is not self.owner
        is_heard = not (self.item is None or self._is_silent or of_another)
        is_heard = is_heard and not self._is_consequence(finding)
        if is_heard and self.judgement.level_of(finding.check) != "off":
            self.findings.append(finding)

    def fails(self, finding: Finding) -> bool:
        """Tell whether a finding fails the test that runs, be it told or not."""
        return self.item is not None and (
            self.judgement.of(finding, self.item) == "failure"
        )

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
            self._silently(self._delete_last_error)

    def _delete_last_error(self) -> None:
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            if hasattr(sys, name):
                delattr(sys, name)
        # What it kept alive was made by that test: nothing older need be looked at.
        self.young.collect()

    def attempt(self, action: Callable[..., object], *arguments: object) -> None:
        """Do something of the net's own, whose failure is no fault of the test's."""
        self._attempt_each((action,), *arguments)

    def _attempt_each(
        self, actions: Iterable[Callable[..., object]], *arguments: object
    ) -> None:
        for action in actions:
            try:
                action(*arguments)
            except Exception:  # noqa: BLE001, PERF203 - shown at the end of the run
                self.broken.append(traceback.format_exc())

    def begin(self, item: pytest.Item, *, is_async: bool) -> None:
        """A test is about to run."""
        self._forget_last_error()
        if len(sys.modules) != self._modules:
            self._look_at_modules()
        self.item = item
        self.is_async = is_async
        self.owner = Owner(item.name, node=item)
        self.findings.clear()
        self.ended = None
        OWNER.set(self.owner)
        if not self.loops:
            self.tasks_made.begin()
        if is_async:
            self.young.begin()
        self._attempt_each(self._at_begin, item)

    def fixture_set_up(self, owner: Owner, fixture: pytest.FixtureDef[object]) -> None:
        """A fixture was set up."""
        self._attempt_each(self._at_set_up, owner, fixture)

    def loop_begins(self, loop: asyncio.AbstractEventLoop, scope: str) -> None:
        """A runner of pytest-asyncio's has made its loop."""
        self.loops[loop] = scope
        self.attempt(self._watch_loops, type(loop))

    def loop_ends(self, loop: asyncio.AbstractEventLoop) -> None:
        """A runner is about to close its loop; all that ran on it should be over."""
        scope = self.loops.pop(loop, "")
        self._look_at_loop(loop, scope, is_ending=True)

    def _look_at_loop(
        self, loop: asyncio.AbstractEventLoop, scope: str, *, is_ending: bool
    ) -> None:
        self.attempt(lambda: self.leftovers.of_loop(loop, scope, is_ending=is_ending))

    def test_over(self) -> None:
        """The test's own fixtures have ended; wider ones may live on."""
        if self.owner is not None:
            self.owner.over = True
        for loop, scope in tuple(self.loops.items()):
            self._look_at_loop(loop, scope, is_ending=False)
        self.leftovers.of_process()
        self._attempt_each(self._at_end)
        OWNER.set(RUN)


NET = pytest.StashKey[SafetyNet]()


def _drop(_unraisable: object) -> None:
    """Let nobody hear of it."""
