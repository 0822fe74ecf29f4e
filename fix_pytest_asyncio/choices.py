"""Which rules are looked for in which file: the command line and pyproject.toml."""

from __future__ import annotations

import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .configuration import parsed_toml
from .files import UnusableFileError, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from .rule import Rule

# --- Which rules are looked for -------------------------------------------------------

TABLE = "fix-pytest-asyncio"
_LISTS = ("select", "extend-select", "ignore", "exclude")
_KEYS = (*_LISTS, "per-file-ignores", "unsafe-fixes")


class UsageError(Exception):
    """Something that was asked for does not exist; as text, one line on what."""


class Choice(NamedTuple):
    """What to do with a file.

    Attributes:
        rules: What to look for.
        is_unsafe: Whether fixes count that may change what a test does.
    """

    rules: tuple[Rule, ...]
    is_unsafe: bool

    @property
    def identity(self) -> str:
        """All that it says, in a form to compare."""
        return " ".join([rule.code for rule in self.rules])


class Asked(NamedTuple):
    """What the command line says of rules; None is nothing.

    Attributes:
        select: Takes the place of what pyproject.toml selects and ignores.
        ignore: Comes on top of what it ignores.
        is_unsafe: Takes the place of what it says of unsafe fixes.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    is_unsafe: bool | None = None


class Table(NamedTuple):
    """A `[tool.fix-pytest-asyncio]` table.

    Attributes:
        root: The directory that it is in, which its patterns are relative to.
        values: What it says.
    """

    root: Path
    values: Mapping[str, Any]


class Choices:
    """Tells for each file what to do with it."""

    def __init__(self, rules: Sequence[Rule], asked: Asked) -> None:
        """Say which rules there are and what the command line wants of them.

        Raises:
            UsageError: If it names a rule that does not exist.
        """
        self._rules = rules
        self._asked = asked
        self._tables: dict[Path, Table] = {}
        self._tables_beside: dict[Path, Table] = {}
        self._choices: dict[tuple[Path, tuple[str, ...]], Choice] = {}
        self._choice(Table(Path("/"), {}), ())

    def of(self, path: Path) -> Choice:
        """Return what to do with a file.

        Raises:
            UsageError: If its pyproject.toml cannot be understood.
        """
        table = self._table_of(path)
        patterns = table.values.get("per-file-ignores", {})
        matched = tuple(
            pattern for pattern in patterns if _matches_pattern(path, pattern, table)
        )
        key = table.root, matched
        if key not in self._choices:
            self._choices[key] = self._choice(table, matched)
        return self._choices[key]

    def is_excluded(self, path: Path) -> bool:
        """Tell whether a file or directory is not to be looked at."""
        table = self._table_of(path)
        return any(
            _matches_pattern(path, pattern, table)
            for pattern in table.values.get("exclude", ())
        )

    def _choice(self, table: Table, matched: Iterable[str]) -> Choice:
        values, asked = table.values, self._asked
        where = f"{table.root / 'pyproject.toml'}: " if values else ""
        if asked.select is None:
            chosen = _default(self._rules)
            if "select" in values:
                chosen = _named_rules(self._rules, values["select"], where)
            extended = values.get("extend-select", ())
            chosen |= _named_rules(self._rules, extended, where)
            chosen -= _named_rules(self._rules, values.get("ignore", ()), where)
        else:
            chosen = _named_rules(self._rules, asked.select, "--select: ")
        chosen -= _named_rules(self._rules, asked.ignore, "--ignore: ")
        for pattern in matched:
            names = values["per-file-ignores"][pattern]
            chosen -= _named_rules(self._rules, names, where)
        is_unsafe = bool(values.get("unsafe-fixes"))
        if asked.is_unsafe is not None:
            is_unsafe = asked.is_unsafe
        rules = tuple(rule for rule in self._rules if rule in chosen)
        return Choice(rules, is_unsafe)

    def _table_of(self, path: Path) -> Table:
        directory = path.parent
        if directory not in self._tables_beside:
            self._tables_beside[directory] = self._table(path.absolute().parent)
        return self._tables_beside[directory]

    def _table(self, directory: Path) -> Table:
        """Return the closest table: of this directory or one above it."""
        if directory not in self._tables:
            found = _table_in(directory)
            if found is None:
                is_top = directory == directory.parent
                found = (
                    Table(directory, {}) if is_top else self._table(directory.parent)
                )
            self._tables[directory] = found
        return self._tables[directory]


def _default(rules: Iterable[Rule]) -> set[Rule]:
    return {rule for rule in rules if rule.is_default}


def _named_rules(rules: Iterable[Rule], names: Iterable[str], where: str) -> set[Rule]:
    """Return the rules that codes, beginnings of codes, names or `ALL` stand for."""
    found: set[Rule] = set()
    for name in names:
        wanted = name.strip()
        matched = {
            rule
            for rule in rules
            if wanted in ("ALL", rule.name)
            or (wanted.startswith("PTA") and rule.code.startswith(wanted))
        }
        if not matched:
            message = f"{where}there is no rule {wanted!r}; `--rules` lists them"
            raise UsageError(message)
        found |= matched
    return found


def _matches_pattern(path: Path, pattern: str, table: Table) -> bool:
    """Tell whether a pattern is about a path: by its name, or from the table on."""
    relative = path.absolute().relative_to(table.root).as_posix()
    wanted = pattern.strip("/")
    return any(
        fnmatch.fnmatch(each, wanted)
        for each in (path.name, relative, *_directories_of(relative))
    )


def _directories_of(relative: str) -> list[str]:
    parts = relative.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _table_in(directory: Path) -> Table | None:
    path = directory / "pyproject.toml"
    try:
        raw = read_file(path)
    except UnusableFileError:
        return None
    if TABLE.encode() not in raw:
        return None
    try:
        values = parsed_toml(raw.decode("utf-8-sig")).get("tool", {}).get(TABLE)
    except ValueError as error:
        message = f"{path}: cannot be read: {error}"
        raise UsageError(message) from error
    return None if values is None else Table(directory, _checked(path, values))


def _checked(path: Path, values: object) -> Mapping[str, Any]:
    """Return what a table says.

    Raises:
        UsageError: If it has keys or values that mean nothing.
    """
    if not isinstance(values, dict):
        message = f"{path}: [tool.{TABLE}] must be a table"
        raise UsageError(message)
    table = cast("dict[str, Any]", values)
    for key, value in table.items():
        if key not in _KEYS:
            known = ", ".join(_KEYS)
            message = f"{path}: [tool.{TABLE}] has no {key!r}; it may have {known}"
            raise UsageError(message)
        wanted, is_right = _FORMS.get(key, ("a list of texts", _is_texts))
        if not is_right(value):
            message = f"{path}: {key!r} of [tool.{TABLE}] must be {wanted}: {value!r}"
            raise UsageError(message)
    return table


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, str) for each in cast("list[object]", value)
    )


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_table_of_texts(value: object) -> bool:
    return isinstance(value, dict) and all(
        map(_is_texts, cast("dict[str, object]", value).values())
    )


_FORMS: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "per-file-ignores": ("a table of lists of texts", _is_table_of_texts),
    "unsafe-fixes": ("true or false", _is_bool),
}
