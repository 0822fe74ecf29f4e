"""The rules on policies and child watchers: what they mend, and what they let be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fixer_script import FixerRun

FIXTURES = {
    "a fixture of a scope, with annotations and a docstring": (
        '''\
import asyncio

import pytest
import uvloop as fast


@pytest.fixture(
    scope="session",
    autouse=True,
)
def event_loop_policy(
    request: pytest.FixtureRequest,
) -> "asyncio.AbstractEventLoopPolicy":
    """Run on uvloop."""
    # As production does.
    return fast.EventLoopPolicy()  # the fast one
''',
        '''\
import uvloop as fast


def pytest_asyncio_loop_factories(config, item):
    """Run on uvloop."""
    # As production does.
    return {"uvloop": fast.new_event_loop}  # the fast one
''',
    ),
    "a name of its own, on one line": (
        """\
import uvloop as u
from pytest import fixture as fix


@fix(name="event_loop_policy")
def policy(): return u.EventLoopPolicy()
""",
        """\
import uvloop as u


def pytest_asyncio_loop_factories(config, item): return {"uvloop": u.new_event_loop}
""",
    ),
    "a condition": (
        """\
import asyncio, sys
import pytest


@pytest.fixture
def event_loop_policy():
    if sys.platform == "win32":
        return asyncio.WindowsSelectorEventLoopPolicy()
    else:
        return asyncio.get_event_loop_policy()
""",
        """\
import asyncio, sys


def pytest_asyncio_loop_factories(config, item):
    if sys.platform == "win32":
        return {"selector": asyncio.SelectorEventLoop}
    else:
        return {"asyncio": asyncio.new_event_loop}
""",
    ),
    "a conditional expression": (
        """\
import pytest
import winloop as w, uvloop as u


@pytest.fixture
def event_loop_policy():
    return w.EventLoopPolicy() if X else u.EventLoopPolicy()
""",
        """\
import winloop as w, uvloop as u


def pytest_asyncio_loop_factories(config, item):
    return {"winloop": w.new_event_loop} if X else {"uvloop": u.new_event_loop}
""",
    ),
    "an import that may fail": (
        """\
import asyncio
import pytest
try:
    import uvloop
except ImportError:
    uvloop = None


@pytest.fixture
def event_loop_policy():
    if uvloop is None:
        return asyncio.DefaultEventLoopPolicy()
    return uvloop.EventLoopPolicy()
""",
        """\
import asyncio
try:
    import uvloop
except ImportError:
    uvloop = None


def pytest_asyncio_loop_factories(config, item):
    if uvloop is None:
        return {"asyncio": asyncio.new_event_loop}
    return {"uvloop": uvloop.new_event_loop}
""",
    ),
    "a fixture that yields, with an import of its own": (
        """\
import pytest


@pytest.fixture
def event_loop_policy():
    import winloop
    yield winloop.EventLoopPolicy()
""",
        """\
def pytest_asyncio_loop_factories(config, item):
    import winloop
    return {"winloop": winloop.new_event_loop}
""",
    ),
    "an option": (
        """\
import asyncio
import pytest
import uvloop


@pytest.fixture
def event_loop_policy(request):
    if request.config.getoption("fast"):
        if not HAS_UVLOOP:
            raise RuntimeError("uvloop not installed.")
        return uvloop.EventLoopPolicy()

    return asyncio.get_event_loop_policy()
""",
        """\
import asyncio
import uvloop


def pytest_asyncio_loop_factories(config, item):
    if config.getoption("fast"):
        if not HAS_UVLOOP:
            raise RuntimeError("uvloop not installed.")
        return {"uvloop": uvloop.new_event_loop}

    return {"asyncio": asyncio.new_event_loop}
""",
    ),
    "an option, beside other fixtures, and an import that may fail": (
        """\
import asyncio
import pytest


@pytest.fixture
def event_loop_policy(pytestconfig):
    try:
        import uvloop
        if pytestconfig.getoption("fast"):
            return uvloop.EventLoopPolicy()
    except ImportError:
        pass
    return asyncio.DefaultEventLoopPolicy()


