"""Every run of async code that pytest waits for, and what looks at it meanwhile."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..default_time_limit import limit_for
from .owners import OWNER, Owner
from .patching import Patches
from .private_names import Runner
from .running import Running
from .tasks_made import TasksMade
from .watchdog import Watchdog

if TYPE_CHECKING:
    import asyncio


class Runs:
    """The runs of pytest-asyncio's runners: the bodies of tests, parts of fixtures.

    Attributes:
        loops: The open loops of these runners, with their scopes.
        watchdog: Looks at them from another thread.
    """

    def __init__(
        self,
        watchdog: Watchdog,
        tasks_made: TasksMade,
        ended: Iterable[Callable[[Running], object]],
    ) -> None:
        """Begin with none.

        Args:
            watchdog: What looks at them.
            tasks_made: Counts the tasks that they make.
            ended: Called after each.
        """
        self.loops: dict[asyncio.AbstractEventLoop, str] = {}
        self.watchdog = watchdog
        self._tasks_made = tasks_made
        self._ended = ended

    def install(self, patches: Patches) -> None:
        """Stand in for what runs them, outside of all others who do."""
        patches.wrap(Runner, "run", self._watch)

    def _watch(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def run(runner: Any, work: Any, *, context: Any = None) -> object:
            __tracebackhide__ = True
            # With a context of its own: so pytest-asyncio runs tests and fixtures, and
            # the variables that a fixture began with are there when it ends.
            owner = context.get(OWNER) if context is not None else None
            loop = runner.get_loop()
            if owner is None or loop not in self.loops:
                return original(runner, work, context=context)
            self._tasks_made.run_begins(loop)
            limit = None if owner.node is None else limit_for(owner.node)
            running = Running(owner, _part(owner), limit, self.loops)
            self.watchdog.watch(running)
            try:
                return original(runner, work, context=context)
            finally:
                self.watchdog.watch(None)
                for tell in self._ended:
                    tell(running)

        return run


def _part(owner: Owner) -> str:
    if not owner.scope:
        return "the body of"
    return "the teardown of" if owner.is_set_up else "the setup of"
