"""What a line or a table entry declares: a package, and the versions it allows.

Only what some supported Python would install counts: a line whose marker holds for
older Pythons only declares nothing here.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, Union

from packaging.markers import (
    InvalidMarker,
    Marker,
    UndefinedComparison,
    UndefinedEnvironmentName,
)
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterator

Toml: TypeAlias = Union[str, float, "list[Toml]", "dict[str, Toml]"]

PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14", "3.15")
PLATFORMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
)

ANY = (SpecifierSet(),)

_EGG = re.compile(r"#egg=(?P<name>[\w.-]+)")
# A name with what packaging does not understand behind it, tox's `{env:...}` say.
_NAME = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)(?=\s*(?:[\[(<>=!~;@{%$]|$))")
_POETRY_PART = re.compile(r"(\^|~=|~|===?|!=|<=?|>=?)?\s*([\w.*+-]+)")


class Declaration(NamedTuple):
    """One declaration of a package, as it is written in `text`.

    `versions` are alternatives: a version is allowed when one of them allows it.
    """

    name: str
    versions: tuple[SpecifierSet, ...]
    text: str

    def allows(self, required: Requirement) -> bool:
        """Whether some version would satisfy both this and what is required."""
        return any(_overlap(choice, required.specifier) for choice in self.versions)


def declaration(text: str) -> Declaration | None:
    """Read a requirement in pip's own words; None when it declares nothing."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        found = _EGG.search(text) or _NAME.match(text)
        return Declaration(_canonical(found["name"]), ANY, text) if found else None
    if requirement.marker and not _holds(str(requirement.marker)):
        return None
    return Declaration(_canonical(requirement.name), (requirement.specifier,), text)


def table_declarations(name: str, value: Toml) -> Iterator[Declaration]:
    """Read an entry of a Poetry table or a Pipfile: a version, a table, or several."""
    if isinstance(value, list):
        for item in value:
            yield from table_declarations(name, item)
        return
    options: dict[str, Toml] = value if isinstance(value, dict) else {"version": value}
    if _applies(options):
        version = str(options.get("version", "*"))
        text = f'{name} = "{version}"'
        yield Declaration(_canonical(name), poetry_versions(version), text)


def poetry_versions(text: str) -> tuple[SpecifierSet, ...]:
    """Translate Poetry's `^1.2`, `~1.2`, `1.2` and `||`; what is unknown is any."""
    try:
        return tuple(
            SpecifierSet(",".join(_translated(part) for part in _parts(choice)))
            for choice in text.split("||")
        )
    except (InvalidSpecifier, InvalidVersion):
        return ANY


def _canonical(name: str) -> str:
    return canonicalize_name(name)


def _overlap(one: SpecifierSet, other: SpecifierSet) -> bool:
    # Ranges that overlap do so at a version that one of them names, or next to it.
    both = one & other
    return any(
        both.contains(version, prereleases=True)
        for specifier in both
        for version in _around(specifier.version)
    )


def _around(text: str) -> list[Version]:
    try:
        version = Version(text.removesuffix(".*"))
    except InvalidVersion:  # `===` takes any text
        return []
    major, minor, micro = version.major, version.minor, version.micro
    following = (f"{major + 1}", f"{major}.{minor + 1}", f"{major}.{minor}.{micro + 1}")
    return [version, *map(Version, following)]


def _holds(marker: str) -> bool:
    """Whether a marker is true for a supported Python on some platform."""
    try:
        return any(
            Marker(marker).evaluate(
                {
                    **platform,
                    "python_version": python,
                    "python_full_version": f"{python}.0",
                }
            )
            for python, platform in itertools.product(PYTHONS, PLATFORMS)
        )
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return True


def _applies(options: dict[str, Toml]) -> bool:
    pythons = poetry_versions(str(options.get("python", "*")))
    if not any(choice.contains(each) for choice in pythons for each in PYTHONS):
        return False
    return "markers" not in options or _holds(str(options["markers"]))


def _parts(choice: str) -> list[tuple[str, str]]:
    found = _POETRY_PART.findall(choice)
    return [(operator, version) for operator, version in found if version != "*"]


def _translated(part: tuple[str, str]) -> str:
    operator, version = part
    if operator == "^":
        return f">={version},<{_caret_limit(Version(version).release)}"
    if operator == "~":
        return f">={version},<{_next(Version(version).release[:2])}"
    return f"{operator or '=='}{version}"


def _caret_limit(release: tuple[int, ...]) -> str:
    """Return the first version that changes the leftmost part that is not zero."""
    zeros = len(list(itertools.takewhile(lambda part: part == 0, release)))
    return _next(release[: zeros + 1])


def _next(release: tuple[int, ...]) -> str:
    return ".".join(map(str, (*release[:-1], release[-1] + 1)))
