"""Rules on how fixtures are declared, and which loops they run on."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ..changes import AddKeyword, Replace
from ..fixture_uses import fixture_key, fixtures_asked_for, fixtures_of, tests_for
from ..references import spelled
from ..rule import Fix, Rule
from ..source import NotFixableError
from ..suite import Fixture
from ..syntax import called, has_yields, keyword, own_nodes, string
from .async_fixture_uses import is_left_to_pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..changes import Change
    from ..project import Project
    from ..rule import Finding
    from ..source import Module
    from ..suite import Test
    from ..syntax import Function

# --- Rules: fixtures and their loops --------------------------------------------------

# Without parsing: what follows the word `fixture` up to the next function, or another
# name for it.
_UP_TO_FUNCTION = rb"(?:(?!\bdef\b)[\s\S])*?"
_OTHER_NAME = rb"|\bfixture[ \t]+as\b|=[ \t]*(?:\w+\.)?fixture[ \t]*[\r\n]"
_ANY_ASYNC_DEF = re.compile(rb"\basync[ \t]+def\b")
_RENAMED = re.compile(_OTHER_NAME.removeprefix(b"|"))
_WIDTHS = ("function", "class", "module", "package", "session")
_OTHERS = re.compile(rb"anyio_backend|pytest_trio|pytest_twisted|trio_mode")
_OTHERS_SETTINGS = ("anyio_mode", "trio_mode")
_OTHERS_MARKS_WORDS = (b"anyio", b"trio", b"twisted", b"ensureDeferred")


def _by_pytest_asyncio(module: Module, fixture: Fixture) -> Fix | None:
    """Return what makes a plain fixture one of pytest-asyncio's."""
    plain = called(fixture.decorator)
    try:
        own = spelled(module, "pytest_asyncio.fixture", plain)
    except NotFixableError:
        return None
    return Fix((Replace(plain, own.code),), needs=own.needs)


def _is_for_others(fixture: Fixture, project: Project) -> bool:
    """Tell whether another plugin may be there to run an async fixture."""
    configuration = project.configuration(fixture.module.path)
    if any(name in configuration.values for name in _OTHERS_SETTINGS):
        return True
    files = (fixture.module, *project.conftests(fixture.module.path))
    return any(_OTHERS.search(module.raw) for module in files) or any(
        mark.name in {"anyio", "trio"} for mark in project.suite(fixture.module).marks
    )


def _runs_by_pytest_asyncio(test: Test, project: Project) -> bool:
    """Tell whether it is pytest-asyncio that runs a test."""
    if not test.is_async or test.is_others or test.is_unittest:
        return False
    if project.configuration(test.module.path).mode == "auto" or test.mark("asyncio"):
        return True
    return any(map(_marks_tests, project.conftests(test.module.path)))


def _marks_tests(conftest: Module) -> bool:
    return b"add_marker" in conftest.raw and b"asyncio" in conftest.raw


