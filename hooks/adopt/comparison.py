"""Compares the user's tests before and after adoption, in a copy of the repository.

An update is compared in the same way, with what was committed before it.

Both times the tests are collected in the same copy, first without anything of the
suite's, then with the suite and the planned changes. So nothing of the user's has been
touched when a difference is found, and what the copying itself may do to the tests is
the same both times.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from verify import process, suite

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from verify.interpreters import Interpreter

COLLECTOR = Path(__file__).with_name("collector.py")
COLLECT_LIMIT = 300.0  # seconds
RUN_LIMIT = 1800.0  # seconds; asked for, so the user knows what it takes
# What pytest-asyncio says where no loop scope is set. A suite that has not used it so
# far, and makes warnings errors, would not be collected before the scope is there.
# The suite's own settings, whose defaults a release may change.
OURS = ("asyncio_blocking_allowed", "asyncio_checks", "asyncio_test_timeout")
UNSET_SCOPE = 'ignore:The configuration option "asyncio_default_fixture_loop_scope"'
NEVER_COPIED = {
    *(".git", ".hg", ".tox", ".nox", ".venv", "venv", "node_modules", "__pycache__"),
    *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"),
}

NOT_COLLECTED = "pytest could not collect them: {last}"
NOT_ANY_MORE = "was possible before, and now {why}"
TOO_SLOW = "they were not through in {limit:g} s"
GONE = "is not collected any more"
NEW = "is new, and not the suite's"
DIFFERS = "{what}: {before} before, {after} after"
LABELS = {
    "runner": "run by",
    "loop_scope": "loop scope",
    "fixtures": "async fixtures",
    "marks": "markers",
    "outcome": "outcome",
}


class Collected(NamedTuple):
    """What collector.py wrote down; see there."""

    tests: Mapping[str, Mapping[str, object]]
    settings: Mapping[str, str]
    modules: Mapping[str, str]
    errors: list[Mapping[str, str]]


class NotComparedError(Exception):
    """The tests could not be collected; the text says why."""


class Difference(NamedTuple):
    """A test or setting of the user's that is not as it was, and how."""

    what: str
    how: str


class Copy:
    """A copy of a repository in which its tests are collected.

    Args:
        place: Where the copy goes: an empty directory outside the repository.
        top: The directory that pytest's configuration is in, or the repository.
        project: The repository, `top` or below it.
        ours: Paths of the suite's files, relative to the repository.
        interpreter: The project's Python.
    """

    def __init__(
        self,
        place: Path,
        top: Path,
        project: Path,
        ours: Collection[str],
        interpreter: Interpreter,
    ) -> None:
        self._place = place
        self._project = place / project.relative_to(top)
        self._ours = ours
        # Collected with the others, but run in the repository itself.
        below = project.relative_to(top)
        self._deselected = [f"--deselect={(below / path).as_posix()}" for path in ours]
        self._interpreter = interpreter
        self._first: Collected | None = None
        left_out = {project / path for path in ours}
        leading_out: list[Path] = []

        def ignored(directory: str, names: list[str]) -> Iterator[str]:
            for name in names:
                path = Path(directory, name)
                if path.is_symlink() and not path.resolve().is_relative_to(top):
                    leading_out.append(path)
                    yield name
                elif (
                    name in NEVER_COPIED
                    or path in left_out
                    or Path(path, "pyvenv.cfg").exists()
                    or not (path.is_symlink() or path.is_file() or path.is_dir())
                ):
                    yield name

        shutil.copytree(
            top,
            place,
            symlinks=True,
            ignore=lambda place, names: list(ignored(os.fspath(place), names)),
            dirs_exist_ok=True,
        )
        for link in leading_out:
            if link.name not in NEVER_COPIED and link not in left_out:
                (place / link.relative_to(top)).symlink_to(link.resolve())

    def adopt(self, rendered: Path, written: Mapping[str, bytes]) -> None:
        """Put the suite's files, rendered elsewhere, and the plan's into the copy."""
        for path in self._ours:
            source, target = rendered / path, self._project / path
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            elif source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        self.put(written)

    def put(self, files: Mapping[str, bytes | None]) -> None:
        """Put files of the repository into the copy; take away those that are None."""
        for path, content in files.items():
            target = self._project / path
            if content is None:
                target.unlink(missing_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)

    def collect(self, *, run: bool = False) -> Collected:
        """Collect the tests, and run them if asked.

        Where that was possible once and is not any more, the error is part of what is
        returned: it is the difference that counts most.

        Raises:
            NotComparedError: pytest did not get to the end the first time.
        """
        try:
            collected = self._collect(run=run)
            if run and not collected.settings:
                # Of tests run by pytest-xdist only its workers know more than outcomes.
                collected = _with_outcomes(self._collect(run=False), collected)
        except NotComparedError as error:
            if self._first is None:
                raise
            failed = {"id": "", "why": NOT_ANY_MORE.format(why=error)}
            return Collected(tests={}, settings={}, modules={}, errors=[failed])
        if self._first is None:
            self._first = collected
        return collected._replace(modules=dict(self._modules(collected)))

    def _modules(self, collected: Collected) -> Iterator[tuple[str, str]]:
        """Tell where modules come from: the same place for the same code.

        The project's environment may link to it, while this copy is what is imported
        as soon as there is a conftest.py at its top.
        """
        first: Mapping[str, str] = {} if self._first is None else self._first.modules
        for name, file in collected.modules.items():
            known = first.get(name, file)
            same = known == file or _is_same_code(Path(known), Path(file))
            yield name, (known if same else file).replace(str(self._place), ".")

    def _collect(self, *, run: bool) -> Collected:
        limit = RUN_LIMIT if run else COLLECT_LIMIT
        with tempfile.TemporaryDirectory() as scratch:
            report = Path(scratch, "report.json")
            finished = process.run(
                [
                    self._interpreter.path,
                    "-B",
                    COLLECTOR,
                    report,
                    *("-p", "no:cacheprovider"),
                    *("-W", UNSET_SCOPE),
                    "--color=no",
                    "-q",
                    "--continue-on-collection-errors",
                    f"--basetemp={Path(scratch, 'basetemp')}",
                    *([*self._deselected] if run else ["--collect-only"]),
                ],
                directory=self._project,
                limit=limit,
                environment=suite.environment(scratch),
            )
            if finished.code is None:
                raise NotComparedError(TOO_SLOW.format(limit=limit))
            if not report.exists() or finished.code not in (0, 1, 2, 5):
                lines = finished.output.strip().splitlines() or ["it printed nothing"]
                raise NotComparedError(NOT_COLLECTED.format(last=lines[-1].strip()))
            collected = Collected(**json.loads(report.read_bytes()))
        if collected.errors and not collected.tests:
            why = collected.errors[0]["why"]
            raise NotComparedError(NOT_COLLECTED.format(last=why))
        return collected


