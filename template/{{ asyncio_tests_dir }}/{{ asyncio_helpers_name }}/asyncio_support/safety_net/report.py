"""The report: what was found in a test, where, and what to do."""

import linecache
import re
from collections.abc import Iterable
from pathlib import Path

from ..user_code import STARTED_IN, shown
from .finding import Finding
from .levels import MARKER

TITLE = "asyncio safety net"
ALLOW = '  allow it    @pytest.mark.{marker}("{name}", reason="...")'
_PLACE = re.compile(r"(?P<file>.+):(?P<line>\d+) in ")
GUIDE = Path(__file__).parents[3] / "ASYNC_TESTING.md"


def text_of(findings: Iterable[Finding]) -> str:
    """Describe findings, one paragraph each."""
    return "\n\n".join("\n".join(_lines(each)) for each in findings)


def _source(place: str) -> Iterable[str]:
    """Quote a line of the user's."""
    found = _PLACE.match(place)
    if found:
        file = str(STARTED_IN / found["file"])
        line = linecache.getline(file, int(found["line"])).strip()
        if line:
            yield f"              {line}"


def _lines(finding: Finding) -> Iterable[str]:
    check = finding.check
    yield f"[{check.name}] {finding.what}"
    if finding.made_at:
        yield f"  made at     {finding.made_at}"
        yield from _source(finding.made_at)
    if _PLACE.match(finding.stands_at) and finding.stands_at != finding.made_at:
        yield f"  stands at   {finding.stands_at}"
        yield from _source(finding.stands_at)
    if finding.owner is not None and finding.owner.scope:
        yield f"  made by     {finding.owner}"
    yield f"  what to do  {finding.remedy or check.remedy}"
    yield ALLOW.format(marker=MARKER, name=check.name)
    yield f'  read on     {shown(str(GUIDE))}, "{check.section}"'
    yield from (f"  {line}".rstrip() for line in finding.details)
