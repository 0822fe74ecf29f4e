"""What there is to say of one file, in a form that processes and caches hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .checking import Repair, check, fix
from .disk import digest
from .files import UnusableFileError, told_of_searches
from .project import Project
from .reports import Told
from .source import Module

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .choices import Choice, Choices
    from .disk import Fact
    from .rule import Finding, Setting
    from .setting_changes import Agreement

# --- The examination of a file --------------------------------------------------------

_TOO_DEEP = "nested too deeply to be analysed"
_NO_MEMORY = "nested too deeply to be analysed, or there is not enough memory"
_FAULT = "this program has a fault, please report it: {error!r}"


class Examined(NamedTuple):
    """What became of a file.

    Attributes:
        path: The file.
        digest: What tells its content from another one; empty if it was not read.
        left: What is in it, or will be after its fixes.
        fixed: What was fixed, where it was then; nothing of it is written yet.
        after: The bytes that it becomes; None if it stays as it is.
        settings: What has to be set for pytest together with that.
        problem: Why it could not be examined; empty if it was.
        place: Line and column of the problem, if it has a place.
        facts: What the answer depends on, and what was the case.
    """

    path: str
    digest: str = ""
    left: Sequence[Told] = ()
    fixed: Sequence[Told] = ()
    after: bytes | None = None
    settings: Sequence[Setting] = ()
    problem: str = ""
    place: tuple[int, int] = (0, 0)
    facts: Sequence[tuple[Fact, str]] = ()


class Examiner:
    """Examines files, one after the other."""

    def __init__(
        self, choices: Choices, *, is_fixing: bool, agreement: Agreement | None = None
    ) -> None:
        """Say what to look for, and what for.

        Args:
            choices: Which rules are looked for in which file.
            is_fixing: Whether to work out fixes.
            agreement: On settings; a fix that it objects to is not applied.
        """
        self.project = Project()
        self._choices = choices
        self._is_fixing = is_fixing
        self._agreement = agreement

    def examine(self, path: Path) -> Examined:
        """Say what there is to say of a file."""
        try:
            module = Module.read(path)
            return self.examine_module(module)
        except UnusableFileError as problem:
            place = (problem.line or 0, problem.column or 0)
            return Examined(str(path), problem=problem.reason, place=place)
        except RecursionError:
            return Examined(str(path), problem=_TOO_DEEP)
        except MemoryError:
            # Some parsers say so where they are too deep.
            return Examined(str(path), problem=_NO_MEMORY)
        except Exception as error:  # noqa: BLE001 - the other files are done all the same
            return Examined(str(path), problem=_FAULT.format(error=error))

    def examine_module(self, module: Module) -> Examined:
        """Say what there is to say of a module that is read already."""
        choice = self._choices.of(module.path)
        self.project.make_room(module)
        with told_of_searches(self.project.note_search):
            repair, noted = self.project.notes.noting(
                lambda: self._repair(module, choice)
            )
        after = repair.module.raw if repair.module.raw != module.raw else None
        answers = self.project.notes.answers
        left = (
            map(self._agreement.kept, repair.left) if self._agreement else repair.left
        )
        return Examined(
            str(module.path),
            digest(module.raw),
            [Told.of(finding) for finding in left],
            [Told.of(finding) for finding in repair.applied],
            after,
            repair.settings,
            facts=[(fact, answers[fact]) for fact in noted.all()],
        )

    def _repair(self, module: Module, choice: Choice) -> Repair:
        project = self.project
        if not self._is_fixing:
            return Repair(module, (), tuple(check(module, choice.rules, project)), ())

        def is_wanted(finding: Finding) -> bool:
            if not (finding.fix and (finding.fix.is_safe or choice.is_unsafe)):
                return False
            return not (self._agreement and self._agreement.objection(finding))

        return fix(module, choice.rules, project, is_wanted)
