"""Rules on how tests come by async fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rule import Rule

# --- Rules: uses of async fixtures ----------------------------------------------------

ASYNC_FIXTURE_RULES: tuple[Rule, ...] = ()
