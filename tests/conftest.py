"""What the tests share: the template as users get it, and projects rendered from it."""

from __future__ import annotations

import compileall
import os
import py_compile
import shutil
import signal
from functools import cache as once
from pathlib import Path
from typing import TYPE_CHECKING

import copier
import pytest

from fixer_script import FixerRun
from updating import UPDATE, start
from workbench import NEXT, USED, history, run_copier, tagged_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from subprocess import CompletedProcess

# `behaviour` is run inside rendered projects: by test_behaviour.py, and by nox on every
# Python. `cases` are repositories to adopt: by test_adopt_cases.py.
# `faults` are tests that are wrong on purpose, and their twins: by test_faults.py.
collect_ignore = ["behaviour", "cases", "false_alarms", "faults"]


@pytest.fixture(autouse=True, scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what the fixer remembers of test projects out of the user's own caches."""
    with pytest.MonkeyPatch.context() as patch:
        directory = tmp_path_factory.mktemp("caches")
        patch.setenv("FIX_PYTEST_ASYNCIO_CACHE", str(directory))
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tagged repository of what Copier uses of this one, uncommitted work included.

    The rest would be cloned hundreds of times.
    """
    return tagged_copy(tmp_path_factory.mktemp("template"), *USED)


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of all releases, tagged, with the working tree as the newest."""
    return history(tmp_path_factory.mktemp("releases"))


@pytest.fixture(scope="session")
def started(
    releases: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """Return a function that returns a project of a version, to be copied."""

    @once
    def started(version: str, kind: str, template: Path = releases) -> Path:
        project = tmp_path_factory.mktemp("started") / "project"
        start(template, project, version, {"asyncio_repository": kind})
        return project

    return started


@pytest.fixture
def begin(started: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """Return a function that makes a project of the test's own, answered by default."""

    def begin(kind: str = "new", version: str = NEXT, **more: Path) -> Path:
        source = started(version, kind, **more)
        return shutil.copytree(source, tmp_path / "project")

    return begin


@pytest.fixture
def run_fixer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> FixerRun:
    """Return a function that runs the checker and fixer in a directory of its own."""
    return FixerRun(tmp_path, capsys)


@pytest.fixture
def update(monkeypatch: pytest.MonkeyPatch) -> Callable[..., CompletedProcess[str]]:
    """Return a function that updates a project, without running its suite."""
    monkeypatch.setenv("ASYNCIO_TESTING_VERIFY", "skip")

    def update(project: Path, *words: str) -> CompletedProcess[str]:
        finished = run_copier(*UPDATE, *words, cwd=project)
        assert finished.returncode == 0, finished.stderr
        return finished

    return update


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> None:
    """Let Ctrl-C reach what the tests start, also where they run in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def cache(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The hooks' cache directory, a fresh one for every test."""
    directory = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("ASYNCIO_TESTING_CACHE", str(directory))
    for name in (
        *("ASYNCIO_TESTING_PYTHON", "ASYNCIO_TESTING_VERIFY"),
        "UV_PROJECT_ENVIRONMENT",  # nox sets it
    ):
        monkeypatch.delenv(name, raising=False)
    return directory


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No package can be had: the index is empty, and so is every cache."""
    empty = tmp_path / "empty"
    empty.mkdir()
    for name, value in {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(empty),
        "PIP_CACHE_DIR": str(empty / "pip"),
        "UV_NO_CONFIG": "1",
        "UV_DEFAULT_INDEX": empty.as_uri(),
        "UV_FIND_LINKS": str(empty),
        "UV_CACHE_DIR": str(empty / "uv"),
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def render(
    template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """Return a function that renders the template, once for each set of answers.

    The result is shared by the tests of the session: change a copy (see `project`).
    """
    rendered: dict[tuple[tuple[str, str], ...], Path] = {}

    def render(**answers: str) -> Path:
        key = tuple(sorted(answers.items()))
        if key not in rendered:
            target = tmp_path_factory.mktemp("rendered") / "project"
            copier.run_copy(
                str(template),
                target,
                data=answers,
                defaults=True,
                unsafe=True,
                skip_tasks=True,
                quiet=True,
            )
            rendered[key] = target
        return rendered[key]

    return render


@pytest.fixture
def project(render: Callable[..., Path], tmp_path: Path) -> Path:
    """A rendered project of the test's own, with the default answers."""
    return Path(shutil.copytree(render(), tmp_path / "project"))


@pytest.fixture(scope="session")
def without_samples(
    render: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path], Path]:
    """Return a function that copies a rendered project to a place, without samples.

    It comes with bytecode that is valid wherever it is copied, so that a thousand
    processes do not compile the same modules.
    """
    compiled = tmp_path_factory.mktemp("compiled") / "project"
    left_out = shutil.ignore_patterns("asyncio_examples")
    shutil.copytree(render(), compiled, ignore=left_out)
    by_content = py_compile.PycInvalidationMode.CHECKED_HASH
    compileall.compile_dir(compiled, quiet=1, invalidation_mode=by_content)

    def without_samples(place: Path) -> Path:
        return Path(shutil.copytree(compiled, place, dirs_exist_ok=True))

    return without_samples


@pytest.fixture
def suite(
    without_samples: Callable[[Path], Path],
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
) -> pytest.Pytester:
    """A pytester in a rendered project without samples: write tests, run them, look.

    Run with `suite.runpytest_subprocess(...)`. Plugins of this repository's own run are
    kept out of it.
    """
    without_samples(pytester.path)
    without = (
        "randomly",
        "xdist",
        "cacheprovider",
        "anyio",
        "trio",
        "hypothesispytest",
    )
    words = " ".join(f"-p no:{name}" for name in without)
    monkeypatch.setenv("PYTEST_ADDOPTS", words)
    return pytester
