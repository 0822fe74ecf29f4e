"""Rules on mocks in the place of coroutine functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rule import Rule

# --- Rules: mocks for coroutine functions ---------------------------------------------

MOCK_RULES: tuple[Rule, ...] = ()
