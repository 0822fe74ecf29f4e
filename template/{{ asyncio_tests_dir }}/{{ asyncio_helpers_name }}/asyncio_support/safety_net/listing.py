"""What `pytest --asyncio-checks` prints."""

import sys
from collections.abc import Mapping

import pytest

from .finding import Check
from .levels import SETTING, Level

ADVICE = " (advice: it fails a test only as `{name}: fail`)"
HEAD = "The checks of the asyncio safety net, as `{setting}` in {where} sets them:"


def print_checks(
    config: pytest.Config,
    checks: Mapping[str, Check],
    levels: Mapping[str, Level],
    lacking: list[str],
) -> None:
    """Print every check with its level and what it finds."""
    where = config.inipath.name if config.inipath else "the pytest configuration"
    lines = [HEAD.format(setting=SETTING, where=where)]
    width = max(map(len, checks), default=0)
    for name, check in sorted(checks.items()):
        more = ADVICE.format(name=name) if check.is_advice else ""
        lines.append(f"  {name:{width}}  {levels[name]:4}  {check.finds}{more}")
    sys.stdout.write("\n".join([*lines, *lacking]) + "\n")
