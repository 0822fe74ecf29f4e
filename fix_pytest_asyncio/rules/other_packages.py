"""Rules on unittest, asynctest and httpx."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rule import Rule

# --- Rules: other packages ------------------------------------------------------------

OTHER_PACKAGE_RULES: tuple[Rule, ...] = ()
