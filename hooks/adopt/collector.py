"""Collects tests and writes down what will run each; started by the project's Python.

`python collector.py REPORT ARGUMENT...` passes the arguments to pytest, and leaves a
JSON object in REPORT: `tests`, each with its runner, loop scope, async fixtures,
markers and outcome (None when it was only collected); `settings`, the values that are
in effect; `errors` of what could not be collected.
"""

from __future__ import annotations

import functools
import inspect
import json
import sys
import unittest
from pathlib import Path
from typing import TYPE_CHECKING, Any

# As under plain `pytest`, nothing is importable but what the project sees to.
sys.path[:] = [entry for entry in sys.path if Path(entry) != Path(__file__).parent]

import pytest  # noqa: E402 (this directory must leave the path before any import)

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

# The markers that the suite adds; they change nothing for tests that lack them.
OURS = (
    *("asyncio_allow(", "asyncio_test_timeout("),
    *("virtual_clock(", "interleavings("),
)
SCOPES = ("function", "class", "module", "package", "session")


class Collector:
    """A pytest plugin that records every test that was collected."""

    def __init__(self) -> None:
        self.tests: dict[str, dict[str, object]] = {}
        self.settings: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        self.errors: list[dict[str, str]] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Record a file or package that cannot be collected."""
        if report.failed:
            lines = report.longreprtext.strip().splitlines()
            why = lines[-1].removeprefix("E ").strip() if lines else ""
            self.errors.append({"id": report.nodeid, "why": why})

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> Generator[None, None, None]:
        """Record the tests that are left when every other plugin has had its say."""
        yield
        self.settings = _settings(config)
        self.modules = _modules()
        for item in items:
            self.tests[item.nodeid] = _described(item)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record the outcome of a test: the worst of its setup, body and teardown."""
        test = self.tests.setdefault(report.nodeid, {})
        outcome: str = report.outcome
        # How pytest marks a test that was expected to fail: whether it did is the
        # outcome, as in runner.py of `verify`, another script that stands alone.
        if hasattr(report, "wasxfail"):
            outcome = "xpassed" if report.passed else "xfailed"
        if test.get("outcome") in {None, "passed"}:
            test["outcome"] = outcome


def _described(item: pytest.Item) -> dict[str, object]:
    runner = _runner(item)
    marks = {mark.name for mark in item.iter_markers()} - {"asyncio"}
    return {
        "runner": runner,
        "loop_scope": _loop_scope(item) if runner == "pytest-asyncio" else None,
        "fixtures": _async_fixtures(item),
        "marks": sorted(marks),
        "outcome": None,
    }


def _runner(item: pytest.Item) -> str:
    """Name what will run a test: pytest itself, or a library for async tests."""
    if _has(item.config, "asyncio") and _is_asyncio_test(item):
        return "pytest-asyncio"
    owner = getattr(item, "cls", None)
    if isinstance(owner, type) and issubclass(owner, unittest.TestCase):
        return "unittest"
    if not _is_async(getattr(item, "obj", None)):
        return "pytest"
    if _has(item.config, "anyio") and item.get_closest_marker("anyio"):
        call = getattr(item, "callspec", None)
        backend = call.params.get("anyio_backend", "") if call else ""
        return f"anyio {backend}".strip()
    for name in ("trio", "twisted", "tornado", "curio"):
        if _has(item.config, name) or item.get_closest_marker(name):
            return name
    return "another plugin, or none"


def _is_asyncio_test(item: pytest.Item) -> bool:
    import pytest_asyncio  # noqa: PLC0415 (only where the plugin is there)

    return bool(pytest_asyncio.is_async_test(item))


def _has(config: pytest.Config, name: str) -> bool:
    manager = config.pluginmanager
    return any(manager.hasplugin(form) for form in (name, f"pytest_{name}"))


def _is_async(function: object) -> bool:
    """Tell whether a test function is async, under Hypothesis and partials too."""
    while isinstance(function, functools.partial):
        function = function.func
    inner = getattr(getattr(function, "hypothesis", None), "inner_test", None)
    function = inspect.unwrap(inner or function) if callable(function) else function
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def _loop_scope(item: pytest.Item) -> str:
    mark = item.get_closest_marker("asyncio")
    named: Mapping[str, object] = mark.kwargs if mark else {}
    default = item.config.getini("asyncio_default_test_loop_scope")
    return str(named.get("loop_scope") or named.get("scope") or default)


def _async_fixtures(item: pytest.Item) -> dict[str, str]:
    """Tell for each async fixture of a test what takes it, and on which loop."""
    definitions: dict[str, Any] = getattr(
        getattr(item, "_fixtureinfo", None), "name2fixturedefs", {}
    )
    asyncio = _has(item.config, "asyncio")
    auto = asyncio and _mode(item.config) == "auto"
    taken: dict[str, str] = {}
    for name, candidates in sorted(definitions.items()):
        function = candidates[-1].func if candidates else None
        if _is_async(function):
            function = getattr(function, "__func__", function)
            if auto or (asyncio and hasattr(function, "_force_asyncio_fixture")):
                scope = _fixture_loop_scope(item.config, candidates[-1], function)
                taken[name] = f"pytest-asyncio, {scope} loop"
            else:
                taken[name] = "another plugin"
    return taken


def _fixture_loop_scope(
    config: pytest.Config,
    definition: Any,  # noqa: ANN401 (pytest keeps the type private)
    function: object,
) -> str:
    default = config.getini("asyncio_default_fixture_loop_scope")
    named = getattr(function, "_loop_scope", None)
    return str(named or (default if default in SCOPES else definition.scope))


def _mode(config: pytest.Config) -> str:
    given = config.getoption("asyncio_mode", None) or config.getini("asyncio_mode")
    return str(getattr(given, "value", given))


def _settings(config: pytest.Config) -> dict[str, str]:
    """Return every setting that is registered, as pytest and its plugins read it."""
    # There is no public list of the names.
    names = list(getattr(getattr(config, "_parser", None), "_inidict", {}))
    here = str(config.rootpath)
    values: dict[str, str] = {}
    for name in names:
        values[name] = _setting(config, name).replace(here, ".")
    return values


def _setting(config: pytest.Config, name: str) -> str:
    try:
        value = config.getini(name)
        if name == "markers":
            value = [line for line in value if not line.startswith(OURS)]
        return repr(value)
    except Exception as error:  # noqa: BLE001 (a plugin's own setting may be wrong)
        return f"cannot be read: {error}"


def _modules() -> dict[str, str]:
    """Tell where each top-level module was imported from.

    Not of conftest.py files, of which there may be many by this one name.
    """
    return {
        name: str(module.__file__)
        for name, module in list(sys.modules.items())
        if "." not in name and name != "conftest" and getattr(module, "__file__", None)
    }


def main(report: Path, arguments: list[str]) -> int:
    """Run pytest, write the report, and return pytest's exit code."""
    collector = Collector()
    code = pytest.main(arguments, plugins=[collector])
    content = {
        "tests": collector.tests,
        "settings": collector.settings,
        "modules": collector.modules,
        "errors": collector.errors,
    }
    report.write_text(json.dumps(content), encoding="utf-8")
    return int(code)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
