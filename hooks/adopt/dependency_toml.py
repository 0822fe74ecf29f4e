"""Dependencies in pyproject.toml and Pipfile: read, and added to."""

from __future__ import annotations

import re
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Item

from adopt.dependency_arrays import elements, with_entry
from adopt.dependency_declarations import declaration, table_declarations
from adopt.dependency_edits import (
    CHANGED,
    UNUSUAL,
    CannotAddError,
    ensure_lines_kept,
    insertion_index,
)
from adopt.dependency_places import Kind, Place, UnreadableError, table_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement

    from adopt.dependency_declarations import Toml

    Keys = tuple[str, ...]

# `*` stands for the group. What has none is for development.
PYPROJECT = (
    (Kind.GROUP, "dependency-groups *"),
    (Kind.EXTRA, "project optional-dependencies *"),
    (Kind.POETRY, "tool poetry group * dependencies"),
    (Kind.POETRY, "tool poetry dev-dependencies"),
    (Kind.PDM, "tool pdm dev-dependencies *"),
    (Kind.HATCH, "tool hatch envs * dependencies"),
    (Kind.HATCH, "tool hatch envs * extra-dependencies"),
    (Kind.UV, "tool uv dev-dependencies"),
    (Kind.RUNTIME, "project dependencies"),
    (Kind.RUNTIME, "tool poetry dependencies"),
    (Kind.CONSTRAINT, "tool uv constraint-dependencies"),
)
PIPFILE = (
    (Kind.PIPENV, "dev-packages"),
    (Kind.RUNTIME, "packages"),
)

_SENTINEL = "the place of what is looked for"


def pyproject_places(path: str, text: str) -> list[Place]:
    """Find the places in a pyproject.toml.

    Raises:
        UnreadableError: It is no TOML.
    """
    return list(_places(path, text, PYPROJECT))


def pipfile_places(path: str, text: str) -> list[Place]:
    """Find the places in a Pipfile.

    Raises:
        UnreadableError: It is no TOML.
    """
    return list(_places(path, text, PIPFILE))


def _places(
    path: str, text: str, known: tuple[tuple[Kind, str], ...]
) -> Iterator[Place]:
    try:
        document: Toml = tomlkit.parse(text).unwrap()
    except TOMLKitError as error:
        message = f"cannot be parsed: {error}"
        raise UnreadableError(message) from error
    for kind, pattern in known:
        words = pattern.split()
        for keys, value in _matches(document, words):
            group = keys[words.index("*")] if "*" in words else "dev"
            if isinstance(value, list):
                yield _array_place(path, kind, group, keys, value)
            elif isinstance(value, dict):
                yield _table_place(path, kind, group, keys, value)


def _matches(value: Toml, words: list[str]) -> Iterator[tuple[Keys, Toml]]:
    if not words:
        yield (), value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if words[0] in {"*", key}:
                for keys, found in _matches(inner, words[1:]):
                    yield (key, *keys), found


def _array_place(
    path: str, kind: Kind, group: str, keys: Keys, value: list[Toml]
) -> Place:
    read = [declaration(entry) for entry in value if isinstance(entry, str)]
    return Place(
        path,
        kind,
        f"[{'.'.join(keys[:-1])}] {keys[-1]}",
        group,
        tuple(filter(None, read)),
        partial(_add_to_array, keys=keys),
    )


def _table_place(
    path: str, kind: Kind, group: str, keys: Keys, value: dict[str, Toml]
) -> Place:
    read = [table_declarations(name, entry) for name, entry in value.items()]
    return Place(
        path,
        kind,
        f"[{'.'.join(keys)}]",
        group,
        tuple(chain.from_iterable(read)),
        partial(_add_to_table, keys=keys),
        table_entry,
    )


def _add_to_array(text: str, added: Requirement, *, keys: Keys) -> str:
    start, end = _span(text, keys)
    if len(elements(text[start:end])) != len(_value(text, keys)):
        raise CannotAddError(UNUSUAL)
    result = text[:start] + with_entry(text[start:end], added) + text[end:]
    _ensure_only_added(text, result, keys, added)
    return result


def _add_to_table(text: str, added: Requirement, *, keys: Keys) -> str:
    names = list(_value(text, keys))
    newline = "\r\n" if "\r\n" in text else "\n"
    if not names:
        place, piece = _header_end(text, keys), newline + table_entry(added)
    else:
        index = insertion_index(names, added)
        start, end = _span(text, (*keys, names[max(index - 1, 0)]))
        line_start = text.rfind("\n", 0, start) + 1
        line = _line_like(text[line_start:start], text[start], added)
        place = _line_end(text, end) if index else line_start
        piece = newline + line if index else line + newline
    result = text[:place] + piece + text[place:]
    _ensure_only_added(text, result, keys, added)
    return result


def _line_like(head: str, quote: str, added: Requirement) -> str:
    """Write a line of a table like another, where `head` precedes the value."""
    parts = re.fullmatch(r"([ \t]*)(\S+)([ \t]*)=([ \t]*)", head)
    if not parts:
        raise CannotAddError(UNUSUAL)
    indent, key, before, behind = parts.groups()
    width = len(key) + len(before) - 1 if len(before) > 1 else 0  # a column of `=`
    quote = quote if quote == "'" else '"'
    name = added.name.ljust(width)
    return f"{indent}{name}{before[:1]}={behind}{quote}{added.specifier}{quote}"


def _header_end(text: str, keys: Keys) -> int:
    words = r"[ \t]*\.[ \t]*".join(rf"[\"']?{re.escape(key)}[\"']?" for key in keys)
    found = re.search(rf"^[ \t]*\[[ \t]*{words}[ \t]*\]", text, re.MULTILINE)
    if not found:
        raise CannotAddError(UNUSUAL)
    return _line_end(text, found.end())


def _line_end(text: str, place: int) -> int:
    found = re.compile(r"[^\r\n]*").match(text, place)
    return found.end() if found else place


def _span(text: str, keys: Keys) -> tuple[int, int]:
    """Find where a value is written: tomlkit knows its text, but not its place."""
    document = tomlkit.parse(text)
    holder: Any = document
    for key in keys[:-1]:
        holder = holder[key]
    value = holder[keys[-1]]
    if not isinstance(value, Item):
        raise CannotAddError(UNUSUAL)
    source = value.as_string()
    holder[keys[-1]] = _SENTINEL
    start = document.as_string().find(f'"{_SENTINEL}"')
    if not text.startswith(source, start):
        raise CannotAddError(UNUSUAL)
    return start, start + len(source)


def _value(text: str, keys: Keys) -> Any:  # noqa: ANN401
    value: Any = tomlkit.parse(text).unwrap()
    for key in keys:
        value = value[key]
    return value


def _ensure_only_added(before: str, after: str, keys: Keys, added: Requirement) -> None:
    ensure_lines_kept(before, after)
    try:
        present: Any = tomlkit.parse(after).unwrap()
        place = present
        for key in keys:
            place = place[key]
        if isinstance(place, dict):
            del place[added.name]
        else:
            place.remove(str(added))
    except (TOMLKitError, KeyError, ValueError) as error:
        raise CannotAddError(CHANGED) from error
    if present != tomlkit.parse(before).unwrap():
        raise CannotAddError(CHANGED)
