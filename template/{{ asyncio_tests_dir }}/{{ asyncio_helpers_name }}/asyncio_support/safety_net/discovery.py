"""Finds the check modules: whatever is in `asyncio_support/checks`."""

import importlib
from pathlib import Path

from .. import checks as package
from .finding import Check
from .guard import Guard
from .private_names import missing

IS_OFF = "asyncio safety net: {checks} off, since this version has no {missing}"


def guards() -> list[type[Guard]]:
    """Return the guard of each check module, in the order of their names."""
    modules = (
        importlib.import_module(f"{package.__name__}.{file.stem}")
        for file in sorted(Path(str(package.__file__)).parent.glob("[!_]*.py"))
    )
    return [module.TheGuard for module in modules]


def checks_of(found: list[type[Guard]]) -> dict[str, Check]:
    """Return all checks by their names."""
    return {check.name: check for guard in found for check in guard.checks}


def available_guards(wanted: list[type[Guard]]) -> tuple[list[type[Guard]], list[str]]:
    """Return those guards that can work here, and a line for each that cannot."""
    usable: list[type[Guard]] = []
    lines: list[str] = []
    for guard in wanted:
        lacking = missing(guard.needs)
        if lacking:
            names = ", ".join(check.name for check in guard.checks)
            text = IS_OFF.format(checks=names, missing=", ".join(lacking))
            lines.append(text)
        else:
            usable.append(guard)
    return usable, lines
