"""The loop fixtures, seen from outside: suites that use them, and what pytest says."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SCOPES = ("function", "class", "module", "package", "session")
NAMES = ("standard_event_loop", *(f"{scope}_scoped_event_loop" for scope in SCOPES))
REFUSED = (
    "The async {} asks for the fixture '{}', a loop for sync tests that it would never "
    "run on; use asyncio.get_running_loop() inside it instead."
)
# What test modules begin with here. `current()` is what test code would get.
HEAD = """
import asyncio, pytest, pytest_asyncio

def current():
    try:
        return asyncio.get_event_loop()
    except RuntimeError:
        return None

async def answer():
    return 42
"""


def write(suite: pytest.Pytester, **modules: str) -> None:
    """Write test modules; two underscores in a name stand for a directory."""
    for name, text in modules.items():
        path: Path = suite.path / "tests" / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(HEAD + dedent(text), encoding="utf-8")


def run(suite: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run the suite with every warning as an error."""
    return suite.runpytest_subprocess("-W", "error", *options)


@pytest.mark.parametrize("name", NAMES)
def test_each_gives_a_sync_test_a_current_loop_with_and_without_importing_it(
    suite: pytest.Pytester, name: str
) -> None:
    """Pytest knows the fixtures; editors and readers like to see an import."""
    test = f"""
    def test_drives_async_code({name}):
        assert current() is {name}
        assert {name}.run_until_complete(answer()) == 42

    def test_again({name}):
        assert current() is {name}
        assert {name}.run_until_complete(answer()) == 42

    def test_leaves_no_loop_to_a_test_that_does_not_ask():
        asyncio.run(answer())
        assert current() is None
    """
    imported = f"from tests.utils.asyncio_helpers import {name}\n"
    write(suite, test_known=test, test_imported=imported + dedent(test))

    run(suite).assert_outcomes(passed=6)


def test_each_scope_has_one_loop_that_ends_with_it(suite: pytest.Pytester) -> None:
    """One per test, class, module, package and run; closed when the next begins."""
    record = """
    from tests.record import seen

    class TestOne:
        def test_a(self, {all}):
            seen(locals())

        def test_b(self, {all}):
            seen(locals())

    class TestTwo:
        def test_c(self, {all}):
            seen(locals())
    """.format(all=", ".join(f"{scope}_scoped_event_loop" for scope in SCOPES))
    write(
        suite,
        record="""
        LOOPS = {}

        def seen(names):
            for name, loop in names.items():
                if name != "self":
                    scope = name.partition("_")[0]
                    loops = LOOPS.setdefault(scope, [])
                    loops += [loop] if loop not in loops else []
                    open_ones = [each for each in loops if not each.is_closed()]
                    assert open_ones == [loop], scope
        """,
        package_one__test_x=record,
        package_one__test_y=record,
        package_two__test_z=record,
        zz_last__test_counts="""
        from tests.record import LOOPS

        def test_counts():
            counts = {scope: len(loops) for scope, loops in LOOPS.items()}
            assert [counts[name] for name in ("function", "class")] == [9, 6]
            assert [counts[name] for name in ("module", "package")] == [3, 2]
            assert counts["session"] == 1
        """,
    )

    run(suite).assert_outcomes(passed=10)


def test_a_package_that_imports_the_fixture_has_one_loop(
    suite: pytest.Pytester,
) -> None:
    """Pytest ties it to the package then, sub-packages included."""
    test = """
    from tests.record import LOOPS

    def test_loop(package_scoped_event_loop):
        LOOPS.add(package_scoped_event_loop)
        assert len(LOOPS) == 1
    """
    write(
        suite,
        record="LOOPS = set()",
        api__conftest=(
            "from tests.utils.asyncio_helpers import package_scoped_event_loop\n"
        ),
        api__test_a=test,
    )
    write(suite, api__v1=test)
    (suite.path / "tests/api/sub").mkdir()
    (suite.path / "tests/api/sub/__init__.py").touch()
    (suite.path / "tests/api/v1.py").rename(suite.path / "tests/api/sub/test_b.py")

    run(suite).assert_outcomes(passed=2)


