"""What becomes of a finding: by its check's level, its test's marker, and the baseline.

What fails a test is also ended, so that the next test starts clean. Whatever fails
nothing is left as it is: a suite whose checks only warn runs as it did without them.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Literal

import pytest

from .baseline import Known
from .finding import Check, Finding
from .levels import Level, allowed_checks

Fate = Literal["failure", "warning", "advice", "known", "allowed"]


class Judgement:
    """Decides on findings.

    Attributes:
        checks: All checks of the guards that are on, by their names.
    """

    def __init__(
        self,
        levels: Mapping[str, Level],
        checks: Mapping[str, Check],
        known: frozenset[Known] | None,
        *,
        is_writing: bool,
    ) -> None:
        """Know the rules.

        Args:
            levels: The level of each check.
            checks: What can be found, by its name.
            known: What the baseline lists; None if there is none.
            is_writing: Whether it is being written, so that nothing fails.
        """
        self.checks = checks
        self._levels = levels
        self._known = known
        self._is_writing = is_writing

    def level_of(self, check: Check) -> Level:
        """Return what the settings say of a check."""
        return self._levels[check.name]

    def of(self, finding: Finding, item: pytest.Item) -> Fate:
        """Return what becomes of a finding in a test."""
        with suppress(pytest.UsageError):  # of a bad marker, for which the test fails
            if finding.check.name in allowed_checks(item, self.checks):
                return "allowed"
        if self._is_writing:
            return "known"
        if self._known is not None and known_as(finding, item) in self._known:
            return "known"
        if self.level_of(finding.check) == "fail":
            return "failure"
        if finding.check.is_advice:
            return "advice"
        return "warning" if self._known is None else "failure"


def known_as(finding: Finding, item: pytest.Item) -> Known:
    """Return what a baseline calls a finding."""
    place = finding.made_at or finding.stands_at
    function = place.partition(" in ")[2].partition(" (in ")[0]
    return Known(item.nodeid, finding.check.name, function)
