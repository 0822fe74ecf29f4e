"""Plans settings of the suite into the file that pytest reads already.

What its owner has set is never changed. A new setting follows those that are there, in
their style; a list that must hold something of the suite's gets it at its end. Every
edit is read again before it is planned, and is left to the user where it would do
anything else than add.
"""

from __future__ import annotations

import copy
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from iniconfig import ParseError
from tomlkit.exceptions import TOMLKitError

from adopt.ini_file import IniFile
from adopt.lines import only_added
from adopt.list_values import entries, missing, same
from adopt.pytest_config import INI_TABLE
from adopt.toml_file import TomlFile

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from adopt.list_values import Value
    from adopt.plan import Draft
    from adopt.pytest_config import Source

OUTSIDE = "is outside of the repository"
UNREADABLE = "cannot be read ({why})"
NOT_SAFE = "cannot be edited without touching what it holds already"
BOTH_TABLES = (
    "has [tool.pytest], beside which pytest takes no [tool.pytest.ini_options]"
)
BY_HAND = "{why}; to add to [{section}]"
NOT_THERE = "not set, and left so: you have deleted it, or it was never needed"
INSTEAD = "In place of the present {name}:"

NOT_UNDERSTOOD = (ParseError, TOMLKitError, UnicodeDecodeError)

# What pytest calls by two names, since version 9: either, set by the user, is theirs.
ALIASES = {"xfail_strict": "strict_xfail", "strict_xfail": "xfail_strict"}
TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
FALSE = frozenset({"0", "f", "false", "n", "no", "off"})


class Setting(NamedTuple):
    """One setting that the suite wants.

    Attributes:
        name: Its name.
        value: What it is to be; a list where pytest expects one.
        comment: The reason, which is written above it.
        switch: What it means that the user has another value, and how to switch.
        extends: Whether our values are added to a list of the user's.
    """

    name: str
    value: Value
    comment: str
    switch: str
    extends: bool = False


@dataclass
class _Target:
    """The file to edit, and how far that has got. No refusal: it may be written."""

    path: str
    file: IniFile | TomlFile
    native: bool
    refusal: str | None


class _Edit(NamedTuple):
    """One edit of the file: what it comes to, how it is made, how a person makes it."""

    name: str
    value: Value
    make: Callable[[], IniFile | TomlFile]
    what: str
    why: str
    lines: list[str]
    replaces: bool = False


def plan_settings(
    draft: Draft, source: Source | None, settings: Sequence[Setting]
) -> None:
    """Plan settings into what pytest reads already, or into a file of their own.

    What differs from the user's value is reported as kept. What must not or cannot be
    written is left to the user, as lines to paste.

    Args:
        draft: The plan; a file that it changes already is changed further.
        source: Where pytest reads its configuration from. Without any, the settings
            go into pyproject.toml where there is one, else into a new pytest.ini.
        settings: What to set, in this order.
    """
    target = _target(draft, source)
    lines = [line for one in settings for line in _plan(draft, target, one)]
    _leave_to_hand(draft, target, lines)


def update_settings(
    draft: Draft,
    source: Source | None,
    settings: Sequence[Setting],
    former: Sequence[Setting],
    wanted_then: Collection[str],
) -> None:
    """Plan what has changed of the settings since the suite came, or was updated.

    A setting that is new is added. One that has another value now gets it where the
    former one still stands. One that is gone was deleted by the user, and stays so.

    Args:
        draft: The plan.
        source: Where pytest reads its configuration from.
        settings: What is wanted now.
        former: What the suite would have had then, with everything.
        wanted_then: The names of those that were wanted in this repository.
    """
    target = _target(draft, source)
    values = {setting.name: setting for setting in former}
    lines: list[str] = []
    for setting in settings:
        gone = setting.name in wanted_then
        was = values.get(setting.name)
        lines += _bring_up_to_date(draft, target, setting, was, gone=gone)
    _leave_to_hand(draft, target, lines)


def _bring_up_to_date(
    draft: Draft,
    target: _Target,
    setting: Setting,
    former: Setting | None,
    *,
    gone: bool,
) -> list[str]:
    """Plan one setting; return the lines that are left to the user, mostly none.

    `gone` tells that it was wanted before, should it not be there.
    """
    theirs = _held(target.file.data, target.file.path) or {}
    names = (setting.name, ALIASES.get(setting.name))
    name = next((name for name in names if name in theirs), None)
    if name is None and gone:
        shown = target.file.shown(setting.name, setting.value)
        draft.keep(target.path, shown, NOT_THERE)
        return []
    if name is not None and former is not None:
        if setting.value == former.value:
            return []
        stands = _means(name, theirs[name], former.value, native=target.native)
        if stands and isinstance(setting.value, str):
            return _carry_out(draft, target, _replacement(target.file, setting))
    return _plan(draft, target, setting)


def _leave_to_hand(draft: Draft, target: _Target, lines: list[str]) -> None:
    """Leave lines to the user, with the header of a section that is not there."""
    if lines:
        section = target.file.section
        if _held(target.file.data, target.file.path) is None:
            lines.insert(0, f"[{section}]")
        why = BY_HAND.format(why=target.refusal or NOT_SAFE, section=section)
        draft.leave_to_hand(target.path, why, *lines)


def _replacement(file: IniFile | TomlFile, setting: Setting) -> _Edit:
    name, value = setting.name, str(setting.value)
    return _Edit(
        name=name,
        value=value,
        make=partial(file.with_value, name, value),
        what=f"{file.shown(name, value)}, which was another value of the suite's",
        why=" ".join(setting.comment.split("\n")),
        lines=file.block(name, value, INSTEAD.format(name=name)),
        replaces=True,
    )