def test_of_two_scopes_in_one_test_the_narrowest_is_current(
    suite: pytest.Pytester,
) -> None:
    """Whatever the order in which they are asked for."""
    write(
        suite,
        test_two="""
        @pytest.fixture
        def client(module_scoped_event_loop, standard_event_loop):
            assert current() is standard_event_loop
            yield
            assert current() is standard_event_loop

        def test_one_order(module_scoped_event_loop, standard_event_loop, client):
            assert module_scoped_event_loop is not standard_event_loop
            assert current() is standard_event_loop
            assert module_scoped_event_loop.run_until_complete(answer()) == 42
            assert standard_event_loop.run_until_complete(answer()) == 42

        def test_the_other(standard_event_loop, module_scoped_event_loop):
            assert current() is standard_event_loop

        def test_the_wide_one_alone(module_scoped_event_loop):
            assert current() is module_scoped_event_loop

        def test_two_names_for_one(standard_event_loop, function_scoped_event_loop):
            assert standard_event_loop is function_scoped_event_loop
        """,
    )

    run(suite).assert_outcomes(passed=4)


def test_the_wider_loop_is_current_again_when_the_narrower_has_ended(
    suite: pytest.Pytester,
) -> None:
    """Fixtures that end later find the loop that they began with."""
    write(
        suite,
        test_order="""
        @pytest.fixture(scope="module")
        def pool(module_scoped_event_loop):
            assert current() is module_scoped_event_loop
            yield
            assert current() is module_scoped_event_loop

        def test_both(pool, standard_event_loop):
            assert current() is standard_event_loop
        """,
    )

    run(suite).assert_outcomes(passed=1)


def test_fixtures_end_with_the_loop_that_they_began_with(
    suite: pytest.Pytester,
) -> None:
    """Also where a loop of pytest-asyncio has come and gone in between."""
    write(
        suite,
        test_ends="""
        @pytest.fixture
        def client(standard_event_loop):
            assert current() is standard_event_loop
            yield
            assert current() is standard_event_loop

        @pytest_asyncio.fixture
        async def function_loop(client):
            yield asyncio.get_running_loop()

        def test_sync(client, function_loop, standard_event_loop):
            assert current() is standard_event_loop
            asyncio.run(answer())

        async def test_async(client, function_loop):
            assert asyncio.get_running_loop() is function_loop
        """,
    )

    run(suite).assert_outcomes(passed=2)


def test_sync_and_async_tests_mix_in_one_module(suite: pytest.Pytester) -> None:
    """An async test in between makes its loop current, and then none."""
    write(
        suite,
        test_mixed="""
        @pytest.fixture
        def made_current(module_scoped_event_loop):
            assert current() is module_scoped_event_loop
            yield
            assert current() is module_scoped_event_loop

        def test_sync_before(made_current, module_scoped_event_loop):
            assert current() is module_scoped_event_loop

        async def test_async():
            assert await answer() == 42

        def test_sync_after(made_current, module_scoped_event_loop):
            assert current() is module_scoped_event_loop
            assert module_scoped_event_loop.run_until_complete(answer()) == 42
        """,
    )

    run(suite).assert_outcomes(passed=3)


def test_the_loops_of_pytest_asyncio_go_on_beside(suite: pytest.Pytester) -> None:
    """Its wide loops live across sync tests that drive loops of ours."""
    write(
        suite,
        test_beside="""
        LOOPS = set()

        @pytest_asyncio.fixture(loop_scope="session", scope="session")
        async def server():
            LOOPS.add(asyncio.get_running_loop())
            yield asyncio.get_running_loop()
            LOOPS.add(asyncio.get_running_loop())
            assert len(LOOPS) == 1

        @pytest_asyncio.fixture
        async def function_loop():
            yield asyncio.get_running_loop()
            await asyncio.sleep(0)

        @pytest_asyncio.fixture
        def of_theirs():
            loop = current()
            yield loop
            assert current() is loop

        @pytest.mark.asyncio(loop_scope="session")
        async def test_async_one(server):
            LOOPS.add(asyncio.get_running_loop())

        def test_sync(session_scoped_event_loop, server, function_loop, of_theirs):
            assert current() is session_scoped_event_loop
            assert session_scoped_event_loop.run_until_complete(answer()) == 42
            assert len({session_scoped_event_loop, server, function_loop}) == 3

        @pytest.mark.asyncio(loop_scope="session")
        async def test_async_two(server):
            LOOPS.add(asyncio.get_running_loop())

        def test_sync_again(server, standard_event_loop):
            assert current() is standard_event_loop

        @pytest.mark.asyncio(loop_scope="session")
        async def test_async_three(server):
            LOOPS.add(asyncio.get_running_loop())
            assert LOOPS == {server}
        """,
    )

    run(suite).assert_outcomes(passed=5)


