"""Rules, the guide and the changelog say the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fix_pytest_asyncio.all_rules import RULES
from test_fixer_rules import example_of
from workbench import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from fix_pytest_asyncio.rule import Rule

GUIDE = ROOT / "template" / "{{ asyncio_tests_dir }}" / "ASYNC_TESTING.md"
CHANGELOG = ROOT / "CHANGELOG.md"


def row_of(rule: Rule) -> str:
    """Return what the guide's table has to say of a rule."""
    first = (rule.__doc__ or "").strip().splitlines()[0].rstrip(".")
    example = example_of(rule)
    fixed = (
        "unsafely" if example.is_unsafe else "safely" if example.after else "by hand"
    )
    if not rule.is_default:
        fixed += ", if selected"
    return f"| `{rule.code}` {rule.name} | {first} | {fixed} |"


def test_the_guide_has_a_table_of_all_rules() -> None:
    """In the order of their codes, so that one is found there by its code."""
    rows = [line for line in _lines(GUIDE) if line.startswith("| `PTA")]

    assert rows == [row_of(rule) for rule in sorted(RULES, key=lambda rule: rule.code)]


def test_the_changelog_names_every_rule() -> None:
    """The release that brought a rule is where its users look for the reason."""
    named = re.findall(r"\bPTA\d{3}\b", "\n".join(_lines(CHANGELOG)))

    assert sorted(set(named)) == sorted({rule.code for rule in RULES} | {"PTA000"})


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
