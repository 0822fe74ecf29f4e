"""What holds for every rule, and that each does what its explanation shows."""

from __future__ import annotations

import ast
import re
import textwrap
from typing import TYPE_CHECKING, NamedTuple

import pytest

from fix_pytest_asyncio.all_rules import RULES

if TYPE_CHECKING:
    from fix_pytest_asyncio.rule import Rule
    from fixer_script import FixerRun


class Example(NamedTuple):
    """What an explanation shows: files before and after; no `after` is no fix."""

    before: dict[str, str]
    after: dict[str, str]
    is_unsafe: bool


def example_of(rule: Rule) -> Example:
    """Return what the docstring of a rule shows.

    An example is one file, or several, each below a comment with its name.
    """
    text = textwrap.dedent("    " + (rule.__doc__ or ""))
    titles = r"^(Before|After|After, with --unsafe-fixes):\n"
    parts = re.split(titles, text, flags=re.MULTILINE)
    titled = dict(zip(parts[1::2], parts[2::2], strict=True))
    unsafe = titled.get("After, with --unsafe-fixes", "")
    return Example(
        _files(titled["Before"]),
        _files(titled.get("After", "") or unsafe),
        bool(unsafe),
    )


def _files(text: str) -> dict[str, str]:
    block = re.match(r"(?:[ ]{4}.*\n|\n)*", text)
    code = textwrap.dedent(block.group() if block else "").strip("\n")
    if not code:
        return {}
    named = re.split(r"^# (\S+\.(?:py|ini|toml|cfg))\n", code, flags=re.MULTILINE)
    if len(named) == 1:
        return {"test_it.py": code + "\n"}
    files = dict(zip(named[1::2], named[2::2], strict=True))
    return {name: content.strip("\n") + "\n" for name, content in files.items()}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_finds_and_fixes_what_it_shows(rule: Rule, run_fixer: FixerRun) -> None:
    """The example of its explanation, and nothing in what becomes of it."""
    example = example_of(rule)
    only = f"--select={rule.code}"
    unsafe = ["--unsafe-fixes"] if example.is_unsafe else []

    checked = run_fixer(example.before, "--check", only)
    fixed = run_fixer(example.before, "--fix", only, *unsafe)
    again = run_fixer({}, "--fix", only, *unsafe)

    assert (checked.status, rule.code in checked.printed) == (1, True)
    assert checked.files == example.before
    assert fixed.files == (example.after or example.before), fixed.printed
    assert fixed.status == again.status == (0 if example.after else 1)
    assert again.files == fixed.files


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_says_what_to_do(rule: Rule) -> None:
    """By itself where it fixes, in words where it does not."""
    example = example_of(rule)

    assert (rule.__doc__ or "").strip().splitlines()[0].endswith(".")
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert "\n" not in rule.message
    if example.is_unsafe or not example.after:
        assert rule.by_hand


def test_codes_and_names_are_unique() -> None:
    """They are what comments and settings call a rule by."""
    for attribute in ("code", "name"):
        values = [getattr(rule, attribute) for rule in RULES]
        assert len(values) == len(set(values))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_examples_are_python(rule: Rule) -> None:
    """An example that does not parse shows nothing."""
    example = example_of(rule)

    for name, text in [*example.before.items(), *example.after.items()]:
        if name.endswith(".py"):
            ast.parse(text)
