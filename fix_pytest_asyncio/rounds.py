"""One run over files: what is in them is found, fixed, written, and told."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .cache import Cache, cache_file
from .checking import check_configuration, fix_configuration
from .differences import Difference
from .disk import digest
from .examination import Examined
from .files import (
    UnusableFileError,
    Unwritten,
    find_files,
    nothing_written,
    read_file,
    replace_file,
)
from .processes import Task, examine_files
from .project import Project
from .reports import FileReport, Summary, Told
from .setting_changes import changed_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .choices import Asked, Choices
    from .configuration import Configuration
    from .rule import Finding

# --- A run over files -----------------------------------------------------------------

# A fix may be what another one waits for, in the same file or in another one.
_MOST_ROUNDS_OVER_ALL = 10
_CHANGED_MEANWHILE = "changed by another program meanwhile: left as it is"


class Order(NamedTuple):
    """What a run is to do.

    Attributes:
        paths: Files and directories.
        mode: `check`, `diff` or `fix`.
        asked: What the command line says of rules.
        is_cached: Whether to remember findings, and use those remembered.
        jobs: The most processes; None is one for each processor.
    """

    paths: tuple[Path, ...]
    mode: str
    asked: Asked
    is_cached: bool = True
    jobs: int | None = None


class Outcome(NamedTuple):
    """What a run did.

    Attributes:
        reports: What there is to tell of each file that there is something of.
        summary: The figures.
        differences: What would change, or has changed.
    """

    reports: Sequence[FileReport]
    summary: Summary
    differences: Sequence[Difference]


class Run:
    """Goes over the files: again after a fix, which may be what another waits for."""

    def __init__(
        self, order: Order, choices: Choices, progress: Callable[[int, int], None]
    ) -> None:
        """Say what to do.

        Args:
            order: All of it.
            choices: Which rules are looked for in which file.
            progress: Is told how many files are done, of how many.
        """
        self._order = order
        self._choices = choices
        self._progress = progress
        path = cache_file(repr(order.asked)) if order.is_cached else None
        self._cache = Cache(path)
        self._fixed: dict[str, list[Told]] = {}

    def __call__(self) -> Outcome:
        """Do it."""
        order = self._order
        files = [*find_files(order.paths, self._choices.is_excluded)]
        if order.mode != "diff":
            return self._outcome(len(files), self._examined_to_the_end(files))
        with nothing_written() as unwritten:
            outcome = self._outcome(len(files), self._examined_to_the_end(files))
        differences = [difference_of(path, unwritten[path]) for path in unwritten]
        return outcome._replace(differences=[*filter(None, differences)])

    def _examined_to_the_end(self, files: Sequence[Path]) -> list[Examined]:
        """Go over the files until nothing more is fixed; return what is left then."""
        rounds = 1 if self._order.mode == "check" else _MOST_ROUNDS_OVER_ALL
        examined: list[Examined] = []
        try:
            for _ in range(rounds):
                examined, changed = self._round(files)
                if not changed:
                    break
        finally:
            self._cache.write()
        return examined

    def _round(self, files: Sequence[Path]) -> tuple[list[Examined], int]:
        """Go over the files once, and return what is in them and how much was fixed."""
        project = Project()
        results = [*self._examined(files, project)]
        if self._order.mode != "check":
            results = [self._settled(each) for each in results]
        for configuration in project.configurations([*self._order.paths, *files]):
            results.append(self._configured(configuration))
        changed = sum(len(each.fixed) for each in results)
        for each in results:
            if each.fixed:
                self._fixed.setdefault(each.path, []).extend(each.fixed)
        return results, changed

    def _examined(self, files: Sequence[Path], project: Project) -> Iterator[Examined]:
        known: dict[Path, Examined] = {}
        unknown: list[Path] = []
        for path in files:
            found = self._remembered(path, project)
            if found:
                known[path] = found
            else:
                unknown.append(path)
        is_fixing = self._order.mode != "check"
        task = Task(self._order.asked, is_fixing, Unwritten.files)
        # Whatever ends this early ends the processes as well.
        with closing(examine_files(task, unknown, self._order.jobs)) as fresh:
            for number, path in enumerate(files, 1):
                if path in known:
                    yield known[path]
                    continue
                self._progress(number, len(files))
                examined = next(fresh)
                self._cache.keep(examined, self._choices.of(path).identity)
                yield examined

    def _remembered(self, path: Path, project: Project) -> Examined | None:
        choice = self._choices.of(path)
        if not self._cache.has(str(path)):
            return None
        try:
            identity = digest(read_file(path))
        except UnusableFileError:
            return None
        left = self._cache.known(str(path), identity, choice.identity, project)
        if left is None:
            return None
        if self._order.mode != "check" and any(
            told.remedy == "safe" or (told.remedy and choice.is_unsafe) for told in left
        ):
            return None
        return Examined(str(path), identity, left)

    def _settled(self, examined: Examined) -> Examined:
        """Write what a file becomes, or would become, its settings first."""
        if examined.after is None:
            return examined
        path = Path(examined.path)
        try:
            before = read_file(path)
            if digest(before) != examined.digest:
                return Examined(examined.path, problem=_CHANGED_MEANWHILE)
            for file in changed_settings(examined.settings):
                file.write()
            _write_module(path, examined.after)
        except UnusableFileError as problem:
            return Examined(examined.path, problem=problem.reason)
        return examined

    def _configured(self, configuration: Configuration) -> Examined:
        """Look at a file that pytest reads its settings from."""
        path = configuration.path or Path()
        choice = self._choices.of(path)
        shown = shown_path(path)
        if self._order.mode == "check":
            findings = check_configuration(configuration, choice.rules)
            return Examined(shown, left=[*map(Told.of, findings)])

        def is_wanted(finding: Finding) -> bool:
            return bool(finding.fix and (finding.fix.is_safe or choice.is_unsafe))

        repair = fix_configuration(configuration, choice.rules, is_wanted)
        left, fixed = map(Told.of, repair.left), map(Told.of, repair.applied)
        try:
            repair.file.write()
        except UnusableFileError as problem:
            return Examined(shown, problem=problem.reason)
        return Examined(shown, left=[*left], fixed=[*fixed])

    def _outcome(self, count: int, examined: Sequence[Examined]) -> Outcome:
        summary = Summary(count)
        reports: list[FileReport] = []
        for each in examined:
            fixed = [*self._fixed.get(each.path, ())]
            if not (each.left or fixed or each.problem):
                continue
            lines = lines_of(each.path) if each.left else ()
            report = FileReport(
                each.path, each.left, fixed, each.problem, each.place, lines
            )
            summary.add(report)
            reports.append(report)
        return Outcome(reports, summary, ())


def _write_module(path: Path, content: bytes) -> None:
    try:
        replace_file(path, content)
    except OSError as error:
        reason = f"cannot be written: {error.strerror or error}"
        raise UnusableFileError(path, reason) from error


def difference_of(path: str, after: bytes) -> Difference | None:
    """Return how a file would differ from what it is; None if it would not."""
    is_new = not Path(path).exists()
    before = b"" if is_new else Path(path).read_bytes()
    if after == before:
        return None
    return Difference(os.path.relpath(path), before, after, is_new)


def shown_path(path: Path) -> str:
    """Return a path as short as it can be read from here."""
    here = f"{Path.cwd()}{os.sep}"
    return str(path).removeprefix(here)


def lines_of(path: str) -> Sequence[str]:
    """Return the lines of a file as they can be shown, whatever is in it."""
    try:
        raw = read_file(Path(path))
    except UnusableFileError:
        return ()
    return lines_in(raw)


def lines_in(raw: bytes) -> Sequence[str]:
    """Return the lines of a text as they can be shown."""
    text = raw.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
