"""Settings and pins of the user's with which no asyncio test can run as one.

They are theirs, and what they keep out may be kept out on purpose: so nothing is begun.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import iniconfig
import tomlkit
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from tomlkit.exceptions import TOMLKitError

from adopt import dependencies
from adopt.pytest_config import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.requirements import Requirement

    from adopt.plan import Draft
    from adopt.pytest_config import Source

SWITCHED_OFF = (
    "addopts has {words}, so that {what}. Take it out and run the same command again"
)
TAKEN = (
    "{name} = {value} gives every async test to {plugin}, the suite's too. "
    "Mark your own with {mark} in its place and run the same command again"
)
TOO_OLD = (
    "{text} allows Python {oldest}, for which there is no {requirement}: all tests "
    "would fail there. Raise it to 3.10 and run the same command again"
)
PINNED = (
    "{text} rules out {requirement}, without which the suite's plugin fails every run. "
    "Raise the pin and run the same command again"
)
PINNED_LIBRARY = (
    "{text} rules out {requirement}, which its examples need. Raise the pin, or leave "
    "it out of asyncio_examples, and run the same command again"
)
WITHOUT_PLUGIN = "pytest-asyncio is not loaded"
WORDS = {
    ("-p", "no:asyncio"): WITHOUT_PLUGIN,
    ("-p", "no:pytest_asyncio"): WITHOUT_PLUGIN,
    ("--noconftest",): "the suite's plugin, which conftest.py registers, is not loaded",
}
OLDER_PYTHONS = ("3.6.15", "3.7.17", "3.8.20", "3.9.25")  # the last of each
TRUE = ("1", "on", "true", "yes")


def check_pins(
    draft: Draft, required: Sequence[Requirement], libraries: Sequence[Requirement]
) -> None:
    """Refuse pins with which the suite, or an example, cannot even be imported.

    Raises:
        ConfigError: There is one.
    """
    for needed, text in ((required, PINNED), (libraries, PINNED_LIBRARY)):
        for place, requirement, declaration in dependencies.ruled_out(draft, needed):
            why = text.format(text=declaration.text, requirement=requirement)
            raise ConfigError(draft.project / place.path, why)


def check_python(draft: Draft, required: Sequence[Requirement]) -> None:
    """Refuse a project that is tested on a Python older than the suite supports.

    Raises:
        ConfigError: Its metadata allow one.
    """
    for path, name, text in _python_requirements(draft):
        try:
            allowed = SpecifierSet(text)
        except InvalidSpecifier:
            continue
        older = [each for each in OLDER_PYTHONS if allowed.contains(each)]
        if older:
            oldest = ".".join(older[0].split(".")[:2])
            why = TOO_OLD.format(
                text=f"{name} = {text}", oldest=oldest, requirement=required[-1]
            )
            raise ConfigError(draft.project / path, why)


def _python_requirements(draft: Draft) -> list[tuple[str, str, str]]:
    """Return what limits the Pythons of a project: the file, the key and the value."""
    found: list[tuple[str, str, str]] = []
    with contextlib.suppress(TOMLKitError, UnicodeDecodeError, OSError):
        content = tomlkit.parse((draft.read("pyproject.toml") or b"").decode()).unwrap()
        value = content.get("project", {}).get("requires-python")
        found.append(("pyproject.toml", "requires-python", str(value or "")))
    with contextlib.suppress(iniconfig.ParseError, UnicodeDecodeError, OSError):
        text = (draft.read("setup.cfg") or b"").decode()
        value = iniconfig.IniConfig("setup.cfg", data=text).get(
            "options", "python_requires"
        )
        found.append(("setup.cfg", "python_requires", value or ""))
    return [(path, name, text) for path, name, text in found if text]


def check_settings(source: Source | None) -> None:
    """Refuse a configuration under which the suite cannot run.

    Raises:
        ConfigError: It is one.
    """
    if source is None:
        return
    given = source.words("addopts")
    for words, what in WORDS.items():
        if _follow_each_other(words, given) or "".join(words) in given:
            shown = " ".join(words)
            raise ConfigError(source.path, SWITCHED_OFF.format(words=shown, what=what))
    for name, plugin, values in (
        ("anyio_mode", "anyio", ("auto",)),
        ("trio_mode", "trio", TRUE),
    ):
        value = str(source.values.get(name, "")).lower()
        if value in values:
            mark = f"@pytest.mark.{plugin}"
            text = TAKEN.format(name=name, value=value, plugin=plugin, mark=mark)
            raise ConfigError(source.path, text)


def _follow_each_other(words: Sequence[str], given: Sequence[str]) -> bool:
    count = len(words)
    return any(
        list(words) == list(given[start : start + count]) for start in range(len(given))
    )