def test_the_loop_that_was_current_before_is_so_again(suite: pytest.Pytester) -> None:
    """A loop that the suite itself keeps current survives."""
    write(
        suite,
        test_restored="""
        OWN = asyncio.new_event_loop()
        asyncio.set_event_loop(OWN)

        def test_ours(module_scoped_event_loop):
            assert current() is module_scoped_event_loop

        def test_theirs():
            assert current() is OWN

        def test_ours_asked_for_late(request):
            loop = request.getfixturevalue("class_scoped_event_loop")
            assert current() is loop

        def test_theirs_again():
            assert current() is OWN

        def test_ours_that_somebody_unset(standard_event_loop):
            asyncio.set_event_loop(None)

        def test_theirs_still():
            assert current() is OWN
            OWN.close()

        def test_ours_once_more(standard_event_loop):
            assert current() is standard_event_loop

        def test_no_closed_loop_comes_back():
            assert current() is None
        """,
    )

    run(suite).assert_outcomes(passed=8)


@pytest.mark.parametrize("asked_for", ["module_scoped_event_loop", "tmp_path"])
def test_a_loop_made_current_while_a_wider_one_was_open_is_so_again(
    suite: pytest.Pytester, asked_for: str
) -> None:
    """Whether the last test, after which the wider one ends, asks for it or not."""
    write(
        suite,
        record="OWN = asyncio.new_event_loop()",
        test_a=f"""
        from tests.record import OWN

        def test_opens_the_wider_one(module_scoped_event_loop):
            assert current() is module_scoped_event_loop

        def test_makes_another_one_current():
            asyncio.set_event_loop(OWN)

        def test_ends_the_wider_one({asked_for}):
            assert current() in (OWN, {asked_for})
        """,
        test_b="""
        from tests.record import OWN

        def test_next_module():
            assert current() is OWN
            OWN.close()
            asyncio.set_event_loop(None)
        """,
    )

    # That another loop stays current is what the safety net would complain of.
    run(suite, "-o", "asyncio_checks=all: off").assert_outcomes(passed=4)