class PlainAsyncFixture(Rule):
    """An async fixture is made by `pytest.fixture`, in strict mode.

    In strict mode, which is the default, pytest-asyncio leaves the fixtures of
    `pytest.fixture` to other plugins. If there is none, a test does not get what the
    fixture yields. Since pytest 9 it fails: `'test_greets' requested an async fixture
    'client', with no plugin or hook that handled it. This is an error, as pytest does
    not natively support it.`

    A fixture is left alone if tests for anyio or trio get it, or if nothing shows that
    tests for asyncio do, or sync tests where there is no other such plugin.

    Before:

        import pytest


        @pytest.fixture
        async def client():
            yield "client"


        @pytest.mark.asyncio
        async def test_greets(client):
            assert client

    After:

        import pytest
        import pytest_asyncio


        @pytest_asyncio.fixture
        async def client():
            yield "client"


        @pytest.mark.asyncio
        async def test_greets(client):
            assert client

    By hand: where the fixture is for tests of several plugins, keep one for each, or
    set `asyncio_mode = auto` if asyncio is the only one.
    """

    code = "PTA107"
    name = "plain-async-fixture"
    message = (
        "in strict mode, the async fixture `{name}` needs `pytest_asyncio.fixture`"
    )
    by_hand = (
        "make it by `pytest_asyncio.fixture`, with the same arguments; "
        "no test must await it then"
    )
    words = (b"fixture",)
    pattern = re.compile(
        rb"(?<!asyncio\.)\bfixture\b"
        + _UP_TO_FUNCTION
        + rb"\basync[ \t]+def\b"
        + _OTHER_NAME
    )

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Tell whether a file may have async fixtures of pytest's, in strict mode."""
        return (
            bool(_ANY_ASYNC_DEF.search(raw))
            and _is_strict(project, path)
            and super().may_find(raw, project, path)
        )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each such fixture that tests for asyncio get."""
        plain = [
            fixture
            for fixture in project.suite(module).fixtures
            if fixture.is_async and fixture.made_by == "pytest"
        ]
        if not plain or not _is_strict(project, module.path):
            return
        wanted = _fixtures_for_asyncio(module, project)
        plain = [
            fixture
            for fixture in plain
            if fixture_key(fixture) in wanted or _is_for_sync_tests(fixture, project)
        ]
        if not plain:
            return
        others = _fixtures_of_others(module, project)
        for fixture in plain:
            if fixture_key(fixture) not in others:
                fix = _by_pytest_asyncio(module, fixture)
                if fix and _is_awaited_by_tests(fixture, project):
                    fix = fix._replace(is_safe=False)
                yield self.found(module, fixture.function, fix, name=fixture.name)


def _is_strict(project: Project, path: Path) -> bool:
    """Tell whether a mode is strict, and no old one that is to become another."""
    configuration = project.configuration(path)
    return configuration.mode == "strict" and (
        configuration.text("asyncio_mode") in {None, "strict"}
    )


def _is_for_sync_tests(fixture: Fixture, project: Project) -> bool:
    """Tell whether sync tests get a fixture that nothing else than a plugin awaits."""
    return is_left_to_pytest(fixture.module, project) and any(
        fixture_key(fixture) in fixtures_of(test, project)
        for test in tests_for(fixture.module, project, fixture.name.encode())
        if not (test.is_async or test.is_others or test.is_unittest)
    )


def _is_awaited_by_tests(fixture: Fixture, project: Project) -> bool:
    """Tell whether a test awaits a fixture: once that is done for it, it must not.

    What it yields or returns may well be something to await, as a task is.
    """
    awaiting = ast.AsyncFor if has_yields(fixture.function) else ast.Await
    return any(
        isinstance(node, awaiting)
        and isinstance(awaited := _waited_for(node), ast.Name)
        and awaited.id == fixture.name
        for test in tests_for(fixture.module, project, b"asyncio")
        if fixture.name in {each.arg for each in test.parameters}
        for node in own_nodes(test.function)
    )


def _waited_for(node: ast.Await | ast.AsyncFor) -> ast.expr:
    return node.value if isinstance(node, ast.Await) else node.iter


def _fixtures_of_others(module: Module, project: Project) -> set[object]:
    """Return the fixtures that tests for other plugins get."""
    return {
        key
        for test in tests_for(module, project, *_OTHERS_MARKS_WORDS)
        if test.is_others
        or any(each.arg == "anyio_backend" for each in test.parameters)
        for key in fixtures_of(test, project)
    }


def _fixtures_for_asyncio(module: Module, project: Project) -> set[object]:
    """Return the fixtures that tests or fixtures for asyncio get.

    If no other plugin is in sight, those of a module that knows pytest-asyncio count
    as well: their tests may be elsewhere.
    """
    found: set[object] = set()
    word = b"async def" if _marks_tests(module) else b"asyncio"
    for test in tests_for(module, project, word):
        if _runs_by_pytest_asyncio(test, project):
            found |= {
                key
                for key, fixture in fixtures_of(test, project).items()
                if not _asks_for_backend(fixture)
            }
    for fixture in project.suite(module).fixtures:
        if fixture.made_by == "pytest_asyncio":
            found |= {
                fixture_key(each) for each in fixtures_asked_for(fixture, project)
            }
        elif b"pytest_asyncio" in module.raw and not _is_for_others(fixture, project):
            found.add(fixture_key(fixture))
    return found


def _asks_for_backend(fixture: Fixture) -> bool:
    return any(each.arg == "anyio_backend" for each in fixture.parameters)


class FixtureWiderThanLoop(Rule):
    """An async fixture outlives the event loop that it runs on.

    `scope` says how long the fixture is kept, `loop_scope` which loop it runs on; where
    that is not said, `asyncio_default_fixture_loop_scope` counts. A fixture that is
    kept for longer than its loop cannot be set up: `ScopeMismatch: You tried to access
    the function scoped fixture _function_scoped_runner with a session scoped request
    object.`

    Before:

        # pytest.ini
        [pytest]
        asyncio_default_fixture_loop_scope = function
        # conftest.py
        import pytest_asyncio


        @pytest_asyncio.fixture(scope="session")
        async def server():
            yield "server"

    After:

        # pytest.ini
        [pytest]
        asyncio_default_fixture_loop_scope = function
        # conftest.py
        import pytest_asyncio


        @pytest_asyncio.fixture(scope="session", loop_scope="session")
        async def server():
            yield "server"

    By hand: tests that wait for something of that fixture's, a connection or a task,
    have to run on the same loop: `@pytest.mark.asyncio(loop_scope="session")`.
    """

    code = "PTA110"
    name = "fixture-wider-than-its-loop"
    message = "`{name}` is kept for the {scope}, its event loop only for the {loop}"
    by_hand = "give it a `loop_scope` that is as wide as its `scope`"
    words = (b"scope",)

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Tell whether async fixtures, or those of pytest-asyncio, have a scope."""
        return super().may_find(raw, project, path) and _may_say_scopes(raw)

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each fixture with a scope wider than its loop's."""
        is_auto = project.configuration(module.path).mode == "auto"
        for fixture in project.suite(module).fixtures:
            is_plain = fixture.made_by == "pytest"
            if fixture.made_by != "pytest_asyncio" and not (is_plain and is_auto):
                continue
            loop = project.loop_scope_of_fixture(fixture)
            if not _is_wider(fixture.scope, loop) or not _runs_on_loop(fixture):
                continue
            if is_plain and _is_for_others(fixture, project):
                continue
            fix = _with_wide_loop(module, fixture)
            yield self.found(
                module,
                fixture.function,
                fix,
                name=fixture.name,
                scope=fixture.scope,
                loop=loop,
            )


