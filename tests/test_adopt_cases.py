"""Repositories as there are many, before and after: each in tests/cases/adopt."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import copier
import pytest

from adopt import adoption, findings
from adopt_cases import all_cases, files_in, kinds_in
from case_environment import make_environment
from hooks_command import options_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adopt_cases import Case


# What is particular to these, the tests of settings, conftest.py, dependencies and the
# layout show in a fraction of the time; as whole repositories they run before releases.
BEFORE_RELEASES = frozenset(
    {
        *("another-template-and-odd-spacing", "anyio-and-asyncio-in-one-module"),
        *("asyncio-marked-without-mode", "conftest-latin-1", "conftest-only-imports"),
        *("conftest-plugins-list-no-final-newline", "conftest-plugins-string"),
        *("conftest-symlink-inside", "dependencies-in-hatch-and-requirements"),
        *("dependencies-in-setup-cfg-extras", "dirty-tree-elsewhere"),
        *("django-like-settings-first", "dot-pytest-ini", "dot-pytest-toml"),
        *("flat-tests-in-the-root", "importlib-duplicate-basenames"),
        *("loop-factory-one", "loop-scope-unset-wide-fixtures"),
        *("loop-scopes-function-fixtures-session-tests", "loop-scopes-module-module"),
        *("mark-expression-in-addopts", "monorepo-part-with-config-of-the-parent"),
        *("namespace-package-src", "nested-tests-answered"),
        *("no-configuration-with-pyproject", "pyproject-dotted-keys-crlf"),
        *("pytest-ini-comments-tabs", "pytest-ini-without-section", "pytest-toml"),
        *("root-is-a-package", "scripts-with-files", "strict-mode-kept"),
        *("test-directory-singular-package", "tests-inside-package-answered"),
        *("top-level-utils-module-tests-package", "tox-ini-with-setup-cfg"),
        *("trio-marked", "utils-directory-without-init-crlf", "utils-module-taken"),
        "utils-of-the-tests-on-the-path",
    }
)


def marked(case: Case) -> object:
    """Return a case as a parameter, for releases only if others show the same."""
    marks = [pytest.mark.release] if case.name in BEFORE_RELEASES else []
    return pytest.param(case, id=case.name, marks=marks)


def test_what_runs_before_releases_is_there() -> None:
    """A case that is renamed is not left out, nor is a name kept for nothing."""
    assert {case.name for case in all_cases()} > BEFORE_RELEASES


@pytest.fixture(autouse=True)
def no_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the checker's report, which tests/test_adopt_findings.py is about."""

    def nothing(_: Path) -> list[str]:
        return [findings.NOTHING]

    monkeypatch.setattr(findings, "report", nothing)


@pytest.fixture(scope="session")
def environment(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[tuple[str, ...]], Path]:
    """Return a function that returns the Python of a project that needs packages."""

    @cache
    def make(needs: tuple[str, ...]) -> Path:
        return make_environment(tmp_path_factory.mktemp("environment"), needs)

    return make


@pytest.mark.parametrize("case", [*map(marked, all_cases())])
def test_a_repository_is_adopted_as_its_owner_would_have_done_it(
    case: Case,
    template: Path,
    environment: Callable[[tuple[str, ...]], Path],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Files as expected, tests as before, the suite green, a second run is a no-op.

    That the user's tests keep their ids, settings, runners and outcomes is compared by
    the adoption itself, in full; it fails when they do not.
    """
    if case.missing:
        pytest.skip(f"needs {', '.join(case.missing)}")
    monkeypatch.setenv("ASYNCIO_TESTING_PYTHON", str(environment(case.needs)))
    top = tmp_path.resolve() / "repository"
    project = case.lay_out(top).resolve()
    before, around, kinds = files_in(project), files_in(top), kinds_in(top)

    answers = render(template, project, case)
    rendered = set(files_in(project)) - set(before)
    options = options_for(project, answers, "--comparison=outcomes")
    code = adoption.run(options)
    said = capfd.readouterr().err

    assert code == case.settings.get("exit_code", 0), said
    for text in case.settings.get("says", []):
        assert text in said, said
    for text in case.settings.get("says_not", []):
        assert text not in said, said
    compared = "before and after in a copy: same" in said
    assert compared is not case.settings.get("without_comparison", False), said
    verified = "asyncio tests: verified. " in said
    assert verified is case.settings.get("verified", True), said

    after = files_in(project)
    changed = {path: text for path, text in after.items() if before.get(path) != text}
    theirs = {path: text for path, text in changed.items() if path not in rendered}
    assert theirs == case.expected()
    assert set(before) <= set(after)
    assert kinds.items() <= kinds_in(top).items()
    for path, text in files_in(top).items():
        assert (top / path).is_relative_to(project) or text == around.get(path), path

    if "not adopted" not in said:  # which only the comparison may have shown
        monkeypatch.setenv("ASYNCIO_TESTING_VERIFY", "skip")
    again_code = adoption.run(options)
    again = capfd.readouterr().err
    # What is refused or left to do by hand is so again; what failed is not run again.
    assert again_code == (code if verified or "not adopted" in said else 0)
    assert "changes:" not in again or "not adopted" in again
    assert files_in(project) == after


def render(template: Path, project: Path, case: Case) -> dict[str, object]:
    """Render as `copier copy --defaults` does, without hooks; return the answers."""
    worker = copier.run_copy(
        str(template),
        project,
        data=dict(case.settings.get("answers", {})),
        defaults=True,
        unsafe=True,
        skip_tasks=True,
        quiet=True,
    )
    return dict(worker.answers.combined)
