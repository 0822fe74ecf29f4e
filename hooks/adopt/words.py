"""Words what adoption found, will do, did and left to the user."""

from __future__ import annotations

import shlex
import textwrap
from typing import TYPE_CHECKING

from verify import later
from verify.outcome import BACK, UNDO_UPDATE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from adopt.comparison import Difference
    from adopt.plan import Draft
    from adopt.repository import State

WIDTH = 88
LISTED = 12
TITLE = "asyncio tests: {what} for {project}"
TOP_LEVEL = """\
  If it is the import of your tests directory that does it: -d asyncio_helpers=top_level
  has the helpers imported without it."""
NOTHING = "  Nothing of yours needs to change: the suite is in place."


def plan(draft: Draft, found: Sequence[str], *, only: bool) -> str:
    """Return the plan: what was found, what changes, what is left, and to whom."""
    title = "the plan, which nothing has been done of," if only else "the plan"
    lines = [TITLE.format(what=title, project=draft.project)]
    lines += _listed("found", [(text, "") for text in found])
    if draft.changes:
        changes = [(f"{path}: {what}", why) for path, what, why in draft.changes]
        lines += _listed("changes", changes)
    elif not draft.by_hand:
        lines.append(NOTHING)
    kept = [(f"{path}: {what}", why) for path, what, why in draft.kept]
    lines += _listed("left alone", kept)
    return "\n".join(lines + by_hand(draft))


def by_hand(draft: Draft) -> list[str]:
    """Return what is left to the user, with the lines to add."""
    lines: list[str] = []
    for path, why, code in draft.by_hand:
        lines.append(f"  to do by hand: {path} {why}. Add these lines:")
        lines += [f"      {row}" for line in code for row in line.split("\n")]
    return lines


def differing(differences: Sequence[Difference]) -> str:
    """Return the tests of the user's that would not be as before."""
    count = len(differences)
    why = f"{count} of your tests and settings would change"
    lines = [f"asyncio tests: not adopted, since {why}. Nothing of yours was touched."]
    return "\n".join([*lines, *_differences(differences)])


def _differences(differences: Sequence[Difference]) -> list[str]:
    lines: list[str] = []
    for what, how in differences[:LISTED]:
        lines += [f"  {what}", f"    {how}"]
    if len(differences) > LISTED:
        lines.append(f"  and {len(differences) - LISTED} more")
    return lines


def not_begun(error: Exception) -> str:
    """Return that something cannot be understood, read or used."""
    why = _reason(error)
    return f"asyncio tests: not adopted, since {why}. Nothing of yours was touched."


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}"
    return str(error)


def not_updated(error: Exception) -> str:
    """Return that something speaks against it now, after an update."""
    return (
        f"asyncio tests: merged, but not verified, since {_reason(error)}\n"
        f"  Mend it and commit, or take the update back: {BACK}"
    )


def changed_by_update(differences: Sequence[Difference]) -> str:
    """Return the tests of the user's that are not as they were before the update."""
    why = f"{len(differences)} of your tests and settings would not be as before"
    lines = [f"asyncio tests: failed. {why}"]
    return "\n".join([*lines, *_differences(differences)]) + UNDO_UPDATE


def updated(draft: Draft, compared: str) -> str:
    """Return the last lines after an update: what has changed beside Copier's merge."""
    count = len(draft.changes)
    total = f"{count} change{'s' * (count != 1)}" if count else "no change"
    lines = [f"asyncio tests: updated, with {total} to files of yours", compared]
    if draft.by_hand:
        lines.append("Not everything could be done: see what is to do by hand, above")
    return "\n  ".join([*lines, *draft.notes, f"Undo: {BACK}"])


def compared(count: int, *, outcomes: bool) -> str:
    """Return that the user's tests are as before."""
    how = "collected and run" if outcomes else "collected"
    same = "ids, settings, runners" + (" and outcomes" if outcomes else "")
    tests = "test was" if count == 1 else f"{count} tests were"
    return f"Your own {tests} {how} before and after in a copy: same {same}"


def not_compared(why: str) -> str:
    """Return that they were not looked at, and why."""
    return f"Your own tests were not compared: {why}"


def stopped(
    error: Exception, written: Sequence[str], rest: Sequence[str], *, updated: bool
) -> str:
    """Return what was done and what was not when a file could not be written."""
    onwards = "Run the same command again to complete it."
    if updated:  # which Copier refuses to do again in a tree that has changed
        onwards = f"To do it again, first take the update back: {BACK}"
    return (
        f"asyncio tests: not {'updated' if updated else 'adopted'} to the end, since "
        f"{error}\n"
        f"  done: {', '.join(written) or 'nothing'}\n"
        f"  not done: {', '.join(rest)}\n"
        f"  Every file is whole. {onwards}"
    )


def ending(  # noqa: PLR0913 (what the last lines are made of)
    draft: Draft,
    said: str,
    *,
    passed: bool,
    undo: str,
    found: Sequence[str],
    onwards: Sequence[str],
) -> str:
    """Return the last lines: what changed, what is to be done, how to go on and back.

    `passed` says whether the verification found nothing to complain of; `found` is what
    the checker says of the user's tests, and `onwards` how updates come.
    """
    changed = len(draft.changes)
    files = len({path for path, _, _ in draft.changes})
    total = (
        f"asyncio tests: adopted{'' if passed else ', but see above'}. "
        f"{changed} change{'s' * (changed != 1)} in "
        f"{files} file{'s' * (files != 1)}"
    )
    lines = [
        total if changed else "asyncio tests: nothing of yours had to change",
        said,
    ]
    lines += draft.notes
    if draft.by_hand:
        lines.append("Not everything could be done: see what is to do by hand, above")
    if changed:
        lines.append(undo)
    lines += [*found, *onwards]
    return "\n  ".join(lines)


def undo(
    state: State, changed: Sequence[str], new: Sequence[str], backup: Path | None
) -> str:
    """Return how to take everything back.

    Args:
        state: What git said before anything was written.
        changed: The files that were there and have changed.
        new: The files and directories that are the suite's.
        backup: Where the changed ones are kept, if git could not bring them back.
    """
    if backup is not None or not state.versioned:
        kept = f"copy what is in {backup} back, and " if backup else ""
        return f"Undo: {kept}delete {_quoted(new)}"
    places = set(new)
    others = {path for path in state.changed if not _below(path, places)}
    if changed and not others:
        return "Undo: git checkout . && git clean -fd"
    checkout = f"git checkout -- {_quoted(changed)} && " if changed else ""
    return f"Undo: {checkout}git clean -fd -- {_quoted(new)}"


def _below(path: str, places: set[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def _quoted(paths: Sequence[str]) -> str:
    return " ".join(map(shlex.quote, paths))


def update(answers_file: str) -> str:
    """Return the command that brings later fixes, for the answers file in use."""
    return f"Update later: {later.update(answers_file)}"


def _listed(title: str, entries: Sequence[tuple[str, str]]) -> list[str]:
    lines = [f"  {title}:"] if entries else []
    for what, why in entries:
        lines.append(f"    {what}")
        lines += textwrap.wrap(
            why,
            WIDTH,
            initial_indent=" " * 6,
            subsequent_indent=" " * 6,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines
