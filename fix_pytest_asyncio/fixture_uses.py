"""Which tests get which fixtures, by whatever way."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .syntax import string

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TypeAlias

    from .project import Project
    from .source import Module
    from .suite import Fixture, Test

# --- Uses of fixtures -----------------------------------------------------------------

if TYPE_CHECKING:
    FixtureKey: TypeAlias = tuple[Path, str, str]


def fixture_key(fixture: Fixture) -> FixtureKey:
    """Return what tells a fixture from others, however often its file is read."""
    owner = fixture.owner.name if fixture.owner else ""
    return fixture.module.path.absolute(), owner, fixture.name


def fixtures_asked_for(asking: Test | Fixture, project: Project) -> list[Fixture]:
    """Return the project's fixtures that a test or fixture has as parameters."""
    found = (
        project.fixture(parameter.arg, asking.module, asking.owner)
        for parameter in asking.parameters
    )
    return [fixture for fixture in found if fixture]


def fixtures_of(test: Test, project: Project) -> dict[FixtureKey, Fixture]:
    """Return the project's fixtures that are set up for a test: also for each other."""
    waiting = [
        *fixtures_asked_for(test, project),
        *_used_by_mark(test, project),
        *_used_by_themselves(test, project),
    ]
    found: dict[FixtureKey, Fixture] = {}
    while waiting:
        fixture = waiting.pop()
        if fixture_key(fixture) not in found:
            found[fixture_key(fixture)] = fixture
            waiting += fixtures_asked_for(fixture, project)
    return found


def _used_by_mark(test: Test, project: Project) -> Iterator[Fixture]:
    for mark in test.marks:
        if mark.name == "usefixtures" and isinstance(mark.expression, ast.Call):
            for argument in mark.expression.args:
                name = string(argument) or ""
                fixture = project.fixture(name, test.module, test.owner)
                if fixture:
                    yield fixture


def _used_by_themselves(test: Test, project: Project) -> Iterator[Fixture]:
    for module in (test.module, *project.conftests(test.module.path)):
        for fixture in project.suite(module).fixtures:
            if fixture.is_autouse and fixture.owner in {None, test.owner}:
                yield fixture


def tests_for(module: Module, project: Project, *words: bytes) -> Iterator[Test]:
    """Yield the tests that may get the fixtures of a module.

    For a conftest.py these are all below it, and so they are for a module that one
    seems to import its fixtures from; for other modules they are their own.

    Args:
        module: The module.
        project: What it belongs to.
        words: Only tests of modules that have one of these are wanted.
    """
    seen: set[Path] = set()
    for place in _places_of_fixtures(module, project):
        for word in words:
            for other in project.modules_with(word, place):
                if other.path.absolute() not in seen:
                    seen.add(other.path.absolute())
                    yield from project.suite(other).tests
    if module.path.absolute() not in seen:
        yield from project.suite(module).tests


def _places_of_fixtures(module: Module, project: Project) -> Iterator[Module]:
    if module.path.name == "conftest.py":
        yield module
    elif not project.suite(module).tests:
        stem = module.path.stem.encode()
        for conftest in project.conftests(module.path):
            if stem in conftest.raw:
                yield conftest