def test_what_is_left_on_the_loop_ends_with_the_test_that_left_it(
    suite: pytest.Pytester,
) -> None:
    """A failing clean-up is an error of that test; the next one starts clean."""
    write(
        suite,
        test_left="""
        async def fails_when_cancelled():
            try:
                await asyncio.sleep(3600)
            finally:
                raise ValueError("boom")

        def test_leaves_a_task(standard_event_loop):
            task = standard_event_loop.create_task(fails_when_cancelled())
            standard_event_loop.run_until_complete(answer())

        def test_next(standard_event_loop):
            assert current() is standard_event_loop

        def test_last():
            assert current() is None
        """,
    )

    result = run(suite)

    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(
        ["*ERROR at teardown of test_leaves_a_task*", "E * ValueError: boom"]
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_async_test_that_asks_for_one_fails_with_one_line(
    suite: pytest.Pytester, name: str
) -> None:
    """It would never run on that loop, whatever its author believes."""
    write(
        suite,
        test_asks=f"""
        from hypothesis import given, settings, strategies

        async def test_by_argument({name}):
            pass

        @pytest.mark.usefixtures("{name}")
        async def test_by_mark():
            pass

        class TestIt:
            @staticmethod
            async def test_in_class({name}):
                pass

        @pytest.mark.usefixtures("{name}")
        class TestMarked:
            async def test_by_class(self):
                pass

        @pytest.mark.usefixtures("{name}")
        @settings(max_examples=1)
        @given(strategies.none())
        async def test_hypothesis(value):
            pass

        def test_sync({name}):
            pass
        """,
    )

    result = run(suite)

    result.assert_outcomes(failed=5, passed=1)
    tests = ("by_argument", "by_mark", "in_class", "by_class", "hypothesis")
    lines = [REFUSED.format(f"test 'test_{test}'", name) for test in tests]
    assert [line for line in result.outlines if line in lines] == lines
    result.stdout.no_fnmatch_line("*Traceback*")


def test_an_async_fixture_that_asks_for_one_fails_with_one_line(
    suite: pytest.Pytester,
) -> None:
    """Be it a coroutine or a generator."""
    write(
        suite,
        test_asks="""
        @pytest_asyncio.fixture
        async def value(standard_event_loop):
            return 1

        @pytest_asyncio.fixture
        async def client(module_scoped_event_loop):
            yield 1

        async def test_value(value):
            pass

        def test_client(client):
            pass

        async def test_next():
            pass
        """,
    )

    result = run(suite)

    result.assert_outcomes(errors=2, passed=1)
    value = REFUSED.format("fixture 'value'", "standard_event_loop")
    client = REFUSED.format("fixture 'client'", "module_scoped_event_loop")
    assert [line for line in result.outlines if line in (value, client)] == [
        value,
        client,
    ]


def test_an_async_test_may_depend_on_a_sync_fixture_that_used_one(
    suite: pytest.Pytester,
) -> None:
    """The fixture drives its loop before and after the test, never during it."""
    write(
        suite,
        test_legitimate="""
        @pytest.fixture(scope="module")
        def schema(module_scoped_event_loop):
            return module_scoped_event_loop.run_until_complete(answer())

        @pytest.fixture
        def rows(module_scoped_event_loop, schema):
            assert current() is module_scoped_event_loop
            yield module_scoped_event_loop.run_until_complete(answer())
            module_scoped_event_loop.run_until_complete(answer())

        async def test_one(rows, schema):
            assert rows == schema

        async def test_two(rows, schema):
            assert rows == schema

        def test_three():
            asyncio.run(answer())
            assert current() is None
        """,
    )

    run(suite).assert_outcomes(passed=3)


def test_tests_of_other_kinds_go_on_as_ever(suite: pytest.Pytester) -> None:
    """unittest, doctest, parametrised and skipped tests, and items without fixtures."""
    write(
        suite,
        conftest='''
        class Item(pytest.Item):
            def runtest(self):
                pass

        class File(pytest.File):
            def collect(self):
                yield Item.from_parent(self, name="item")

        def pytest_collect_file(file_path, parent):
            if file_path.suffix == ".item":
                return File.from_parent(parent, path=file_path)

        def documented():
            """
            >>> loop = getfixture("standard_event_loop")
            >>> loop.run_until_complete(answer())
            42
            """
        ''',
        test_kinds="""
        import unittest

        @pytest.mark.usefixtures("class_scoped_event_loop")
        class TestSync(unittest.TestCase):
            def test_sync(self):
                assert current().run_until_complete(answer()) == 42

        class TestAsync(unittest.IsolatedAsyncioTestCase):
            async def test_async(self):
                assert await answer() == 42

        @pytest.mark.parametrize("number", [1, 2])
        def test_parametrised(standard_event_loop, number):
            assert current() is standard_event_loop

        def test_skipped(standard_event_loop):
            pytest.skip("not today")

        @pytest.mark.xfail(strict=True)
        async def test_expected_to_be_refused(standard_event_loop):
            pass
        """,
    )
    (suite.path / "tests/one.item").touch()

    result = run(suite, "--doctest-modules")

    result.assert_outcomes(passed=6, skipped=1, xfailed=1)


def test_the_order_of_the_tests_and_the_number_of_processes_do_not_matter(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """State is restored after each test, not at the end of the file."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:cacheprovider")
    test = "".join(
        f"""
@pytest.mark.parametrize("turn", range(4))
def test_with_{name}({name}, turn):
    assert current() is {name}
    assert {name}.run_until_complete(answer()) == 42
"""
        for name in ("standard_event_loop", *NAMES[3:])
    )
    test += """
@pytest.mark.parametrize("turn", range(4))
def test_without(turn):
    asyncio.run(answer())
    assert current() is None

@pytest.mark.parametrize("turn", range(4))
async def test_async(turn):
    assert await answer() == 42
"""
    write(suite, test_a=test, api__test_b=test)

    run(suite, "-n", "2", "-p", "randomly").assert_outcomes(passed=48)


def test_the_loop_that_a_test_may_rely_on(suite: pytest.Pytester) -> None:
    """The running one in an async test, a current one in a sync test."""
    scopes = "\n".join(
        f"""
        @pytest.mark.asyncio(loop_scope="{scope}")
        async def test_{scope}(ensure_test_event_loop):
            assert ensure_test_event_loop is asyncio.get_running_loop()
        """
        for scope in SCOPES
    )
    write(
        suite,
        test_ensured=f"""
        {scopes}
        async def test_async(ensure_test_event_loop):
            assert ensure_test_event_loop is asyncio.get_running_loop()

        @pytest.mark.asyncio
        async def test_marked(ensure_test_event_loop):
            assert ensure_test_event_loop is asyncio.get_running_loop()

        MADE = []

        def test_leaves_no_loop():
            asyncio.run(answer())

        def test_sync(ensure_test_event_loop):
            MADE.append(ensure_test_event_loop)
            assert current() is ensure_test_event_loop
            assert ensure_test_event_loop.run_until_complete(answer()) == 42

        def test_it_ends_with_the_test():
            assert MADE[0].is_closed()
            assert current() is None

        def test_beside_a_loop(module_scoped_event_loop, ensure_test_event_loop):
            assert ensure_test_event_loop is module_scoped_event_loop

        def test_before_a_loop(ensure_test_event_loop, standard_event_loop):
            assert ensure_test_event_loop is standard_event_loop

        def test_beside_a_foreign_loop(own, ensure_test_event_loop):
            assert ensure_test_event_loop is own

        def test_beside_both(own, ensure_test_event_loop, standard_event_loop):
            assert ensure_test_event_loop is standard_event_loop

        @pytest.fixture
        def own():
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
            yield loop
            loop.close()
            asyncio.set_event_loop(None)

        @pytest.mark.asyncio_allow("current_loop", reason="the fixture sees to it")
        def test_instead_of_a_closed_one(request):
            closed = asyncio.new_event_loop()
            asyncio.set_event_loop(closed)
            closed.close()
            assert not request.getfixturevalue("ensure_test_event_loop").is_closed()
        """,
    )

    run(suite).assert_outcomes(passed=15)


def test_the_older_keyword_of_the_loop_scope_is_understood(
    suite: pytest.Pytester,
) -> None:
    """Suites from before pytest-asyncio 0.24 still have it."""
    write(
        suite,
        test_older="""
        @pytest.mark.asyncio(scope="module")
        async def test_it(ensure_test_event_loop):
            assert ensure_test_event_loop is asyncio.get_running_loop()
        """,
    )

    result = suite.runpytest_subprocess("-W", "ignore::pytest.PytestDeprecationWarning")

    result.assert_outcomes(passed=1)


def test_the_helpers_export_what_they_document_and_nothing_else(
    suite: pytest.Pytester,
) -> None:
    """What a test may import is decided, not an accident."""
    write(
        suite,
        test_exports="""
        from tests.utils import asyncio_helpers

        def test_exports():
            public = [name for name in vars(asyncio_helpers) if name[0] != "_"]
            assert sorted(public) == sorted(asyncio_helpers.__all__)
            assert all(getattr(asyncio_helpers, name).__doc__ for name in public)
        """,
    )

    run(suite).assert_outcomes(passed=1)