def _runs_on_loop(fixture: Fixture) -> bool:
    """Tell whether a fixture needs a loop: pytest-asyncio gives one to all its own."""
    return fixture.is_async or fixture.made_by == "pytest_asyncio"


def _is_wider(scope: str, loop: str | None) -> bool:
    if scope not in _WIDTHS or loop not in _WIDTHS:
        return False
    return _WIDTHS.index(scope) > _WIDTHS.index(loop)


def _with_wide_loop(module: Module, fixture: Fixture) -> Fix | None:
    call = fixture.decorator
    scope = keyword(call, "scope")
    if not isinstance(call, ast.Call) or scope is None or string(scope.value) is None:
        return None
    said = keyword(call, "loop_scope")
    code = module.segment(scope.value)
    change: Change
    change = Replace(said.value, code) if said else AddKeyword(call, "loop_scope", code)
    if fixture.made_by == "pytest_asyncio":
        return Fix((change,))
    own = _by_pytest_asyncio(module, fixture)
    return Fix((*own.changes, change), needs=own.needs) if own else None


class FixtureOnAnotherLoop(Rule):
    """A test waits for what belongs to an event loop that does not run meanwhile.

    The fixture ran on a loop of another scope than the test. What it made there, a
    connection, a server or a task, only goes on while that loop does: the test fails
    with `got Future <Future pending> attached to a different loop`, with `is bound to a
    different event loop`, or waits for ever.

    Reported is only what is sure to be bound to a loop, and what a test or fixture
    visibly waits for.

    Before:

        import asyncio

        import pytest
        import pytest_asyncio


        @pytest_asyncio.fixture(scope="module", loop_scope="module")
        async def answer():
            return asyncio.create_task(asyncio.sleep(0, 42))


        @pytest.mark.asyncio
        async def test_answers(answer):
            assert await answer == 42

    After, with --unsafe-fixes:

        import asyncio

        import pytest
        import pytest_asyncio


        @pytest_asyncio.fixture(scope="module", loop_scope="module")
        async def answer():
            return asyncio.create_task(asyncio.sleep(0, 42))


        @pytest.mark.asyncio(loop_scope="module")
        async def test_answers(answer):
            assert await answer == 42

    By hand: run both on one loop. Either give the test, its class or its module the
    fixture's `loop_scope`, or the fixture a narrower `scope` and `loop_scope`.
    """

    code = "PTA201"
    name = "fixture-on-another-loop"
    message = (
        "`{name}` belongs to a loop of scope {fixture_loop}, and is awaited on one of "
        "scope {own_loop}"
    )
    by_hand = "give both the same `loop_scope`"
    words = (b"await", b"async with", b"async for")
    pattern = re.compile(rb"\basync[ \t]+def\b")

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Tell whether there are loops of several scopes, and what is bound to one."""
        if not super().may_find(raw, project, path):
            return False
        texts = [raw, *(module.raw for module in project.conftests(path))]
        if not any(map(_may_make_what_is_bound, texts)):
            return False
        configuration = project.configuration(path)
        of_fixtures = configuration.fixture_loop_scope or "function"
        return configuration.test_loop_scope != of_fixtures or any(
            map(_may_say_scopes, texts)
        )

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield one finding for each fixture that a test or fixture cannot await."""
        if project.fixture("event_loop", module) or any(
            map(_marks_tests, project.conftests(module.path))
        ):
            return  # which loop is meant is still to be settled, or not said here
        for test in project.suite(module).tests:
            if _runs_by_pytest_asyncio(test, project):
                loop = project.loop_scope_of_test(test)
                yield from self._found_in(module, test, loop, project)
        for fixture in project.suite(module).fixtures:
            if fixture.is_async and fixture.made_by == "pytest_asyncio":
                loop = project.loop_scope_of_fixture(fixture)
                yield from self._found_in(module, fixture, loop, project)

    def _found_in(
        self, module: Module, asking: Test | Fixture, own: str | None, project: Project
    ) -> Iterator[Finding]:
        for parameter in asking.parameters if own else ():
            made = _bound_to_loop(parameter.arg, asking, project)
            loop = project.loop_scope_of_fixture(made) if made else None
            if made is None or loop in {None, own}:
                continue
            if parameter.arg in _awaited_names(asking.function):
                yield self.found(
                    module,
                    parameter,
                    _with_loop_of(made, loop, asking, project),
                    name=made.name,
                    fixture_loop=loop,
                    own_loop=own,
                )


