"""The rule on an `event_loop` of the project's own, in place of pytest-asyncio's."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from ..changes import AddDecorator, AddKeyword, Delete, Replace
from ..fixture_users import same_fixture, users_of
from ..function_changes import ReplaceFunction
from ..loop_adaption import ADAPTED_NEEDS, adapting_changes
from ..loop_overrides import (
    LOOP_LIBRARIES,
    LOOP_NAME,
    LoopOverride,
    is_only_for_sync_code,
)
from ..rule import Fix, Rule, Setting
from ..running import runs_on_asyncio
from ..syntax import called
from .event_loop_fixture import LOOP_WORD, goes_without_loop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ..changes import Change
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Fixture, Mark, Suite, Test

# --- Rules: an event_loop of one's own ------------------------------------------------

_WIDE_SCOPES = ("class", "module", "package", "session")
_LOOP_SETTINGS = (
    "asyncio_default_fixture_loop_scope",
    "asyncio_default_test_loop_scope",
)
_SCOPES_BY_HAND = (
    "delete it, and say in its place which loop is shared: for all tests by "
    "asyncio_default_fixture_loop_scope and asyncio_default_test_loop_scope in what "
    "pytest reads, for some by `pytestmark = pytest.mark.asyncio(loop_scope=...)` and "
    "`@pytest_asyncio.fixture(loop_scope=...)`."
)
_MORE_BY_HAND = (
    "it does more than to make a loop: move that to an autouse async fixture of the "
    "same scope and loop_scope, then "
) + _SCOPES_BY_HAND
_LIBRARY_BY_HAND = (
    "choose the loop by a hook in conftest.py: `def pytest_asyncio_loop_factories("
    "config, item): return {factories}`; then "
) + _SCOPES_BY_HAND
_SYNC_BY_HAND = (
    "sync tests may need the current loop that it sets: where none does, "
) + _SCOPES_BY_HAND
_ISOLATED_BY_HAND = (
    "a loop that all tests share may be in the way of those that ask for all its "
    "tasks, or for a loop_scope: if it is not, use --unsafe-fixes; else "
) + _SCOPES_BY_HAND
_OTHERS_BY_HAND = (
    "other tests have an `event_loop` of another scope, or a loop of another scope by "
    "pytest's configuration: "
) + _SCOPES_BY_HAND


class _LoopPlan(NamedTuple):
    """What is to be done about an override, by itself or by hand."""

    fix: Fix | None = None
    by_hand: str = _SCOPES_BY_HAND


class OverriddenLoop(Rule):
    """The project overrides `event_loop`.

    That was how tests and fixtures came to share a loop. pytest-asyncio 1.0 does not
    look at it any more, and does not say so: each test is on a loop of its own, and
    what a fixture of a wider scope made fails with `attached to a different loop`,
    `Event loop is closed`, or waits for ever.

    Before:

        # conftest.py
        import asyncio

        import pytest


        @pytest.fixture(scope="session")
        def event_loop():
            loop = asyncio.new_event_loop()
            yield loop
            loop.close()


        @pytest.fixture
        def answer():
            return 42
        # pytest.ini
        [pytest]
        asyncio_mode = auto

    After:

        # conftest.py
        import pytest


        @pytest.fixture
        def answer():
            return 42
        # pytest.ini
        [pytest]
        asyncio_mode = auto
        asyncio_default_fixture_loop_scope = session
        asyncio_default_test_loop_scope = session

    One for some of the tests, in a conftest.py further down or in one of several
    modules, becomes a loop for all, if nothing asks for `asyncio.all_tasks()` or says a
    `loop_scope`: what shared one does so still.

    One that does more than to make and close a loop stays, made by
    `pytest_asyncio.fixture`, and gives the loop that is there: where sync tests would
    get it as well, in a conftest.py, this is no safe fix. So does one that sync code
    asks for which cannot do without it.
    """

    code = "PTA104"
    name = "event-loop-override"
    message = "`event_loop` is overridden, which pytest-asyncio 1.0 takes no notice of"
    by_hand = _SCOPES_BY_HAND
    words = (b"event_loop",)
    pattern = LOOP_WORD
    may_set = True

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield the fixtures of that name that give a loop."""
        for fixture in project.suite(module).fixtures:
            if fixture.name == LOOP_NAME:
                override = LoopOverride(fixture)
                if override.is_loop and not is_only_for_sync_code(fixture, project):
                    plan = _plan_for_loop(override, project)
                    yield self.found(module, fixture.function, plan.fix, plan.by_hand)