@pytest.fixture
def other(): ...
""",
        """\
import asyncio
import pytest


def pytest_asyncio_loop_factories(config, item):
    try:
        import uvloop
        if config.getoption("fast"):
            return {"uvloop": uvloop.new_event_loop}
    except ImportError:
        pass
    return {"asyncio": asyncio.new_event_loop}


@pytest.fixture
def other(): ...
""",
    ),
    "parameters": (
        """\
import asyncio
import pytest
import uvloop


@pytest.fixture(params=[asyncio.DefaultEventLoopPolicy(), uvloop.EventLoopPolicy()])
def event_loop_policy(request):
    return request.param
""",
        """\
import asyncio
import uvloop


def pytest_asyncio_loop_factories(config, item):
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
""",
    ),
    "parameters with names, of classes": (
        """\
import asyncio
import pytest
import uvloop


@pytest.fixture(
    scope="module",
    params=(
        asyncio.DefaultEventLoopPolicy,
        pytest.param(uvloop.EventLoopPolicy, id="with_the_fast_loop"),
    ),
    ids=["with_the_loop_of_asyncio", "x"],
)
def event_loop_policy(request):
    return request.param()
""",
        """\
import asyncio
import uvloop


def pytest_asyncio_loop_factories(config, item):
    return {
        "with_the_loop_of_asyncio": asyncio.new_event_loop,
        "with_the_fast_loop": uvloop.new_event_loop,
    }
""",
    ),
}


@pytest.mark.parametrize("name", FIXTURES)
def test_a_fixture_of_a_policy_becomes_the_hook(run_fixer: FixerRun, name: str) -> None:
    """In a conftest.py, where hooks work."""
    before, after = FIXTURES[name]

    fixed = run_fixer.settled({"conftest.py": before}, "--select=PTA108")

    assert fixed == {"conftest.py": after}


def test_an_imported_policy_gives_way_to_its_module(run_fixer: FixerRun) -> None:
    """Which has the factory."""
    source = """\
import pytest
from uvloop import EventLoopPolicy


@pytest.fixture
def event_loop_policy():
    return EventLoopPolicy()
"""

    run = run_fixer({"conftest.py": source}, "--fix", "--select=PTA108")

    assert (
        run.files["conftest.py"]
        == """\
import uvloop


def pytest_asyncio_loop_factories(config, item):
    return {"uvloop": uvloop.new_event_loop}
"""
    )


BY_HAND_FIXTURES = {
    "a policy of its own": "return MyPolicy()",
    "arguments": "return uvloop.EventLoopPolicy(1)",
    "a policy of a module that nothing binds": "return other.Policy()",
    "the request handed on": "return policy_for(request)",
    "a policy that is there": "return POLICY",
    "another step": "print(1)\n    return uvloop.EventLoopPolicy()",
    "a name": "policy = uvloop.EventLoopPolicy()\n    return policy",
    "an end without a policy": "if x:\n        return uvloop.EventLoopPolicy()",
    "nothing": "return",
    "a clean-up": "yield uvloop.EventLoopPolicy()\n    done()",
    "another fixture": "request.node\n    return uvloop.EventLoopPolicy()",
    "parameters that are none": "return request.param",
}


@pytest.mark.parametrize("name", BY_HAND_FIXTURES)
def test_what_a_fixture_does_besides_is_moved_by_hand(
    run_fixer: FixerRun, name: str
) -> None:
    """A hook is asked before there are fixtures, and has no clean-up."""
    source = f"""\
import pytest
import uvloop


@pytest.fixture
def event_loop_policy(request):
    {BY_HAND_FIXTURES[name]}
