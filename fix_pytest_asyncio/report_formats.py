"""The reports for programs."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .reports import FileReport, Reporter, Summary, Told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .rule import Rule

# --- The reports for programs ---------------------------------------------------------

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_TOOL = "fix-pytest-asyncio"


class GitHubReporter(Reporter):
    """Prints what GitHub shows beside the lines of a pull request."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        """Say which rules there are."""
        self._rules = rules

    def report(self, reports: Sequence[FileReport], summary: Summary) -> None:
        """Print a line for each finding that is left, and for each problem."""
        del summary
        for each in reports:
            for told in each.left:
                title = f"{told.code} {self._rules[told.code].name}"
                place = {
                    "file": each.path,
                    "line": told.line,
                    "col": told.column,
                    "endColumn": told.end_column,
                    "title": title,
                }
                print(_command(place, _with_hint(told)))
            if each.problem:
                line = each.place[0] or 1
                print(_command({"file": each.path, "line": line}, each.problem))


def _command(properties: Mapping[str, object], message: str) -> str:
    listed = ",".join(
        f"{name}={_escaped(str(value), '%', chr(13), chr(10), ':', ',')}"
        for name, value in properties.items()
    )
    return f"::error {listed}::{_escaped(message, '%', chr(13), chr(10))}"


def _escaped(text: str, *special: str) -> str:
    for each in special:
        text = text.replace(each, f"%{ord(each):02X}")
    return text


def _with_hint(told: Told) -> str:
    return f"{told.message}; by hand: {told.by_hand}" if told.by_hand else told.message


class GitLabReporter(Reporter):
    """Prints GitLab's report on code quality, which a merge request shows.

    Its form is that of https://docs.gitlab.com/ci/testing/code_quality/.
    """

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        """Say which rules there are."""
        self._rules = rules
        self._seen = Counter[str]()

    def report(self, reports: Sequence[FileReport], summary: Summary) -> None:
        """Print an entry for each finding that is left, and for each problem."""
        del summary
        entries: list[dict[str, Any]] = []
        for each in reports:
            for told in each.left:
                name = f"{told.code} {self._rules[told.code].name}"
                entries.append(self._entry(each, told.line, name, _with_hint(told)))
            if each.problem:
                line = each.place[0] or 1
                entries.append(self._entry(each, line, _TOOL, each.problem))
        print(json.dumps(entries, indent=2))

    def _entry(
        self, report: FileReport, line: int, name: str, description: str
    ) -> dict[str, Any]:
        path = Path(report.path).as_posix()
        return {
            "description": description,
            "check_name": name,
            "fingerprint": self._fingerprint(path, name, description),
            "severity": "major",
            "location": {"path": path, "lines": {"begin": line}},
        }

    def _fingerprint(self, *parts: str) -> str:
        """Return what tells findings apart, and stays when lines are added above."""
        whole = "\0".join(parts)
        self._seen[whole] += 1
        data = f"{whole}\0{self._seen[whole]}".encode(errors="surrogateescape")
        return hashlib.sha256(data).hexdigest()[:32]


class JsonReporter(Reporter):
    """Prints one JSON object. Its form changes with the number in `version` only."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        """Say which rules there are."""
        self._rules = rules

    def report(self, reports: Sequence[FileReport], summary: Summary) -> None:
        """Print findings, problems and figures."""
        findings = [
            self._finding(each, told, is_fixed=is_fixed)
            for each in reports
            for is_fixed, several in ((True, each.fixed), (False, each.left))
            for told in several
        ]
        problems = [_problem_as_json(each) for each in reports if each.problem]
        figures = {
            "files": summary.files,
            "fixed": summary.fixed.total(),
            "left": summary.left.total(),
            "problems": summary.problems,
        }
        whole = {
            "version": 1,
            "findings": findings,
            "problems": problems,
            "summary": figures,
        }
        print(json.dumps(whole, indent=2))

    def _finding(
        self, report: FileReport, told: Told, *, is_fixed: bool
    ) -> dict[str, Any]:
        return {
            "path": Path(report.path).as_posix(),
            "line": told.line,
            "column": told.column,
            "end_column": told.end_column,
            "code": told.code,
            "name": self._rules[told.code].name,
            "message": told.message,
            "by_hand": told.by_hand or None,
            "fix": told.remedy or None,
            "is_fixed": is_fixed,
        }


def _problem_as_json(report: FileReport) -> dict[str, Any]:
    line, column = report.place
    return {
        "path": Path(report.path).as_posix(),
        "line": line or None,
        "column": column or None,
        "message": report.problem,
    }


class SarifReporter(Reporter):
    """Prints SARIF 2.1.0, which code scanning services take."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        """Say which rules there are."""
        self._rules = rules
        self._numbers = {code: number for number, code in enumerate(rules)}

    def report(self, reports: Sequence[FileReport], summary: Summary) -> None:
        """Print one run with its rules, findings that are left, and problems."""
        driver = {
            "name": _TOOL,
            "rules": [_rule_as_sarif(rule) for rule in self._rules.values()],
        }
        notes = [_notification(each) for each in reports if each.problem]
        invocation = {
            "executionSuccessful": not summary.problems,
            "toolExecutionNotifications": notes,
        }
        run = {
            "tool": {"driver": driver},
            "invocations": [invocation],
            "columnKind": "unicodeCodePoints",
            "results": [*self._results(reports)],
        }
        print(json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}))

    def _results(self, reports: Sequence[FileReport]) -> Iterator[dict[str, Any]]:
        for each in reports:
            for told in each.left:
                region = {
                    "startLine": told.line,
                    "startColumn": told.column,
                    "endLine": told.line,
                    "endColumn": max(told.end_column, told.column),
                }
                yield {
                    "ruleId": told.code,
                    "ruleIndex": self._numbers[told.code],
                    "level": "warning",
                    "message": {"text": _with_hint(told)},
                    "locations": [_location(each, region)],
                }


def _rule_as_sarif(rule: Rule) -> dict[str, Any]:
    explained = inspect.cleandoc(rule.__doc__ or "")
    first = explained.partition("\n")[0]
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": first},
        "fullDescription": {"text": first},
        "help": {"text": explained, "markdown": explained},
        "defaultConfiguration": {"enabled": rule.is_default, "level": "warning"},
    }


def _location(report: FileReport, region: Mapping[str, int]) -> dict[str, Any]:
    path = Path(report.path)
    place: dict[str, Any] = {"uri": quote(path.as_posix(), errors="surrogateescape")}
    if path.is_absolute():
        place = {"uri": path.as_uri()}
    physical = {"artifactLocation": place, "region": {**region}}
    return {"physicalLocation": physical}


def _notification(report: FileReport) -> dict[str, Any]:
    line, column = report.place
    region = {"startLine": line or 1, "startColumn": column or 1}
    return {
        "level": "error",
        "message": {"text": report.problem},
        "locations": [_location(report, region)],
    }
