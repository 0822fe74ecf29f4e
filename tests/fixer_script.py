"""The import fixer as a module: as a script of the template it is in no package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from workbench import ROOT

SCRIPT = ROOT / "template" / "scripts" / "fix_pytest_asyncio_imports.py"
# In no project, so that no directory beside it makes an import a first-party one.
NOWHERE = Path("/nonexistent/test_it.py")


def load() -> Any:
    """Return the script as a module; its functions are public for tests like these."""
    if SCRIPT.stem not in sys.modules:
        spec = importlib.util.spec_from_file_location(SCRIPT.stem, SCRIPT)
        assert spec
        assert spec.loader
        # Dataclasses look up the module that they are in.
        sys.modules[SCRIPT.stem] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[SCRIPT.stem])
    return sys.modules[SCRIPT.stem]


def fix(source: str, path: Path = NOWHERE) -> str:
    """Return the source as the fixer would leave it."""
    fixer = load()
    repair = fixer.fix(fixer.Module(path, source.encode()))
    assert not repair.left
    return str(repair.module.text)


def find(source: str) -> list[tuple[int, int]]:
    """Return line and column of what the fixer finds."""
    fixer = load()
    findings = fixer.check(fixer.Module(NOWHERE, source.encode()))
    return [(finding.line, finding.column) for finding in findings]
