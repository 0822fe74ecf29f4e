"""Makes the plan: what goes where in this repository, and why."""

from __future__ import annotations

import dataclasses
import posixpath
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from adopt import (
    conftest_block,
    dependencies,
    obstacles,
    pytest_config,
    pytest_settings,
    suite_settings,
)
from adopt.plan import Draft
from adopt.survey import PYTHON_FILES, modules, survey
from verify import examples
from verify.interpreters import read_requirements
from verify.suite import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packaging.requirements import Requirement

    from adopt.pytest_config import Source
    from adopt.pytest_settings import Setting
    from adopt.survey import Survey

REQUIREMENTS = (
    Path(__file__).resolve().parents[2]
    / "template"
    / "{{ asyncio_tests_dir }}"
    / "requirements.txt"
)
FIXTURES = {
    "async_test_timeout",
    "class_scoped_event_loop",
    "ensure_test_event_loop",
    "function_scoped_event_loop",
    "module_scoped_event_loop",
    "package_scoped_event_loop",
    "session_scoped_event_loop",
    "standard_event_loop",
}
DOCSTRINGS = {
    "tests": b'"""Tests of this project."""\n',
    "utils": b'"""Helpers shared by the tests."""\n',
}


class Answers(NamedTuple):
    """The answers to the template's questions, and what follows from them."""

    tests_dir: str
    helpers_dir: str
    helpers_package: str
    import_root: str
    loop_scope: str
    answers_file: str
    files: Sequence[str] = ()
    checks: str = "warn"
    libraries: Sequence[str] = ()

    @classmethod
    def stored(cls, answers: Mapping[str, Any], answers_file: str) -> Answers:
        """Return the answers in an answers file, with what copier.yml makes of them."""
        tests_dir = answers.get("asyncio_tests_dir", "tests")
        helpers = answers.get("asyncio_helpers", "utils")
        name = "utils" if helpers == "utils" else "asyncio_testing"
        package = f"{tests_dir.removeprefix('src/')}/{name}".replace("/", ".")
        root = "src" if tests_dir.startswith("src/") else "."
        if helpers == "top_level":
            package, root = name, tests_dir
        return cls(
            tests_dir=tests_dir,
            helpers_dir=f"{tests_dir}/{name}",
            helpers_package=package,
            import_root=root,
            loop_scope=answers.get("asyncio_loop_scope", "function"),
            answers_file=answers_file,
            checks=answers.get("asyncio_checks", "warn"),
            libraries=answers.get("asyncio_examples", ()),
        )

    @property
    def for_settings(self) -> suite_settings.Answers:
        """Those that pytest's settings depend on."""
        return suite_settings.Answers(
            self.tests_dir,
            self.loop_scope,
            self.checks,
            self.import_root,
            self.helpers_package,
            self.libraries,
        )

    @property
    def helpers_name(self) -> str:
        """The name of the helpers' directory."""
        return self.helpers_dir.rpartition("/")[2]

    @property
    def rendered(self) -> tuple[str, ...]:
        """The files and directories that Copier renders into an existing repository."""
        own = [] if self.helpers_dir.endswith("/utils") else ["__init__.py"]
        return (
            f"{self.tests_dir}/asyncio_examples",
            f"{self.tests_dir}/ASYNC_TESTING.md",
            *(
                f"{self.helpers_dir}/{name}"
                for name in [*own, "asyncio_helpers.py", "asyncio_support"]
            ),
            "scripts/fix_pytest_asyncio_imports.py",
            *self.files,
            self.answers_file,
        )


class Since(NamedTuple):
    """What an adopted project was brought up to before: an older release of the suite.

    Attributes:
        answers: The answers that were stored then.
        settings: The text of that release's pytest.ini.
        required: That release's requirements.
    """

    answers: Answers
    settings: str
    required: list[Requirement]


class Planned(NamedTuple):
    """A plan, and what it was made from.

    `settings` are the names of those that are wanted; `auto` tells whether auto mode is
    switched on.
    """

    draft: Draft
    source: Source | None
    survey: Survey
    settings: frozenset[str]
    auto: bool
    found: list[str]


