"""What pytest is told by the configuration file that it reads."""

from __future__ import annotations

import configparser
import re
import shlex
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .files import UnusableFileError, read_file, there_is

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

# --- Configuration --------------------------------------------------------------------

# In the order in which pytest 9 looks for them in a directory: the first that counts is
# read, and no other. The first four count even when they are empty.
_ALWAYS = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini")
_WITH_TABLE = ("pyproject.toml", "tox.ini", "setup.cfg")
_INI_SECTIONS = {"tox.ini": "pytest", "setup.cfg": "tool:pytest"}
_SCOPES = ("function", "class", "module", "package", "session")


class Configuration:
    """The settings that pytest has for the tests below a directory.

    Attributes:
        path: The file they are in; None if there is none.
        table: The names of its table, for TOML, or its section.
        values: The settings, as they stand there.
        error: Why the file cannot be read; empty if it can.
        source: The file's text, with all its line ends.
    """

    def __init__(
        self,
        path: Path | None,
        table: tuple[str, ...],
        values: Mapping[str, Any],
        error: str = "",
        source: str = "",
    ) -> None:
        """Hold what was read."""
        self.path = path
        self.table = table
        self.values = values
        self.error = error
        self.source = source

    @cached_property
    def identity(self) -> str:
        """All that there is to say of it, in a form to compare."""
        return repr((self.path, self.table, self.error, self.source))

    @property
    def root(self) -> Path | None:
        """The directory that the file is in."""
        return self.path.parent if self.path else None

    @property
    def is_native(self) -> bool:
        """Tell whether its values have TOML's own types, and are no mere texts."""
        return bool(
            self.path
            and self.path.suffix == ".toml"
            and self.table[-1:] != ("ini_options",)
        )

    def text(self, name: str) -> str | None:
        """Return a setting as a text, as a command line overrides it; None if unset."""
        if name in self._overridden:
            return self._overridden[name]
        value = self.values.get(name)
        listed = _listed(value)
        if listed is not None:
            return "\n".join(listed)
        return None if value is None else str(value).strip()

    def words(self, name: str, default: str) -> list[str]:
        """Return a setting that lists words."""
        value = self.values.get(name, default)
        listed = _listed(value)
        return str(value).split() if listed is None else listed

    @property
    def mode(self) -> str:
        """The mode of pytest-asyncio: `auto` or `strict`."""
        return "auto" if self.text("asyncio_mode") == "auto" else "strict"

    @property
    def test_loop_scope(self) -> str:
        """The scope of the loop that tests run on unless they say otherwise."""
        scope = self.text("asyncio_default_test_loop_scope")
        return scope if scope in _SCOPES else "function"

    @property
    def fixture_loop_scope(self) -> str | None:
        """The scope of the loop of fixtures that do not say; None: their own scope."""
        scope = self.text("asyncio_default_fixture_loop_scope")
        return scope if scope in _SCOPES else None

    @cached_property
    def _overridden(self) -> dict[str, str]:
        """What `addopts` says of settings."""
        value = self.values.get("addopts", "")
        words = _listed(value)
        try:
            words = shlex.split(str(value)) if words is None else words
        except ValueError:
            return {}
        found: dict[str, str] = {}
        for word, follower in zip(words, [*words, ""][1:], strict=True):
            mode = re.fullmatch(r"--asyncio-mode(?:=(.*))?", word)
            if mode:
                found["asyncio_mode"] = mode[1] or follower
            override = re.fullmatch(r"(?:-o|--override-ini)=?(.*)", word)
            if override:
                name, _, value = (override[1] or follower).partition("=")
                found[name] = value
        return found


def _listed(value: object) -> list[str] | None:
    if not isinstance(value, list):
        return None
    return [str(each) for each in cast("list[object]", value)]


def configuration_in(
    directory: Path, names: Container[str] | None = None
) -> Configuration | None:
    """Return what pytest reads in a directory; None if it has to look above it.

    Args:
        directory: The directory.
        names: What is in it, if that is known.
    """
    for name in (*_ALWAYS, *_WITH_TABLE):
        if (names is None or name in names) and there_is(directory / name):
            found = _read(directory / name)
            if found:
                return found
    if is_project_root(directory) or directory.parent == directory:
        return Configuration(None, (), {})
    return None