def _plan_for_loop(override: LoopOverride, project: Project) -> _LoopPlan:
    fixture = override.fixture
    by_hand = "" if override.is_only_loop else _why_not_only(override.library)
    obstacle = next(_obstacles(override, project), "")
    asked = _who_asks(fixture, project)
    if asked and not by_hand:
        by_hand = f"it can go when nothing asks for it: {asked}."
    if obstacle:
        return _LoopPlan(by_hand=by_hand or obstacle)
    if by_hand or _is_for_importers(fixture, project):
        plan = _plan_that_adapts(override, project)
        return plan._replace(by_hand=by_hand or _SCOPES_BY_HAND)
    plan = _plan_if_it_can_go(override, project)
    if plan.fix and override.is_for_sync_tests:
        return _LoopPlan(plan.fix._replace(is_safe=False), _SYNC_BY_HAND)
    return plan


def _plan_that_adapts(override: LoopOverride, project: Project) -> _LoopPlan:
    """Return what keeps an override, for who asks or for what else it does."""
    fixture = override.fixture
    if _is_still_asked_for(fixture, project):
        return _LoopPlan()
    others = _Others.of(override, project)
    stays = adapting_changes(
        override,
        project,
        _SharedLoop(fixture, project).scope,
        is_autouse=others.are_all_on_loops,
    )
    if not stays:
        return _LoopPlan()
    stays = (*stays, *others.marks())
    needs = (*ADAPTED_NEEDS, *(["pytest"] if others.marked else []))
    if fixture.scope == "function":
        plan = _LoopPlan(Fix(stays, needs=needs))
    elif _goes_by_settings(fixture, project):
        plan = _plan_of_settings(fixture, stays, needs, project)
    else:
        plan = _ModuleLoopPlan(fixture, project).plan_beside(stays, needs)
    if plan.fix and not others.are_fit:
        return _LoopPlan(plan.fix._replace(is_safe=False))
    return plan


def _is_still_asked_for(fixture: Fixture, project: Project) -> bool:
    """Tell whether other rules will make something do without it, or it is odd."""
    users = users_of(fixture, project)
    module_uses = any(
        node.id == fixture.function.name and scope.reads_global(node.id)
        for scope, node in fixture.module.names.uses
    )
    return (
        module_uses
        or any(other.name == LOOP_NAME for other in users.fixtures)
        or any(goes_without_loop(each, project) for each in users.tests)
        or any(goes_without_loop(each, project) for each in users.fixtures)
    )


class _Others(NamedTuple):
    """The tests that had an override without asking for it, and need what else it does.

    Attributes:
        are_all_on_loops: Whether it is to be an autouse fixture.
        marked: Those that get a mark instead.
        are_fit: Whether no others get it as well.
    """

    are_all_on_loops: bool = False
    marked: tuple[Test, ...] = ()
    are_fit: bool = True

    @classmethod
    def of(cls, override: LoopOverride, project: Project) -> _Others:
        """Find them."""
        fixture = override.fixture
        tests = [*_tests_in_reach(fixture, project)]
        on_loops = [each for each in tests if runs_on_asyncio(each, project)]
        if override.is_only_loop or not on_loops or fixture.is_autouse:
            return cls()
        silent = [
            test
            for test in tests
            if LOOP_NAME not in {each.arg for each in test.parameters}
        ]
        is_for_all = all(test in on_loops for test in silent)
        if is_for_all or _is_in_conftest(fixture):
            fit = is_for_all or fixture.scope == "session"
            return cls(are_all_on_loops=True, are_fit=fit)
        return cls(marked=tuple(test for test in silent if test in on_loops))

    def marks(self) -> Iterator[Change]:
        """Yield what has a test ask for it."""
        for test in self.marked:
            yield AddDecorator(test.function, f'pytest.mark.usefixtures("{LOOP_NAME}")')


def _tests_in_reach(fixture: Fixture, project: Project) -> Iterator[Test]:
    """Yield the tests that would get a fixture if they asked for it."""
    modules: Iterable[Module] = (fixture.module,)
    if _is_in_conftest(fixture):
        modules = project.modules_with(b"def test", fixture.module)
    for module in modules:
        for test in project.suite(module).tests:
            found = project.fixture(fixture.name, module, test.owner)
            if same_fixture(found, fixture):
                yield test