"""

    run_fixer.only_reports({"conftest.py": source}, "--select=PTA108")


@pytest.mark.parametrize(
    "decorator",
    [
        "@pytest.fixture(params=POLICIES)",
        "@pytest.fixture(params=[uvloop.EventLoopPolicy(), uvloop.EventLoopPolicy()])",
        "@pytest.fixture(params=[pytest.param(uvloop.EventLoopPolicy(), marks=X)])",
        "@pytest.fixture(params=[uvloop.EventLoopPolicy()], ids=str)",
        "@other\n@pytest.fixture(params=[uvloop.EventLoopPolicy()])",
    ],
)
def test_parameters_that_no_dictionary_can_have_are_moved_by_hand(
    run_fixer: FixerRun, decorator: str
) -> None:
    """Two factories of one name, marks, or what is not written here."""
    source = f"""\
import pytest
import uvloop


{decorator}
def event_loop_policy(request):
    return request.param
"""

    run_fixer.only_reports({"conftest.py": source}, "--select=PTA108")


POLICY = """\
import pytest
import uvloop


@pytest.fixture
def event_loop_policy():
    return uvloop.EventLoopPolicy()
"""


def test_parameters_that_are_not_what_is_returned_are_moved_by_hand(
    run_fixer: FixerRun,
) -> None:
    """What they are for then is not for a tool to say."""
    source = """\
import pytest
import uvloop


@pytest.fixture(params=[uvloop.EventLoopPolicy()])
def event_loop_policy(request):
    return POLICY
"""

    run_fixer.only_reports({"conftest.py": source}, "--select=PTA108")


def test_a_link_that_leads_nowhere_is_passed_over(run_fixer: FixerRun) -> None:
    """Editors leave such, where tests are looked for that the hook would change."""
    (run_fixer.directory / "lock.py").symlink_to(run_fixer.directory / "nowhere")

    (run_fixer.directory / "conftest.py").write_text(POLICY, encoding="utf-8")
    run = run_fixer({}, "--fix", "--select=PTA108")

    assert "lock.py" not in run.files
    assert "def pytest_asyncio_loop_factories" in run.files["conftest.py"]


def test_where_hooks_do_not_work_a_fixture_stays(run_fixer: FixerRun) -> None:
    """Nobody but plugins and conftest.py files is asked for hooks."""
    files = {"test_it.py": POLICY}

    run_fixer.only_reports(files, "--select=PTA108")


def test_a_hook_that_is_there_gets_no_second(run_fixer: FixerRun) -> None:
    """The one that is defined last would be the only one."""
    hook = "def pytest_asyncio_loop_factories(config, item):\n    return FACTORIES\n"
    files = {"conftest.py": f"{POLICY}\n\n{hook}"}

    run_fixer.only_reports(files, "--select=PTA108")


def test_a_hook_that_other_fixtures_would_lose_to_is_no_safe_fix(
    run_fixer: FixerRun,
) -> None:
    """Where there is a hook, a policy below it no longer counts."""
    files = {"conftest.py": POLICY, "test_it.py": POLICY}

    safe = run_fixer(files, "--fix", "--select=PTA108")
    unsafe = run_fixer({}, "--fix", "--unsafe-fixes", "--select=PTA108")

    assert (safe.status, safe.files) == (1, files)
    assert "def pytest_asyncio_loop_factories" in unsafe.files["conftest.py"]


NO_FIXTURES = {
    "a plain function": "def event_loop_policy():\n    return 1\n",
    "a text": "X = 'event_loop_policy'\n",
    "an argument": "def test_it(event_loop_policy): ...\n",
}


@pytest.mark.parametrize("name", NO_FIXTURES)
def test_what_only_has_the_name_is_left_alone(run_fixer: FixerRun, name: str) -> None:
    """It takes a fixture to override one."""
    run_fixer.leaves_alone({"conftest.py": NO_FIXTURES[name]}, "--select=PTA108")


SET = {
    "without a condition, under a comment": (
        """\
import asyncio
import uvloop

# As production does.
asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())

X = 1
""",
        """\
import uvloop


# As production does.
def pytest_asyncio_loop_factories(config, item):
    return {"uvloop": uvloop.new_event_loop}


X = 1
""",
    ),
    "uvloop's own function": (
        "import uvloop\n\nuvloop.install()  # faster\n",
        """\
import uvloop


def pytest_asyncio_loop_factories(config, item):
    return {"uvloop": uvloop.new_event_loop}  # faster
