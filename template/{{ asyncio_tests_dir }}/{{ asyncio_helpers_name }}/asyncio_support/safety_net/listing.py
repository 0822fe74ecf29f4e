"""What `pytest --asyncio-checks` prints."""

import sys
from collections.abc import Mapping

import pytest

from .finding import Check
from .levels import SETTING, Level

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
        lines.append(f"  {name:{width}}  {levels[name]:4}  {check.finds}")
    sys.stdout.write("\n".join([*lines, *lacking]) + "\n")
