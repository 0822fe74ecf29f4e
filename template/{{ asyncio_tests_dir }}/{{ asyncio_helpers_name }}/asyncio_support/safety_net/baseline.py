"""The findings that were there when the net was put up, in a file to be reviewed.

As long as the file exists, what it lists is known and fails nothing, and everything
else that is found fails, whatever `warn` says, but for advice. `pytest
--asyncio-baseline` writes it.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

HEADER = """\
# What the asyncio safety net found when this file was written: check, test, function.
# These fail no test; what is found beside them does. `pytest --asyncio-baseline` takes
# out what is found no more, and takes in what is new. Without this file all is open.
"""
BAD_LINE = (
    "{file}:{number}: {line!r} is no finding, which would be a check, a test and "
    "` in ` a function; write the file anew with `pytest --asyncio-baseline`"
)


class BaselineError(Exception):
    """The file cannot be read; the text says where, and what to do."""


class Known(NamedTuple):
    """A finding, without what changes when other lines do.

    Attributes:
        test: The test's id.
        check: The name of the check.
        function: The function at whose line it was found; empty if there is none.
    """

    test: str
    check: str
    function: str


def read_baseline(file: Path) -> frozenset[Known] | None:
    """Return what is known; None if there is no such file.

    Raises:
        BaselineError: A line cannot be read.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    known: set[Known] = set()
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            check, _, rest = line.partition(" ")
            test, found, function = rest.rpartition(" in ")
            if not found:
                text = BAD_LINE.format(file=file, number=number, line=line)
                raise BaselineError(text)
            known.add(Known(test, check, function))
    return frozenset(known)


def write_baseline(file: Path, known: Iterable[Known]) -> None:
    """Write what is known, sorted, so that a version control shows what changed."""
    lines = [f"{each.check} {each.test} in {each.function}\n" for each in sorted(known)]
    file.write_text(HEADER + "".join(lines), encoding="utf-8")
