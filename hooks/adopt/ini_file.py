"""Edits a section of an INI file, leaving every byte of its owner's as it was.

Where a setting begins and ends is asked of iniconfig, which is what pytest reads these
files with. Editors that go by configparser's rules read some of them differently: to
iniconfig, an indented line is never a setting and an indented comment never a value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from iniconfig import COMMENTCHARS, IniConfig, ParseError

from adopt.lines import added_after, as_comment, line_end, with_section
from adopt.list_values import LINE_LISTS, lengthened, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adopt.list_values import Value

INDENTATION = " " * 4
SEVERAL_LINES = "the value is not on the line of its name"


@dataclass(frozen=True)
class IniFile:
    """The text of an INI file, and the section in it that pytest reads.

    All of it raises `iniconfig.ParseError` when the text is not that of an INI file.
    """

    text: str
    section: str

    @property
    def path(self) -> tuple[str, ...]:
        """The keys that lead to the section in `data`."""
        return (self.section,)

    @property
    def data(self) -> dict[str, Any]:
        """All settings of all sections."""
        return {name: dict(held) for name, held in self._parsed.sections.items()}

    def shown(self, name: str, value: object) -> str:
        """Return a setting in one line, for a person to read."""
        is_list = isinstance(value, list)
        parts = cast("list[str]", value) if is_list else _scalar(value).split("\n")
        joined = (", " if name in LINE_LISTS else " ").join(parts)
        return f"{name} = {joined.strip()}"

    def block(self, name: str, value: Value, comment: str) -> list[str]:
        """Return the lines of a setting: its comment, its key, its value."""
        key = f"{name}{self._equals()}"
        if not isinstance(value, list):
            return [*as_comment(comment), key + _scalar(value)]
        values = [quoted(name, entry) for entry in value]
        if len(values) == 1 and name not in LINE_LISTS:
            return [*as_comment(comment), key + values[0]]
        indented = [INDENTATION + entry for entry in values]
        return [*as_comment(comment), key.rstrip(), *indented]

    def with_setting(self, name: str, value: Value, comment: str) -> IniFile:
        """Return the file with a new setting after the last one of its section."""
        lines = self.block(name, value, comment)
        if self.section not in self._parsed:
            text = with_section(self.text, f"[{self.section}]", lines)
            return replace(self, text=text)
        last = self._line_of(*list(self._parsed[self.section])[-1:])
        before, after = self._split_at(self._end_of(last))
        return replace(self, text=before + added_after(before, lines) + after)

    def with_entries(self, name: str, entries: Sequence[str]) -> IniFile:
        """Return the file with more values at the end of one of its lists."""
        start = self._line_of(name)
        before, _ = self._split_at(start)
        through, after = self._split_at(self._end_of(start))
        value = lengthened(
            name,
            through.removeprefix(before),
            [quoted(name, entry) for entry in entries],
            line_end(through) + INDENTATION,
        )
        return replace(self, text=before + value + after)

    def with_value(self, name: str, value: str) -> IniFile:
        """Return the file with another value of a setting that is on one line."""
        start = self._line_of(name)
        before, rest = self._split_at(start)
        line = self._lines[start]
        old = self._parsed[self.section][name]
        if self._end_of(start) != start + 1 or not old:
            raise ParseError(self.section, start, SEVERAL_LINES)
        head, _, tail = line.rpartition(old)
        replaced = before + head + value + tail + rest.removeprefix(line)
        return replace(self, text=replaced)

    @cached_property
    def _parsed(self) -> IniConfig:
        return IniConfig("", data=self.text)

    @cached_property
    def _lines(self) -> list[str]:
        # Divided as iniconfig does it, which counts a form feed as a line end.
        return self.text.splitlines(keepends=True)

    def _split_at(self, line: int) -> tuple[str, str]:
        return "".join(self._lines[:line]), "".join(self._lines[line:])

    def _line_of(self, name: str | None = None) -> int:
        """Return where a setting is, or the section's header, counted from 0."""
        number = self._parsed.lineof(self.section, name)
        assert number is not None, name
        return number - 1

    def _end_of(self, start: int) -> int:
        """Return the line after the last one of the value that begins at `start`."""
        heads = {
            self._parsed.lineof(section.name, name)
            for section in self._parsed
            for name in [None, *section]
        }
        end = start + 1
        for number, line in enumerate(self._lines[end:], end + 1):
            if number in heads:
                break
            # An indented comment is about the value that it stands in, or ends.
            if line.strip() and line[0] not in COMMENTCHARS:
                end = number
        return end

    def _equals(self) -> str:
        """Return how most settings of the section have it: with spaces or without."""
        names = self._parsed.sections.get(self.section, {})
        rests = [self._lines[self._line_of(name)][len(name) :] for name in names]
        spaced = [rest[:1].isspace() for rest in rests]
        return "=" if sum(spaced) * 2 < len(spaced) else " = "


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