""",
    ),
    "above imports": (
        """\
import sys
import asyncio

# psycopg needs it.
if sys.platform.startswith("win"):
    asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())

import application

X = 1
""",
        """\
import sys
import asyncio

import application


# psycopg needs it.
def pytest_asyncio_loop_factories(config, item):
    if sys.platform.startswith("win"):
        return {"selector": asyncio.SelectorEventLoop}
    return {"asyncio": asyncio.new_event_loop}


X = 1
""",
    ),
    "an import that may fail": (
        """\
import asyncio
try:
    import uvloop
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
except ImportError:
    pass
""",
        """\
import asyncio


def pytest_asyncio_loop_factories(config, item):
    try:
        import uvloop
        return {"uvloop": uvloop.new_event_loop}
    except ImportError:
        pass
    return {"asyncio": asyncio.new_event_loop}
""",
    ),
    "an import that failed": (
        """\
import asyncio
try:
    import uvloop
except ImportError:
    uvloop = None

if uvloop:
    uvloop.install()
""",
        """\
import asyncio
try:
    import uvloop
except ImportError:
    uvloop = None


def pytest_asyncio_loop_factories(config, item):
    if uvloop:
        return {"uvloop": uvloop.new_event_loop}
    return {"asyncio": asyncio.new_event_loop}
""",
    ),
    "both ways, with imports of their own": (
        """\
import sys

if sys.platform == "win32":
    import asyncio
    asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())  # noqa
else:
    import uvloop
    uvloop.install()
""",
        """\
import sys
import asyncio


def pytest_asyncio_loop_factories(config, item):
    if sys.platform == "win32":
        return {"selector": asyncio.SelectorEventLoop}  # noqa
    else:
        import uvloop
        return {"uvloop": uvloop.new_event_loop}
""",
    ),
    "no end of the last line, which is an import": (
        "import uvloop\nuvloop.install()\nimport application",
        """\
import uvloop
import application


def pytest_asyncio_loop_factories(config, item):
    return {"uvloop": uvloop.new_event_loop}
""",
    ),
    "no end of the last line": (
        "import uvloop\n\n\nX = 1; Y = 2\nuvloop.install()",
        """\
import uvloop


X = 1; Y = 2


def pytest_asyncio_loop_factories(config, item):
    return {"uvloop": uvloop.new_event_loop}
""",
    ),
    "imported names, two conditions": (
        """\
import sys
from asyncio import WindowsSelectorEventLoopPolicy, set_event_loop_policy

if sys.platform == "win32":
    if sys.version_info >= (3, 8):
        set_event_loop_policy(WindowsSelectorEventLoopPolicy())
""",
        """\
import sys
import asyncio


def pytest_asyncio_loop_factories(config, item):
    if sys.platform == "win32":
        if sys.version_info >= (3, 8):
            return {"selector": asyncio.SelectorEventLoop}
    return {"asyncio": asyncio.new_event_loop}
