"""The rule on loops that are asked for by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fixer_script import FixerRun

RULE = "--select=PTA118"
HEAD = "import asyncio\n\nimport pytest\n\nLIMITS = pytest, asyncio\n\n\n"
BIND = "    {0} = asyncio.get_running_loop()\n"

FIXED = {
    "the only name of a decorator": (
        (
            "# Why.\n@pytest.mark.usefixtures('event_loop')\n@pytest.mark.asyncio\n"
            "async def test_it(): ...\n"
        ),
        "# Why.\n@pytest.mark.asyncio\nasync def test_it(): ...\n",
    ),
    "one name of several": (
        (
            "@pytest.mark.usefixtures(\n    'a',\n    'event_loop',\n)\n"
            "async def test_it(): ...\n"
        ),
        "@pytest.mark.usefixtures(\n    'a',\n)\nasync def test_it(): ...\n",
    ),
    "a class": (
        (
            "@pytest.mark.usefixtures('event_loop', 'a')\nclass TestIt:\n"
            "    async def test_it(self): ...\n"
        ),
        (
            "@pytest.mark.usefixtures('a')\nclass TestIt:\n"
            "    async def test_it(self): ...\n"
        ),
    ),
    "a module": (
        (
            "pytestmark = pytest.mark.usefixtures('event_loop')\n\n\n"
            "async def test_it(): ...\n"
        ),
        "async def test_it(): ...\n",
    ),
    "one mark of a module": (
        "pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures('event_loop')]\n",
        "pytestmark = [pytest.mark.asyncio]\n",
    ),
    "the only mark in a list": (
        (
            "class TestA:\n    pytestmark = [pytest.mark.usefixtures('event_loop')]\n\n"
            "    async def test_it(self): ...\n"
        ),
        "class TestA:\n    async def test_it(self): ...\n",
    ),
    "a sync test that would not find it": (
        "@pytest.mark.usefixtures('event_loop')\ndef test_it(): ...\n",
        "def test_it(): ...\n",
    ),
    "an internal name in a mark": (
        "@pytest.mark.usefixtures('_session_event_loop')\ndef test_it(): ...\n",
        "def test_it(): ...\n",
    ),
    "an internal name as a parameter": (
        (
            "@pytest.mark.asyncio\nasync def test_it(a, _session_event_loop):\n"
            "    do(_session_event_loop)\n"
        ),
        "@pytest.mark.asyncio\nasync def test_it(a):\n"
        + BIND.format("_session_event_loop")
        + "    do(_session_event_loop)\n",
    ),
    "a request in a test": (
        (
            "@pytest.mark.asyncio\nasync def test_it(request):\n"
            "    do(request.getfixturevalue('event_loop'))\n"
        ),
        (
            "@pytest.mark.asyncio\nasync def test_it(request):\n"
            "    do(asyncio.get_running_loop())\n"
        ),
    ),
    "a request in a fixture": (
        (
            "@pytest.fixture\nasync def it(request):\n"
            "    yield request.getfixturevalue('_module_event_loop').time()\n"
        ),
        (
            "@pytest.fixture\nasync def it(request):\n"
            "    yield asyncio.get_running_loop().time()\n"
        ),
    ),
}


@pytest.mark.parametrize("name", FIXED)
def test_a_loop_is_no_longer_asked_for(run_fixer: FixerRun, name: str) -> None:
    """Async code is on one without asking."""
    before, after = (HEAD + text for text in FIXED[name])

    fixed = run_fixer.settled({"test_it.py": before}, RULE)

    assert fixed == {"test_it.py": after}


BY_HAND = {
    "a sync test that requests it": (
        "def test_it(request):\n    do(request.getfixturevalue('event_loop'))\n"
    ),
    "a function in an async test that requests it": (
        "async def test_it(request):\n"
        "    do(lambda: request.getfixturevalue('event_loop'))\n"
    ),
    "a sync test with an internal name": "def test_it(_session_event_loop): ...\n",
    "a sync fixture with an internal name": (
        "@pytest.fixture\ndef it(_class_event_loop): ...\n"
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_sync_code_is_reported(run_fixer: FixerRun, name: str) -> None:
    """It would have to become async, or run things by itself."""
    files = {"test_it.py": HEAD + BY_HAND[name]}

    run_fixer.only_reports(files, RULE)


OVERRIDE = """\
@pytest.fixture(scope="module")
def event_loop():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield loop


