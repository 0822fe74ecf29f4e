"""The checker and fixer as the tests use it: on a module, and on a directory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fix_pytest_asyncio import checking
from fix_pytest_asyncio.all_rules import RULES
from fix_pytest_asyncio.command_line import main
from fix_pytest_asyncio.project import Project
from fix_pytest_asyncio.source import Module

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    import pytest

    from fix_pytest_asyncio.rule import Rule

# In no project, so that no directory beside it makes an import a first-party one.
NOWHERE = Path("/nonexistent/test_it.py")
_MISSING_PYTEST_ASYNCIO = tuple(rule for rule in RULES if rule.code == "PTA001")


def fix(
    source: str, path: Path = NOWHERE, rules: Sequence[Rule] = _MISSING_PYTEST_ASYNCIO
) -> str:
    """Return the source as the fixer would leave it, by PTA001 unless told."""
    module = Module(path, source.encode())
    repair = checking.fix(module, rules, Project(), lambda _: True)
    assert not repair.left
    return repair.module.text


def find(
    source: str, rules: Sequence[Rule] = _MISSING_PYTEST_ASYNCIO
) -> list[tuple[int, int]]:
    """Return line and column of what the fixer finds, by PTA001 unless told."""
    findings = checking.check(Module(NOWHERE, source.encode()), rules, Project())
    return [(finding.line, finding.column) for finding in findings]


def lines(*texts: str) -> str:
    """Return a text of these lines."""
    return "".join(f"{text}\n" for text in texts)


def named_files(text: str) -> dict[str, str]:
    """Return the files of an indented text: each below a comment with its name.

    What has no such comment above it is a test module.
    """
    code = textwrap.dedent(text).strip("\n") + "\n"
    named = re.split(r"^# (\S+\.(?:py|ini|toml))\n", code, flags=re.MULTILINE)
    if len(named) == 1:
        return {"test_it.py": code}
    contents = (f"{content.strip(chr(10))}\n" for content in named[2::2])
    return dict(zip(named[1::2], contents, strict=True))


# By git, and by pytest where a test runs it there.
_LEFT_BY_OTHERS = frozenset({".git", "__pycache__", ".pytest_cache"})


class Outcome(NamedTuple):
    """What the command did in a directory.

    Attributes:
        status: Its exit status.
        printed: What it printed.
        files: What the files are then, those that were given and new ones.
    """

    status: int
    printed: str
    files: dict[str, str]


class FixerRun(NamedTuple):
    """Runs the command in a directory with files of its own."""

    directory: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, files: Mapping[str, str], *options: str) -> Outcome:
        """Write files, run the command on their directory, and return what it did."""
        for name, text in files.items():
            path = self.directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        with working_in(self.directory):
            status = main([*options])
        printed = self.capture.readouterr()
        after = {
            path.relative_to(self.directory).as_posix(): path.read_bytes().decode()
            for path in sorted(self.directory.rglob("*"))
            if path.is_file() and not _LEFT_BY_OTHERS.intersection(path.parts)
        }
        return Outcome(status, printed.out + printed.err, after)

    def fixed(self, text: str, *options: str, **others: str) -> str:
        """Return a test module as `--fix` leaves it.

        Args:
            text: The module's.
            options: For the command.
            others: Other files, by their names.
        """
        return self({**others, "test_it.py": text}, "--fix", *options).files[
            "test_it.py"
        ]

    def found(self, text: str, *options: str, **others: str) -> list[str]:
        """Return the codes of what is found in a test module, in the text's order.

        Args:
            text: The module's.
            options: For the command.
            others: Other files, by their names.
        """
        files = {**others, "test_it.py": text}
        printed = self(files, "--check", *options).printed
        return re.findall(r"^test_it\.py:\d+:\d+: (\w+) ", printed, re.MULTILINE)

    def settled(self, files: Mapping[str, str], *options: str) -> dict[str, str]:
        """Return files as `--fix` leaves them: all is fixed, once and for all."""
        fixed = self(files, "--fix", *options)
        again = self({}, "--fix", *options)
        assert (fixed.status, again.status) == (0, 0), fixed.printed + again.printed
        assert again.files == fixed.files, again.printed
        return fixed.files

    def settled_if_told(
        self, files: Mapping[str, str], *options: str
    ) -> dict[str, str]:
        """Return files as `--unsafe-fixes` leaves them; without it they stay."""
        safe = self(files, "--fix", *options)
        assert (safe.status, safe.files) == (1, files), safe.printed
        return self.settled({}, "--unsafe-fixes", *options)

    def only_reports(self, files: Mapping[str, str], *options: str) -> str:
        """Have something found in files that no fix changes; return what is printed."""
        run = self(files, "--fix", "--unsafe-fixes", *options)
        assert (run.status, run.files) == (1, files), run.printed
        return run.printed

    def leaves_alone(self, files: Mapping[str, str], *options: str) -> None:
        """Have nothing found in files."""
        run = self(files, "--fix", "--unsafe-fixes", *options)
        assert (run.status, run.files) == (0, files), run.printed

    def run_pytest(self, *options: str) -> str:
        """Run pytest on the directory in a process, and return what it prints."""
        plugins = ("no:randomly", "no:xdist", "no:cacheprovider")
        run = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "--rootdir=."),
                *(f"-p{name}" for name in plugins),
                *options,
            ],
            cwd=self.directory,
            check=False,
            capture_output=True,
            text=True,
        )
        return run.stdout + run.stderr


@contextmanager
def working_in(directory: Path) -> Generator[None]:
    """Have a directory be the current one meanwhile."""
    before = Path.cwd()
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(before)
