"""Rules on the fixture `event_loop`, which pytest-asyncio 1.0 took away."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rule import Rule

# --- Rules: the event_loop fixture ----------------------------------------------------

EVENT_LOOP_RULES: tuple[Rule, ...] = ()
