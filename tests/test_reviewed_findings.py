"""What the fixer finds in public suites has been looked at, and is told as it is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from benchmarks.current_suites import SUITES
from benchmarks.false_alarms import REVIEWED, Place, compared, read_reviews
from workbench import ROOT

if TYPE_CHECKING:
    from benchmarks.public_suites import Finding

DOCUMENT = ROOT / "docs" / "false-alarms.md"
WANTED = 0.98  # of all findings: others than these would teach users to look away


def read() -> dict[str, dict[Place, str]]:
    """Return the verdicts on the findings of each suite."""
    return read_reviews(REVIEWED.read_text(encoding="utf-8"))


def test_nearly_all_findings_are_real() -> None:
    """A debatable one is none."""
    verdicts = Counter(each for found in read().values() for each in found.values())

    assert verdicts["real"] / verdicts.total() >= WANTED


def test_the_document_has_a_row_of_each_suite() -> None:
    """With as many findings of each verdict as have been reviewed."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    told = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    rows = {cells[0]: cells for cells in told if len(cells) == 9 and "/" in cells[0]}
    reviewed = read()

    for suite in SUITES:
        name = suite.repository.partition("/")[2]
        verdicts = Counter(reviewed.pop(name, {}).values())
        _, commit, _, _, found, *counts = rows.pop(suite.repository)
        assert commit == f"`{suite.commit[:10]}`"
        assert int(found) == verdicts.total()
        assert [int(count or 0) for count in counts] == [
            *(verdicts[each] for each in ("real", "debatable", "false")),
            0,
        ]
    assert not rows
    assert not reviewed


def test_what_is_new_or_gone_is_told() -> None:
    """Somebody has to look at it."""
    known, gone = Place("a.py", 1, "PTA101"), Place("b.py", 2, "PTA102")
    findings: list[Finding] = [
        {
            "path": "a.py",
            "line": 1,
            "code": "PTA101",
            "message": "m",
            "is_fixed": False,
        },
        {
            "path": "a.py",
            "line": 3,
            "code": "PTA103",
            "message": "m",
            "is_fixed": False,
        },
    ]

    result = compared(("x",), findings, {known: "real", gone: "false"})

    assert result.wrong == [
        "not found any more: b.py:2 PTA102",
        "not reviewed: a.py:3 PTA103 m",
    ]
    assert result.row() == ["x", "2", "1", "", "", "1"]


@pytest.mark.parametrize(
    "entry",
    [
        'verdict = "perhaps", reason = "it may be"',
        'verdict = "real", reason = ""',
    ],
)
def test_a_verdict_has_a_reason(entry: str) -> None:
    """Nobody could check it otherwise."""
    text = f'suite = [{{ path = "a.py", line = 1, code = "PTA101", {entry} }}]\n'

    with pytest.raises(ValueError, match=r"suite: neither of .* or no reason"):
        read_reviews(text)