"""


def test_a_sync_test_keeps_the_project_s_own_loop(run_fixer: FixerRun) -> None:
    """It may need the loop that this sets, and has it still."""
    mark = "@pytest.mark.usefixtures('event_loop')\n"
    files = {"test_it.py": HEAD + OVERRIDE + mark + "def test_it(): ...\n"}

    fixed = run_fixer.settled_if_told(files, RULE)

    assert mark not in fixed["test_it.py"]


ALONE = {
    "another fixture": "@pytest.mark.usefixtures('loop')\ndef test_it(): ...\n",
    "a class's fixture that gives the loop that runs": (
        "class TestIt:\n    @pytest_asyncio.fixture\n    def event_loop(self):\n"
        "        return asyncio.get_event_loop()\n\n"
        "    @pytest.mark.usefixtures('event_loop')\n    def test_it(self): ...\n"
    ),
    "another mark": "@pytest.mark.needs('event_loop')\ndef test_it(): ...\n",
    "a text": "async def test_it(request):\n    do('event_loop')\n",
    "a helper": "def it(request):\n    return request.getfixturevalue('event_loop')\n",
    "no request": "def test_it(pool):\n    pool.getfixturevalue('event_loop')\n",
    "a local variable": "async def test_it():\n    _session_event_loop = 1\n",
    "an object of the project's": (
        "@pytest.fixture\ndef event_loop():\n    return Game()\n\n\n"
        "@pytest.mark.usefixtures('event_loop')\ndef test_it(request):\n"
        "    request.getfixturevalue('event_loop').tick()\n"
    ),
}


@pytest.mark.parametrize("name", ALONE)
def test_what_is_no_loop_is_left_alone(run_fixer: FixerRun, name: str) -> None:
    """Names and texts alone say nothing."""
    files = {"test_it.py": HEAD + ALONE[name]}

    run_fixer.leaves_alone(files, RULE)


IMPORTS = {
    "the only name": (
        "from pytest_asyncio.plugin import event_loop\nA = 1\n",
        "A = 1\n",
    ),
    "one of several": (
        "from pytest_asyncio.plugin import unused_tcp_port, event_loop  # noqa: F401\n",
        "from pytest_asyncio.plugin import unused_tcp_port  # noqa: F401\n",
    ),
    "one that is exported": (
        (
            "from pytest_asyncio.plugin import (\n    event_loop,\n    fixture,\n)\n\n"
            '__all__ = (\n    "event_loop",\n    "fixture",\n)\n'
        ),
        (
            "from pytest_asyncio.plugin import (\n    fixture,\n)\n\n"
            '__all__ = (\n    "fixture",\n)\n'
        ),
    ),
    "an internal one": (
        "from pytest_asyncio.plugin import _session_event_loop, fixture as f\n",
        "from pytest_asyncio.plugin import fixture as f\n",
    ),
}


@pytest.mark.parametrize("name", IMPORTS)
def test_an_import_goes(run_fixer: FixerRun, name: str) -> None:
    """It would keep the module from being loaded."""
    before, after = IMPORTS[name]

    fixed = run_fixer.settled({"helpers.py": before}, RULE)

    assert fixed == {"helpers.py": after}


def test_an_import_that_is_used_is_told_of(run_fixer: FixerRun) -> None:
    """What is to come in its place is for a person to say."""
    files = {"it.py": "from pytest_asyncio.plugin import event_loop\nA = event_loop\n"}

    run_fixer.only_reports(files, RULE)
