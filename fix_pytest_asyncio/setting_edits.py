"""A file of pytest's settings with one of them changed, and nothing else."""

from __future__ import annotations

import configparser
import copy
import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .configuration import parsed_ini, parsed_toml
from .source import LINE, NotFixableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .configuration import Configuration

# --- Changes of settings --------------------------------------------------------------

_MARK_OF_BYTE_ORDER = "\ufeff"
_INI_HEADER = re.compile(r"\[([^\]]+)\]\s*(?:[#;].*)?$")
_INI_KEY = re.compile(r"([^\s#;\[=:][^=:]*?)(\s*[=:][ \t]*)(.*?)(\s*)$")
_TOML_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_TOML_KEY = re.compile(
    r"""(\s*)(["']?)([\w.-]+)\2([ \t]*=[ \t]*)
        ("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'\#\[{]+)?(.*)""",
    re.VERBOSE | re.DOTALL,
)


class SettingLine(NamedTuple):
    """Where a setting stands in its file.

    Attributes:
        line: Its line, from 1.
        column: Where it begins, from 1.
        end_column: Where it ends.
    """

    line: int
    column: int
    end_column: int


def with_setting(
    text: str,
    configuration: Configuration,
    name: str,
    value: str | bool | None,  # noqa: FBT001 - a setting, not a switch
    old_name: str = "",
) -> str:
    """Return the text of a configuration file with a setting changed.

    Args:
        text: The file's text with all its line ends; empty where there is none yet.
        configuration: What it is read as.
        name: The setting.
        value: What it becomes; None removes it.
        old_name: What it is called there so far, if that is wrong.

    Raises:
        NotFixableError: If it stands in such a way that it is better changed by hand.
    """
    change = _SettingChange(name, value, old_name or name)
    before = _parsed_settings(text, configuration)
    meant = change.applied(before, configuration)
    for lines in change.attempts(LINE.findall(text), configuration):
        edited = "".join(lines)
        try:
            after = _parsed_settings(edited, configuration)
        except NotFixableError:
            continue
        if repr(_sorted(after)) == repr(_sorted(meant)):
            return edited
    raise NotFixableError


def setting_line(text: str, configuration: Configuration, name: str) -> SettingLine:
    """Return where a setting stands in a file, or the file's beginning."""
    lines = LINE.findall(text)
    tables = [*_tables(lines, configuration)]
    for start, end in tables:
        for index in range(start, end):
            key = _key(lines[index], is_toml=_is_toml(configuration))
            if key and key.name == name:
                column = len(key.indent) + 1
                end_column = len(lines[index].rstrip("\r\n")) + 1
                return SettingLine(index + 1, column, end_column)
    for start, _ in tables:
        return SettingLine(start, 1, len(lines[start - 1].rstrip()) + 1)
    return SettingLine(1, 1, 1)


class _Key(NamedTuple):
    """A line that sets something; together the parts are the line."""

    indent: str
    quote: str
    name: str
    equals: str
    value: str
    rest: str


def _key(line: str, *, is_toml: bool) -> _Key | None:
    if is_toml:
        match = _TOML_KEY.match(line)
        return _Key(*(each or "" for each in match.groups())) if match else None
    match = _INI_KEY.match(line.lstrip(_MARK_OF_BYTE_ORDER))
    return _Key("", "", *match.groups()) if match else None