def ignored_beside(configuration: Configuration) -> Iterator[Configuration]:
    """Yield what pytest does not read because it finds a file first, in its place."""
    names = (*_ALWAYS, *_WITH_TABLE)
    if configuration.path and configuration.path.name in names:
        for name in names[names.index(configuration.path.name) + 1 :]:
            path = configuration.path.with_name(name)
            other = _read(path) if there_is(path) else None
            if other:
                yield other


def is_project_root(directory: Path) -> bool:
    """Tell whether pytest looks for no settings above a directory."""
    return (directory / "setup.py").is_file() or (directory / ".git").exists()


def configuration_at(path: Path) -> Configuration:
    """Return what a file says, or where in it settings go if it has none yet."""
    found = _read(path) if there_is(path) else None
    if found:
        return found
    table: tuple[str, ...] = (_INI_SECTIONS.get(path.name, "pytest"),)
    if path.name == "pyproject.toml":
        table = ("tool", "pytest", "ini_options")
    return Configuration(path, table, {})


def settings_file_to_create(path: Path) -> Path:
    """Return where settings go for a file whose tests pytest reads none for.

    That is the project's pyproject.toml, or a `pytest.ini` at its root: where version
    control or packaging begins, or else where the user is.
    """
    directory = path.absolute().parent
    for parent in (directory, *directory.parents):
        if (parent / "pyproject.toml").is_file():
            return parent / "pyproject.toml"
        if is_project_root(parent):
            return parent / "pytest.ini"
    here = Path.cwd()
    return (here if here in directory.parents else directory) / "pytest.ini"


def _read(path: Path) -> Configuration | None:
    try:
        return configuration_from(path, read_file(path).decode())
    except UnusableFileError as error:
        return Configuration(path, (), {}, error.reason)
    except ValueError as error:
        return Configuration(path, (), {}, str(error))


def configuration_from(path: Path, source: str) -> Configuration | None:
    """Return what a file says; None if it is not about pytest.

    Args:
        path: Where it is: its name tells how to read it.
        source: Its text.
    """
    text = source.removeprefix("\ufeff")
    try:
        found = (_from_toml if path.suffix == ".toml" else _from_ini)(path, text)
    except (ValueError, configparser.Error) as error:
        return Configuration(path, (), {}, str(error).replace("\n", " "), source)
    if found is None:
        return None
    table, values = found
    return Configuration(path, table, values, "", source)


def _from_ini(
    path: Path, text: str
) -> tuple[tuple[str, ...], Mapping[str, Any]] | None:
    section = _INI_SECTIONS.get(path.name, "pytest")
    sections = parsed_ini(text)
    if section not in sections and path.name in _INI_SECTIONS:
        return None
    return (section,), sections.get(section, {})


def _from_toml(
    path: Path, text: str
) -> tuple[tuple[str, ...], Mapping[str, Any]] | None:
    content = parsed_toml(text)
    if path.name != "pyproject.toml":
        return ("pytest",), _table(content, "pytest")
    native = _table(_table(content, "tool"), "pytest")
    if "ini_options" in native:
        return ("tool", "pytest", "ini_options"), _table(native, "ini_options")
    return (("tool", "pytest"), native) if native else None


def _table(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a table of a TOML file; empty if there is none, or something else."""
    table: object = content.get(name)
    return cast("Mapping[str, Any]", table) if isinstance(table, dict) else {}


def parsed_ini(text: str, *, strict: bool = False) -> dict[str, dict[str, Any]]:
    """Return what an ini file says, as pytest's own reader understands it.

    That one takes `%`, keys without a value and a section `DEFAULT` as they are.

    Args:
        text: The file's text.
        strict: Whether to refuse sections and keys that are there twice.

    Raises:
        configparser.Error: If it is none.
    """
    parser = configparser.RawConfigParser(
        strict=strict, allow_no_value=True, default_section=""
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    parser.read_string(text)
    return {section: dict(parser.items(section)) for section in parser.sections()}


def parsed_toml(text: str) -> dict[str, Any]:
    """Return what a TOML file says; on Python 3.10 by pytest's own reader.

    Raises:
        ValueError: If it is none, or nothing here can read it.
    """
    for name in ("tomllib", "tomli"):
        with suppress(ImportError):
            content: dict[str, Any] = import_module(name).loads(text)
            return content
    message = "Python 3.10 reads no TOML without `tomli`, which pytest brings"
    raise ValueError(message)
