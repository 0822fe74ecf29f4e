"""Tests that cannot get their async fixture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixer_script import named_files

if TYPE_CHECKING:
    from fixer_script import FixerRun

STRICT = {"pytest.ini": "[pytest]\nasyncio_mode = strict\n"}
AUTO = {"pytest.ini": "[pytest]\nasyncio_mode = auto\n"}

NOT_AWAITED = {
    "a fixture here": """
        import pytest

        @pytest.fixture
        async def client(): ...

        def test(client): ...
        """,
    "a generator in conftest.py": """
        # conftest.py
        from pytest import fixture

        @fixture(scope="module")
        async def client():
            yield
        # test_it.py
        import pytest

        class TestIt:
            @pytest.mark.slow
            def test(
                self,
                client,
            ): ...
        """,
}
AWAITED = {
    "by an async test": """
        import pytest

        @pytest.fixture
        async def client(): ...

        async def test(client): ...
        """,
    "by pytest-asyncio": """
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def client(): ...

        def test(client): ...
        """,
    "a fixture that is not async": """
        import pytest

        @pytest.fixture
        def client(): ...

        def test(client): ...
        """,
    "by anyio": """
        import pytest

        @pytest.fixture
        async def client(anyio_backend): ...

        def test(client): ...
        """,
    "by a hook": """
        # conftest.py
        def pytest_fixture_setup(): ...
        # test_it.py
        import pytest

        @pytest.fixture
        async def client(): ...

        def test(client): ...
        """,
    "a test for trio": """
        import pytest

        pytestmark = pytest.mark.trio

        @pytest.fixture
        async def client(): ...

        def test(client): ...
        """,
    "a parametrised argument": """
        import pytest

        @pytest.fixture
        async def client(): ...

        @pytest.mark.parametrize("client", [1])
        def test(client): ...
        """,
    "an argument of a function that is no test": """
        import pytest

        @pytest.fixture
        async def client(): ...

        def helper(client): ...

        def test(): ...
        """,
    "another fixture of that name, closer": """
        # conftest.py
        import pytest

        @pytest.fixture
        async def client(): ...
        # test_it.py
        import pytest

        @pytest.fixture
        def client(): ...

        def test(client): ...
        """,
    "another plugin's settings": """
        # pytest.ini
        [pytest]
        asyncio_mode = strict
        anyio_mode = auto

        # test_it.py
        import pytest

        @pytest.fixture
        async def client(): ...

        def test(client): ...
        """,
}


@pytest.mark.parametrize("name", NOT_AWAITED)
def test_a_fixture_that_nobody_awaits_is_found(run_fixer: FixerRun, name: str) -> None:
    """In strict mode: the test fails before it begins."""
    files = {**STRICT, **named_files(NOT_AWAITED[name])}

    printed = run_fixer.only_reports(files, "--select=PTA205")

    assert printed.count(" PTA205 ") == 1


@pytest.mark.parametrize("name", NOT_AWAITED)
def test_in_auto_mode_all_are_awaited(run_fixer: FixerRun, name: str) -> None:
    """Also for synchronous tests."""
    files = {**AUTO, **named_files(NOT_AWAITED[name])}

    run_fixer.leaves_alone(files, "--select=PTA205")


@pytest.mark.parametrize("name", AWAITED)
def test_other_fixtures_are_left_alone(run_fixer: FixerRun, name: str) -> None:
    """Somebody awaits them, or nobody has to."""
    files = {**STRICT, **named_files(AWAITED[name])}

    run_fixer.leaves_alone(files, "--select=PTA205")


def test_without_pytest_asyncio_nothing_is_known(run_fixer: FixerRun) -> None:
    """Some other plugin may await the fixture."""
    files = named_files(NOT_AWAITED["a fixture here"])

    run_fixer.leaves_alone(files, "--select=PTA205")


FIXTURE = (
    "import pytest_asyncio\n\n@pytest_asyncio.fixture\nasync def client(): ...\n\n"
)
GETS = {
    "an assignment": (
        (
            "async def test(request):\n"
            "    client = request.getfixturevalue('client')\n"
            "    assert client\n"
        ),
        "async def test(client):\n    assert client\n",
    ),
    "another name": (
        (
            "async def test(request):\n"
            "    c = request.getfixturevalue('client')  # the one\n"
            "    assert c\n"
        ),
        "async def test(client):\n    c = client  # the one\n    assert c\n",
    ),
    "an expression": (
        (
            "async def test(request):\n"
            "    assert await request.getfixturevalue('client').get()\n"
        ),
        "async def test(client):\n    assert await client.get()\n",
    ),
    "the only statement": (
        "async def test(request):\n    client = request.getfixturevalue('client')\n",
        "async def test(client):\n    pass\n",
    ),
    "a request that is used otherwise": (
        (
            "class TestIt:\n"
            "    async def test(\n"
            "        self,\n"
            "        request,  # needed\n"
            "    ):\n"
            "        client = request.getfixturevalue('client')\n"
            "        assert request.node\n"
        ),
        (
            "class TestIt:\n"
            "    async def test(\n"
            "        self,\n"
            "        request,  # needed\n"
            "        client,\n"
            "    ):\n"
            "        assert request.node\n"
        ),
    ),
    "a request with a type, and other parameters": (
        (
            "import pytest\n\n"
            "async def test(tmp_path, request: pytest.FixtureRequest, *, x):\n"
            "    client = request.getfixturevalue('client')\n"
            "    assert client\n"
        ),
        "async def test(tmp_path, client, *, x):\n    assert client\n",
    ),
    "two of them": (
        (
            "@pytest_asyncio.fixture\n"
            "async def other(): ...\n\n"
            "async def test(request):\n"
            "    client = request.getfixturevalue('client')\n"
            "    other = request.getfixturevalue('other')\n"
            "    assert client, other\n"
        ),
        (
            "@pytest_asyncio.fixture\n"
            "async def other(): ...\n\n"
            "async def test(other, client):\n"
            "    assert client, other\n"
        ),
    ),
    "an async fixture": (
        (
            "@pytest_asyncio.fixture\n"
            "async def service(request):\n"
            "    client = request.getfixturevalue('client')\n"
            "    yield client\n"
        ),
        "@pytest_asyncio.fixture\nasync def service(client):\n    yield client\n",
    ),
}
BY_HAND = {
    "a condition": """
        async def test(request):
            if request.node:
                request.getfixturevalue("client")
        """,
    "a name that is taken": """
        async def test(request):
            one = request.getfixturevalue("client")
            client = two = one
        """,
    "behind a return": """
        async def test(request):
            if request.node:
                return
            client = request.getfixturevalue("client")
        """,
    "an unknown decorator": """
        from tools import decorate

        @decorate
        async def test(request):
            client = request.getfixturevalue("client")
        """,
    "defaults": """
        async def test(request, x=1):
            client = request.getfixturevalue("client")
            assert request.node
        """,
    "another fixture that takes it": """
        import pytest

        @pytest.fixture
        def service(client): ...

        async def test(request):
            if request.node:
                request.getfixturevalue("service")
        """,
}
FINE = {
    "a synchronous test": """
        def test(request):
            client = request.getfixturevalue("client")
        """,
    "a fixture that is there": """
        import pytest

        @pytest.mark.usefixtures("client")
        async def test(request):
            client = request.getfixturevalue("client")
        """,
    "a fixture that is taken as well": """
        async def test(client, request):
            assert client is request.getfixturevalue("client")
        """,
    "a fixture that another one takes": """
        import pytest

        @pytest.fixture
        def service(client): ...

        async def test(service, request):
            client = request.getfixturevalue("client")
        """,
    "a fixture that is not async": """
        import pytest

        @pytest.fixture
        def other(): ...

        async def test(request):
            other = request.getfixturevalue("other")
        """,
    "an unknown fixture": """
        async def test(request, name):
            request.getfixturevalue("unknown")
            request.getfixturevalue(name)
        """,
    "an error that is expected": """
        import pytest

        async def test(request):
            with pytest.raises(RuntimeError):
                request.getfixturevalue("client")
        """,
    "another request": """
        from web import request

        async def test():
            client = request.getfixturevalue("client")
        """,
    "a test for anyio": """
        import pytest

        @pytest.mark.anyio
        async def test(request):
            client = request.getfixturevalue("client")
        """,
    "a fixture for tests that have both": """
        @pytest_asyncio.fixture
        async def service(request):
            return request.getfixturevalue("client")

        async def test(client, service): ...
        """,
    "a fixture that is there for all": """
        import pytest

        @pytest.fixture(autouse=True)
        async def pool(): ...

        async def test(request):
            pool = request.getfixturevalue("pool")
        """,
    "a fixture that is there for all fixtures": """
        import pytest, pytest_asyncio

        @pytest.fixture(autouse=True)
        async def pool(): ...

        @pytest_asyncio.fixture
        async def other(request):
            pool = request.getfixturevalue("pool")
        """,
}


def _with_fixture(text: str) -> dict[str, str]:
    return {"test_it.py": FIXTURE + named_files(text)["test_it.py"], **AUTO}


@pytest.mark.parametrize("name", GETS)
def test_a_fixture_that_is_always_asked_for_is_an_argument(
    run_fixer: FixerRun, name: str
) -> None:
    """Arguments are set up before the loop runs the test."""
    before, after = GETS[name]

    fixed = run_fixer.settled(
        {"test_it.py": FIXTURE + before, **AUTO}, "--select=PTA210"
    )

    assert fixed == {"test_it.py": FIXTURE + after, **AUTO}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_fixture_that_may_be_asked_for_is_found(
    run_fixer: FixerRun, name: str
) -> None:
    """An argument would set it up always, or under a name that is taken."""
    files = _with_fixture(BY_HAND[name])

    printed = run_fixer.only_reports(files, "--select=PTA210")

    assert printed.count(" PTA210 ") == 1


@pytest.mark.parametrize("name", FINE)
def test_what_works_is_left_alone(run_fixer: FixerRun, name: str) -> None:
    """A value that is there is only looked up."""
    run_fixer.leaves_alone(_with_fixture(FINE[name]), "--select=PTA210")


def test_pytest_agrees(run_fixer: FixerRun) -> None:
    """What is found fails, and passes as the fix leaves it."""
    text = (
        f"{FIXTURE}"
        "async def test_get(request):\n"
        "    client = request.getfixturevalue('client')\n"
        "    assert client is None\n"
    )
    before = run_fixer({"test_it.py": text, **AUTO}, "--check", "--select=PTA210")
    failed = run_fixer.run_pytest()
    run_fixer({}, "--fix", "--select=PTA210")
    passed = run_fixer.run_pytest()

    assert before.status == 1
    assert "Runner.run() cannot be called from a running event loop" in failed
    assert "1 passed" in passed