def _plan_if_it_can_go(override: LoopOverride, project: Project) -> _LoopPlan:
    fixture, library = override.fixture, override.library
    goes: tuple[Change, ...] = (Delete(fixture.function),)
    needs: tuple[str, ...] = ()
    if library in LOOP_LIBRARIES:
        goes, needs = (_become_hook(fixture, library),), (library,)
    if fixture.scope == "function":
        return _LoopPlan(Fix(goes, needs=needs))
    if _goes_by_settings(fixture, project):
        return _plan_of_settings(fixture, goes, needs, project)
    return _ModuleLoopPlan(fixture, project).plan()


def _goes_by_settings(fixture: Fixture, project: Project) -> bool:
    loop = _SharedLoop(fixture, project)
    return _is_in_conftest(fixture) or loop.is_set or loop.is_for_some


def _obstacles(override: LoopOverride, project: Project) -> Iterator[str]:
    """Yield what to do by hand because an override cannot just go."""
    fixture, library = override.fixture, override.library
    if fixture.scope not in ("function", *_WIDE_SCOPES):
        yield _SCOPES_BY_HAND
    if _is_for_importers(fixture, project) and not (
        override.is_only_loop and _is_imported(fixture, project)
    ):
        yield _SCOPES_BY_HAND
    if _others_differ(fixture, project):
        yield _OTHERS_BY_HAND
    if library in LOOP_LIBRARIES and not _is_place_for_hook(fixture):
        yield _why_not_only(library)


def _is_for_importers(fixture: Fixture, project: Project) -> bool:
    """Tell whether a fixture is in a module that others have it from by imports."""
    return not _is_in_conftest(fixture) and not project.is_test_file(
        fixture.module.path
    )


def _is_imported(fixture: Fixture, project: Project) -> bool:
    """Tell whether a conftest.py, or a module of tests, is seen to import a fixture."""
    path = fixture.module.path.absolute()
    name = path.parent.name if path.name == "__init__.py" else path.stem
    root = project.settings_path(path).parent
    return any(
        same_fixture(project.fixture(fixture.name, module), fixture)
        for module in project.modules_below(name.encode(), root)
        if module.path.absolute() != path
    )


def _is_in_conftest(fixture: Fixture) -> bool:
    return fixture.module.path.name == "conftest.py"


def _why_not_only(library: str) -> str:
    if library in LOOP_LIBRARIES:
        factories = _factories(library, f"{library}.new_event_loop")
        return _LIBRARY_BY_HAND.format(factories=factories)
    for kind in ("SelectorEventLoop", "ProactorEventLoop"):
        if kind in library:
            factories = _factories("asyncio", f"asyncio.{kind}")
            return _LIBRARY_BY_HAND.format(factories=factories)
    return _MORE_BY_HAND


def _factories(name: str, factory: str) -> str:
    return "{" + f'"{name}": {factory}' + "}"


def _who_asks(fixture: Fixture, project: Project) -> str:
    """Say who asks for a fixture; nothing if nobody does."""
    users = users_of(fixture, project)
    names = [test.function.name for test in users.tests]
    names += [other.function.name for other in users.fixtures]
    if not users.are_all:
        names.append("`getfixturevalue`, an import or pytest's configuration")
    names += [
        "the module itself"
        for scope, node in fixture.module.names.uses
        if node.id == fixture.function.name and scope.reads_global(node.id)
    ]
    shown = [*dict.fromkeys(names)]
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    return ", ".join(shown[:3]) + more


def _others_differ(fixture: Fixture, project: Project) -> bool:
    """Tell whether other scopes are meant around here, by overrides or settings."""
    configuration = project.configuration(fixture.module.path)
    modules = [*project.conftests(fixture.module.path)]
    if _is_in_conftest(fixture):
        modules += project.modules_with(LOOP_NAME.encode(), fixture.module)
    others = [
        other
        for module in modules
        for other in project.suite(module).fixtures
        if other.name == LOOP_NAME and LoopOverride(other).is_loop
    ]
    wide = configuration.test_loop_scope not in {"function", fixture.scope}
    is_set = _SharedLoop(fixture, project).is_set
    return (wide and not is_set) or any(
        other.scope != fixture.scope and "function" in {other.scope, fixture.scope}
        for other in others
    )


def _is_place_for_hook(fixture: Fixture) -> bool:
    module = fixture.module
    names = {"pytest_asyncio_loop_factories", "event_loop_policy"}
    return (
        module.path.name == "conftest.py"
        and fixture.owner is None
        and module.names.module.bound.isdisjoint(names)
    )


