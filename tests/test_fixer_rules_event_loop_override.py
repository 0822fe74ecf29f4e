"""The rule on an `event_loop` of the project's own."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fixer_script import FixerRun

RULE = "--select=PTA104"
AUTO = "[pytest]\nasyncio_mode = auto\n"
SESSION = AUTO + (
    "asyncio_default_fixture_loop_scope = session\n"
    "asyncio_default_test_loop_scope = session\n"
)
HEAD = "import asyncio\n\nimport pytest\n\nLIMIT = pytest.approx(1)\n\n\n"


def code(text: str, head: str = HEAD) -> str:
    """Return a module of a text that is indented here, below imports."""
    return head + textwrap.dedent(text).strip("\n") + "\n"


def override(body: str, arguments: str = "", scope: str = "session") -> str:
    """Return an `event_loop` with a body."""
    text = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    return code(f'@pytest.fixture(scope="{scope}")\n', HEAD) + (
        f"def event_loop({arguments}):\n{text}\n"
    )


CANONICAL = {
    "a new loop": """
        loop = asyncio.new_event_loop()
        yield loop
        loop.close()
    """,
    "the policy's loop": """
        \"\"\"Create an instance of the default event loop for each test case.\"\"\"
        loop = asyncio.get_event_loop_policy().new_event_loop()
        yield loop
        loop.close()
    """,
    "a policy with a name": """
        policy = asyncio.get_event_loop_policy()
        loop = policy.new_event_loop()
        policy.set_event_loop(loop)
        yield loop
        loop.close()
    """,
    "the current loop": """
        yield asyncio.get_event_loop()
    """,
    "a loop that is returned": """
        return asyncio.new_event_loop()
    """,
    "a running loop or a new one": """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = asyncio.new_event_loop()
        yield loop
        loop.close()
    """,
    "announced and in debug mode": """
        loop: asyncio.AbstractEventLoop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.set_debug(True)
        try:
            yield loop
        finally:
            asyncio.set_event_loop(None)
            loop.close()
    """,
    "closed with its tasks": """
        loop = asyncio.new_event_loop()
        yield loop
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        if pending:
            loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        if not loop.is_closed():
            loop.close()
    """,
    "closed by the standard library": """
        import asyncio, contextlib
        with contextlib.closing(asyncio.new_event_loop()) as loop:
            yield loop
    """,
}


@pytest.mark.parametrize("name", CANONICAL)
def test_a_loop_and_no_more_becomes_settings(run_fixer: FixerRun, name: str) -> None:
    """The tests share what they shared, by the setting that does it now."""
    files = {"conftest.py": override(CANONICAL[name]), "pytest.ini": AUTO}

    fixed = run_fixer.settled(files, RULE)

    kept = "import pytest\n\nLIMIT = pytest.approx(1)\n"
    assert fixed == {"conftest.py": kept, "pytest.ini": SESSION}


LOOP = CANONICAL["a new loop"]
LOOP_BODY = textwrap.dedent(LOOP).strip()
MORE = {
    "what a function gives, by its name": override("return get_or_create_event_loop()"),
    "a loop of a class of its own": override(
        "loop = Loop()\nasyncio.set_event_loop(loop)\nyield loop"
    ),
    "what a function gives, by the annotation": override("yield LOOP").replace(
        "event_loop()", "event_loop() -> Iterator[asyncio.AbstractEventLoop]"
    ),
    "a loop that is stopped": override(
        "loop = asyncio.new_event_loop()\nyield loop\nloop.stop()\nwork()"
    ),
    "a loop that is closed with others": override(
        "loop = asyncio.new_event_loop()\nyield loop\n"
        "if not loop.is_closed():\n    loop.close()\nwork()"
    ),
    "two loops": override(
        "loop = asyncio.new_event_loop()\nif work():\n"
        "    loop = asyncio.new_event_loop()\nyield loop\nwork()"
    ),
    "another meaning of pytest_asyncio": override(
        "loop = asyncio.new_event_loop()\nyield loop\nwork()", "pytest_asyncio"
    ),
    "a policy": override(
        "asyncio.set_event_loop_policy(Policy())\nyield asyncio.new_event_loop()"
    ),
    "a loop of another kind": override("yield asyncio.SelectorEventLoop()"),
    "a policy of another kind": override(
        "yield asyncio.WindowsSelectorEventLoopPolicy().new_event_loop()"
    ),
    "a global": override("global LOOP\nLOOP = asyncio.new_event_loop()\nyield LOOP"),
    "another plugin's loop": override("return loop", "loop"),
    "parameters": HEAD
    + "@pytest.fixture(scope='session', params=[1, 2])\n"
    + "def event_loop():\n    yield asyncio.new_event_loop()\n",
    "another decorator": HEAD
    + "@pytest.fixture(scope='session')\n@logged\n"
    + "def event_loop():\n    yield asyncio.new_event_loop()\n",
    "a scope that is not said here": HEAD
    + "@pytest.fixture(scope=SCOPE)\n"
    + "def event_loop():\n    yield asyncio.new_event_loop()\n",
    "a name that its module uses": override(LOOP) + "\n\nLOOP = event_loop\n",
    "a fixture that asks for it": override(LOOP)
    + "\n\n@pytest.fixture\ndef it(event_loop):\n    event_loop.run_forever()\n",
}


@pytest.mark.parametrize("name", MORE)
def test_what_does_more_is_reported(run_fixer: FixerRun, name: str) -> None:
    """It says what to do by hand, and changes nothing."""
    files = {"conftest.py": MORE[name], "pytest.ini": AUTO}

    assert "conftest.py:" in run_fixer.only_reports(files, RULE)


NO_LOOPS = {
    "a game's": override("return EventLoop()").replace("()", "() -> EventLoop", 1),
    "a mock": override("return mocked_event_loop()"),
    "a list of them": override("return [1, 2]"),
}


@pytest.mark.parametrize("name", NO_LOOPS)
def test_what_gives_no_loop_is_left_alone(run_fixer: FixerRun, name: str) -> None:
    """It has nothing to do with pytest-asyncio but its name."""
    files = {"conftest.py": NO_LOOPS[name], "pytest.ini": AUTO}

    run_fixer.leaves_alone(files, RULE)


# What an override does beside making a loop, and what becomes of it: its decorator and
# its body.
KEPT = {
    "a request that is used": (
        ("request", "loop = asyncio.new_event_loop()\nyield loop\nprint(request)"),
        "loop = asyncio.get_event_loop()\nyield loop\nprint(request)",
    ),
    "another fixture": (
        ("database", LOOP_BODY + "\ndatabase.close()"),
        "loop = asyncio.get_event_loop()\nyield loop\ndatabase.close()",
    ),
    "work around it": (
        (
            "",
            (
                "environment = clear()\ntry:\n    loop = asyncio.get_event_loop()\n"
                "    yield loop\n    loop.close()\nfinally:\n    restore(environment)"
            ),
        ),
        (
            "environment = clear()\ntry:\n    loop = asyncio.get_event_loop()\n"
            "    yield loop\nfinally:\n    restore(environment)"
        ),
    ),
    "work on the loop": (
        (
            "",
            (
                "asyncio.get_event_loop().close()\n"
                "loop = asyncio.get_event_loop_policy().new_event_loop()\n"
                "asyncio.set_event_loop(loop)\n"
                "loop.run_until_complete(start())\nyield loop\n"
                "loop.run_until_complete(loop.shutdown_asyncgens())\n"
                "asyncio.set_event_loop(None)\nloop.close()"
            ),
        ),
        (
            "loop = asyncio.get_event_loop()\n"
            "loop.run_until_complete(start())\nyield loop"
        ),
    ),
    "an attribute of the loop": (
        ("", "loop = asyncio.new_event_loop()\nloop.name = 9\nreturn loop"),
        "loop = asyncio.get_event_loop()\nloop.name = 9\nreturn loop",
    ),
    "nothing but to end the loop": (
        (
            "",
            (
                "loop = asyncio.new_event_loop()\ntry:\n    yield loop\nfinally:\n"
                "    loop.close()\nwork()"
            ),
        ),
        (
            "loop = asyncio.get_event_loop()\ntry:\n    yield loop\nfinally:\n"
            "    pass\nwork()"
        ),
    ),
}


@pytest.mark.parametrize("scope", ["function", "session"])
@pytest.mark.parametrize("name", KEPT)
def test_what_else_it_does_is_kept(run_fixer: FixerRun, name: str, scope: str) -> None:
    """It gives the loop that is there, and the tests need not ask for it."""
    (arguments, body), kept = KEPT[name]
    test = "async def test_it(): ...\n"
    files = {
        "conftest.py": override(body, arguments, scope),
        "pytest.ini": AUTO,
        "test_it.py": test,
    }

    fixed = run_fixer.settled(files, RULE)

    decorator = "@pytest_asyncio.fixture(autouse=True)"
    if scope == "session":
        said = 'scope="session", loop_scope="session", autouse=True'
        decorator = f"@pytest_asyncio.fixture({said})"
    after = override(kept, arguments, scope).replace(
        f'@pytest.fixture(scope="{scope}")', decorator
    )
    assert fixed == {
        "conftest.py": after.replace("pytest\n", "pytest\nimport pytest_asyncio\n", 1),
        "pytest.ini": SESSION if scope == "session" else AUTO,
        "test_it.py": test,
    }


@pytest.mark.parametrize("scope", ["function", "session"])
def test_sync_tests_get_what_it_does_if_that_is_asked_for(
    run_fixer: FixerRun, scope: str
) -> None:
    """Where it is set up but once anyway, they may as well have it."""
    files = {
        "conftest.py": override(LOOP_BODY + "\nwork()", scope=scope),
        "pytest.ini": AUTO,
        "test_it.py": "async def test_it(): ...\n\n\ndef test_other(): ...\n",
    }

    safe = run_fixer(files, "--fix", RULE)
    unsafe = run_fixer(files, "--fix", "--unsafe-fixes", RULE)

    assert safe.status == (1 if scope == "function" else 0)
    assert (safe.files == files) == (scope == "function")
    assert "autouse=True" in unsafe.files["conftest.py"]


IN_CLASS = """
    class TestIt:
        @pytest.fixture
        def event_loop(self):
            start(self)
            loop = asyncio.new_event_loop()
            yield loop
            loop.close()
            stop(self)

        @pytest.mark.asyncio
        async def test_it(self): ...

        @pytest.mark.asyncio
        async def test_with(self, event_loop): ...

        def test_other(self): ...
