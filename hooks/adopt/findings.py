"""What the checker finds in the tests of the user's: told, and never changed."""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from verify import git, process

TEMPLATE = Path(__file__).resolve().parents[2]
SCRIPT = "python scripts/fix_pytest_asyncio_imports.py"
LIMIT = 60  # seconds; ten thousand files take a few
# The checker is a package of the template's repository, which no path leads to here.
_RUN = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    "from fix_pytest_asyncio.command_line import main; sys.exit(main())"
)

NOTHING = "The checker of asyncio test code found nothing in what was there before"
FOUND = "The checker of asyncio test code found {count} in what was there before:"
NOT_CHECKED = "Your own tests were not checked for what the fixer knows: {why}"
ROW = "  {code} {name}: {count}, {fixable}"
LOOK = "Look at them: {script}"
FIX = "Fix what can be fixed safely: {script} --fix"


_ASYNC = re.compile(rb"\basync\s|event_loop|\basyncio\b|pytest_asyncio")
# Directories and files of the suite, in which there is nothing to find.
_OWN = frozenset(
    {
        "asyncio_examples",
        "asyncio_helpers.py",
        "asyncio_support",
        "fix_pytest_asyncio_imports.py",
    }
)


class _Rule(NamedTuple):
    code: str
    name: str


def report(project: Path) -> list[str]:
    """Return lines on what is found, by rule, and the commands that show and fix it.

    The suite's own files have nothing to find in them.
    """
    try:
        found = _found(project) if _may_have_some(project) else []
    except _NotCheckedError as error:
        return [NOT_CHECKED.format(why=error)]
    if not found:
        return [NOTHING]
    rules = Counter(_Rule(each["code"], each["name"]) for each in found)
    safe = Counter(each["code"] for each in found if each["fix"] == "safe")
    count = f"{len(found)} thing{'s' * (len(found) != 1)}"
    return [
        FOUND.format(count=count),
        *(
            ROW.format(
                code=rule.code,
                name=rule.name,
                count=number,
                fixable=_fixable(safe[rule.code], number),
            )
            for rule, number in sorted(rules.items())
        ),
        LOOK.format(script=f"{SCRIPT} --check"),
        *([FIX.format(script=SCRIPT)] if safe else []),
    ]


def _fixable(safe: int, count: int) -> str:
    if not safe:
        return "by hand"
    return "fixable" if safe == count else f"{safe} of them fixable"


def _may_have_some(project: Path) -> bool:
    """Tell whether a file of the user's is about async code: if none is, nobody waits.

    Without git every project may have some.
    """
    listed = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.py")
    try:
        names = os.fsdecode(git.output(project, *listed)).split("\0")
    except (git.GitError, OSError):
        return True
    return any(_is_async(project / name) for name in names if name and not _ours(name))


def _is_async(path: Path) -> bool:
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return bool(_ASYNC.search(content))


def _ours(name: str) -> bool:
    return bool(_OWN.intersection(Path(name).parts))


class _NotCheckedError(Exception):
    """The checker could not run to its end."""


def _found(project: Path) -> list[dict[str, Any]]:
    words: list[str | Path] = [sys.executable, "-I", "-B", "-c", _RUN, TEMPLATE]
    options = ["--check", "--output=json", "--no-cache"]
    try:
        finished = process.run([*words, *options], directory=project, limit=LIMIT)
    except OSError as error:
        raise _NotCheckedError(error) from error
    if finished.code is None:
        message = f"it took more than {LIMIT} seconds"
        raise _NotCheckedError(message)
    try:
        findings: list[dict[str, Any]] = json.loads(finished.output)["findings"]
    except (ValueError, KeyError) as error:
        last = finished.output.strip().rpartition("\n")[2]
        raise _NotCheckedError(last or "it said nothing") from error
    return findings