def make_plan(
    project: Path,
    answers: Answers,
    *,
    native: bool,
    auto: bool = True,
    since: Since | None = None,
) -> Planned:
    """Plan everything that the suite needs beside its own files.

    Args:
        project: The repository, an absolute path without symbolic links.
        answers: The answers to the template's questions.
        native: Whether the project's pytest reads pytest.toml and [tool.pytest].
        auto: False where auto mode was seen to take tests over.
        since: What an adopted project has already; None at the first time. Only what
            is new since then is added: what is gone was deleted by the user.

    Raises:
        ConfigError: pytest could not read its own configuration either, or no asyncio
            test can run under it.
    """
    draft, required = Draft(project), read_requirements(REQUIREMENTS)
    libraries = list(examples.required(answers.libraries).values())
    source = pytest_config.locate(project, native=native)
    obstacles.check_settings(source)
    obstacles.check_python(draft, required)
    obstacles.check_pins(draft, required, libraries)
    python_files = (source and source.words("python_files")) or PYTHON_FILES
    found = survey(project, answers.rendered, python_files)
    if source is not None and any(
        name.startswith("asyncio_") for name in source.values
    ):
        found = dataclasses.replace(found, uses_pytest_asyncio=True)
    if since is None:
        settings = _plan_settings(draft, source, found, answers, auto=auto)
    else:
        settings = _update_settings(draft, source, found, answers, since)
    if since is None or since.answers.helpers_dir != answers.helpers_dir:
        _plan_packages(draft, answers)
    outside = source is not None and not source.path.is_relative_to(project)
    place = conftest_block.Place(
        package=answers.helpers_package,
        path=answers.import_root
        if outside and _path_is_needed(project, source, answers)
        else None,
        guide=f"{answers.tests_dir}/ASYNC_TESTING.md",
    )
    if since is None:
        conftest_block.plan_block(draft, place)
        lacking = required + libraries
    else:
        conftest_block.update_block(draft, place, _conftest_files(project, answers))
        known = {each.name for each in since.required}
        lacking = [each for each in required + libraries if each.name not in known]
    if (project / answers.tests_dir / EXAMPLES).exists() or since is None:
        _plan_fixtures(draft, answers)
    if lacking:
        dependencies.plan_dependencies(draft, lacking)
    switched_on = auto and "asyncio_mode" in settings
    words = _words(project, source, found)
    return Planned(draft, source, found, settings, switched_on, words)


def _plan_settings(
    draft: Draft,
    source: Source | None,
    found: Survey,
    answers: Answers,
    *,
    auto: bool,
) -> frozenset[str]:
    """Plan the settings, and return the names of those that are wanted."""
    project = draft.project
    config = "pytest" if source is None else _shown(project, source)
    has_mode = source is not None and "asyncio_mode" in source.values
    reasons = [f"{path} is for {name}" for name, path in found.frameworks.items()]
    if auto and reasons and not has_mode:
        why = suite_settings.MODE_LEFT.format(reason=", ".join(reasons))
        draft.keep(config, "asyncio_mode", why)
    scope = "asyncio_default_fixture_loop_scope"
    if (
        found.tests
        and found.uses_pytest_asyncio
        and answers.loop_scope == "function"
        and not (source is not None and scope in source.values)
    ):
        draft.keep(config, scope, suite_settings.SCOPE_LEFT)
    mode = "strict" if not auto else None if reasons else "auto"
    settings = _wanted(draft, source, found, answers, mode=mode)
    pytest_settings.plan_settings(draft, source, settings)
    return frozenset(setting.name for setting in settings)


def _update_settings(
    draft: Draft, source: Source | None, found: Survey, answers: Answers, since: Since
) -> frozenset[str]:
    """Plan what has changed of the settings, and return the names of all of them."""
    # Whether auto mode would take tests over was decided when the suite came.
    mode = None if found.frameworks else "auto"
    now = _wanted(draft, source, found, answers, mode=mode)
    former = _wanted(
        draft, source, found, since.answers, mode=mode, text=since.settings
    )
    values = suite_settings.read_template(since.answers.for_settings, since.settings)
    names = {setting.name for setting in now}
    # What is wanted no more may stand there with a value that the answers contradict.
    now += [
        setting
        for setting in suite_settings.read_template(answers.for_settings)
        if setting.name in {one.name for one in former} - names
    ]
    wanted_then = {setting.name for setting in former}
    pytest_settings.update_settings(draft, source, now, values, wanted_then)
    return frozenset(setting.name for setting in now)