"""


def test_a_class_s_async_tests_ask_for_what_it_does(run_fixer: FixerRun) -> None:
    """Sync tests beside them never had it."""
    fixed = run_fixer.settled({"test_it.py": code(IN_CLASS)}, "--select=PTA1")

    head = HEAD.replace("pytest\n", "pytest\nimport pytest_asyncio\n", 1)
    assert fixed["test_it.py"] == code(
        """
        class TestIt:
            @pytest_asyncio.fixture
            def event_loop(self):
                start(self)
                loop = asyncio.get_event_loop()
                yield loop
                stop(self)

            @pytest.mark.usefixtures("event_loop")
            @pytest.mark.asyncio
            async def test_it(self): ...

            @pytest.mark.usefixtures("event_loop")
            @pytest.mark.asyncio
            async def test_with(self): ...

            def test_other(self): ...
        """,
        head,
    )


def test_a_module_s_tests_share_a_loop_with_what_it_does(run_fixer: FixerRun) -> None:
    """The tests of a module say which loop they share, and have what it does."""
    before = MODULE.replace("new_event_loop()\n", "new_event_loop()\n    work()\n")
    before = before.replace("yield asyncio", "loop = asyncio").replace(
        "    work", "    yield loop\n    work"
    )
    test = "@pytest.mark.asyncio\nasync def test_it(): ...\n"

    fixed = run_fixer({"test_it.py": HEAD + before + test}, "--fix", RULE)

    assert fixed.status == 0, fixed.printed
    said = 'scope="module", loop_scope="module", autouse=True'
    assert f"@pytest_asyncio.fixture({said})\n" in fixed.files["test_it.py"]
    assert 'asyncio(loop_scope="module")\nasync def' in fixed.files["test_it.py"]


def test_the_current_loop_of_sync_tests_waits_to_be_asked_for(
    run_fixer: FixerRun,
) -> None:
    """An autouse fixture that sets it works as ever for them."""
    body = "loop = asyncio.new_event_loop()\nasyncio.set_event_loop(loop)\nyield loop"
    text = override(body).replace('"session"', '"session", autouse=True')
    files = {"conftest.py": text, "pytest.ini": AUTO}

    fixed = run_fixer.settled_if_told(files, RULE)

    assert fixed["pytest.ini"] == SESSION


def test_the_function_scope_needs_no_settings(run_fixer: FixerRun) -> None:
    """A loop for each test is what there is anyhow."""
    files = {"conftest.py": override(LOOP, scope="function"), "pytest.ini": AUTO}

    outcome = run_fixer(files, "--fix", RULE)

    assert "event_loop" not in outcome.files["conftest.py"]
    assert outcome.files["pytest.ini"] == AUTO


ADAPTED = """\
import asyncio

