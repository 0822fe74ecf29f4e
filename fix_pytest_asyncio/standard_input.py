"""A module that comes on standard input and goes, fixed, to standard output."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .differences import Difference
from .examination import Examiner
from .files import UnusableFileError
from .reports import FileReport, Summary
from .rounds import Order, Outcome, lines_in
from .setting_changes import Agreement
from .source import Module

if TYPE_CHECKING:
    from .choices import Choices
    from .rule import Finding

# --- Standard input -------------------------------------------------------------------


class _NoSettings(Agreement):
    """Objects to each fix that needs a setting: only one text is changed here."""

    def objection(self, finding: Finding) -> str:
        """Say so."""
        if finding.fix and finding.fix.settings:
            return "its fix changes a setting as well: run this on the file itself"
        return ""


def run_on_standard_input(order: Order, choices: Choices, name: str) -> Outcome:
    """Do with one text what is done with files otherwise.

    Args:
        order: What to do.
        choices: Which rules are looked for in which file.
        name: What the text is called: it counts as if it were there.
    """
    raw = sys.stdin.buffer.read()
    module = Module(Path(name), raw)
    is_fixing = order.mode != "check"
    examiner = Examiner(choices, is_fixing=is_fixing, agreement=_NoSettings())
    summary = Summary(1)
    try:
        examined = examiner.examine_module(module)
    except UnusableFileError as problem:
        place = (problem.line or 0, problem.column or 0)
        report = FileReport(name, problem=problem.reason, place=place)
        after = raw
    except (RecursionError, MemoryError):
        report = FileReport(name, problem="nested too deeply to be analysed")
        after = raw
    else:
        after = raw if examined.after is None else examined.after
        lines = lines_in(after if order.mode == "fix" else raw)
        report = FileReport(name, examined.left, examined.fixed, lines=lines)
    summary.add(report)
    if order.mode == "fix":
        sys.stdout.flush()
        sys.stdout.buffer.write(after)
        return Outcome([report], summary, ())
    differences = [Difference(name, raw, after)] if after != raw else []
    return Outcome([report], summary, differences)
