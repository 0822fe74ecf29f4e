"""Rules on pytest's configuration."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, NamedTuple

from ..configuration import ignored_beside, parsed_ini
from ..files import UnusableFileError, find_files, read_file
from ..rule import Finding, Fix, Rule, Setting
from ..setting_edits import setting_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..configuration import Configuration

# --- Rules: settings ------------------------------------------------------------------

_MODE = "asyncio_mode"
_DEBUG = "asyncio_debug"
_FIXTURE_LOOP = "asyncio_default_fixture_loop_scope"
_TEST_LOOP = "asyncio_default_test_loop_scope"
_LOOP_SCOPES = ("function", "class", "module", "package", "session")
_VALUES = {
    _MODE: ("auto", "strict"),
    _DEBUG: ("true", "false"),
    _FIXTURE_LOOP: (*_LOOP_SCOPES, "fixture-scope"),
    _TEST_LOOP: _LOOP_SCOPES,
}
# What `configparser` and pytest take for a truth.
_TRUTHS = {"1", "yes", "true", "on", "0", "no", "false", "off"}
# Too far from the real names to be found as misspellings, and often seen.
_MISTAKEN = {
    "asyncio_default_loop_scope": _FIXTURE_LOOP,
    "asyncio_loop_scope": _FIXTURE_LOOP,
    "asyncio_fixture_loop_scope": _FIXTURE_LOOP,
    "asyncio_test_loop_scope": _TEST_LOOP,
    "default_fixture_loop_scope": _FIXTURE_LOOP,
}
_NO_TYPOS = {"anyio_mode", "trio_mode"}
_OTHER_PLUGINS = re.compile(r"trio_mode|anyio_mode|pytest[-_](trio|twisted|curio)")
_USES = re.compile(r"pytest[-_]asyncio|^\s*['\"]?asyncio_|--asyncio-mode", re.MULTILINE)
_COMMENTED = re.compile(r"^\s*[#;].*$", re.MULTILINE)
_WIDE_SCOPE = re.compile(
    rb"fixture\s*\([^)]*\bscope\s*=(?!\s*['\"]function['\"])"
    rb"|\bscope\s*=\s*['\"](?:class|module|package|session)['\"]"
)


class _Fault(NamedTuple):
    """Something wrong with a setting.

    Attributes:
        name: The setting, as it stands there.
        what: The message.
        settings: What to set instead: name, value, and the name so far.
        is_safe: Whether that cannot break what works.
        by_hand: What to do where it is not fixed.
    """

    name: str
    what: str
    settings: tuple[tuple[str, str | bool | None, str], ...] = ()
    is_safe: bool = True
    by_hand: str = ""


class SettingOfPytestAsyncio(Rule):
    """A setting of pytest-asyncio's is outdated, misspelled, empty or missing.

    A mode that is no longer there stops pytest: `'legacy' is not a valid asyncio_mode.
    Valid modes: auto, strict.` So does a value that is empty, or in quotes where an ini
    file has none. A name that is misspelled is not read at all, and no more than
    `PytestConfigWarning: Unknown config option: asyncio_default_loop_scope` tells. And
    while `asyncio_default_fixture_loop_scope` is unset, each run warns that its default
    will change.

    `legacy` becomes `auto`, which treats fixtures as it did, or `strict` where the file
    mentions another plugin for async tests: `auto` would take these tests from it.

    Before:

        # pytest.ini
        [pytest]
        asyncio_mode = legacy
        asyncio_default_fixture_loop_scope = "function"

    After:

        # pytest.ini
        [pytest]
        asyncio_mode = auto
        asyncio_default_fixture_loop_scope = function

    By hand: of what pytest prints at its start, the line `asyncio: mode=...` shows
    which settings count.
    """

    code = "PTA115"
    name = "asyncio-setting"
    message = "{}"
    by_hand = "set it to a value that pytest-asyncio knows"

    def check_configuration(self, configuration: Configuration) -> Iterator[Finding]:
        """Yield one finding for each setting that is wrong."""
        path = configuration.path
        if configuration.error or path is None:
            return
        for fault in _faults(configuration):
            settings = tuple(Setting(path, *setting) for setting in fault.settings)
            fix = Fix(settings=settings, is_safe=fault.is_safe) if settings else None
            place = setting_line(configuration.source, configuration, fault.name)
            hint = fault.by_hand or self.by_hand
            yield Finding(*place, self.code, fault.what, fix, hint)


def _faults(configuration: Configuration) -> Iterator[_Fault]:
    misspelled = {
        name: meant for name in configuration.values if (meant := _meant_name(name))
    }
    for name, meant in misspelled.items():
        yield _misspelled(configuration, name, meant)
    for name in _VALUES:
        if name in configuration.values:
            yield from _wrong_value(configuration, name)
    yield from _on_command_line(configuration)
    elsewhere = [*_in_other_section(configuration)]
    yield from elsewhere
    if _FIXTURE_LOOP not in misspelled.values() and not elsewhere:
        yield from _unset(configuration)
    yield from _ignored(configuration)


def _meant_name(name: str) -> str | None:
    plain = name.lower().replace("-", "_").removeprefix("pytest_")
    if name in _VALUES or plain in _NO_TYPOS:
        return None
    close = difflib.get_close_matches(plain, _VALUES, n=1, cutoff=0.85)
    return _MISTAKEN.get(plain) or (close[0] if close else None)


def _misspelled(configuration: Configuration, name: str, meant: str) -> _Fault:
    what = f"pytest does not know `{name}`: it is `{meant}`"
    if meant in configuration.values:
        what = f"pytest does not know `{name}`; `{meant}` is set as well"
        return _Fault(name, what, ((name, None, ""),))
    value = _plain_value(configuration, name)
    if value not in _VALUES[meant]:
        return _Fault(
            name, what, by_hand=f"set `{meant}` to one of {_listed_as(meant)}"
        )
    # A scope that was not read so far may be one that the suite does not pass with.
    is_safe = meant in {_MODE, _DEBUG} or (meant, value) == (_TEST_LOOP, "function")
    new = value == "true" if meant == _DEBUG else value
    by_hand = f"rename it, and see which tests pass with `{meant} = {value}`"
    return _Fault(name, what, ((meant, new, name),), is_safe, by_hand)


def _wrong_value(configuration: Configuration, name: str) -> Iterator[_Fault]:
    given = configuration.values[name]
    if name == _DEBUG and _is_truth(configuration, given):
        return
    if isinstance(given, str) and given.strip() in _VALUES[name] and name != _DEBUG:
        return
    shown = "" if given is None else f"{given}"
    by_hand = f"set `{name}` to one of {_listed_as(name)}"
    meant = _meant_value(configuration, name)
    if not shown.strip():
        default = "function" if name == _FIXTURE_LOOP else None
        setting = (name, default, "")
        yield _Fault(name, f"`{name}` is empty", (setting,), by_hand=by_hand)
    elif meant is None:
        what = f"`{shown}` is no value for `{name}`: {_listed_as(name)}"
        yield _Fault(name, what, by_hand=by_hand)
    else:
        what = f"`{shown}` is no value for `{name}`: `{meant}` is"
        new = meant == "true" if name == _DEBUG else meant
        yield _Fault(name, what, ((name, new, ""),), by_hand=by_hand)


def _is_truth(configuration: Configuration, given: object) -> bool:
    if isinstance(given, bool):
        return True
    return not configuration.is_native and str(given).strip().lower() in _TRUTHS


def _meant_value(configuration: Configuration, name: str) -> str | None:
    value = _plain_value(configuration, name)
    if name == _MODE and value == "legacy":
        return "strict" if _OTHER_PLUGINS.search(_code(configuration)) else "auto"
    close = difflib.get_close_matches(value, _VALUES[name], n=1, cutoff=0.8)
    return close[0] if close else None


def _plain_value(configuration: Configuration, name: str) -> str:
    """Return a value as it is meant: without quotes, and in lower case."""
    return str(configuration.values[name]).strip().strip("\"'").strip().lower()


def _listed_as(name: str) -> str:
    return ", ".join(f"`{value}`" for value in _VALUES[name])


def _on_command_line(configuration: Configuration) -> Iterator[_Fault]:
    mode = configuration.text(_MODE)
    if mode == "legacy" and configuration.values.get(_MODE) != mode:
        what = "`addopts` asks for the mode `legacy`, which is no longer there"
        by_hand = "take it out, and set `asyncio_mode` to `auto` or `strict`"
        yield _Fault("addopts", what, by_hand=by_hand)


def _in_other_section(configuration: Configuration) -> Iterator[_Fault]:
    """Yield a fault where settings stand below the name of another file's section."""
    if configuration.path is None or configuration.path.suffix not in {".ini", ".cfg"}:
        return
    own = configuration.table[0]
    for section, values in parsed_ini(configuration.source.lstrip("\ufeff")).items():
        names = [name for name in _VALUES if name in values]
        if section != own and section in {"pytest", "tool:pytest"} and names:
            listed = ", ".join(f"`{name}`" for name in names)
            file = configuration.path.name
            what = (
                f"pytest reads `[{own}]` of {file}, and not {listed} in `[{section}]`"
            )
            yield _Fault("", what, by_hand=f"have all settings in `[{own}]`")


