"""Rules on how fixtures are declared, and which loops they run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rule import Rule

# --- Rules: fixtures and their loops --------------------------------------------------

FIXTURE_RULES: tuple[Rule, ...] = ()
