"""Rules on calls whose coroutine or result is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rule import Rule

# --- Rules: calls ---------------------------------------------------------------------

CALL_RULES: tuple[Rule, ...] = ()
