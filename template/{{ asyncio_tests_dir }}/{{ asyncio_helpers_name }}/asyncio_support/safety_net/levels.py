"""How severe each check is: the setting `asyncio_checks`, and the marker that allows.

    asyncio_checks =
        all: fail
        blocking_call: warn
        open_generator: off

The last line that names a check counts, `all` names every one. Advice, which tells of
no mistake, warns where `all` fails: it fails a test only with a line of its own, like
`long_sleep: fail`.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

import pytest

from .finding import Check

Level = Literal["fail", "warn", "off"]

SETTING = "asyncio_checks"
MARKER = "asyncio_allow"
LEVELS: tuple[Level, ...] = ("fail", "warn", "off")
# Where nothing is set, as in a repository whose settings are not the suite's to write.
DEFAULT: Level = "warn"

BAD_LINE = (
    "{setting}: {line!r} in the pytest configuration is not a check and a level; "
    "write a line like `pending_task: warn`, with one of the levels {levels}"
)
UNKNOWN_CHECK = (
    "{where}: there is no check {name!r}; `pytest --asyncio-checks` lists them{hint}"
)
BAD_MARKER = (
    "the marker {marker} of this test: name the checks, and say why, as in "
    '@pytest.mark.{marker}("pending_task", reason="it ends with the process")'
)


def read_levels(lines: Iterable[str], checks: Mapping[str, Check]) -> dict[str, Level]:
    """Return the level of each check.

    Raises:
        pytest.UsageError: A line cannot be read or names no check.
    """
    levels: dict[str, Level] = dict.fromkeys(checks, DEFAULT)
    for line in lines:
        name, _, given = (part.strip() for part in line.partition(":"))
        if given not in LEVELS:
            raise pytest.UsageError(
                BAD_LINE.format(setting=SETTING, line=line, levels=", ".join(LEVELS))
            )
        level = given
        if name == "all":
            levels = {each: _of_all(level, checks[each]) for each in checks}
        else:
            _refuse_unknown(name, checks, SETTING)
            levels[name] = level
    return levels


def _of_all(level: Level, check: Check) -> Level:
    """Return what a level for all checks is for one of them."""
    return DEFAULT if check.is_advice and level == "fail" else level


def allowed_checks(item: pytest.Item, checks: Mapping[str, Check]) -> set[str]:
    """Return the checks that markers of a test allow it to fail.

    Raises:
        pytest.UsageError: A marker names no check, or gives no reason.
    """
    allowed: set[str] = set()
    for mark in item.iter_markers(MARKER):
        reason = mark.kwargs.get("reason")
        if not mark.args or set(mark.kwargs) != {"reason"} or not str(reason).strip():
            raise pytest.UsageError(BAD_MARKER.format(marker=MARKER))
        for name in mark.args:
            _refuse_unknown(name, checks, f"the marker {MARKER} of this test")
            allowed.add(name)
    return allowed


def _refuse_unknown(name: str, checks: Mapping[str, Check], where: str) -> None:
    if name in checks:
        return
    import difflib  # noqa: PLC0415 - only for a mistake

    close = difflib.get_close_matches(name, checks, 1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    raise pytest.UsageError(UNKNOWN_CHECK.format(where=where, name=name, hint=hint))
