"""What the fixer finds in suites of today: `python -m benchmarks.false_alarms [NAME]`.

Each suite of `current_suites.py` is cloned at its commit, and the rules that are on by
default look at the whole checkout. `reviewed_findings.toml` says of each finding what a
person thought of it who looked at the source: `real`, where the message is true and
what it asks for makes the suite better; `debatable`; or `false`. `--repositories` takes
the clones from a directory that has them by the names OWNER/NAME or OWNER+NAME; else
they come from GitHub.

A finding that nobody has reviewed is listed, and so is a reviewed one that is not found
any more; the exit status is 1 then.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import tomlkit

from benchmarks.adopt import markdown
from benchmarks.current_suites import SUITES
from benchmarks.public_suites import (
    chosen,
    clone_of,
    date_of,
    name_of,
    parser_of,
    report_on,
)
from benchmarks.working_tree import git

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.current_suites import Suite
    from benchmarks.public_suites import Finding, Report

REVIEWED = Path(__file__).with_name("reviewed_findings.toml")
VERDICTS = ("real", "debatable", "false")
NOT_REVIEWED = "not reviewed"
TEST_FILE = re.compile(r"(?:.*/)?(?:test_[^/]*|[^/]*_test)\.py")
HEADINGS = (
    *("suite", "commit", "date", "test files", "findings"),
    *(*VERDICTS, NOT_REVIEWED),
)


class Place(NamedTuple):
    """What a finding is known by."""

    path: str
    line: int
    code: str


@dataclass
class Result:
    """What was found in a suite, and what has been said of it.

    Attributes:
        cells: The first cells of its row.
        verdicts: How many findings there are of each verdict.
        wrong: What of the list does not agree with what was found.
    """

    cells: Sequence[str]
    verdicts: Counter[str]
    wrong: Sequence[str]

    def row(self) -> list[str]:
        """Return its row of the table."""
        counts = (self.verdicts[each] for each in (*VERDICTS, NOT_REVIEWED))
        found = self.verdicts.total()
        return [*self.cells, str(found), *(str(count or "") for count in counts)]


def main() -> None:
    """Look at each suite and print a table of what was found."""
    options = parser_of(__doc__).parse_args()
    reviewed = read_reviews(REVIEWED.read_text(encoding="utf-8"))
    results: list[Result] = []
    for suite in chosen(SUITES, options.names):
        with tempfile.TemporaryDirectory() as scratch:
            clone = clone_of(suite, options.repositories, Path(scratch))
            report = report_on(clone)
            cells = (*cells_of(suite, clone), str(count_tests(clone)))
        reviews = reviewed.get(name_of(suite), {})
        result = compared(cells, report["findings"], reviews)
        results.append(result)
        print_result(result, report)
    print_table(results)
    sys.exit(any(result.wrong for result in results))


def read_reviews(text: str) -> dict[str, dict[Place, str]]:
    """Return the verdicts on the findings of each suite.

    Raises:
        ValueError: If there is a verdict that is none, or none that has a reason.
    """
    reviewed: dict[str, dict[Place, str]] = {}
    tables: dict[str, list[dict[str, Any]]] = tomlkit.parse(text).unwrap()
    for suite, entries in tables.items():
        for entry in entries:
            if entry["verdict"] not in VERDICTS or not entry["reason"]:
                message = f"{suite}: neither of {VERDICTS}, or no reason: {entry}"
                raise ValueError(message)
            place = Place(entry["path"], entry["line"], entry["code"])
            reviewed.setdefault(suite, {})[place] = entry["verdict"]
    return reviewed


def compared(
    cells: Sequence[str], findings: Iterable[Finding], reviews: dict[Place, str]
) -> Result:
    """Compare what was found in a suite with what has been reviewed."""
    messages = {
        Place(each["path"], each["line"], each["code"]): each["message"]
        for each in findings
    }
    gone = [place for place in reviews if place not in messages]
    new = [place for place in messages if place not in reviews]
    wrong = [f"not found any more: {_told(place)}" for place in gone]
    wrong += [f"{NOT_REVIEWED}: {_told(place)} {messages[place]}" for place in new]
    verdicts = Counter(reviews.get(place, NOT_REVIEWED) for place in messages)
    return Result(cells, verdicts, wrong)


def _told(place: Place) -> str:
    return f"{place.path}:{place.line} {place.code}"


def cells_of(suite: Suite, clone: Path) -> tuple[str, str, str]:
    """Return what identifies the suite in the table."""
    return suite.repository, f"`{suite.commit[:10]}`", date_of(clone)


def count_tests(clone: Path) -> int:
    """Return how many files have names that pytest takes for those of tests."""
    return sum(map(bool, map(TEST_FILE.fullmatch, git(clone, "ls-files").splitlines())))


def print_result(result: Result, report: Report) -> None:
    """Print what a person has to look at."""
    print(f"=== {result.cells[0]}: {result.verdicts.total()}", flush=True)
    for each in result.wrong:
        print(f"  {each}")
    for problem in report["problems"]:
        print(f"  {problem['path']} was not read: {problem['message']}")


def print_table(results: Sequence[Result]) -> None:
    """Print the rows, and a last one of the sums."""
    verdicts = sum((result.verdicts for result in results), Counter[str]())
    tests = sum(int(result.cells[-1]) for result in results)
    cells = (f"{len(results)} suites", "", "", str(tests))
    print("\n" + markdown(HEADINGS))
    print(markdown(["---"] * len(HEADINGS)))
    for result in [*results, Result(cells, verdicts, ())]:
        print(markdown(result.row()))
    if verdicts:
        print(f"\nreal: {verdicts['real'] / verdicts.total():.1%}")


if __name__ == "__main__":
    main()