# What makes something that only works on the loop that runs at the time. Clients that
# connect when they are used are not among them: they work with a loop for each test
# if one test uses them.
_BOUND = frozenset(
    {
        "aiohttp.ClientSession",
        "aiohttp.client.ClientSession",
        "aiohttp.test_utils.TestClient",
        "aiohttp.test_utils.TestServer",
        "aiomysql.connect",
        "aiomysql.create_pool",
        "aiopg.connect",
        "aiopg.create_pool",
        "aio_pika.connect",
        "aio_pika.connect_robust",
        "asyncio.create_subprocess_exec",
        "asyncio.create_subprocess_shell",
        "asyncio.create_task",
        "asyncio.ensure_future",
        "asyncpg.connect",
        "asyncpg.create_pool",
        "grpc.aio.insecure_channel",
        "grpc.aio.secure_channel",
        "nats.connect",
        "websockets.connect",
    }
)
_BOUND_WORDS = re.compile(
    rb"aiohttp|aiomysql|aiopg|aio_pika|asyncpg|nats|websockets|grpc"
    rb"|create_subprocess_|create_task|ensure_future"
)
_ANY_DEF = re.compile(rb"\bdef\b")


# Each conftest.py is looked at for all the files below it.
@lru_cache(maxsize=64)
def _may_make_what_is_bound(raw: bytes) -> bool:
    return b"fixture" in raw and bool(_BOUND_WORDS.search(raw))


def _has_other_name(raw: bytes) -> bool:
    return bool(_ANY_ASYNC_DEF.search(raw) and _RENAMED.search(raw))


