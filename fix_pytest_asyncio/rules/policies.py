"""Rules on event loop policies and child watchers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rule import Rule

# --- Rules: event loop policies -------------------------------------------------------

POLICY_RULES: tuple[Rule, ...] = ()