import pytest
import pytest_asyncio

LIMIT = pytest.approx(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
def event_loop():
    return asyncio.get_event_loop()
"""


@pytest.mark.parametrize(
    "user",
    [
        "def test_it(event_loop): ...\n",
        "import pytest\n@pytest.mark.usefixtures('event_loop')\ndef test_it(): ...\n",
        "def test_it(request):\n    request.getfixturevalue('event_loop')\n",
        "from conftest import event_loop\n",
    ],
    ids=["sync", "mark", "request", "import"],
)
def test_it_gives_the_loop_that_is_there_to_who_asks(
    run_fixer: FixerRun, user: str
) -> None:
    """Sync code that cannot do without it goes on as it is."""
    test = "import fixture\n\n\n" + user
    files = {"conftest.py": override(LOOP), "pytest.ini": AUTO, "test_it.py": test}

    fixed = run_fixer.settled(files, "--select=PTA1")

    after = {"conftest.py": ADAPTED, "pytest.ini": SESSION, "test_it.py": test}
    assert fixed == after


@pytest.mark.parametrize(
    "user",
    [
        "async def test_it(event_loop): ...\n",
        "def test_it(event_loop):\n    event_loop.run_until_complete(work())\n",
        "import pytest\n\n\n@pytest.fixture\ndef event_loop(event_loop): ...\n",
        (
            "import asyncio, pytest\n\n\n@pytest.fixture\n"
            "def event_loop():\n    yield asyncio.new_event_loop()\n    work()\n"
        ),
    ],
    ids=["async", "sync that can be async", "override", "a loop for each test"],
)
def test_it_stays_as_long_as_something_wants_it(run_fixer: FixerRun, user: str) -> None:
    """Without it, whoever asks for it would fail."""
    files = {
        "conftest.py": override(LOOP),
        "pytest.ini": AUTO,
        "tests/test_it.py": "import fixture\n\n\n" + user,
    }

    outcome = run_fixer(files, "--fix", RULE)

    assert outcome.status == 1, outcome.printed
    assert outcome.files == files


def test_it_goes_with_the_last_user(run_fixer: FixerRun) -> None:
    """Other rules make room for it, in one run."""
    files = {
        "conftest.py": override(LOOP),
        "pytest.ini": AUTO,
        "tests/test_it.py": code("""
            @pytest.mark.asyncio
            async def test_it(event_loop):
                event_loop.call_soon(print)
        """),
    }

    outcome = run_fixer(files, "--fix", "--select=PTA10")

    assert outcome.status == 0, outcome.printed
    assert "event_loop" not in outcome.files["conftest.py"]
    assert outcome.files["pytest.ini"] == SESSION


HEAD_OF_OTHER = """\
import asyncio

import pytest


@pytest.fixture(scope="module")
def event_loop():
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


async def test_it(): ...
"""
NESTED = {
    "all tests are below it": (0, {"tests/test_it.py": "async def test_it(): ...\n"}),
    "sync tests are beside it": (0, {"other/test_it.py": "def test_it(): ...\n"}),
    "async tests are beside it": (
        0,
        {"other/test_it.py": "async def test_it(): ...\n"},
    ),
    "async tests that may mind are beside it": (
        1,
        {"other/test_it.py": "async def test_it():\n    assert not all_tasks()\n"},
    ),
    "another override of a wide scope is beside it": (
        0,
        {"other/test_it.py": HEAD_OF_OTHER},
    ),
    "pytest looks elsewhere": (
        0,
        {
            "other/test_it.py": "async def test_it(): ...\n",
            "pytest.ini": AUTO + "testpaths = tests\n",
        },
    ),
}


@pytest.mark.parametrize("name", NESTED)
def test_settings_are_for_all_async_tests(run_fixer: FixerRun, name: str) -> None:
    """An override for some tests becomes a setting for all that do not mind."""
    status, others = NESTED[name]
    files = {"pytest.ini": AUTO, "tests/conftest.py": override(LOOP), **others}

    outcome = run_fixer(files, "--fix", RULE)
    again = run_fixer({}, "--fix", RULE)

    assert (outcome.status, again.status) == (status, status), outcome.printed
    has_it = "event_loop" in "".join(outcome.files.values())
    has_settings = "test_loop_scope = session" in outcome.files["pytest.ini"]
    assert (has_it, has_settings) == (bool(status), not status)
    assert again.files == outcome.files


def test_an_override_of_the_scope_that_is_set_just_goes(run_fixer: FixerRun) -> None:
    """Somebody has migrated, and left it there."""
    files = {"pytest.ini": SESSION, "conftest.py": override(LOOP)}

    outcome = run_fixer(files, "--fix", RULE)

    assert "event_loop" not in outcome.files["conftest.py"]
    assert outcome.files["pytest.ini"] == SESSION


def test_a_nested_override_of_another_scope_is_reported(run_fixer: FixerRun) -> None:
    """It keeps some tests from sharing the loop that others share."""
    files = {
        "pytest.ini": AUTO,
        "conftest.py": override(LOOP),
        "tests/conftest.py": override(LOOP, scope="function"),
        "tests/test_it.py": "async def test_it(): ...\n",
    }

    run_fixer.only_reports(files, RULE)


def test_a_module_that_nobody_imports_keeps_it(run_fixer: FixerRun) -> None:
    """Who has it from there cannot be seen."""
    files = {"pytest.ini": AUTO, "loops.py": override(LOOP)}

    run_fixer.only_reports(files, RULE)


@pytest.mark.parametrize(
    "conftest",
    [
        "import fixture\nfrom loops import *\n",
        "import fixture\nfrom loops import event_loop\n",
        "import fixture\npytest_plugins = ['loops']\n",
    ],
    ids=["all", "by its name", "as a plugin"],
)
def test_one_that_is_imported_gives_the_loop_that_is_there(
    run_fixer: FixerRun, conftest: str
) -> None:
    """It stays, as imports may name it, and settings are for all."""
    files = {"pytest.ini": AUTO, "loops.py": override(LOOP), "conftest.py": conftest}

    fixed = run_fixer.settled(files, RULE)

    after = {"pytest.ini": SESSION, "loops.py": ADAPTED, "conftest.py": conftest}
    assert fixed == after


UVLOOP = """
    import pytest
    import uvloop


    @pytest.fixture(scope="session")
    def event_loop():
        loop = uvloop.new_event_loop()
        yield loop
        loop.close()


    @pytest.fixture
    def answer():
        return 42
"""


def test_a_loop_of_uvloop_becomes_a_hook(run_fixer: FixerRun) -> None:
    """Tests go on running on it."""
    files = {"pytest.ini": AUTO, "conftest.py": code(UVLOOP, "")}

    outcome = run_fixer(files, "--fix", RULE)

    assert outcome.status == 0, outcome.printed
    assert outcome.files["pytest.ini"] == SESSION
    assert outcome.files["conftest.py"] == code(
        """
        import pytest
        import uvloop


        def pytest_asyncio_loop_factories(config, item):
            return {"uvloop": uvloop.new_event_loop}


        @pytest.fixture
        def answer():
            return 42
        """,
        "",
    )


@pytest.mark.parametrize(
    "body",
    [
        "uvloop.install()\nyield uvloop.new_event_loop()",
        (
            "asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())\n"
            "yield uvloop.new_event_loop()"
        ),
    ],
)
def test_more_of_uvloop_is_reported(run_fixer: FixerRun, body: str) -> None:
    """What is set for the whole process cannot just go."""
    files = {"conftest.py": "import uvloop\n" + override(body)}

    run_fixer.only_reports(files, RULE)


MODULE = """\
@pytest.fixture(scope="module")
def event_loop():
    yield asyncio.new_event_loop()


"""
# Test modules with an override of their own, in auto and in strict mode.
MODULES = {
    "auto: async tests only": (
        HEAD + MODULE + "async def test_it(): ...\n",
        (
            "import pytest\n\nLIMIT = pytest.approx(1)\n\n\n"
            'pytestmark = pytest.mark.asyncio(loop_scope="module")\n\n\n'
            "async def test_it(): ...\n"
        ),
    ),
    "auto: sync tests as well": (
        HEAD + MODULE + "async def test_it(): ...\n\n\ndef test_other(): ...\n",
        (
            "import pytest\n\nLIMIT = pytest.approx(1)\n\n\n"
            '@pytest.mark.asyncio(loop_scope="module")\n'
            "async def test_it(): ...\n\n\ndef test_other(): ...\n"
        ),
    ),
    "auto: fixtures": (
        HEAD
        + MODULE
        + "@pytest.fixture\nasync def a(): ...\n\n\n"
        + "@pytest.fixture(autouse=True)\nasync def b(a): ...\n",
        (
            "import pytest\nimport pytest_asyncio\n\nLIMIT = pytest.approx(1)\n\n\n"
            '@pytest_asyncio.fixture(loop_scope="module")\nasync def a(): ...\n\n\n'
            '@pytest_asyncio.fixture(autouse=True, loop_scope="module")\n'
            "async def b(a): ...\n"
        ),
    ),
    "strict: marks": (
        HEAD
        + "pytestmark = [pytest.mark.asyncio]\n\n\n"
        + MODULE
        + "@pytest.mark.asyncio()\nasync def test_it(): ...\n",
        (
            "import pytest\n\nLIMIT = pytest.approx(1)\n\n\n"
            'pytestmark = [pytest.mark.asyncio(loop_scope="module")]\n\n\n'
            '@pytest.mark.asyncio(loop_scope="module")\nasync def test_it(): ...\n'
        ),
    ),
    "strict: fixtures": (
        "import asyncio\n\nimport pytest\nimport pytest_asyncio\n\n\n"
        + MODULE
        + "@pytest_asyncio.fixture\ndef a(): ...\n\n\n"
        + "@pytest.mark.asyncio\nasync def test_it(a): ...\n",
        (
            "import pytest\nimport pytest_asyncio\n\n\n"
            '@pytest_asyncio.fixture(loop_scope="module")\ndef a(): ...\n\n\n'
            '@pytest.mark.asyncio(loop_scope="module")\nasync def test_it(a): ...\n'
        ),
    ),
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_s_own_loop_becomes_loop_scopes(
    run_fixer: FixerRun, name: str
) -> None:
    """All of the module that is async says which loop it shares."""
    before, after = MODULES[name]
    mode = AUTO if name.startswith("auto") else "[pytest]\n"

    fixed = run_fixer.settled({"pytest.ini": mode, "test_it.py": before}, RULE)

    assert fixed == {"pytest.ini": mode, "test_it.py": after}


@pytest.mark.parametrize(
    "conftest",
    [
        "import pytest\n\n\n@pytest.fixture\nasync def it(): ...\n",
        (
            "import pytest\n\n\n@pytest.fixture\nasync def other(): ...\n\n\n"
            "@pytest.fixture\ndef it(other): ...\n"
        ),
        "import pytest\n\n\n@pytest.fixture(autouse=True)\nasync def it(): ...\n",
    ],
    ids=["asked for", "asked for by another", "autouse"],
)
def test_fixtures_on_another_loop_take_settings(
    run_fixer: FixerRun, conftest: str
) -> None:
    """They were on the module's loop too, and cannot be put there from the module."""
    files = {
        "pytest.ini": AUTO,
        "conftest.py": conftest,
        "test_it.py": HEAD + MODULE + "async def test_it(it): ...\n",
    }

    outcome = run_fixer(files, "--fix", RULE)

    assert outcome.status == 0
    assert outcome.files["pytest.ini"] == SESSION.replace("session", "module")
    assert "event_loop" not in outcome.files["test_it.py"]


def test_a_class_s_own_loop(run_fixer: FixerRun) -> None:
    """Of the function scope it just goes; a wider one becomes that of all tests."""
    before = """
        class TestIt:
            @pytest.fixture(scope="{}")
            def event_loop(self):
                yield asyncio.new_event_loop()

            async def test_it(self): ...
    """
    files = {
        "pytest.ini": AUTO,
        "test_a.py": code(before.format("function")),
        "test_b.py": code(before.format("class")),
    }

    outcome = run_fixer(files, "--fix", RULE)

    assert "event_loop" not in outcome.files["test_a.py"]
    assert "event_loop" not in outcome.files["test_b.py"]
    assert outcome.files["pytest.ini"] == SESSION.replace("session", "class")


OLD_SUITE = {
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
    "conftest.py": code("""
        @pytest.fixture(scope="session")
        def event_loop():
            loop = asyncio.get_event_loop_policy().new_event_loop()
            yield loop
            loop.close()


        @pytest.fixture(scope="module")
        def queue(event_loop):
            queue = asyncio.Queue()
            event_loop.run_until_complete(asyncio.sleep(0))
            yield event_loop, queue
            event_loop.run_until_complete(asyncio.sleep(0))
    """),
    "test_it.py": code("""
        async def test_same_loop(event_loop, queue):
            assert queue[0] is event_loop

        def test_sync(event_loop, queue):
            event_loop.run_until_complete(asyncio.wait_for(queue[1].put(2), 1))
            assert event_loop.run_until_complete(queue[1].get()) == 2
    """),
}


# Loops that do more, and sync tests that hand theirs on.
OLD_CLASSES = {
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
    "tests/conftest.py": code("""
        @pytest.fixture(scope="module")
        def event_loop():
            loop = asyncio.new_event_loop()
            loop.name = "the module's"
            yield loop
            loop.close()
    """),
    "tests/test_shared.py": code("""
        def name(loop):
            return loop.name

        def test_sync(event_loop):
            assert name(event_loop) == "the module's"

        async def test_async():
            assert name(asyncio.get_running_loop()) == "the module's"
    """),
    "test_classes.py": code("""
        class TestIt:
            answer = None

            @pytest.fixture
            def event_loop(self):
                self.answer = 42
                loop = asyncio.get_event_loop()
                yield loop
                loop.close()
                self.answer = None

            async def test_async(self):
                assert self.answer == 42

            def test_sync(self):
                assert self.answer is None
    """),
    "test_sync.py": code("""
        def start(loop):
            return loop.create_future()

        def test_current(event_loop):
            assert asyncio.ensure_future(start(event_loop)).get_loop() is event_loop
    """),
}


@pytest.mark.parametrize(
    ("files", "count"), [(OLD_SUITE, 2), (OLD_CLASSES, 5)], ids=["sharing", "classes"]
)
def test_an_old_suite_passes_when_it_is_fixed(
    run_fixer: FixerRun, files: dict[str, str], count: int
) -> None:
    """By the default rules alone, on the pytest-asyncio that is installed."""
    outcome = run_fixer(files, "--fix")
    tested = run_fixer.run_pytest()

    assert outcome.status == 0, outcome.printed
    assert f"{count} passed" in tested
