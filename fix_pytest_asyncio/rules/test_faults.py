"""Rules on tests and fixtures that do not do what they look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rule import Rule

# --- Rules: faults of tests and fixtures ----------------------------------------------

TEST_FAULT_RULES: tuple[Rule, ...] = ()
