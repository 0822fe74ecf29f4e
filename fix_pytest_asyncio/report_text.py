"""The report for people."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

from .reports import FileReport, Reporter, Summary, Told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .rule import Rule

# --- The report for people ------------------------------------------------------------

_MOST_COLUMNS = 110
_MARKS = {
    "safe": " (fixable)",
    "unsafe": " (fixable with --unsafe-fixes)",
}
_COLOURS = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class Paint:
    """Colours text, if it is to."""

    def __init__(self, *, is_on: bool) -> None:
        """Say whether it is."""
        self._is_on = is_on

    def __call__(self, text: str, colour: str) -> str:
        """Return a text in a colour."""
        return f"\033[{_COLOURS[colour]}m{text}\033[0m" if self._is_on else text


def wants_colour(answer: str, stream: TextIO) -> bool:
    """Tell whether to colour what goes to a stream: `auto`, `always` or `never`."""
    if answer != "auto":
        return answer == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    # Some runners put an object of their own in the place of stdout.
    is_terminal = hasattr(stream, "isatty") and stream.isatty()
    return is_terminal and os.environ.get("TERM") != "dumb"


class TextReporter(Reporter):
    """Prints findings with their source lines, file by file."""

    def __init__(
        self, paint: Paint, rules: Mapping[str, Rule], mode: str, stream: TextIO
    ) -> None:
        """Say how it is to look, and where findings go."""
        self._paint = paint
        self._rules = rules
        self._mode = mode
        self._stream = stream

    def report(self, reports: Sequence[FileReport], summary: Summary) -> None:
        """Print findings, and on stderr problems and the figures."""
        for number, each in enumerate(self._told(reports)):
            if number:
                print(file=self._stream)
            for line in self._file(each):
                print(line, file=self._stream)
        for each in reports:
            if each.problem:
                print(self._problem(each), file=sys.stderr)
        for line in self._figures(summary):
            print(line, file=sys.stderr)

    def _told(self, reports: Sequence[FileReport]) -> Iterator[FileReport]:
        for each in reports:
            if self._mode == "diff":
                # What would be fixed is to be seen in the difference.
                each = each._replace(fixed=())  # noqa: PLW2901 - the same, with less in it
            if each.left or each.fixed:
                yield each

    def _file(self, report: FileReport) -> Iterator[str]:
        for told in report.fixed:
            yield f"{self._head(report, told)} ({self._paint('fixed', 'green')})"
        for told in report.left:
            yield f"{self._head(report, told)}{self._mark(told)}"
            yield from self._source_line(report, told)
            if told.by_hand and told.remedy != "safe":
                yield f"    {self._paint('by hand:', 'cyan')} {told.by_hand}"

    def _head(self, report: FileReport, told: Told) -> str:
        path = self._paint(report.path, "bold")
        place = f"{path}:{told.line}:{told.column}"
        return f"{place}: {self._paint(told.code, 'red')} {told.message}"

    def _mark(self, told: Told) -> str:
        return self._paint(_MARKS[told.remedy], "yellow") if told.remedy else ""

    def _source_line(self, report: FileReport, told: Told) -> Iterator[str]:
        if told.line > len(report.lines):
            return
        line = report.lines[told.line - 1]
        # Tabs and what would move the cursor are one column wide, as they are counted.
        shown = "".join(each if each.isprintable() else " " for each in line)
        cut = max(told.column - 1 - _MOST_COLUMNS // 2, 0) if _is_long(shown) else 0
        if not cut:
            cut = len(shown) - len(shown.lstrip())
        shown = shown[cut : cut + _MOST_COLUMNS].rstrip()
        start = max(told.column - 1 - cut, 0)
        width = max(min(told.end_column - told.column, len(shown) - start), 1)
        if shown:
            yield f"    {shown}"
            yield f"    {' ' * start}{self._paint('^' * width, 'red')}"

    def _problem(self, report: FileReport) -> str:
        line, column = report.place
        place = f":{line}:{column}" if line else ""
        return f"{report.path}{place}: {report.problem}"

    def _figures(self, summary: Summary) -> Iterator[str]:
        yield from statistics_lines(summary, self._rules)
        yield (
            f"files: {summary.files}, fixed: {summary.fixed.total()}, "
            f"left: {summary.left.total()}, could not be handled: {summary.problems}"
        )
        if summary.safe and self._mode == "check":
            yield f"{summary.safe} of these can be fixed safely: use --fix"
        if summary.unsafe:
            count = summary.unsafe
            yield f"{count} can be fixed with --unsafe-fixes: look at the result"


def _is_long(line: str) -> bool:
    return len(line) > _MOST_COLUMNS


def statistics_lines(summary: Summary, rules: Mapping[str, Rule]) -> Iterator[str]:
    """Yield a line for each rule that something was found by."""
    for code in sorted({*summary.left, *summary.fixed}):
        left, fixed = summary.left[code], summary.fixed[code]
        figures = ", ".join(
            f"{count} {what}"
            for count, what in ((fixed, "fixed"), (left, "left"))
            if count
        )
        yield f"{code} {rules[code].name}: {figures}"


class StatisticsReporter(Reporter):
    """Prints how much each rule found, and nothing of where."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        """Say which rules there are."""
        self._rules = rules

    def report(self, reports: Sequence[FileReport], summary: Summary) -> None:
        """Print a line for each rule; on stderr what could not be handled."""
        for line in statistics_lines(summary, self._rules):
            print(line)
        for each in reports:
            if each.problem:
                print(f"{each.path}: {each.problem}", file=sys.stderr)
