"""Hypothesis makes up orders of events too: sync code, with loops of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip(
    "hypothesis",
    reason="hypothesis is not installed: see the requirements of the tests",
)

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    rule,
    run_state_machine_as_test,
)

# copier: filter replace("tests.utils", asyncio_helpers_package)
from tests.utils.asyncio_helpers import (
    cleanup_event_loop,
    configure_test_event_loop,
    settle,
)

from .pool import Pool

if TYPE_CHECKING:
    import asyncio

# copier: endfilter
# See test_properties.py for the reasons. A state machine is sync: no asyncio mark.
quick = settings(
    max_examples=75, stateful_step_count=12, deadline=None, derandomize=True
)
SIZE = 1  # the fewer there are, the sooner somebody has to wait


class Clients(RuleBasedStateMachine):
    """Clients come and go in any order; the loop turns in between, or it does not."""

    clients: Bundle[asyncio.Task[None]] = Bundle("clients")

    def __init__(self) -> None:
        """Make a loop for each example: it sees nothing of what another one did."""
        super().__init__()
        self.loop = configure_test_event_loop()
        self.pool = Pool(SIZE)
        self.present: list[asyncio.Task[None]] = []

    def teardown(self) -> None:
        """End the loop with all that waits, whether the example has failed or not."""
        cleanup_event_loop(self.loop)

    @rule(target=clients)
    def come(self) -> asyncio.Task[None]:
        """Ask for a connection."""
        self.present.append(self.loop.create_task(self.pool.take()))
        self.let_all_run()
        return self.present[-1]

    @rule(client=consumes(clients), turn=st.booleans())
    def go(self, client: asyncio.Task[None], *, turn: bool) -> None:
        """Give it back, or wait no longer; the loop may turn before more happens."""
        self.present.remove(client)
        if client.done():
            self.pool.give_back()
        else:
            client.cancel()
        if turn:
            self.let_all_run()

    def let_all_run(self) -> None:
        """Let all come to rest, and compare: who came first has the connection."""
        self.loop.run_until_complete(settle())

        served = [client.done() for client in self.present]
        assert served == [place < SIZE for place, _ in enumerate(self.present)]


def test_whoever_came_first_is_served() -> None:
    """A failure reads as the fewest calls that lead to it: who came, and who went."""
    run_state_machine_as_test(Clients, settings=quick)
