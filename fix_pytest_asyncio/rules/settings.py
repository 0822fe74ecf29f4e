"""Rules on pytest's configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rule import Rule

# --- Rules: settings ------------------------------------------------------------------

SETTING_RULES: tuple[Rule, ...] = ()
