"""Adoption from its plan to its end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from packaging.version import Version

from adopt import alone, comparison, repository, steps, words, writing
from adopt.pytest_config import ConfigError
from adopt.steps import Answers
from verify import command as verify
from verify import interpreters, outcome, suite
from verify.interpreters import NoInterpreterError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from adopt.comparison import Collected, Difference
    from adopt.plan import Draft
    from adopt.steps import Planned
    from verify.outcome import Outcome

NATIVE = Version("9")  # the first pytest that reads pytest.toml and [tool.pytest]

BUSY = "asyncio tests: another run is at work on {project}; wait for its end"
WATCHED = "Comparing your tests before and after, in a copy of the repository"
NO_TESTS = "there are none"
NOTHING_CHANGES = "nothing of yours changes"


class Comparison(NamedTuple):
    """What came of comparing the user's tests before and after.

    `said` is the line about it; `differences` are reasons not to go on.
    """

    said: str
    differences: Sequence[Difference] = ()


def run(options: argparse.Namespace) -> int:
    """Plan, compare, print, write and verify.

    Returns:
        The exit code: 0 when all was done, also when there was nothing to do.
    """
    mode = verify.chosen_mode(options)
    if mode is None:
        return 1
    project = options.project.resolve()
    try:
        with writing.alone(project):
            return _Adoption(options, project, mode).run()
    except writing.BusyError:
        print(BUSY.format(project=project), file=sys.stderr)
    except (ConfigError, NoInterpreterError, OSError) as error:
        print(words.not_begun(error), file=sys.stderr)
    return 1


class _Adoption:
    """One run. What it finds on the way is kept here."""

    def __init__(self, options: argparse.Namespace, project: Path, mode: str) -> None:
        self._options = options
        self._project = project
        self._rendered = options.rendered or project
        self._mode = mode
        self._answers = Answers(
            tests_dir=options.tests_dir,
            helpers_dir=options.helpers_dir,
            helpers_package=options.helpers_package,
            import_root=options.import_root,
            loop_scope=options.loop_scope,
            answers_file=options.answers_file,
        )
        self._interpreter, self._notes = interpreters.find_own(
            project, steps.REQUIREMENTS
        )
        self._native = self._reads_native_settings()

    def run(self) -> int:
        """Do all of it."""
        planned = self._plan(auto=True)
        compared = self._compare(planned)
        if compared is None:
            planned = self._plan(auto=False)
            compared = self._compare(planned) or Comparison("")
        only = self._options.plan_only
        draft = planned.draft
        self._say(words.plan(draft, planned.found, only=only))
        if compared.differences:
            print(words.differing(compared.differences), file=sys.stderr)
            if not only:
                state = repository.state(self._project)
                self._say(words.undo(state, [], self._answers.rendered, None))
            return 1
        if only:
            self._say(f"  {compared.said}")
            return 0
        return self._apply(draft, compared)

    def _plan(self, *, auto: bool) -> Planned:
        return steps.make_plan(
            self._project, self._answers, native=self._native, auto=auto
        )

    def _reads_native_settings(self) -> bool:
        """Tell whether the project's pytest is one that reads pytest.toml."""
        paths = interpreters.project_interpreters(self._project)
        if self._interpreter is not None:
            paths = [self._interpreter.path]
        for path in paths:
            try:
                version = interpreters.versions_in(path, ["pytest"])["pytest"]
            except (OSError, ValueError):
                continue
            if version is not None:
                return Version(version) >= NATIVE
        return True

    def _compare(self, planned: Planned) -> Comparison | None:
        """Compare the user's tests before and after; None if auto mode is to blame."""
        why_not = self._why_not_compared(planned)
        if why_not is not None or self._interpreter is None:
            return Comparison(words.not_compared(why_not or ""))
        self._say(WATCHED)
        source, rendered = planned.source, self._answers.rendered
        top = self._project
        if source is not None and not source.path.is_relative_to(top):
            top = source.path.parent
        with comparison.scratch() as place:
            # Under its own name, which imports go by where the top is a package.
            named = Path(place).resolve() / top.name
            copy = comparison.Copy(
                named, top, self._project, rendered, self._interpreter
            )
            full = self._mode == "full"
            try:
                before = [copy.collect(), *([copy.collect(run=True)] if full else [])]
                if self._sets_auto(planned) and comparison.taken_over(before[0]):
                    return None
                copy.adopt(self._rendered, planned.draft.written)
                after = [copy.collect(), *([copy.collect(run=True)] if full else [])]
            except comparison.NotComparedError as error:
                return Comparison(words.not_compared(str(error)))
        return self._compared(planned, top, before, after)

    def _compared(
        self,
        planned: Planned,
        top: Path,
        before: list[Collected],
        after: list[Collected],
    ) -> Comparison:
        prefix = self._project.relative_to(top)
        new = [*self._answers.rendered, *planned.draft.written]
        ours = [(prefix / path).as_posix() for path in new]
        found = [
            difference
            for one, other in zip(before, after, strict=True)
            for difference in comparison.differences(one, other, ours, planned.settings)
        ]
        said = words.compared(len(before[0].tests), outcomes=len(before) > 1)
        return Comparison(said, found)

    def _why_not_compared(self, planned: Planned) -> str | None:
        if self._mode == "skip":
            return "verification is switched off"
        if not planned.survey.tests:
            return NO_TESTS
        if not planned.draft.written:
            return NOTHING_CHANGES
        if self._interpreter is None:
            return "; ".join(self._notes) or "the project has no environment"
        return None

    def _sets_auto(self, planned: Planned) -> bool:
        return "asyncio_mode" in planned.settings

    def _apply(self, draft: Draft, compared: Comparison) -> int:
        state = repository.state(self._project)
        present = [path for path in draft.written if (self._project / path).exists()]
        new = [*self._answers.rendered, *(set(draft.written) - set(present))]
        safe = state.versioned and not state.changed & set(present)
        backup = None
        try:
            if present and not safe:
                backup = writing.back_up(self._project, present)
            writing.write_all(draft)
        except writing.NotWrittenError as error:
            rest = [path for path in draft.written if path not in error.written]
            print(words.stopped(error, error.written, rest), file=sys.stderr)
            return 1
        except OSError as error:
            print(words.stopped(error, [], list(draft.written)), file=sys.stderr)
            return 1
        verified = self._verify(draft)
        if verified.worth_saying or not self._options.quiet:
            print(verified.text, file=sys.stderr, flush=True)
        self._say(
            words.ending(
                draft,
                compared.said,
                undo=words.undo(state, present, new, backup),
                answers_file=self._answers.answers_file,
            )
        )
        return verified.exit_code or int(bool(_refused(draft)))

    def _verify(self, draft: Draft) -> Outcome:
        """Run the rendered suite: under the user's settings where their Python can."""
        tests_dir = self._answers.tests_dir
        if self._mode == "skip":
            return outcome.skipped(self._project, tests_dir)
        if self._interpreter is not None and not _refused(draft):
            run = suite.run(self._interpreter, self._project, tests_dir)
            return verify.result_of(run, self._project, tests_dir)
        try:
            interpreter = self._interpreter or interpreters.find_interpreter(
                self._project, steps.REQUIREMENTS, quiet=self._options.quiet
            )
        except NoInterpreterError as error:
            strict = self._mode == "strict"
            return outcome.not_verified(self._project, tests_dir, error, strict=strict)
        with comparison.scratch() as place:
            scratch = Path(place).resolve() / self._project.name
            alone.render(scratch, self._project, self._answers)
            run = suite.run(interpreter, scratch, tests_dir)
        return verify.result_of(run, self._project, tests_dir)

    def _say(self, text: str) -> None:
        if not self._options.quiet:
            print(text, file=sys.stderr, flush=True)


def _refused(draft: Draft) -> list[str]:
    """Return the files of the repository that something is left to do in.

    Those of a directory further up are not the repository's, and what would go there is
    not needed for the suite to work.
    """
    return [each.path for each in draft.by_hand if not each.path.startswith("..")]