def _unset(configuration: Configuration) -> Iterator[_Fault]:
    code = _code(configuration)
    if configuration.text(_FIXTURE_LOOP) is not None or "no:asyncio" in code:
        return
    if _FIXTURE_LOOP in configuration.values or not _USES.search(code):
        return
    what = f"`{_FIXTURE_LOOP}` is unset: each run warns of it"
    root = configuration.root
    by_hand = (
        "set it to `function`, and give async fixtures with a wider scope the same as "
        "`loop_scope`; or to `fixture-scope`, which pytest-asyncio 1.5 knows"
    )
    is_safe = root is not None and not has_wide_async_fixtures(root)
    yield _Fault(
        _FIXTURE_LOOP, what, ((_FIXTURE_LOOP, "function", ""),), is_safe, by_hand
    )


def _code(configuration: Configuration) -> str:
    return _COMMENTED.sub("", configuration.source)


def has_wide_async_fixtures(root: Path) -> bool:
    """Tell whether there may be async fixtures with a scope of their own somewhere."""
    for path in find_files([root]):
        try:
            raw = read_file(path)
        except UnusableFileError:
            continue
        if b"fixture" in raw and b"async def" in raw and _WIDE_SCOPE.search(raw):
            return True
    return False


def _ignored(configuration: Configuration) -> Iterator[_Fault]:
    for other in ignored_beside(configuration):
        names = [
            name
            for name in _VALUES
            if name in other.values
            and configuration.values.get(name) != other.values[name]
        ]
        if names and other.path and configuration.path:
            listed = ", ".join(f"`{name}`" for name in names)
            file = configuration.path.name
            what = f"pytest reads {file}, and not {listed} in {other.path.name}"
            by_hand = f"have all settings in one file: move those that count to {file}"
            yield _Fault("", what, by_hand=by_hand)


SETTING_RULES: tuple[Rule, ...] = (SettingOfPytestAsyncio(),)