def _become_hook(fixture: Fixture, library: str) -> ReplaceFunction:
    factories = _factories(library, f"{library}.new_event_loop")
    code = f"def pytest_asyncio_loop_factories(config, item):\n    return {factories}"
    return ReplaceFunction(fixture.function, code)


def _plan_of_settings(
    fixture: Fixture,
    changes: tuple[Change, ...],
    needs: tuple[str, ...],
    project: Project,
) -> _LoopPlan:
    """Return what shares a loop by settings."""
    loop = _SharedLoop(fixture, project)
    path = fixture.module.path.absolute()
    target, configuration = project.settings_path(path), project.configuration(path)
    settings = tuple(
        Setting(target, name, loop.scope)
        for name in _LOOP_SETTINGS
        if configuration.text(name) != loop.scope
    )
    fix = Fix(changes, loop.is_safe, needs, settings)
    return _LoopPlan(fix, "" if loop.is_safe else _ISOLATED_BY_HAND)


class _SharedLoop:
    """The loop that an override is for, and what shares it."""

    def __init__(self, fixture: Fixture, project: Project) -> None:
        self._fixture, self._project = fixture, project
        path = fixture.module.path.absolute()
        self._configuration = project.configuration(path)
        self._root = project.settings_path(path).parent

    @property
    def is_set(self) -> bool:
        """Tell whether the settings have it, or a wider one, already."""
        scopes = {
            self._configuration.test_loop_scope,
            self._configuration.fixture_loop_scope,
        }
        return scopes in ({"session"}, {self._fixture.scope})

    @property
    def is_for_some(self) -> bool:
        """Tell whether settings cannot be for what has the override alone."""
        if self._fixture.scope == "function" or self.is_set:
            return False
        return any(not self._is_settled_apart(other) for other in self._overrides())

    @property
    def scope(self) -> str:
        """Its scope: where settings are for others as well, one that does for all."""
        if self.is_set:
            return self._configuration.test_loop_scope
        scopes = {other.scope for other in self._overrides()}
        if self.is_for_some and len(scopes) > 1:
            return "session"
        return self._fixture.scope

    @property
    def is_safe(self) -> bool:
        """Tell whether no test minds that others share its loop."""
        return not self.is_for_some or not any(
            True
            for word in (b"all_tasks", b"loop_scope")
            for _ in self._project.modules_below(word, self._root)
        )

    def _overrides(self) -> list[Fixture]:
        """Return all of the project that are wider than a test."""
        return [
            other
            for module in self._project.modules_below(LOOP_NAME.encode(), self._root)
            for other in self._project.suite(module).fixtures
            if other.name == LOOP_NAME
            and other.scope != "function"
            and LoopOverride(other).is_loop
        ]

    def _is_settled_apart(self, override: Fixture) -> bool:
        """Tell whether an override can be replaced for just what has it."""
        if override.owner is not None or _is_for_importers(override, self._project):
            return False
        if _is_in_conftest(override):
            directory = override.module.path.absolute().parent
            scopes = {other.scope for other in self._overrides()}
            return len(scopes) == 1 and _is_for_all(
                directory, self._root, self._project
            )
        return not _ModuleLoopPlan(override, self._project).uses_other_loops()


def _is_for_all(directory: Path, root: Path, project: Project) -> bool:
    """Tell whether all async tests that settings count for are below a directory."""
    if directory == root:
        return True
    return root in directory.parents and not project.has_async_tests_beside(
        directory, root
    )