""",
    ),
}


@pytest.mark.parametrize("name", SET)
def test_a_policy_that_is_set_becomes_the_hook(run_fixer: FixerRun, name: str) -> None:
    """Which names a factory for where it was not set as well."""
    before, after = SET[name]

    fixed = run_fixer.settled({"conftest.py": before}, "--select=PTA109")

    assert isort(fixed["conftest.py"]) == isort(after)


def isort(text: str) -> tuple[list[str], str]:
    """Return the imports at the top of a text, in no order, and the rest."""
    head, separator, rest = text.partition("\n\n\n")
    return sorted(line for line in head.splitlines() if line), separator + rest


def test_line_ends_stay(run_fixer: FixerRun) -> None:
    """Those of Windows, in what is new as well."""
    before, after = SET["above imports"]
    (run_fixer.directory / "conftest.py").write_bytes(
        before.replace("\n", "\r\n").encode()
    )

    run_fixer({}, "--fix", "--select=PTA109")

    raw = (run_fixer.directory / "conftest.py").read_bytes()
    assert raw.decode() == after.replace("\n", "\r\n")


BY_HAND_SET = {
    "another policy": "asyncio.set_event_loop_policy(MyPolicy())",
    "a variable": "asyncio.set_event_loop_policy(policy)",
    "a hook of pytest's": "def pytest_configure(config):\n    uvloop.install()",
    "a fixture": "@pytest.fixture\ndef fast():\n    uvloop.install()",
    "other work": "if sys.platform == 'win32':\n    print(1)\n    uvloop.install()",
    "an answer": "X = uvloop.install()",
    "a line that goes on": "uvloop.install(); X = 1",
    "an import on a line that goes on": "uvloop.install()\nimport a; X = 1",
    "twice": "uvloop.install()\nX = 1\nuvloop.install()",
    "a hook that is there": "from x import pytest_asyncio_loop_factories\n"
    "uvloop.install()",
    "a fixture of a policy": "uvloop.install()\n"
    "@pytest.fixture\ndef event_loop_policy(): ...",
    "a loop": "for _ in X:\n    uvloop.install()",
    "an import that is used": "if X:\n    import winloop\n    winloop.install()\n"
    "print(winloop)",
}


@pytest.mark.parametrize("name", BY_HAND_SET)
def test_a_policy_that_is_set_otherwise_is_found(
    run_fixer: FixerRun, name: str
) -> None:
    """What the hook is to return is not for a tool to say."""
    head = "import asyncio\nimport sys\n\nimport pytest\nimport uvloop\n\n"
    files = {"conftest.py": f"{head}{BY_HAND_SET[name]}\n"}

    run_fixer.only_reports(files, "--select=PTA109")


NOT_SET = {
    "a test that sets one": "def test_it():\n    uvloop.install()\n",
    "a policy that is taken back": "asyncio.set_event_loop_policy(None)\n",
    "a function without a name": "X = lambda: uvloop.install()\n",
    "another function": "from application import install\ninstall()\n",
    "a text": "X = 'asyncio.set_event_loop_policy'\n",
    "a function that nobody calls": "X = asyncio.set_event_loop_policy\n",
    "the fixture of the loop": (
        "@pytest.fixture\ndef event_loop():\n    uvloop.install()\n"
    ),
    "Pythons that had policies": (
        "import sys\n"
        "def pytest_configure(config):\n"
        "    if sys.platform == 'win32' and sys.version_info < (3, 14):\n"
        "        asyncio.set_event_loop_policy(Policy())\n"
    ),
    "Pythons that had policies, after the others": (
        "from sys import version_info\n"
        "if version_info[:2] >= (3, 12):\n    pass\n"
        "else:\n    uvloop.install()\n"
    ),
}


@pytest.mark.parametrize("name", NOT_SET)
def test_what_sets_no_policy_for_many_is_left_alone(
    run_fixer: FixerRun, name: str
) -> None:
    """A test may have reasons of its own, and the fixture has a rule of its own."""
    head = "import asyncio\n\nimport pytest\nimport uvloop\n\n"
    files = {"conftest.py": f"{head}{NOT_SET[name]}"}

    run_fixer.leaves_alone(files, "--select=PTA109")


OLD_AND_NEW = {
    "the other branch": (
        "if sys.platform == 'win32' and sys.version_info < (3, 14):\n"
        "    asyncio.set_event_loop_policy(First())\n"
        "else:\n    asyncio.set_event_loop_policy(Second())  # found\n"
    ),
    "the newer ones": (
        "if sys.version_info >= (3, 14):\n"
        "    asyncio.set_event_loop_policy(Policy())  # found\n"
    ),
    "either": (
        "if sys.platform == 'win32' or sys.version_info < (3, 14):\n"
        "    asyncio.set_event_loop_policy(Policy())  # found\n"
    ),
    "a version that has deprecated them": (
        "if sys.version_info < (3, 15):\n"
        "    asyncio.set_event_loop_policy(Policy())  # found\n"
    ),
}


@pytest.mark.parametrize("name", OLD_AND_NEW)
def test_what_newer_pythons_run_is_found(run_fixer: FixerRun, name: str) -> None:
    """A condition may ask for the version and let Python 3.14 through."""
    text = f"import asyncio\nimport sys\n\n{OLD_AND_NEW[name]}"
    lines = text.splitlines()
    found = next(n for n, line in enumerate(lines, start=1) if "# found" in line)

    run = run_fixer({"conftest.py": text}, "--check", "--select=PTA109")

    assert re.findall(r"conftest.py:(\d+):", run.printed) == [str(found)]


def test_an_application_may_set_policies(run_fixer: FixerRun) -> None:
    """It is not run by pytest."""
    files = {"app/main.py": "import uvloop\n\nuvloop.install()\n", "pytest.ini": ""}

    run_fixer.leaves_alone(files, "--select=PTA109")


@pytest.mark.parametrize(
    "test",
    [
        "def test_it():\n    asyncio.run(main())\n",
        "class TestIt(unittest.IsolatedAsyncioTestCase): ...\n",
        "@pytest.mark.anyio\nasync def test_it(): ...\n",
    ],
)
def test_a_hook_is_no_safe_fix_where_others_make_loops(
    run_fixer: FixerRun, test: str
) -> None:
    """They have the policy's loops, and would no longer."""
    before, after = SET["without a condition, under a comment"]
    files = {"conftest.py": before, "unit/test_it.py": test}

    fixed = run_fixer.settled_if_told(files, "--select=PTA109")

    assert fixed == {**files, "conftest.py": after}