def _target(draft: Draft, source: Source | None) -> _Target:
    path, section, native = _place(draft, source)
    kind = TomlFile if path.endswith(".toml") else IniFile
    is_outside = path.startswith("../")
    refusal = OUTSIDE if is_outside else draft.refusal(path)
    try:
        # The draft reads nothing that it could not change.
        place = draft.project / path
        content = place.read_bytes() if is_outside else draft.read(path)
        file = kind((content or b"").decode(), section)
        if source is None and _has_native_settings(file):
            refusal = refusal or BOTH_TABLES
    except (OSError, *NOT_UNDERSTOOD) as error:
        refusal = refusal or UNREADABLE.format(why=error)
        file = kind("", section)
    return _Target(path, file, native, refusal)


def _place(draft: Draft, source: Source | None) -> tuple[str, str, bool]:
    """Return the file, relative to the repository, the section, and whether native."""
    if source:
        path = Path(os.path.relpath(source.path, draft.project))
        return path.as_posix(), source.section, source.native
    if _has(draft, "pyproject.toml"):
        return "pyproject.toml", INI_TABLE, False
    return "pytest.ini", "pytest", False


def _has(draft: Draft, path: str) -> bool:
    return path in draft.written or (draft.project / path).is_file()


def _has_native_settings(file: IniFile | TomlFile) -> bool:
    table = _held(file.data, file.path[:2]) or {}
    return file.section == INI_TABLE and bool(table.keys() - {"ini_options"})


def _plan(draft: Draft, target: _Target, setting: Setting) -> list[str]:
    """Plan one setting; return the lines that are left to the user, mostly none."""
    theirs = _held(target.file.data, target.file.path) or {}
    names = (setting.name, ALIASES.get(setting.name))
    name = next((name for name in names if name in theirs), None)
    if name is None:
        return _carry_out(draft, target, _addition(target.file, setting))
    lacking = _lacking(setting, theirs[name], native=target.native)
    if lacking is None:
        draft.keep(target.path, target.file.shown(name, theirs[name]), setting.switch)
    if not lacking:
        return []
    held = entries(name, theirs[name])
    return _carry_out(draft, target, _extension(target.file, setting, held, lacking))


def _addition(file: IniFile | TomlFile, setting: Setting) -> _Edit:
    name, value, comment = setting.name, setting.value, setting.comment
    return _Edit(
        name=name,
        value=value,
        make=partial(file.with_setting, name, value, comment),
        what=file.shown(name, value),
        why=" ".join(comment.split("\n")),
        lines=file.block(name, value, comment),
    )


def _extension(
    file: IniFile | TomlFile, setting: Setting, held: list[str], lacking: list[str]
) -> _Edit:
    name, value = setting.name, [*held, *lacking]
    return _Edit(
        name=name,
        value=value,
        make=partial(file.with_entries, name, lacking),
        what=file.shown(name, lacking).replace(" = ", " += ", 1),
        why=" ".join(setting.comment.split("\n")),
        lines=file.block(name, value, INSTEAD.format(name=name)),
    )


def _carry_out(draft: Draft, target: _Target, edit: _Edit) -> list[str]:
    """Plan an edit; where it cannot be, return its lines."""
    if target.refusal:
        return edit.lines
    try:
        edited = edit.make()
        if not _is_harmless(target, edited, edit):
            return edit.lines
    except NOT_UNDERSTOOD:
        return edit.lines
    target.file = edited
    what = f"[{edited.section}] {edit.what}"
    draft.change(target.path, edited.text.encode(), what, edit.why)
    return []


def _is_harmless(target: _Target, edited: IniFile | TomlFile, edit: _Edit) -> bool:
    """Say whether an edit sets one value, and leaves all else as it was."""
    before, after = copy.deepcopy(target.file.data), edited.data
    values = _held(after, edited.path)
    if values is None:
        return False
    value = values.get(edit.name)
    table = before
    for key in edited.path:
        table = table.setdefault(key, {})
    table[edit.name] = value
    return (
        before == after
        and _means(edit.name, value, edit.value, native=target.native)
        and _is_small(target.file.text, edited.text, replaces=edit.replaces)
    )


def _is_small(before: str, after: str, *, replaces: bool) -> bool:
    """Say whether one line is another, or lines have been added in one place."""
    if not replaces:
        return only_added(before, after)
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    differ = [one != other for one, other in zip(old, new, strict=False)]
    return len(old) == len(new) and sum(differ) == 1


def _lacking(setting: Setting, theirs: object, *, native: bool) -> list[str] | None:
    """Return what to add to the user's value; None when it just differs."""
    if _means(setting.name, theirs, setting.value, native=native):
        return []
    try:
        held = entries(setting.name, theirs)
    except ValueError:
        return None
    if not setting.extends or (native and not isinstance(theirs, list)):
        return None
    return missing(setting.name, held, entries(setting.name, setting.value))


def _means(name: str, theirs: object, ours: Value, *, native: bool) -> bool:
    """Say whether pytest takes their value for what ours says."""
    if native and type(theirs) is not type(ours):
        return False
    if isinstance(ours, bool):
        return str(theirs).strip().lower() in (TRUE if ours else FALSE)
    if isinstance(ours, str):
        return str(theirs).strip() == ours
    try:
        return same(name, entries(name, theirs), ours)
    except ValueError:
        return False


def _held(data: dict[str, Any], path: Sequence[str]) -> dict[str, Any] | None:
    """Return the table that keys lead to, or None."""
    held: dict[str, Any] | None = data
    for key in path:
        inner: object = held.get(key) if held else None
        held = cast("dict[str, Any]", inner) if isinstance(inner, dict) else None
    return held
