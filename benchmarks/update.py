"""What an update costs: `uv run python -m benchmarks.update` prints it.

A project of one release is updated to the next, which changes one file, in turns:

- bare: with a release of the same files whose copier.yml has no migrations, so that
  Copier does its own work and nothing of ours is started;
- skipped: with `--skip-tasks` and ASYNCIO_TESTING_VERIFY=skip. Copier runs migrations
  all the same: this is their cost without the tests;
- verified: as users run it.

The suite is run by an isolated environment, made once before anything is measured.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import begin, in_turns, run, show
from benchmarks.working_tree import commit_everything, git, tagged_clone

BUDGET = 1.2  # update with verification over bare update plus bare pytest
FIRST, NEXT = "v0.1.0", "v0.1.1"


def main() -> None:
    """Measure and print."""
    repeat = begin(__doc__, 9, "Copier", "pytest", "pytest-asyncio")
    with tempfile.TemporaryDirectory() as scratch:
        benchmark_update(Path(scratch), repeat)


def benchmark_update(scratch: Path, repeat: int) -> None:
    """Compare a verified update with a bare update and a bare run of the same suite."""
    whole = two_releases(scratch / "whole", migrations=True)
    bare = two_releases(scratch / "bare", migrations=False)
    project = copied(whole, scratch / "project")
    bare_project = copied(bare, scratch / "bare-project")
    cache = scratch / "cache"
    command = [sys.executable, "-m", "copier", "update", "--quiet", "--defaults"]

    def update(place: Path, *words: str, **environment: str) -> None:
        warm = {"ASYNCIO_TESTING_CACHE": str(cache), **environment}
        run(*command, *words, cwd=place, **warm)

    update(project, "--trust")
    (python,) = (cache / "environments").glob("*/bin/python")
    # What is measured starts from a restored tree, and restoring is not measured.
    _, alone, _, skipped, _, verified, suite = in_turns(
        repeat,
        lambda: restore(bare_project),
        lambda: update(bare_project, "--skip-tasks"),
        lambda: restore(project),
        lambda: update(
            project, "--trust", "--skip-tasks", ASYNCIO_TESTING_VERIFY="skip"
        ),
        lambda: restore(project),
        lambda: update(project, "--trust"),
        lambda: run(str(python), "-m", "pytest", "-q", cwd=project),
    )
    show("copier update, no migrations", alone)
    show("copier update, verification skipped", skipped)
    show("pytest", suite)
    show("copier update, verified", verified)
    for name, without in {
        "bare update": alone,
        "update that skips verification": skipped,
    }.items():
        ratios = [c / (a + b) for a, b, c in zip(without, suite, verified, strict=True)]
        print(
            f"verified / ({name} + bare pytest): {statistics.median(ratios):.2f} "
            f"({min(ratios):.2f} to {max(ratios):.2f}), at most {BUDGET} wanted"
        )


def two_releases(place: Path, *, migrations: bool) -> Path:
    """Make a template of two releases; the later one changes a rendered file.

    Without migrations it has no tasks either, which Copier would want to be trusted.
    """
    template = tagged_clone(place)
    if not migrations:
        path = template / "copier.yml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text[: text.index("_tasks:\n")], encoding="utf-8")
        git(template, "commit", "--quiet", "--all", "--message=Bare")
        git(template, "tag", "--force", FIRST)
    with (template / "template" / "pytest.ini").open("a", encoding="utf-8") as file:
        file.write("# The end.\n")
    git(template, "commit", "--quiet", "--all", "--message=Next")
    git(template, "tag", NEXT)
    return template


def copied(template: Path, project: Path) -> Path:
    """Make a project of the first release and commit it."""
    words = ["copy", "--quiet", "--defaults", "--skip-tasks", f"--vcs-ref={FIRST}"]
    source = [str(template), str(project)]
    trust = ["--trust"]
    run(sys.executable, "-m", "copier", *words, *trust, *source, cwd=template)
    commit_everything(project)
    return project


def restore(project: Path) -> None:
    """Take the last update back, in the way that the guide names."""
    git(project, "reset", "--quiet", "--hard")
    git(project, "clean", "--quiet", "-fd")


if __name__ == "__main__":
    main()