def _wanted(  # noqa: PLR0913 (what a plan of settings is made of)
    draft: Draft,
    source: Source | None,
    found: Survey,
    answers: Answers,
    *,
    mode: str | None,
    text: str | None = None,
) -> list[Setting]:
    project = draft.project
    outside = source is not None and not source.path.is_relative_to(project)
    return suite_settings.wanted(
        answers.for_settings,
        found,
        source,
        mode=mode,
        path_is_needed=not outside and _path_is_needed(project, source, answers),
        text=text,
    )


def _conftest_files(project: Path, answers: Answers) -> list[str]:
    """List the conftest.py files of the project, the suite's own left out."""
    found = modules(project, answers.rendered)
    return sorted(path for path in found if posixpath.basename(path) == "conftest.py")


def _path_is_needed(project: Path, source: Source | None, answers: Answers) -> bool:
    """Tell whether the helpers' import root has to be put on the path.

    pytest itself puts the directory of the root conftest.py there, unless it imports
    modules by importlib, or the directory is a package.
    """
    if answers.import_root != ".":
        return True
    words = [] if source is None else source.words("addopts")
    by_importlib = "--import-mode=importlib" in words or any(
        (word, value) == ("--import-mode", "importlib")
        for word, value in pairwise(words)
    )
    return by_importlib or (project / "__init__.py").exists()


def _plan_packages(draft: Draft, answers: Answers) -> None:
    """Make packages of directories that are the suite's own, and of no others.

    An `__init__.py` more would rename the user's test modules.
    """
    if not answers.helpers_dir.endswith("/utils"):
        return
    tests = f"{answers.tests_dir}/__init__.py"
    is_package = draft.read(tests) is not None
    in_use = _python_files(draft.project / answers.tests_dir, answers, draft.project)
    if not is_package and not in_use:
        draft.change(tests, DOCSTRINGS["tests"], "a new file", "makes it a package")
        is_package = True
    utils = f"{answers.helpers_dir}/__init__.py"
    helpers = draft.project / answers.helpers_dir
    if (
        is_package
        and draft.read(utils) is None
        and not _python_files(helpers, answers, draft.project)
    ):
        draft.change(utils, DOCSTRINGS["utils"], "a new file", "makes it a package")


def _python_files(directory: Path, answers: Answers, project: Path) -> bool:
    """Tell whether a directory holds Python files that are not the suite's."""
    ours = {project / path for path in answers.rendered}
    return any(
        path not in ours and not any(place in path.parents for place in ours)
        for path in directory.rglob("*.py")
    )


def _plan_fixtures(draft: Draft, answers: Answers) -> None:
    """Give the samples the suite's fixtures where the user has some of these names."""
    conftests = ["conftest.py"]
    for part in Path(answers.tests_dir).parts:
        conftests.append(str(Path(conftests[-1]).parent / part / "conftest.py"))
    for path in conftests:
        try:
            content = draft.read(path)
        except OSError:
            continue
        same = conftest_block.names_in(content or b"") & FIXTURES
        if same:
            names = ", ".join(sorted(same))
            own = f"{answers.tests_dir}/asyncio_examples/conftest.py"
            draft.keep(path, f"fixture {names}", f"yours; the samples have {own}")
            text = _examples_conftest(answers)
            if draft.read(own) != text:
                draft.change(own, text, "a new file", "the samples' own fixtures")
            return


def _examples_conftest(answers: Answers) -> bytes:
    names = "".join(f"    {name},\n" for name in sorted(FIXTURES))
    return (
        '"""The suite\'s own fixtures, since the project has others of these names.'
        '"""\n\n'
        f"from {answers.helpers_package}.asyncio_helpers import (  # noqa: F401\n"
        f"{names})\n"
    ).encode()


def _words(project: Path, source: Source | None, found: Survey) -> list[str]:
    config = "no pytest configuration"
    if source is not None:
        config = f"pytest reads [{source.section}] in {_shown(project, source)}"
        if source.ignored:
            config += f" and ignores {', '.join(source.ignored)}"
    count = len(found.tests)
    tests = f"{count or 'no'} test module{'' if count == 1 else 's'}"
    return [config, tests, *(f"tests for {name}" for name in found.frameworks)]


def _shown(project: Path, source: Source) -> str:
    if source.path.is_relative_to(project):
        return source.path.relative_to(project).as_posix()
    return str(source.path)
