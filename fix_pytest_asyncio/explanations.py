"""The rules in words, for `--rules` and `--explain`."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .rule import Rule

# --- The rules in words ---------------------------------------------------------------


def listed_rules(rules: Iterable[Rule]) -> Iterator[str]:
    """Yield a line for each rule, in the order of their codes."""
    for rule in sorted(rules, key=lambda rule: rule.code):
        first = inspect.cleandoc(rule.__doc__ or "").partition("\n")[0]
        optional = "" if rule.is_default else " (only if selected)"
        yield f"{rule.code} {rule.name}{optional}: {first}"


def explanation(rule: Rule) -> str:
    """Return all that there is to know of a rule."""
    return f"{rule.code} {rule.name}\n\n{inspect.cleandoc(rule.__doc__ or '')}"