@pytest.mark.parametrize(
    ("rule", "conftest"),
    [
        ("PTA108", FIXTURES["parameters"][0]),
        ("PTA108", FIXTURES["a condition"][0]),
        ("PTA109", SET["above imports"][0]),
        ("PTA109", SET["an import that may fail"][0]),
    ],
)
def test_the_hook_works(run_fixer: FixerRun, rule: str, conftest: str) -> None:
    """Tests pass with it where every warning is an error."""
    files = {
        "conftest.py": conftest,
        "application.py": "",
        "uvloop.py": "from asyncio import new_event_loop\n",
        "pytest.ini": "[pytest]\nasyncio_mode = auto\nfilterwarnings = error\n"
        "asyncio_default_fixture_loop_scope = function\n",
        "test_it.py": "async def test_it(): ...\n",
    }

    run_fixer(files, "--fix", f"--select={rule}")

    assert re.search(r"(?m)^\d passed in", run_fixer.run_pytest())


WATCHERS = {
    "a statement": (
        "import asyncio\n\nasyncio.set_child_watcher(None)\n\nX = 1\n",
        "X = 1\n",
    ),
    "under a condition": (
        """\
import asyncio
import sys


def test_it():
    if sys.platform != "win32":
        asyncio.set_child_watcher(asyncio.ThreadedChildWatcher())
    assert sys
""",
        """\
import sys


def test_it():
    assert sys
""",
    ),
    "where something else is caught": (
        """\
import asyncio
try:
    asyncio.set_child_watcher(None)
except ValueError:
    X = 1
""",
        """\
try:
    pass
except ValueError:
    X = 1
""",
    ),
    "of a policy": (
        """\
import asyncio as aio
X = aio
def test_it():
    aio.get_event_loop_policy().set_child_watcher(None)
""",
        """\
import asyncio as aio
X = aio
def test_it():
    pass
""",
    ),
    "helpers that only serve it": (
        """\
from asyncio import SafeChildWatcher, get_event_loop_policy, new_event_loop
import pytest


@pytest.fixture
def event_loop():
    policy = get_event_loop_policy()
    watcher = SafeChildWatcher()
    loop = new_event_loop()
    watcher.attach_loop(loop)
    policy.set_child_watcher(watcher)
    yield loop
    loop.close()
""",
        """\
from asyncio import new_event_loop
import pytest


@pytest.fixture
def event_loop():
    loop = new_event_loop()
    yield loop
    loop.close()
""",
    ),
    "a watcher that a loop is attached to": (
        """\
import asyncio


def test_it(loop):
    asyncio.get_child_watcher().attach_loop(loop)
    watcher = asyncio.get_child_watcher()
    watcher.attach_loop(loop)
    assert loop
""",
        """\
def test_it(loop):
    assert loop
""",
    ),
    "a policy that is used otherwise": (
        """\
import asyncio
policy = asyncio.get_event_loop_policy()
policy.set_child_watcher(None)
asyncio.set_event_loop_policy(policy)
""",
        """\
import asyncio
policy = asyncio.get_event_loop_policy()
asyncio.set_event_loop_policy(policy)
""",
    ),
}


