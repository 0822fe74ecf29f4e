"""Environments of projects that hold no more than their tests need, made of links.

The environment of this repository's own tests holds plugins of many kinds, which would
take part in every run, and take a second to start.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from verify import isolated

if TYPE_CHECKING:
    from collections.abc import Iterable

ALWAYS = ("pytest", "pytest-asyncio")


def make_environment(place: Path, modules: Iterable[str]) -> Path:
    """Make a virtual environment with pytest, pytest-asyncio and other packages.

    Args:
        place: Where it is made.
        modules: The import names of the others, installed in this environment.

    Returns:
        Its interpreter.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(place)}))
    known = packages_distributions()
    for name in _with_dependencies([*ALWAYS, *(known[each][0] for each in modules)]):
        installed = distribution(name)
        tops = {file.parts[0] for file in installed.files or [] if file.parts}
        for top in tops - {"..", "__pycache__"}:
            if not (site / top).is_symlink():
                (site / top).symlink_to(Path(str(installed.locate_file(top))))
    return isolated.python_of(place)


def _with_dependencies(names: list[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [
                requirement.name
                for requirement in map(Requirement, distribution(name).requires or [])
                if requirement.marker is None or requirement.marker.evaluate()
            ]
    return found
