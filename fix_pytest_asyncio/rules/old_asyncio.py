"""Rules on what asyncio used to have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rule import Rule

# --- Rules: old asyncio ---------------------------------------------------------------

OLD_ASYNCIO_RULES: tuple[Rule, ...] = ()
