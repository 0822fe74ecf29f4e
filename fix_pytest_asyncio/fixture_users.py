"""Who asks for a fixture."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from .syntax import string, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .project import Project
    from .source import Module
    from .suite import Fixture, Suite, Test

# --- Users of fixtures ----------------------------------------------------------------


class Users(NamedTuple):
    """Who asks for a fixture.

    Attributes:
        tests: The tests, by a parameter or a mark.
        fixtures: The fixtures, by a parameter.
        are_all: Whether there are no others, as far as one can see.
    """

    tests: tuple[Test, ...]
    fixtures: tuple[Fixture, ...]
    are_all: bool

    @property
    def there_are(self) -> bool:
        """Tell whether there is anybody."""
        return bool(self.tests or self.fixtures) or not self.are_all


def users_of(fixture: Fixture, project: Project) -> Users:
    """Return who asks for a fixture, in its module and the modules below a conftest."""
    # Not by itself: what is parsed for a second time has other fixtures.
    key = (
        fixture.module.path.absolute(),
        fixture.module.raw,
        fixture.owner.name if fixture.owner else "",
        fixture.function.name,
        fixture.name,
    )
    return project.notes.remembered(
        project.users, key, lambda: _found_users(fixture, project)
    )


def _found_users(fixture: Fixture, project: Project) -> Users:
    tests: list[Test] = []
    fixtures: list[Fixture] = []
    are_all = not _is_asked_for_by_configuration(fixture, project)
    for module in _modules_of_users(fixture, project):
        suite = project.suite(module)
        tests += _tests_asking(fixture, module, suite, project)
        fixtures += _fixtures_asking(fixture, module, suite, project)
        are_all &= not any(_other_mentions(fixture, module, project))
    return Users(tuple(tests), tuple(fixtures), are_all)


def same_fixture(one: Fixture | None, other: Fixture) -> bool:
    """Tell whether two are the same, be they read at different times."""
    return (
        one is not None
        and one.module.path.absolute() == other.module.path.absolute()
        and (one.function.name, one.name) == (other.function.name, other.name)
        and (one.owner and one.owner.name) == (other.owner and other.owner.name)
    )


def _modules_of_users(fixture: Fixture, project: Project) -> Iterator[Module]:
    word = fixture.name.encode()
    if fixture.module.path.name == "conftest.py":
        yield from project.modules_with(word, fixture.module)
    else:
        yield fixture.module


def _is_asked_for_by_configuration(fixture: Fixture, project: Project) -> bool:
    configuration = project.configuration(fixture.module.path)
    return fixture.name in configuration.words("usefixtures", "")


def _tests_asking(
    fixture: Fixture, module: Module, suite: Suite, project: Project
) -> Iterator[Test]:
    for test in suite.tests:
        asked = {argument.arg for argument in test.parameters}
        if (
            fixture.name in asked or fixture.name in _used_by_marks(test)
        ) and same_fixture(project.fixture(fixture.name, module, test.owner), fixture):
            yield test


def _used_by_marks(test: Test) -> set[str]:
    return {
        string(argument) or ""
        for mark in test.marks
        if mark.name == "usefixtures" and isinstance(mark.node, ast.Call)
        for argument in mark.node.args
    }


def _fixtures_asking(
    fixture: Fixture, module: Module, suite: Suite, project: Project
) -> Iterator[Fixture]:
    for other in suite.fixtures:
        if fixture.name not in {argument.arg for argument in other.parameters}:
            continue
        if same_fixture(other, fixture):
            continue  # it asks for the one that it overrides
        found = project.fixture(fixture.name, module, other.owner)
        if other.name == fixture.name or same_fixture(found, fixture):
            yield other


def _other_mentions(
    fixture: Fixture, module: Module, project: Project
) -> Iterator[ast.AST]:
    """Yield what asks for it by `getfixturevalue`, or imports its function."""
    for node in walk(module.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="getfixturevalue"), args=arguments):
                if any(string(each) == fixture.name for each in arguments):
                    yield node
            case ast.ImportFrom(names=aliases):
                source = project.imported(module, node)
                path = source.path.absolute() if source else None
                if path == fixture.module.path.absolute() and any(
                    alias.name == fixture.function.name for alias in aliases
                ):
                    yield node
            case _:
                pass
