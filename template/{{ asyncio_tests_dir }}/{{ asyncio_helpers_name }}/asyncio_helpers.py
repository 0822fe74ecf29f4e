"""Helpers for asyncio tests. Import them from here; what is behind them may move.

Which one?

- The test is `async def`: it has a loop already. Await what you test, with
  `run_with_timeout` where it could hang.
- What you test sleeps, retries or has timeouts: take the fixture `virtual_clock`, and
  none of it takes time.
- The test needs something to have happened: `wait_until` where it can be looked at,
  `settle` where the code just has to get as far as it can. Neither is a sleep.
- Tasks have to meet in a certain order: a `Sequencer`.
- The test is `def` and drives async code: take the fixture `standard_event_loop` and
  call `standard_event_loop.run_until_complete(...)`.
- Sync tests share a connection or another object that is bound to its loop: the same
  with `class_`, `module_`, `package_` or `session_scoped_event_loop`.
- A helper has to work in either kind of test: the fixture `ensure_test_event_loop`.
- There is no test or fixture around, as in a script: `configure_test_event_loop()`,
  and `cleanup_event_loop(loop)` in a `finally`.

The fixtures need no import: pytest knows them. Each docstring tells what surprises.
"""

from .asyncio_support.current_loop import configure_test_event_loop, ensure_event_loop
from .asyncio_support.default_time_limit import async_test_timeout
from .asyncio_support.ensured_loop import ensure_test_event_loop
from .asyncio_support.loop_cleanup import cleanup_event_loop
from .asyncio_support.loop_fixtures import (
    class_scoped_event_loop,
    function_scoped_event_loop,
    module_scoped_event_loop,
    package_scoped_event_loop,
    session_scoped_event_loop,
    standard_event_loop,
)
from .asyncio_support.sequencer import Sequencer
from .asyncio_support.settling import settle
from .asyncio_support.time_limit import run_with_timeout, run_with_timeout_asyncio
from .asyncio_support.virtual_time.clock import VirtualClock
from .asyncio_support.virtual_time.fixture import virtual_clock
from .asyncio_support.waiting import wait_until

__all__ = [
    "Sequencer",
    "VirtualClock",
    "async_test_timeout",
    "class_scoped_event_loop",
    "cleanup_event_loop",
    "configure_test_event_loop",
    "ensure_event_loop",
    "ensure_test_event_loop",
    "function_scoped_event_loop",
    "module_scoped_event_loop",
    "package_scoped_event_loop",
    "run_with_timeout",
    "run_with_timeout_asyncio",
    "session_scoped_event_loop",
    "settle",
    "standard_event_loop",
    "virtual_clock",
    "wait_until",
]
