"""The rule on a hook that marks all asynchronous tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixer_script import lines

if TYPE_CHECKING:
    from fixer_script import FixerRun

AUTO = "[pytest]\nasyncio_mode = auto\n"
STRICT = "[pytest]\naddopts = -p no:randomly\n"
SESSION = "asyncio_default_test_loop_scope = session\n"
HOOK = "def pytest_collection_modifyitems(items):\n"
MARK = "pytest.mark.asyncio(loop_scope='session')"
ADD = f"item.add_marker({MARK}, append=False)\n"
OF_ASYNC = "inspect.iscoroutinefunction(item.function)"
MARKED_TEST = "import pytest\n@pytest.mark.asyncio\nasync def test(): ...\n"
UNMARKED_TEST = "async def test(): ...\n"
ELSEWHERE = (
    "import pytest\n@pytest.mark.asyncio(loop_scope='class')\nasync def test(): 0\n"
)
IMPORTS = {
    "asyncio.i": "import asyncio",
    "inspect": "import inspect",
    "pytest.": "import pytest",
    "is_async_test": "from pytest_asyncio import is_async_test",
}

CANONICAL = {
    "all tests": f"    for item in items:\n        {ADD}",
    "those that are asynchronous": (
        f"    for item in items:\n        if {OF_ASYNC}:\n            {ADD}"
    ),
    "the others left out first": (
        f"    for item in items:\n        if not {OF_ASYNC}:\n            continue\n"
        f"        {ADD}"
    ),
    "two conditions": (
        "    for item in items:\n        if isinstance(item, pytest.Function):\n"
        f"            if asyncio.iscoroutinefunction(item.obj):\n                {ADD}"
    ),
    "in one condition": (
        f"    for item in items:\n        if hasattr and {OF_ASYNC}:\n            {ADD}"
    ).replace("hasattr", "isinstance(item, pytest.Item)"),
    "those that are marked": (
        "    for item in items:\n        if 'asyncio' in item.keywords:\n"
        f"            {ADD}"
    ),
    "those that have a mark": (
        "    for item in items:\n"
        "        if item.get_closest_marker('asyncio') is not None:\n"
        f"            {ADD}"
    ),
    "a list of them": (
        f"    '''Mark them.'''\n    tests = [i for i in items if is_async_test(i)]\n"
        f"    mark = {MARK}\n    for item in tests:\n"
        "        item.add_marker(mark, append=False)\n"
    ),
    "a filter": f"    for item in filter(is_async_test, items):\n        {ADD}",
    "the second argument": (
        f"    for item in items:\n        item.add_marker({MARK}, False)\n"
    ),
}
OWN = {
    "only some tests": (
        f"    for item in items:\n        if 'db' in item.nodeid:\n            {ADD}"
    ),
    "only tests without a mark": (
        "    for item in items:\n        if not item.get_closest_marker('asyncio'):\n"
        f"            {ADD}"
    ),
    "tests of others": f"    for item in others:\n        {ADD}",
    "something else for the rest": (
        f"    for item in items:\n        if {OF_ASYNC}:\n            {ADD}"
        "        else:\n            item.add_marker('sync')\n"
    ),
    "something else for each": (
        f"    for item in items:\n        {ADD}        item.name += 'x'\n"
    ),
    "a scope that is not known here": (
        "    for item in items:\n        item.add_marker("
        "pytest.mark.asyncio(loop_scope=SCOPE), append=False)\n"
    ),
    "twice": 2 * f"    for item in items:\n        {ADD}",
    "what else chooses": ("    for item in [other for item in items]:\n        " + ADD),
}


def conftest(body: str) -> str:
    """Return a conftest.py whose hook has a body."""
    names = ("asyncio.i", "inspect", "pytest.", "is_async_test")
    imports = "".join(f"{IMPORTS[name]}\n" for name in names if name in body)
    return f"{imports}\nX = 1\n\n\n{HOOK}{body}"


def files(body: str, settings: str = AUTO, test: str = UNMARKED_TEST) -> dict[str, str]:
    """Return a suite whose hook has a body."""
    return {
        "conftest.py": conftest(body),
        "pytest.ini": settings,
        "test_it.py": test,
    }


@pytest.mark.parametrize("name", CANONICAL)
def test_a_setting_takes_the_place_of_a_hook(run_fixer: FixerRun, name: str) -> None:
    """It says the same of all tests, and the imports that only the hook used go."""
    fixed = run_fixer(files(CANONICAL[name]), "--fix", "--select=PTA119")

    assert fixed.files["conftest.py"] == "X = 1\n", fixed.printed
    assert fixed.files["pytest.ini"] == AUTO + SESSION
    assert run_fixer({}, "--check", "--select=PTA119").status == 0


@pytest.mark.parametrize("name", OWN)
def test_a_hook_that_chooses_or_does_more_is_left_to_the_user(
    run_fixer: FixerRun, name: str
) -> None:
    """A setting would not say the same."""
    before = files(OWN[name])

    fixed = run_fixer(before, "--fix", "--unsafe-fixes", "--select=PTA119")

    assert "PTA119" in fixed.printed
    assert fixed.files == before


def test_what_else_the_hook_does_stays(run_fixer: FixerRun) -> None:
    """Only the loop goes, and the names that it alone uses."""
    body = (
        f"    items.sort(key=str)\n    mark = {MARK}\n\n    for item in items:\n"
        "        item.add_marker(mark, append=False)\n    print(items)\n"
    )

    fixed = run_fixer(files(body), "--fix", "--select=PTA119")

    assert fixed.files["conftest.py"] == lines(
        *("X = 1", "", "", HOOK.strip(), "    items.sort(key=str)", ""),
        "    print(items)",
    )


def test_a_name_for_the_mark_stays_where_more_is_made_of_it(
    run_fixer: FixerRun,
) -> None:
    """The rest of the hook goes on reading it."""
    body = (
        f"    mark = {MARK}\n    for item in items:\n"
        "        item.add_marker(mark, append=False)\n    print(mark)\n"
    )

    fixed = run_fixer(files(body), "--fix", "--select=PTA119")

    assert f"    mark = {MARK}\n    print(mark)\n" in fixed.files["conftest.py"]


def test_in_strict_mode_unmarked_tests_get_their_mode(run_fixer: FixerRun) -> None:
    """The hook comes too late for them."""
    before = files(CANONICAL["those that are asynchronous"], STRICT)

    fixed = run_fixer(before, "--fix", "--select=PTA119")

    assert fixed.files["pytest.ini"] == f"{STRICT}asyncio_mode = auto\n{SESSION}"


def test_in_strict_mode_marked_tests_need_no_other(run_fixer: FixerRun) -> None:
    """They have been taken for asynchronous before the hook runs."""
    before = files(CANONICAL["those that are asynchronous"], STRICT, MARKED_TEST)

    fixed = run_fixer(before, "--fix", "--select=PTA119")

    assert fixed.files["pytest.ini"] == STRICT + SESSION


def test_a_mark_without_arguments_is_the_mode(run_fixer: FixerRun) -> None:
    """It is what auto mode does."""
    body = "    for item in items:\n        item.add_marker(pytest.mark.asyncio)\n"

    fixed = run_fixer(files(body, STRICT), "--fix", "--select=PTA119")

    assert fixed.files["conftest.py"] == "X = 1\n"
    assert fixed.files["pytest.ini"] == f"{STRICT}asyncio_mode = auto\n"


UNSAFE = {
    "behind the marks that tests have": files(
        f"    for item in items:\n        item.add_marker({MARK})\n"
    ),
    "a test that says another scope": files(CANONICAL["all tests"], test=ELSEWHERE),
    "a conftest.py above": {
        "pytest.ini": AUTO,
        "conftest.py": "",
        "tests/conftest.py": conftest(CANONICAL["all tests"]),
    },
    "a test of another plugin": files(
        CANONICAL["all tests"],
        test="import pytest\n@pytest.mark.trio\nasync def test(): ...\n",
    ),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_what_may_change_a_test_is_not_safe(run_fixer: FixerRun, name: str) -> None:
    """The hook has no effect on these tests, or another one than the setting."""
    kept = run_fixer(UNSAFE[name], "--fix", "--select=PTA119")
    fixed = run_fixer({}, "--fix", "--unsafe-fixes", "--select=PTA119")

    assert kept.files == UNSAFE[name]
    assert fixed.files["pytest.ini"] == AUTO + SESSION


def test_only_the_hook_of_a_conftest_counts(run_fixer: FixerRun) -> None:
    """And there no other function, nor another mark."""
    slow = conftest(
        "    for item in items:\n        item.add_marker(pytest.mark.slow)\n"
    )
    before = {"plugin.py": conftest(CANONICAL["all tests"]), "conftest.py": slow}

    run_fixer.leaves_alone(before, "--select=PTA119")


def test_the_suite_passes_on_its_setting(run_fixer: FixerRun) -> None:
    """Tests that share a loop by the hook share it by the setting."""
    test = lines(
        *("import asyncio", "", "loops = []", "", ""),
        *("async def test_first():", "    loops.append(asyncio.get_running_loop())"),
        *("", "", "async def test_second():"),
        "    assert loops == [asyncio.get_running_loop()]",
    )
    body = CANONICAL["those that are asynchronous"]
    run_fixer(files(body, STRICT, test), "--fix", "--select=PTA119")

    assert "2 passed" in run_fixer.run_pytest()