def _with_outcomes(collected: Collected, run: Collected) -> Collected:
    tests = {
        name: {**test, "outcome": run.tests.get(name, {}).get("outcome")}
        for name, test in collected.tests.items()
    }
    return collected._replace(tests=tests)


def differences(
    before: Collected, after: Collected, ours: Collection[str], planned: Collection[str]
) -> list[Difference]:
    """Find what is not as it was.

    Args:
        before: The tests without the suite.
        after: The same with it.
        ours: Paths of the suite's files, relative to where pytest's ids start.
        planned: Names of settings that the plan adds; the suite's own are new.
    """
    found = [
        Difference(name, _how(before.settings[name], value))
        for name, value in after.settings.items()
        if name not in {*planned, *OURS} and before.settings.get(name, value) != value
    ]
    found += [
        Difference(f"import {name}", _how(before.modules[name], file))
        for name, file in after.modules.items()
        if before.modules.get(name, file) != file
    ]
    known = {error["id"] for error in before.errors}
    found += [
        Difference(error["id"] or "the collection", error["why"])
        for error in after.errors
        if error["id"] not in known and not is_ours(error["id"], ours)
    ]
    if found and after.errors and not after.tests:
        return found  # why all of them are gone says more than the list of them
    tests = _by_first_ids(before.tests, after.tests)
    for name, test in before.tests.items():
        if is_ours(name, ours):
            continue
        if name not in tests:
            found.append(Difference(name, GONE))
            continue
        found += [
            Difference(name, DIFFERS.format(what=label, before=test[key], after=now))
            for key, label in LABELS.items()
            if test.get(key) != (now := tests[name].get(key))
        ]
    found += [
        Difference(name, NEW)
        for name in tests
        if name not in before.tests and not is_ours(name, ours)
    ]
    return found


def _by_first_ids(
    before: Mapping[str, Mapping[str, object]],
    after: Mapping[str, Mapping[str, object]],
) -> dict[str, Mapping[str, object]]:
    """Return the tests of the second look under their ids of the first.

    An id can hold a parameter that is another one each time: a UUID, a token, a time.
    Where a function has lost as many ids as it has gained, those are the same tests, in
    the same order.
    """
    lost = _by_function(name for name in before if name not in after)
    gained = _by_function(name for name in after if name not in before)
    first: dict[str, str] = {}
    for function, names in gained.items():
        if len(names) == len(lost.get(function, [])):
            first |= zip(names, lost[function], strict=True)
    return {first.get(name, name): test for name, test in after.items()}


def _is_same_code(one: Path, other: Path) -> bool:
    """Tell whether a module comes from two places that hold the same sources.

    An editable installation of the project links to where it was copied from. What is
    really installed is something else: its tests are to stay its tests.
    """
    if any("-packages" in part for path in (one, other) for part in path.parts):
        return False
    code, others = _code_of(one), _code_of(other)
    # Empty files are no sign of anything.
    return any(code.values()) and code.items() <= others.items()


def _code_of(module: Path) -> dict[str, bytes]:
    """Read a module, or all of a package, by names that do not depend on the place."""
    top, files = module.parent, [module] if module.exists() else []
    if module.name == "__init__.py":
        files = list(top.rglob("*.py"))
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in files}


def _by_function(names: Iterable[str]) -> dict[str, list[str]]:
    """Sort the ids of parametrised tests by their functions."""
    found: dict[str, list[str]] = {}
    for name in names:
        function, bracket, _ = name.partition("[")
        if bracket:
            found.setdefault(function, []).append(name)
    return found


def taken_over(before: Collected) -> list[str]:
    """Return the tests that auto mode would run with pytest-asyncio, and do not yet.

    Async ones, that is, and those with an async fixture, that something else runs.
    """
    return [
        name
        for name, test in before.tests.items()
        if test.get("runner") not in ("pytest-asyncio", "pytest", "unittest")
        or "another plugin" in dict(test.get("fixtures") or {}).values()  # type: ignore[call-overload]
    ]


def _how(before: str, after: str) -> str:
    return f"{before} before, {after} after"


def is_ours(name: str, ours: Collection[str]) -> bool:
    """Tell whether a test, by its id, is of a file or directory of the suite's."""
    path = name.partition("::")[0]
    return any(path == place or path.startswith(f"{place}/") for place in ours)


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Make a directory for a copy, removed at the end whatever is in it."""
    return tempfile.TemporaryDirectory(
        prefix="asyncio-tests-", ignore_cleanup_errors=os.name == "nt"
    )
