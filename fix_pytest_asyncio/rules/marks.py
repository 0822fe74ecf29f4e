"""Rules on marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rule import Rule

# --- Rules: marks ---------------------------------------------------------------------

MARK_RULES: tuple[Rule, ...] = ()
