"""The corpus in `tests/faults`: what each fault must lead to, as its file says.

A fault is a directory with two test modules, `faulty.py` and its correct `twin.py`. The
lines that are to blame end with `# guilty`. The head of the faulty one is data:

- `check`: the check of the safety net that must be named in the report; `-` where the
  test fails by itself, and an explanation is what is wanted.
- `guilty`: the one test that must fail. All others in the file must pass.
- `warns: yes` where it must pass too, and the end of the run must tell of it, at least
  where no other fault has left a thread; it fails only where the settings name the
  check.
- `text`: what must stand in the report; there can be several.
- `lines: all` where every guilty line must be named, and not just one of them.
- `phase`: the one in which the test must fail, where that matters.
- `mode: strict` for pytest-asyncio's other mode, in the twin as well.
- `needs`: the lowest Python that has what the module uses, in the twin as well.
- `system`: the one on which alone it can be found, in the twin as well.
- `loop: asyncio` in a twin that uvloop cannot run.
- `quick: yes` where the fault must be found long before the time limit.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FAULTS = Path(__file__).parent / "faults"
NUMBERS = range(1, 59)
BY_ITSELF = "-"
HANG = "hang"
_HEAD = re.compile(r"# (\w+): (.+)")
_KEYS = {
    *{"check", "guilty", "warns", "text", "lines", "phase"},
    *{"mode", "needs", "system", "loop", "quick"},
}


@dataclass(frozen=True)
class Module:
    """A test module of the corpus: a fault, or its twin."""

    path: Path

    @property
    def name(self) -> str:
        """The name of the directory: the number of the fault, and what it is."""
        return self.path.parent.name

    @property
    def file_name(self) -> str:
        """The name under which the module is run."""
        return f"test_{self.name}.py"

    @cached_property
    def text(self) -> str:
        """What the module consists of."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tests(self) -> list[str]:
        """The names of all tests in it."""
        return [
            node.name
            for node in ast.walk(ast.parse(self.text))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and node.name.startswith("test")
        ]

    @property
    def mode(self) -> str:
        """The mode of pytest-asyncio that it is written for."""
        return self._one("mode", "auto")

    @property
    def runs_here(self) -> bool:
        """Whether this Python has what it uses, and this system shows the fault."""
        needed = self._one("needs", "3.10").split(".")
        has_it = sys.version_info >= tuple(map(int, needed))
        return has_it and self._one("system", sys.platform) == sys.platform

    @property
    def needs_asyncios_loop(self) -> bool:
        """Whether it cannot be run on a loop of another make."""
        return self._one("loop") == "asyncio"

    @cached_property
    def _head(self) -> list[tuple[str, str]]:
        """What the lines above the docstring say."""
        found = map(_HEAD.fullmatch, self.text.partition('"""')[0].splitlines())
        head = [(match[1], match[2]) for match in found if match]
        assert {key for key, _ in head} <= _KEYS, f"{self.path}: an unknown key"
        return head

    def _all(self, key: str) -> list[str]:
        return [value for name, value in self._head if name == key]

    def _one(self, key: str, default: str = "") -> str:
        return [default, *self._all(key)][-1]


class Fault(Module):
    """A faulty module, and what must come of it."""

    @property
    def check(self) -> str:
        """The check that must be named, or `BY_ITSELF`."""
        return self._one("check")

    @property
    def guilty(self) -> str:
        """The test that must fail, and no other."""
        return self._one("guilty")

    @property
    def warns(self) -> bool:
        """Whether the guilty test passes, and is only told of."""
        return bool(self._one("warns"))

    @property
    def texts(self) -> list[str]:
        """What must stand in the report."""
        return self._all("text")

    @property
    def phase(self) -> str:
        """The phase in which it must fail, or nothing."""
        return self._one("phase")

    @property
    def is_quick(self) -> bool:
        """Whether it must be found without waiting for the time limit."""
        return bool(self._one("quick"))

    @property
    def places(self) -> list[str]:
        """The guilty lines, as reports name them."""
        lines = enumerate(self.text.splitlines(), start=1)
        marked = [number for number, line in lines if line.endswith("# guilty")]
        return [f"{self.file_name}:{number}" for number in marked]

    @property
    def names_all_places(self) -> bool:
        """Whether each guilty line must be named: else one is enough."""
        return self._one("lines") == "all"


def faults() -> list[Fault]:
    """Return all faults, in order."""
    return [Fault(path) for path in sorted(FAULTS.glob("*/faulty.py"))]


def twins() -> list[Module]:
    """Return all twins, in order."""
    return [Module(path) for path in sorted(FAULTS.glob("*/twin.py"))]