class _SettingChange(NamedTuple):
    name: str
    value: str | bool | None
    old_name: str

    def applied(
        self, content: dict[str, Any], configuration: Configuration
    ) -> dict[str, Any]:
        """Return what a file is to say in the end, of what it says now."""
        meant = copy.deepcopy(content)
        table = meant
        for part in configuration.table:
            table = table.setdefault(part, {})
        table.pop(self.old_name, None)
        if self.value is not None:
            table[self.name] = self._as_parsed(is_toml=_is_toml(configuration))
        return meant

    def _as_parsed(self, *, is_toml: bool) -> str | bool | None:
        if is_toml or not isinstance(self.value, bool):
            return self.value
        return str(self.value).lower()

    def attempts(
        self, lines: list[str], configuration: Configuration
    ) -> Iterator[list[str]]:
        """Yield files that may say so: what looks like a table may be in a string."""
        is_toml = _is_toml(configuration)
        tables = [*_tables(lines, configuration)]
        for start, end in tables:
            for index in range(start, end):
                key = _key(lines[index], is_toml=is_toml)
                if key and key.name == self.old_name:
                    new = self._changed(lines[index], key, is_toml=is_toml)
                    yield [*lines[:index], *new, *lines[index + 1 :]]
        if self.value is None:
            yield lines
            return
        for start, end in tables:
            for place in (_end_of_content(lines, start, end), start):
                yield self._added(lines, place, range(start, end), is_toml=is_toml)
        yield self._with_table(lines, configuration)

    def _changed(self, line: str, key: _Key, *, is_toml: bool) -> list[str]:
        if self.value is None:
            return []
        comment = key.rest if is_toml else key.value
        if not is_toml and re.search(r"\s[#;]", comment):
            raise NotFixableError
        equals = key.equals
        if not key.value and equals[0].isspace() and not equals[-1].isspace():
            equals += " "
        written = self._written(is_toml=is_toml, quote=key.value[:1])
        mark = line[: len(line) - len(line.lstrip(_MARK_OF_BYTE_ORDER))]
        parts = (key.indent, key.quote, self.name, key.quote, equals, written, key.rest)
        return [mark + "".join(parts)]

    def _written(self, *, is_toml: bool, quote: str = "") -> str:
        if isinstance(self.value, bool):
            return str(self.value).lower()
        quote = quote if quote == "'" else '"'
        return f"{quote}{self.value}{quote}" if is_toml else str(self.value)

    def _added(
        self, lines: list[str], place: int, table: range, *, is_toml: bool
    ) -> list[str]:
        neighbours = [key for at in table if (key := _key(lines[at], is_toml=is_toml))]
        indent = neighbours[0].indent if neighbours else ""
        is_tight = neighbours and neighbours[0].equals == "="
        equals = "=" if is_tight else " = "
        new = f"{indent}{self.name}{equals}{self._written(is_toml=is_toml)}"
        return _inserted(lines, place, [new])

    def _with_table(self, lines: list[str], configuration: Configuration) -> list[str]:
        is_toml = _is_toml(configuration)
        header = f"[{'.'.join(configuration.table)}]"
        setting = f"{self.name} = {self._written(is_toml=is_toml)}"
        is_empty = not "".join(lines).strip(_MARK_OF_BYTE_ORDER + " \t\r\n")
        blank = [] if is_empty or not lines[-1].strip() else [""]
        return _inserted(lines, len(lines), [*blank, header, setting])


def _inserted(lines: list[str], place: int, new: list[str]) -> list[str]:
    """Return lines with others put in, which end as the others do."""
    ends = [line[len(line.rstrip("\r\n")) :] for line in lines]
    line_end = next((end for end in ends if end), "\n")
    before = lines[:place]
    if before and not ends[place - 1] and before[-1] != _MARK_OF_BYTE_ORDER:
        before[-1] += line_end
    return [*before, *(line + line_end for line in new), *lines[place:]]


def _is_toml(configuration: Configuration) -> bool:
    return bool(configuration.path and configuration.path.suffix == ".toml")


def _tables(
    lines: list[str], configuration: Configuration
) -> Iterator[tuple[int, int]]:
    """Yield where the lines of the table of pytest's settings begin and end."""
    pattern = _TOML_HEADER if _is_toml(configuration) else _INI_HEADER
    wanted = ".".join(configuration.table)
    for index, line in enumerate(lines):
        match = pattern.match(line.lstrip(_MARK_OF_BYTE_ORDER))
        if match and _table_name(match[1], configuration) == wanted:
            others = (
                at
                for at in range(index + 1, len(lines))
                if lines[at].lstrip()[:1] == "["
            )
            yield index + 1, next(others, len(lines))


def _table_name(written: str, configuration: Configuration) -> str:
    if not _is_toml(configuration):
        return written
    return ".".join(part.strip(" \t\"'") for part in written.split("."))


def _end_of_content(lines: list[str], start: int, end: int) -> int:
    """Return where a table ends but for blank lines and comments behind it."""
    while end > start and lines[end - 1].lstrip()[:1] in {"", "#", ";"}:
        end -= 1
    return end


def _parsed_settings(text: str, configuration: Configuration) -> dict[str, Any]:
    text = text.removeprefix(_MARK_OF_BYTE_ORDER)
    try:
        if _is_toml(configuration):
            return parsed_toml(text)
        return parsed_ini(text, strict=True)
    except (ValueError, configparser.Error) as error:
        raise NotFixableError from error


def _sorted(content: Any) -> Any:  # noqa: ANN401 - whatever a TOML file holds
    if isinstance(content, dict):
        table = cast("dict[str, Any]", content)
        return {key: _sorted(table[key]) for key in sorted(table)}
    return content
