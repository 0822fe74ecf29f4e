"""A deadlock under the virtual clock: nothing is left that could ever wake the loop.

It is known at once. The safety net reports it as a hang; where that check is off, or
would let the test hang, the error that is raised here has the same report.
"""

import asyncio

import pytest

from ..safety_net.net import NET
from ..safety_net.owners import Owner
from ..safety_net.running import Running

NEVER_ENDS = (
    "can never end: under the virtual clock every task is blocked, no timer is set, "
    "and no connection, thread or process is about to bring anything"
)


class DeadlockError(RuntimeError):
    """Every task is blocked for ever; the text tells where each of them stands."""


def tell_of_deadlock(test: pytest.Item, loop: asyncio.AbstractEventLoop) -> None:
    """End what a loop runs, with a report of what everything waits for.

    Raises:
        DeadlockError: The safety net does not end it.
    """
    __tracebackhide__ = True
    net = test.config.stash.get(NET, None)
    if net is not None and net.ends_deadlock(NEVER_ENDS):
        return
    from ..safety_net.hang_report import hang_report  # noqa: PLC0415 - rare
    from ..safety_net.lock_holders import LockHolders  # noqa: PLC0415 - as above

    running = Running(Owner(test.name), "the body of", None, {loop: "function"})
    report = hang_report(running, LockHolders() if net is None else net.locks, None)
    raise DeadlockError("\n".join((f"{running} {NEVER_ENDS}", *report.lines)))