@lru_cache(maxsize=64)
def _may_say_scopes(raw: bytes) -> bool:
    if b"scope" not in raw:
        return False
    return (
        b"loop_scope" in raw
        or b"pytest_asyncio import" in raw
        or b"pytest_asyncio as" in raw
        or _has_other_name(raw)
        or any(
            b"fixture" in above
            and b"scope" in above
            # Those of pytest-asyncio may be sync.
            and (above.rstrip().endswith(b"async") or b"asyncio.fixture" in above)
            for above in _ANY_DEF.split(raw)
        )
    )


def _awaited_names(function: Function) -> set[str]:
    """Return the names that are used where a function waits."""
    waiting = [
        _waited_for(node)
        for node in own_nodes(function)
        if isinstance(node, (ast.Await, ast.AsyncFor))
    ]
    waiting += [
        item.context_expr
        for node in own_nodes(function)
        if isinstance(node, ast.AsyncWith)
        for item in node.items
    ]
    return {root for node in waiting for root in _roots(node)}


def _roots(node: ast.expr) -> Iterator[str]:
    """Yield what is awaited, or whose method is: `pool`, of `pool.fetch(sql)`."""
    while isinstance(node, (ast.Attribute, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Name):
        yield node.id


def _bound_to_loop(
    name: str, asking: Test | Fixture, project: Project
) -> Fixture | None:
    """Return the async fixture of a name if what it makes belongs to its loop."""
    fixture = project.fixture(name, asking.module, asking.owner)
    if fixture is None or not fixture.is_async or keyword(fixture.decorator, "params"):
        return None
    is_auto = project.configuration(fixture.module.path).mode == "auto"
    if fixture.made_by != "pytest_asyncio" and not (
        is_auto and fixture.made_by == "pytest"
    ):
        return None
    given = [*_given_by(fixture.function)]
    bound = [each for each in given if _is_bound_to_loop(fixture, each)]
    return fixture if given and len(bound) == len(given) else None


def _given_by(function: Function) -> Iterator[ast.expr]:
    """Yield what a fixture yields or returns."""
    for node in own_nodes(function):
        if isinstance(node, (ast.Yield, ast.Return)) and node.value:
            yield node.value


def _is_bound_to_loop(fixture: Fixture, node: ast.expr) -> bool:
    made = _made_in(fixture.function, node) if isinstance(node, ast.Name) else node
    if isinstance(made, ast.Await):
        made = made.value
    if not isinstance(made, ast.Call):
        return False
    return fixture.module.qualified(made.func) in _BOUND


def _made_in(function: Function, name: ast.Name) -> ast.expr | None:
    """Return what a local name is bound to, if that is one thing."""
    found: list[ast.expr | None] = []
    for node in own_nodes(function):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=target)], value=value)
                | ast.AnnAssign(target=ast.Name(id=target), value=value)
                | ast.withitem(context_expr=value, optional_vars=ast.Name(id=target))
            ) if target == name.id:
                found.append(value)
            case ast.Name(id=target, ctx=ast.Store()) if target == name.id:
                found.append(None)
    # Each of these is seen a second time, as the name that it binds.
    made = [each for each in found if each is not None]
    return made[0] if len(made) == 1 and len(found) == len(made) * 2 else None


def _with_loop_of(
    made: Fixture, loop: str | None, asking: Test | Fixture, project: Project
) -> Fix | None:
    """Return what runs a test on the loop of a fixture, if it has a mark of its own."""
    if isinstance(asking, Fixture):
        return None
    mark = asking.mark("asyncio")
    is_own = mark and mark.owner is asking.function and mark.made in {None, mark.node}
    if mark is None or not is_own or isinstance(mark.expression, ast.Call):
        return None
    others = (
        project.loop_scope_of_fixture(fixture)
        for fixture in fixtures_of(asking, project).values()
        if fixture.is_async and fixture_key(fixture) != fixture_key(made)
    )
    if any(other != loop for other in others):
        return None
    code = f'{asking.module.segment(mark.node)}(loop_scope="{loop}")'
    return Fix((Replace(mark.node, code),), is_safe=False)


FIXTURE_RULES: tuple[Rule, ...] = (
    PlainAsyncFixture(),
    FixtureWiderThanLoop(),
    FixtureOnAnotherLoop(),
)