class _ModuleLoopPlan:
    """Marks and fixtures of a test module say what its own override meant."""

    def __init__(self, fixture: Fixture, project: Project) -> None:
        self._fixture, self._project = fixture, project
        self._module, self._scope = fixture.module, fixture.scope
        self._suite: Suite = project.suite(self._module)
        self._mark = f'pytest.mark.asyncio(loop_scope="{self._scope}")'
        self._configuration = project.configuration(self._module.path)

    def plan(self) -> _LoopPlan:
        """Return it."""
        goes: Change = Delete(self._fixture.function)
        if self._can_mark_module() and any(self._unmarked_tests()):
            code = f"pytestmark = {self._mark}"
            goes = ReplaceFunction(self._fixture.function, code)
            return self._plan_with((goes,), (), ("pytest",))
        return self.plan_beside((goes,), ())

    def plan_beside(
        self, changes: tuple[Change, ...], needs: tuple[str, ...]
    ) -> _LoopPlan:
        """Return it, with changes of the override and what these need."""
        unmarked = [*self._unmarked_tests()]
        marks = [AddDecorator(each.function, self._mark) for each in unmarked]
        needs = (*needs, "pytest") if unmarked else needs
        return self._plan_with(changes, marks, needs)

    def _plan_with(
        self,
        changes: tuple[Change, ...],
        marks: Sequence[Change],
        needs: tuple[str, ...],
    ) -> _LoopPlan:
        every = [*changes, *marks, *(self._marked(mark) for mark in self._marks())]
        for fixture in self._fixtures_on_loops():
            every += self._changes_of_fixture(fixture)
        if self._fixtures_on_loops():
            needs = (*needs, "pytest_asyncio")
        return _LoopPlan(Fix(tuple(every), needs=needs))

    def _tests(self) -> list[Test]:
        return [
            test
            for test in self._suite.tests
            if not (test.is_others or test.is_unittest)
        ]

    def _unmarked_tests(self) -> Iterator[Test]:
        """Yield the tests that have no mark, and need none in auto mode."""
        if self._configuration.mode == "auto":
            for test in self._tests():
                if test.is_async and not test.mark("asyncio"):
                    yield test

    def _can_mark_module(self) -> bool:
        """Tell whether a mark of the module is no other's, and on async tests only."""
        return "pytestmark" not in self._module.names.module.bound and all(
            test.is_async and not test.is_others for test in self._suite.tests
        )

    def _marks(self) -> list[Mark]:
        return [
            mark
            for mark in self._suite.marks
            if mark.name == "asyncio"
            and not mark.argument("loop_scope")
            and not mark.argument("scope")
        ]

    def _marked(self, mark: Mark) -> Change:
        return self._with_scope(mark.node, self._module.segment(mark.node))

    def _with_scope(self, node: ast.expr, name: str) -> Change:
        if isinstance(node, ast.Call):
            return AddKeyword(node, "loop_scope", f'"{self._scope}"')
        return Replace(node, f'{name}(loop_scope="{self._scope}")')

    def _fixtures_on_loops(self) -> list[Fixture]:
        """Return the module's own that may be on another loop."""
        if self._configuration.fixture_loop_scope == self._scope:
            return []
        return [
            fixture
            for fixture in self._suite.fixtures
            if _is_on_loop(fixture) and fixture.loop_scope is None
        ]

    def _changes_of_fixture(self, fixture: Fixture) -> Iterator[Change]:
        decorator = fixture.decorator
        name = self._module.segment(called(decorator))
        if fixture.made_by == "pytest":
            name = "pytest_asyncio.fixture"
            if isinstance(decorator, ast.Call):
                yield Replace(decorator.func, name)
        yield self._with_scope(decorator, name)

    def uses_other_loops(self) -> bool:
        """Tell whether the module has async fixtures that it cannot put on its loop."""
        order = ("function", *_WIDE_SCOPES)
        wider = any(
            fixture.scope not in order
            or order.index(fixture.scope) > order.index(self._scope)
            for fixture in self._fixtures_on_loops()
        )
        return wider or any(
            self._project.loop_scope_of_fixture(fixture) != self._scope
            for fixture in self._fixtures_from_elsewhere()
        )

    def _fixtures_from_elsewhere(self) -> Iterator[Fixture]:
        """Yield the async ones that its tests and fixtures ask for, or get anyhow."""
        for conftest in self._project.conftests(self._module.path):
            for fixture in self._project.suite(conftest).fixtures:
                if _is_on_loop(fixture) and fixture.is_autouse:
                    yield fixture
        waiting: list[Test | Fixture] = [*self._suite.tests, *self._suite.fixtures]
        seen: set[str] = set()
        while waiting:
            asking = waiting.pop()
            for argument in asking.parameters:
                found = self._project.fixture(argument.arg, asking.module, asking.owner)
                if found is None or argument.arg in seen:
                    continue
                seen.add(argument.arg)
                waiting.append(found)
                if _is_on_loop(found) and found.module is not self._module:
                    yield found


def _is_on_loop(fixture: Fixture) -> bool:
    """Tell whether pytest-asyncio sets a fixture up, or would in auto mode."""
    is_async = fixture.is_async and fixture.made_by == "pytest"
    return is_async or fixture.made_by == "pytest_asyncio"


LOOP_OVERRIDE_RULES: tuple[Rule, ...] = (OverriddenLoop(),)
