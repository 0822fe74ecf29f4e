"""What a run tells its user, whatever the form."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .rule import Finding

# --- What a run tells -----------------------------------------------------------------


class Told(NamedTuple):
    """A finding as it is told.

    Attributes:
        line: Where it is, from 1.
        column: The same, in characters, from 1.
        end_column: Where it ends, if it does so in this line, or where the line does.
        code: The rule's.
        message: One line for whoever has to act on it.
        remedy: The kind of fix that there is: `safe`, `unsafe` or nothing.
        by_hand: What to do where it is not fixed.
    """

    line: int
    column: int
    end_column: int
    code: str
    message: str
    remedy: str
    by_hand: str

    @classmethod
    def of(cls, finding: Finding) -> Told:
        """Tell a finding."""
        remedy = ""
        if finding.fix:
            remedy = "safe" if finding.fix.is_safe else "unsafe"
        return cls(*finding[:5], remedy, finding.by_hand)


class FileReport(NamedTuple):
    """What there is to tell of a file.

    Attributes:
        path: The file.
        left: What was found in it and is there still.
        fixed: What was fixed, where it was then.
        problem: Why it could not be handled; empty if it could.
        lines: Its lines, those that findings are on at least.
    """

    path: str
    left: Sequence[Told] = ()
    fixed: Sequence[Told] = ()
    problem: str = ""
    place: tuple[int, int] = (0, 0)
    lines: Sequence[str] = ()


@dataclass
class Summary:
    """The figures of a run."""

    files: int = 0
    fixed: Counter[str] = field(default_factory=Counter[str])
    left: Counter[str] = field(default_factory=Counter[str])
    safe: int = 0
    unsafe: int = 0
    problems: int = 0

    def add(self, report: FileReport) -> None:
        """Count in what there is to tell of a file."""
        self.fixed.update(told.code for told in report.fixed)
        self.left.update(told.code for told in report.left)
        self.safe += sum(told.remedy == "safe" for told in report.left)
        self.unsafe += sum(told.remedy == "unsafe" for told in report.left)
        self.problems += bool(report.problem)

    @property
    def status(self) -> int:
        """The exit status that says the same."""
        return 2 if self.problems else min(self.left.total(), 1)


class Reporter(ABC):
    """Tells what a run did, in one form."""

    @abstractmethod
    def report(self, reports: Sequence[FileReport], summary: Summary) -> None:
        """Print it.

        Args:
            reports: What there is to tell of each file that there is something of.
            summary: The figures.
        """
