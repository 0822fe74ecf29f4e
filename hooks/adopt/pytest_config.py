"""Finds what pytest reads its configuration from, as pytest itself does."""

from __future__ import annotations

from dataclasses import dataclass
from os.path import abspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import iniconfig
from tomlkit.exceptions import TOMLKitError

from adopt.ini_file import IniFile
from adopt.list_values import entries
from adopt.toml_file import TomlFile

if TYPE_CHECKING:
    from collections.abc import Mapping

INI_TABLE = "tool.pytest.ini_options"
NATIVE_TABLE = "tool.pytest"
# In the order of pytest 9: the first one that holds configuration is the only one read.
NAMES = (
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
)
NATIVE_NAMES = frozenset({"pytest.toml", ".pytest.toml"})

CANNOT_READ = "cannot be read: {why}"
NOT_UTF8 = "is not encoded in UTF-8"
BYTE_ORDER_MARK = "begins with a byte order mark, which TOML does not allow"
BAD_LINE = "line {number}: {why}"
NOT_A_TABLE = "`{name}` is not a table"
NO_TABLE = "has settings outside of its [pytest] table: {names}"
TWO_TABLES = "has both [tool.pytest] and [tool.pytest.ini_options]"
WRONG_SECTION = "has a section [pytest], which must be [tool:pytest] in setup.cfg"
BAD_QUOTES = "{name}: {why}"


class ConfigError(Exception):
    """A file of configuration that pytest could not read either: which, and why."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


@dataclass(frozen=True)
class Source:
    """The file that pytest reads its configuration from.

    Attributes:
        path: The file, absolute.
        section: Where in the file the settings are, as its header is written.
        native: Whether settings have the types of TOML; else they are strings, or
            lists of them, as in INI files.
        values: Every setting as it is written.
        ignored: Files beside it that hold configuration, too, and are not read.
    """

    path: Path
    section: str
    native: bool
    values: Mapping[str, object]
    ignored: tuple[str, ...]

    def words(self, name: str) -> list[str]:
        """Return what a setting like `addopts` holds, word by word; [] when unset.

        Raises:
            ConfigError: Its quotation marks do not match.
        """
        try:
            return entries(name, self.values.get(name, []))
        except ValueError as error:
            text = BAD_QUOTES.format(name=name, why=error)
            raise ConfigError(self.path, text) from error

    def paths(self, name: str) -> list[str] | None:
        """Return what a setting like `pythonpath` holds; None when it is unset.

        Raises:
            ConfigError: Its quotation marks do not match.
        """
        return self.words(name) if name in self.values else None


def locate(project: Path, *, native: bool) -> Source | None:
    """Find what a plain `pytest` that is started in a directory is configured by.

    Args:
        project: The directory. Its parents are searched after it.
        native: Whether pytest is 9 or later, which knows files and tables with the
            types of TOML. Pytest 8 passes them over.

    Returns:
        None when nothing holds configuration, a pyproject.toml without any included.

    Raises:
        ConfigError: A file on the way is one that pytest cannot read.
    """
    names = [name for name in NAMES if native or name not in NATIVE_NAMES]
    # As pytest has it: ".." is folded, symbolic links stay.
    directory = Path(abspath(project))  # noqa: PTH100 (pathlib cannot do that)
    for base in (directory, *directory.parents):
        for index, name in enumerate(names):
            found = _settings(base / name, native=native)
            if found:
                rest = [base / other for other in names[index + 1 :]]
                held = [path for path in rest if _is_ignored(path, native=native)]
                return Source(base / name, *found, tuple(path.name for path in held))
    return None


class _Found(NamedTuple):
    section: str
    native: bool
    values: Mapping[str, object]


def _is_ignored(path: Path, *, native: bool) -> bool:
    try:
        return _settings(path, native=native) is not None
    except ConfigError:
        if native:
            raise
        return False  # pytest 8 opens nothing after the file that it reads


def _settings(path: Path, *, native: bool) -> _Found | None:
    """Return what a file configures pytest with; None when it does not."""
    try:
        if not path.is_file():
            return None
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(path, NOT_UTF8) from error
    except OSError as error:
        raise ConfigError(path, CANNOT_READ.format(why=error.strerror)) from error
    if path.suffix != ".toml":
        return _ini_settings(path, text, native=native)
    data = _toml_data(path, text)
    if path.name == "pyproject.toml":
        return _pyproject_settings(path, data, native=native)
    return _pytest_toml_settings(path, data)


def _ini_settings(path: Path, text: str, *, native: bool) -> _Found | None:
    section = "tool:pytest" if path.name == "setup.cfg" else "pytest"
    try:
        data = IniFile(text, section).data
    except iniconfig.ParseError as error:
        line = BAD_LINE.format(number=error.lineno + 1, why=error.msg)
        raise ConfigError(path, line) from error
    if section in data:
        return _Found(section, native=False, values=data[section])
    if path.name == "setup.cfg" and "pytest" in data:
        raise ConfigError(path, WRONG_SECTION)
    # Files named after pytest count without a section; the hidden one since pytest 9.
    if path.name == "pytest.ini" or (path.name == ".pytest.ini" and native):
        return _Found(section, native=False, values={})
    return None


def _toml_data(path: Path, text: str) -> dict[str, Any]:
    if text.startswith("\N{BYTE ORDER MARK}"):
        raise ConfigError(path, BYTE_ORDER_MARK)
    try:
        return TomlFile(text, NATIVE_TABLE).data
    except TOMLKitError as error:
        raise ConfigError(path, str(error)) from error


def _pyproject_settings(
    path: Path, data: dict[str, Any], *, native: bool
) -> _Found | None:
    tool = _table(path, data, "tool") or {}
    table = _table(path, tool, "pytest", NATIVE_TABLE) or {}
    ini_options = _table(path, table, "ini_options", INI_TABLE)
    own = {name: value for name, value in table.items() if name != "ini_options"}
    if native and own:
        if ini_options:
            raise ConfigError(path, TWO_TABLES)
        return _Found(NATIVE_TABLE, native=True, values=own)
    if ini_options is None:
        return None
    return _Found(INI_TABLE, native=False, values=ini_options)


def _pytest_toml_settings(path: Path, data: dict[str, Any]) -> _Found:
    table = _table(path, data, "pytest")
    stray = [name for name, value in data.items() if not isinstance(value, dict)]
    if table is None and stray:
        raise ConfigError(path, NO_TABLE.format(names=", ".join(stray)))
    return _Found("pytest", native=True, values=table or {})


def _table(
    path: Path, data: dict[str, Any], name: str, shown: str | None = None
) -> dict[str, Any] | None:
    table = data.get(name)
    if table is None or isinstance(table, dict):
        return cast("dict[str, Any] | None", table)
    raise ConfigError(path, NOT_A_TABLE.format(name=shown or name))
