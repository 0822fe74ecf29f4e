"""Edits a table of a TOML file, leaving every byte of its owner's as it was.

tomlkit knows where everything is and gives back what it was given. Its own ways of
adding are for tables that it has made: they put a key behind the comment that belongs
to the next table, and a value behind one that hides it. So the text of what is added is
made here, and tomlkit is asked to carry it as if it had been read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Item, String, Table

from adopt.lines import added_after, as_comment, line_end, with_section
from adopt.list_values import LINE_LISTS
from adopt.toml_values import INDENTATION, literal, longer_array, longer_string, strings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tomlkit import TOMLDocument
    from tomlkit.container import Container
    from tomlkit.items import Key

    from adopt.list_values import Value

NOT_THE_SAME = "tomlkit does not give the file back as it is"


class _Place(NamedTuple):
    """Something in a file: `names` lead to it, `prefix` is that of its dotted key."""

    names: tuple[str, ...]
    prefix: str
    container: Container
    key: Key
    item: Item

    def rewrite(self, value: str) -> None:
        """Give it another value, written as it is to be; its comment stays."""
        self.container[self.key.key] = tomlkit.value(value)


@dataclass(frozen=True)
class TomlFile:
    """The text of a TOML file, and the table in it that pytest reads.

    All of it raises `tomlkit.exceptions.TOMLKitError` when the text is not TOML.
    """

    text: str
    section: str

    @property
    def path(self) -> tuple[str, ...]:
        """The keys that lead to the table in `data`."""
        return tuple(self.section.split("."))

    @cached_property
    def data(self) -> dict[str, Any]:
        """All that the file holds, as plain Python objects."""
        return self._document.unwrap()

    def shown(self, name: str, value: object) -> str:
        """Return a setting in one line, for a person to read."""
        return f"{name} = {literal(value, self._quote())}"

    def block(self, name: str, value: Value, comment: str) -> list[str]:
        """Return the lines of a setting: its comment, its key, its value."""
        anchor = self._anchor(self._places)
        key = f"{anchor.prefix if anchor else ''}{name}{self._equals()}"
        if not isinstance(value, list) or (len(value) < 2 and name not in LINE_LISTS):
            return [*as_comment(comment), key + literal(value, self._quote())]
        entries = [literal(entry, self._quote()) for entry in value]
        lines = [f"{INDENTATION}{entry}," for entry in entries]
        return [*as_comment(comment), f"{key}[", *lines, "]"]

    def with_setting(self, name: str, value: Value, comment: str) -> TomlFile:
        """Return the file with a new setting after the last one of its table."""
        lines = self.block(name, value, comment)
        document = self._editable()
        places = list(_walk(document, self.path))
        around = list(filter(self._is_inline_around, places))
        anchor = self._anchor(places)
        if around:
            self._add_inline(around, name, value, comment)
        elif anchor:
            trivia = anchor.item.trivia
            indented = [trivia.indent + line for line in lines]
            trivia.trail += added_after(trivia.trail or self.text, indented)
        else:
            text = with_section(self.text, f"[{self.section}]", lines)
            return replace(self, text=text)
        return replace(self, text=document.as_string())

    def with_entries(self, name: str, entries: Sequence[str]) -> TomlFile:
        """Return the file with more values at the end of one of its lists."""
        document = self._editable()
        for place in _walk(document, self.path):
            if place.names != (*self.path, name):
                continue
            if isinstance(place.item, Array):
                added = [literal(entry, self._quote()) for entry in entries]
                place.rewrite(longer_array(place.item, added))
            elif isinstance(place.item, String):
                place.rewrite(longer_string(name, place.item.as_string(), entries))
        return replace(self, text=document.as_string())

    def with_value(self, name: str, value: str) -> TomlFile:
        """Return the file with another value of a setting; its comment stays."""
        document = self._editable()
        for place in _walk(document, self.path):
            if place.names == (*self.path, name):
                place.rewrite(literal(value, self._quote()))
        return replace(self, text=document.as_string())

    def _editable(self) -> TOMLDocument:
        document = tomlkit.parse(self.text)
        # It makes `[[a .c]]` of an `[[a.c]]` that follows an `[a . b]`.
        if document.as_string() != self.text:
            raise TOMLKitError(NOT_THE_SAME)
        return document

    @cached_property
    def _document(self) -> TOMLDocument:
        return tomlkit.parse(self.text)

    @cached_property
    def _places(self) -> list[_Place]:
        return list(_walk(self._document, self.path))

    def _is_setting(self, place: _Place) -> bool:
        is_value = not isinstance(place.item, (Table, AoT))
        return is_value and place.names[:-1] == self.path

    def _is_header(self, place: _Place) -> bool:
        is_written = isinstance(place.item, Table) and not place.item.is_super_table()
        return is_written and place.names == self.path

    def _is_inline_around(self, place: _Place) -> bool:
        is_around = place.names == self.path[: len(place.names)]
        return is_around and isinstance(place.item, InlineTable)

    def _anchor(self, places: list[_Place]) -> _Place | None:
        """Return what a new setting goes after: the last one, or else the header."""
        settings = list(filter(self._is_setting, places))
        headers = list(filter(self._is_header, places))
        return next(reversed(settings or headers), None)

    def _add_inline(
        self, around: list[_Place], name: str, value: Value, comment: str
    ) -> None:
        """Add a setting inside braces, where no comment may be: that goes above."""
        above = around[0].item.trivia
        lines = [above.indent + line for line in as_comment(comment)]
        end = line_end(self.text)
        above.indent = "".join(line + end for line in lines) + above.indent
        braces = around[-1].item.as_string()
        held = braces[:-1].rstrip()
        key = ".".join([*self.path[len(around[-1].names) :], name])
        added = f"{key}{self._equals()}{literal(value, self._quote())}"
        comma = "" if held == "{" else ", "
        around[-1].rewrite(held + comma + added + braces[len(held) :])

    def _quote(self) -> str:
        """Return the quotation mark that most strings of the table have."""
        settings = filter(self._is_setting, self._places)
        marks = [text[0] for place in settings for text in strings(place.item)]
        return "'" if marks.count("'") > marks.count('"') else '"'

    def _equals(self) -> str:
        """Return how most settings of the table have it: with spaces or without."""
        keys = [place.key for place in filter(self._is_setting, self._places)]
        spaced = [key.as_string()[-1:].isspace() for key in keys]
        return "=" if sum(spaced) * 2 < len(spaced) else " = "


def _walk(
    container: Container, path: tuple[str, ...], prefix: str = "", depth: int = 0
) -> Iterator[_Place]:
    """List what is on the way to a table and in it, in the order of the file."""
    for key, item in container.body:
        if key is None:
            continue
        names = (*path[:depth], key.key)
        yield _Place(names, prefix, container, key, item)
        if names == path[: depth + 1] and isinstance(item, (Table, InlineTable)):
            dotted = f"{prefix}{key.as_string().strip()}." if key.is_dotted() else ""
            yield from _walk(item.value, path, dotted, depth + 1)