@pytest.mark.parametrize("name", WATCHERS)
def test_a_child_watcher_goes(run_fixer: FixerRun, name: str) -> None:
    """With what nobody else needs."""
    before, after = WATCHERS[name]

    fixed = run_fixer.settled({"test_it.py": before}, "--select=PTA122")

    assert fixed == {"test_it.py": after}


NO_WATCHERS = {
    "another's": "import x\nx.set_child_watcher(1)\nx.asyncio.get_child_watcher()\n",
    "where it may be absent": "import asyncio\n"
    "if hasattr(asyncio, 'set_child_watcher'):\n    asyncio.set_child_watcher(X)\n",
    "on old versions of Python": "import asyncio, sys\n"
    "if sys.version_info < (3, 8):\n    asyncio.set_child_watcher(X)\n",
    "where its absence is caught": "import asyncio\n"
    "try:\n    asyncio.set_child_watcher(X)\nexcept AttributeError:\n    pass\n",
    "in a test that newer versions of Python skip": "import asyncio, pytest, sys\n"
    "@pytest.mark.skipif(sys.version_info >= (3, 12), reason='gone')\n"
    "def test_it():\n    asyncio.set_child_watcher(X)\n",
    "in a module that they skip": "import asyncio, pytest, sys\n"
    "pytestmark = [pytest.mark.skipif(sys.version_info >= (3, 12), reason='gone')]\n"
    "def test_it():\n    asyncio.set_child_watcher(X)\n",
    "a text": "'asyncio.set_child_watcher(x)'\n",
}


@pytest.mark.parametrize("name", NO_WATCHERS)
def test_other_watchers_stay(run_fixer: FixerRun, name: str) -> None:
    """Who asks whether there are watchers has nothing to mend."""
    run_fixer.leaves_alone({"test_it.py": NO_WATCHERS[name]}, "--select=PTA122")


@pytest.mark.parametrize(
    "statement",
    [
        "assert asyncio.get_child_watcher().is_active()",
        "a = watcher = asyncio.get_child_watcher()",
        "watcher = asyncio.get_child_watcher()\nwatcher.close()",
        "watcher = asyncio.get_child_watcher()\nX = watcher.attach_loop(1)",
    ],
)
def test_a_watcher_that_is_used_is_deleted_by_hand(
    run_fixer: FixerRun, statement: str
) -> None:
    """What its user does then is not for a tool to say."""
    source = f"import asyncio\n\n{statement}\n"
    files = {"test_it.py": source}

    run_fixer.only_reports(files, "--select=PTA122")


def test_a_watcher_that_is_tested_is_no_safe_fix(run_fixer: FixerRun) -> None:
    """Without its being set, the test is about something else."""
    files = {
        "test_it.py": """\
import asyncio, pytest
@pytest.fixture
def watcher(request):
    watcher = getattr(asyncio, request.param)()
    asyncio.set_child_watcher(watcher)
    yield watcher
"""
    }

    run = run_fixer(files, "--fix", "--select=PTA122")

    assert (run.status, run.files) == (1, files)


def test_a_watcher_that_is_given_stays_where_it_is_made(run_fixer: FixerRun) -> None:
    """Only its use goes, and that is for the user to decide."""
    before = """\
import asyncio
watcher = given()
asyncio.set_child_watcher(watcher)
"""

    fixed = run_fixer.settled_if_told({"a.py": before}, "--select=PTA122")

    assert fixed == {"a.py": "watcher = given()\n"}
