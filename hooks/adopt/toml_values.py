"""Writes values of TOML, and makes written ones longer, in the form that they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import tomlkit
from tomlkit.exceptions import InvalidStringError
from tomlkit.items import Array, Item, String

from adopt.lines import indentation, line_end
from adopt.list_values import lengthened, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

INDENTATION = " " * 4


def strings(item: Item) -> list[str]:
    """Return the strings that a value is or holds, as they are written."""
    values = map(item.item, range(len(item))) if isinstance(item, Array) else [item]
    return [value.as_string() for value in values if isinstance(value, String)]


def literal(value: object, quote: str) -> str:
    """Return a value on one line; strings between `quote` where they can be."""
    if isinstance(value, list):
        entries = cast("list[object]", value)
        return f"[{', '.join(literal(entry, quote) for entry in entries)}]"
    if isinstance(value, str):
        try:
            return tomlkit.string(value, literal=quote == "'").as_string()
        except InvalidStringError:
            return tomlkit.string(value).as_string()
    return tomlkit.item(value).as_string()


def longer_string(name: str, written: str, entries: Sequence[str]) -> str:
    """Return a string of several values, as it is written, with more at its end."""
    size = 3 if written[:3] in {'"""', "'''"} else 1
    mark, held = written[:size], written[size:-size]
    added = [quoted(name, entry) for entry in entries]
    if '"' in mark:
        added = [tomlkit.string(entry).as_string()[1:-1] for entry in added]
    new_line = "\n" if size == 3 else "\\n"
    return mark + lengthened(name, held, added, new_line) + mark


def longer_array(array: Array, added: Sequence[str]) -> str:
    """Return an array, as it is written, with more values at its end."""
    text = array.as_string()
    start, end = _last_value(array)
    stop = _next_sign(text, end)
    has_comma = text[stop] == ","
    stop = stop + 1 if has_comma else end
    before = text[:end] + ("," if array and not has_comma else "") + text[end:stop]
    after = text[stop:]
    if "\n" not in text:
        values = (" " if array else "") + ", ".join(added)
        return before + values + ("," if has_comma else "") + after
    # A comment behind the last value stays on its line.
    line = after.partition("\n")[0].removesuffix("\r") if "\n" in after else ""
    new_line = line_end(text) + _indentation_of_last(text[:start])
    values = "".join(f"{new_line}{value}," for value in added)
    if array and not has_comma:
        values = values.removesuffix(",")
    return before + line + values + after.removeprefix(line)


def _indentation_of_last(before: str) -> str:
    _, new_line, line = before.rpartition("\n")
    return indentation(line) if new_line else INDENTATION


def _last_value(array: Array) -> tuple[int, int]:
    """Return where in its text an array has its last value; `(1, 1)` without any."""
    text = array.as_string()
    start = end = 1
    for index in range(len(array)):
        start = _next_sign(text, end)
        if text[start] == ",":
            start = _next_sign(text, start + 1)
        end = start + len(array.item(index).as_string())
    return start, end


def _next_sign(text: str, start: int) -> int:
    """Return where, from `start` on, there is neither white space nor a comment."""
    while text[start] in " \t\r\n#":
        start = text.index("\n", start) if text[start] == "#" else start + 1
    return start
