"""Adoption from its plan to its end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from packaging.version import Version

from adopt import (
    alone,
    comparison,
    findings,
    repository,
    steps,
    suite_settings,
    words,
    writing,
)
from adopt.pytest_config import ConfigError
from adopt.steps import Answers, Since
from verify import command as verify
from verify import examples, gitlab, interpreters, later, merge, outcome, suite
from verify.interpreters import NoInterpreterError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Sequence

    from adopt.comparison import Collected, Difference
    from adopt.plan import Draft
    from adopt.steps import Planned
    from verify.interpreters import Interpreter
    from verify.outcome import Outcome
    from verify.suite import Run

NATIVE = Version("9")  # the first pytest that reads pytest.toml and [tool.pytest]

BUSY = "asyncio tests: another run is at work on {project}; wait for its end"
WATCHED = "Comparing your tests before and after, in a copy of the repository"
NO_TESTS = "no module of the repository holds tests that pytest would collect"
CONFLICTS = "there are conflicts to resolve first"
NOTHING_CHANGES = "nothing of yours changes"


class Comparison(NamedTuple):
    """What came of comparing the user's tests before and after.

    `said` is the line about it; `differences` are reasons not to go on; `takes_over`
    tells that the planned auto mode would take tests from another plugin.
    """

    said: str
    differences: Sequence[Difference] = ()
    takes_over: bool = False


def run(options: argparse.Namespace) -> int:
    """Plan, compare, print, write and verify.

    Returns:
        The exit code: 0 when all was done, also when there was nothing to do.
    """
    mode = verify.chosen_mode(options)
    if mode is None:
        return 1
    project = options.project.resolve()
    answers = Answers(
        tests_dir=options.tests_dir,
        helpers_dir=options.helpers_dir,
        helpers_package=options.helpers_package,
        import_root=options.import_root,
        loop_scope=options.loop_scope,
        answers_file=options.answers_file,
        files=options.files.split(),
        checks=options.checks,
        libraries=options.examples,
    )
    try:
        with writing.alone(project):
            adoption = _Adoption(options, project, answers, mode)
            return adoption.update() if options.updated else adoption.run()
    except writing.BusyError:
        print(BUSY.format(project=project), file=sys.stderr)
    except (ConfigError, NoInterpreterError, OSError) as error:
        if options.updated:
            print(words.not_updated(error), file=sys.stderr)
            return 1
        print(words.not_begun(error), file=sys.stderr)
        if not options.plan_only and (project / answers.rendered[0]).exists():
            print(_way_back(project, answers), file=sys.stderr)
    return 1


class _Adoption:
    """One run. What it finds on the way is kept here."""

    def __init__(
        self, options: argparse.Namespace, project: Path, answers: Answers, mode: str
    ) -> None:
        self._options = options
        self._project = project
        self._rendered = options.rendered or project
        self._mode = mode
        self._answers = answers
        self._collects = True
        self._has_tests = False
        self._interpreter, self._notes = interpreters.find_own(
            project, steps.REQUIREMENTS
        )
        self._native = self._reads_native_settings()

    def run(self) -> int:
        """Do all of it."""
        planned = self._plan(auto=True)
        self._has_tests = bool(planned.survey.tests)
        compared = self._compare(planned)
        if compared.takes_over:
            planned = self._plan(auto=False)
            compared = self._compare(planned)
        only = self._options.plan_only
        draft = planned.draft
        self._say(words.plan(draft, planned.found, only=only))
        if compared.differences:
            differing = words.differing(compared.differences)
            print(differing, file=sys.stderr)
            if self._answers.helpers_package != self._answers.helpers_name:
                print(words.TOP_LEVEL, file=sys.stderr)
            if not only:
                print(_way_back(self._project, self._answers), file=sys.stderr)
            return 1
        if only:
            self._say(f"  {compared.said}")
            return 0
        return self._apply(draft, compared)

    def update(self) -> int:
        """Bring an adopted project up to date, and verify the merged tree."""
        options = self._options
        since = self._since()
        planned = steps.make_plan(
            self._project, self._answers, native=self._native, since=since
        )
        draft = planned.draft
        compared = self._compare_update(planned, since)
        if compared.differences:
            changed = words.changed_by_update(compared.differences)
            print(changed, file=sys.stderr)
            return 1
        if draft.changes or draft.kept or draft.by_hand:
            self._say(words.plan(draft, planned.found, only=False))
        try:
            writing.write_all(draft)
        except writing.NotWrittenError as error:
            return self._stopped(draft, error, error.written)
        verified = verify.unfinished(options, self._project, self._mode)
        verified = verified or self._verify(draft)
        if verified.worth_saying or not options.quiet:
            print(verified.text, file=sys.stderr, flush=True)
        self._say(words.updated(draft, compared.said))
        return verified.exit_code or int(bool(_refused(draft)))

    def _since(self) -> Since:
        """Return what the project has already: where that is not known, all there is.

        Nothing that the user has deleted may come back.
        """
        known = self._options.since
        if known is None:
            required = interpreters.read_requirements(
                steps.REQUIREMENTS, self._answers.libraries
            )
            return Since(self._answers, suite_settings.template_text(), required)
        answers = Answers.stored(known["answers"], self._options.answers_file)
        required = list(examples.parse(known["required"]).values())
        return Since(answers, known["settings"], required)

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

    def _compare(self, planned: Planned) -> Comparison:
        """Compare the user's tests before and after."""
        why_not = self._why_not_compared(planned)
        if why_not is not None or self._interpreter is None:
            return Comparison(words.not_compared(why_not or ""))
        self._say(WATCHED)
        top, rendered = self._top(planned), self._answers.rendered
        with comparison.scratch() as place:
            # Under its own name, which imports go by where the top is a package.
            named = Path(place).resolve() / top.name
            copy = comparison.Copy(
                named, top, self._project, rendered, self._interpreter
            )
            run = self._options.comparison == "outcomes"
            try:
                before = copy.collect(run=run)
                if planned.auto and comparison.taken_over(before):
                    return Comparison("", takes_over=True)
                copy.adopt(self._rendered, planned.draft.written)
                after = copy.collect(run=run)
            except comparison.NotComparedError as error:
                self._collects = False
                return Comparison(words.not_compared(str(error)))
        new = [*rendered, *planned.draft.written]
        return self._compared(planned, top, new, before, after)

    def _compared(
        self,
        planned: Planned,
        top: Path,
        rendered: Sequence[str],
        before: Collected,
        after: Collected,
    ) -> Comparison:
        prefix = self._project.relative_to(top)
        ours = [(prefix / path).as_posix() for path in rendered]
        found = comparison.differences(before, after, ours, planned.settings)
        outcomes = self._options.comparison == "outcomes"
        count = sum(not comparison.is_ours(name, ours) for name in before.tests)
        said = words.compared(count, outcomes=outcomes)
        return Comparison(said, found)

    def _compare_update(self, planned: Planned, since: Since) -> Comparison:
        """Compare the user's tests as committed with those in the merged tree."""
        why_not = self._why_not_compared(planned)
        if merge.conflicts(self._project):
            why_not = CONFLICTS
        if why_not is not None or self._interpreter is None:
            return Comparison(words.not_compared(why_not or ""))
        top = self._top(planned)
        before, after = merge.changed(self._project)
        run = self._options.comparison == "outcomes"
        with comparison.scratch() as place:
            named = Path(place).resolve() / top.name
            copy = comparison.Copy(named, top, self._project, (), self._interpreter)
            try:
                copy.put(before)
                first = copy.collect(run=run)
                copy.put({**after, **planned.draft.written})
                second = copy.collect(run=run)
            except comparison.NotComparedError as error:
                return Comparison(words.not_compared(str(error)))
        rendered = [*self._answers.rendered, *since.answers.rendered]
        return self._compared(planned, top, rendered, first, second)

    def _top(self, planned: Planned) -> Path:
        """Return the directory that pytest's ids start at, or the repository."""
        source = planned.source
        if source is not None and not source.path.is_relative_to(self._project):
            return source.path.parent
        return self._project

    def _why_not_compared(self, planned: Planned) -> str | None:
        if self._mode == "skip":
            return "verification is switched off"
        if not planned.survey.tests:
            return NO_TESTS
        if not planned.draft.written and not self._options.updated:
            return NOTHING_CHANGES
        if self._interpreter is None:
            return "; ".join(self._notes) or "the project has no environment"
        return None

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
            return self._stopped(draft, error, error.written)
        except OSError as error:
            return self._stopped(draft, error, [])
        verified = self._verify(draft)
        if verified.worth_saying or not self._options.quiet:
            print(verified.text, file=sys.stderr, flush=True)
        self._say(
            words.ending(
                draft,
                compared.said,
                undo=words.undo(state, present, new, backup),
                passed=verified.exit_code == 0,
                found=findings.report(self._project) if self._has_tests else [],
                onwards=[
                    *(
                        later.notes(self._options)
                        or [words.update(self._answers.answers_file)]
                    ),
                    *gitlab.notes(self._project, self._options.files),
                ],
            )
        )
        return verified.exit_code or int(bool(_refused(draft)))

    def _stopped(self, draft: Draft, error: Exception, written: Sequence[str]) -> int:
        """Say that a file could not be written, and return the exit code for it."""
        rest = [path for path in draft.written if path not in written]
        updated = self._options.updated
        print(words.stopped(error, written, rest, updated=updated), file=sys.stderr)
        return 1

    def _verify(self, draft: Draft) -> Outcome:
        """Run the rendered suite: under the user's settings where their Python can."""
        tests_dir = self._answers.tests_dir
        if self._mode == "skip":
            return outcome.skipped(self._project, tests_dir)
        # Adoption says itself, in its last lines, how to undo it.
        undo = outcome.UNDO_UPDATE if self._options.updated else ""
        strict = self._mode == "strict"
        in_place = self._collects and not _refused(draft)
        own = self._interpreter if in_place else None
        lacking = {} if own is None else self._lacking(own)
        try:
            run = self._run_alone() if own is None else self._run_in(own, lacking)
        except NoInterpreterError as error:
            return outcome.not_verified(self._project, tests_dir, error, strict=strict)
        if lacking and run.passed:
            try:
                apart = self._run_alone(tuple(lacking))
            except NoInterpreterError as error:
                return outcome.partly_verified(
                    self._project, tests_dir, run, lacking, error, strict=strict
                )
            run = suite.joined(run, apart, lacking)
        return verify.result_of(run, self._project, tests_dir, undo=undo)

    def _lacking(self, interpreter: Interpreter) -> dict[str, str]:
        """Return the libraries that a Python lacks for their examples, and what."""
        place = self._project / self._answers.tests_dir / suite.EXAMPLES
        unfit = {
            name: interpreters.why_unfit(interpreter.path, steps.REQUIREMENTS, [name])
            for name in self._answers.libraries
            if (place / examples.directory(name)).exists()
        }
        return {name: why for name, why in unfit.items() if why is not None}

    def _run_in(self, interpreter: Interpreter, lacking: Collection[str]) -> Run:
        """Run the suite in the project, but the examples that its Python cannot run."""
        tests_dir = self._answers.tests_dir
        return suite.run(interpreter, self._project, tests_dir, without=tuple(lacking))

    def _run_alone(self, only: Sequence[str] = ()) -> Run:
        """Run the suite by itself, or the examples of some libraries.

        Raises:
            NoInterpreterError: There is no Python for it.
        """
        own = self._interpreter
        if own is None or only or self._lacking(own):
            own = interpreters.find_isolated(
                only or self._answers.libraries, self._notes, quiet=self._options.quiet
            )
        with comparison.scratch() as place:
            scratch = Path(place).resolve() / self._project.name
            alone.render(scratch, self._project, self._answers)
            return suite.run(own, scratch, self._answers.tests_dir, only=only)

    def _say(self, text: str) -> None:
        if not self._options.quiet:
            print(text, file=sys.stderr, flush=True)


def _refused(draft: Draft) -> list[str]:
    """Return the files of the repository that something is left to do in.

    Those of a directory further up are not the repository's, and what would go there is
    not needed for the suite to work.
    """
    return [each.path for each in draft.by_hand if not each.path.startswith("..")]


def _way_back(project: Path, answers: Answers) -> str:
    """Return how to take back what Copier has rendered when nothing else was done."""
    rendered = [path for path in answers.rendered if (project / path).exists()]
    return words.undo(repository.state(project), [], rendered, None)
