"""Messages about async tests and fixtures that nothing runs, or not as meant."""

import ast

import pytest

from .calls import function_at
from .explanation import Explanation, Failure, Seen
from .loop_scopes import fixture_place
from .places import place, test_place, users_frames

_STRICT = "the mode is strict, and {place} has no @pytest.mark.asyncio"
_NOT_LOADED = "pytest-asyncio is not loaded, so that nothing runs {place}"
_HIDDEN = "a decorator at {place} hides that the function is async"


def _see_why_not_run(failure: Failure) -> Seen:
    config, where = failure.node.config, test_place(failure.node)
    if not config.pluginmanager.has_plugin("asyncio"):
        remedy = "install pytest-asyncio into the Python that runs pytest"
        return Seen(_NOT_LOADED.format(place=where), remedy)
    mode = config.getoption("asyncio_mode", None) or config.getini("asyncio_mode")
    if mode == "auto" or failure.node.get_closest_marker("asyncio"):
        return Seen(_HIDDEN.format(place=where), "make its wrapper `async def`")
    settings = config.inipath.name if config.inipath else "pytest.ini"
    remedy = f"add the mark, or set asyncio_mode = auto in {settings}"
    return Seen(_STRICT.format(place=where), remedy)


def _see_plain_fixture(failure: Failure) -> Seen:
    name = failure.match["fixture"]
    where = fixture_place(name, failure.node)
    cause = f"in strict mode nothing runs the async fixture {name!r}, {where}"
    return Seen(cause, f"define {name!r} with @pytest_asyncio.fixture")


def _see_missing_import(failure: Failure) -> Seen:
    return Seen(f"{failure.place} uses pytest_asyncio, which is not imported there")


def _is_mark_of_asyncio(failure: Failure) -> bool:
    return _see_marked_fixture(failure) is not None


def _see_marked_fixture(failure: Failure) -> Seen | None:
    for frame, line in users_frames(failure.error)[:1]:
        file = frame.f_code.co_filename
        function = function_at(file, line)
        for decorator in function.decorator_list if function else ():
            if function and "mark.asyncio" in ast.unparse(decorator):
                where = place(file, decorator.lineno)
                return Seen(f"the fixture {function.name!r} has the mark, at {where}")
    return None


def _see_sync_test(failure: Failure) -> Seen:
    return Seen(f"the sync test at {test_place(failure.node)} has the mark")


EXPLANATIONS = (
    Explanation(
        heading="async def functions are not natively supported.",
        raised=(pytest.fail.Exception,),
        wordings=(r"^async def functions are not natively supported\.",),
        cause="nothing runs the async test",
        remedy="add @pytest.mark.asyncio, or set asyncio_mode = auto",
        look=_see_why_not_run,
    ),
    Explanation(
        heading="requested an async fixture '...', with no plugin or hook that "
        "handled it.",
        raised=(pytest.fail.Exception, pytest.PytestWarning),
        wordings=(
            r"requested an async fixture '(?P<fixture>\w+)'.*, with no plugin or hook",
            r"requested async @pytest\.fixture '(?P<fixture>\w+)' in strict mode",
        ),
        cause="in strict mode nothing runs an async fixture of @pytest.fixture",
        remedy="use @pytest_asyncio.fixture",
        look=_see_plain_fixture,
    ),
    Explanation(
        heading="NameError: name 'pytest_asyncio' is not defined",
        raised=(NameError,),
        wordings=(r"^name 'pytest_asyncio' is not defined",),
        cause="the module uses pytest_asyncio and does not import it",
        remedy="add `import pytest_asyncio`; scripts/fix_pytest_asyncio_imports.py "
        "does so everywhere",
        look=_see_missing_import,
    ),
    Explanation(
        heading="Marks cannot be applied to fixtures.",
        raised=(pytest.fail.Exception, pytest.PytestWarning),
        wordings=(r"^Marks (cannot be applied to|applied to) fixtures",),
        cause="a fixture has @pytest.mark.asyncio, which is for tests",
        remedy="delete the mark: @pytest_asyncio.fixture is enough",
        look=_see_marked_fixture,
        concerns=_is_mark_of_asyncio,
    ),
    Explanation(
        heading="is marked with '@pytest.mark.asyncio' but it is not an async "
        "function.",
        raised=(pytest.PytestWarning,),
        wordings=(r"is marked with '@pytest\.mark\.asyncio' but it is not an async",),
        cause="a sync test has the mark",
        remedy="take the mark off it, or off the whole module where `pytestmark` sets "
        "it, and mark the async tests one by one",
        look=_see_sync_test,
    ),
    Explanation(
        heading="Tests based on asynchronous generators are not supported.",
        raised=(pytest.PytestCollectionWarning,),
        wordings=(r"^Tests based on asynchronous generators are not supported\.",),
        cause="there is a `yield` in an async test, so that it never runs",
        remedy="move what stands before and after the `yield` into a fixture",
    ),
)
