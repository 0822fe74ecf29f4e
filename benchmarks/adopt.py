"""What adoption does to real repositories: `uv run python -m benchmarks.adopt PATH...`.

Each PATH is a checkout, or a directory in one. Its last commit is cloned into a scratch
directory and adopted there, so the checkout itself is only read. A virtual environment
`.venv` in the checkout, which holds the project and what its tests need, lets the tests
be compared; it is linked into the clone, and nothing is installed into it.

What a row says is looked at from outside: the changes by git, the tests by a plain
`pytest --collect-only` before and after. Only the configuration that pytest reads, and
what became of the rendered suite, is taken from what adoption printed. Three more
things are checked and spoken of when they fail: that a second run changes nothing, that
`git checkout . && git clean -fd` brings the tree back, and that nothing ended in a
traceback.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.working_tree import git, tagged_clone

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT = 3600  # seconds, for any one program; --full may take long
# Said by pytest-asyncio where no loop scope is set yet, and an error in some suites.
UNSET_SCOPE = 'ignore:The configuration option "asyncio_default_fixture_loop_scope"'
NO_ENVIRONMENT = "not compared: no environment"
NOT_COLLECTED = "not compared: pytest could not collect them"
HEADINGS = (
    *("repository", "commit", "pytest reads", "changes"),
    *("its own tests", "rendered suite", "seconds"),
)


class Row(NamedTuple):
    """What adoption did to one repository, ready to be printed."""

    name: str
    commit: str
    config: str
    changes: str
    tests: str
    suite: str
    seconds: str

    def as_text(self) -> str:
        """Return the row for a terminal: a line of its own for each thing."""
        head = f"{self.name} {self.commit}".strip()
        rest = zip(HEADINGS[2:], self[2:], strict=True)
        return "\n".join([head, *(f"  {title:15} {said}" for title, said in rest)])

    def as_markdown(self) -> str:
        """Return the row of a table."""
        return markdown(self)


def main() -> None:
    """Adopt each repository and print its row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--markdown", action="store_true", help="print a table as well")
    parser.add_argument(
        "--python", type=Path, help="the Python to verify with, instead of `.venv`"
    )
    parser.add_argument(
        "--venv-name", default=".venv", help="the environments' name (.venv)"
    )
    parser.add_argument(
        "--full", action="store_true", help="also run the repositories' tests"
    )
    parser.add_argument(
        "--keep", type=Path, help="an empty directory, to keep the adopted copies in"
    )
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, Copier {version('copier')}, "
        f"{os.cpu_count()} CPUs",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as scratch:
        rows = adopt_all(options, Path(scratch))
    if options.markdown:
        print("\n" + markdown(HEADINGS))
        print(markdown(["---"] * len(HEADINGS)))
        print("\n".join(row.as_markdown() for row in rows))


def adopt_all(options: argparse.Namespace, scratch: Path) -> list[Row]:
    """Adopt one repository after the other, and print each row at once."""
    template = tagged_clone(scratch / "template")
    place = options.keep.resolve() if options.keep else scratch / "adopted"
    rows: list[Row] = []
    for path in options.paths:
        try:
            checkout = Checkout(path, place, options.venv_name, options.python)
            row = adopt(checkout, template, scratch / "cache", full=options.full)
        except (OSError, subprocess.SubprocessError) as error:
            row = Row(path.name, "", "", "", "", f"not begun: {one_line(error)}", "")
        print(row.as_text(), flush=True)
        rows.append(row)
    return rows


class Checkout:
    """A clone of somebody's checkout, with its environment.

    Args:
        path: The checkout, or a directory in it.
        place: The directory that the clone is made in.
        venv_name: What the checkout calls its virtual environment.
        python: The Python to use instead of that.
    """

    def __init__(
        self, path: Path, place: Path, venv_name: str, python: Path | None
    ) -> None:
        path = path.resolve()
        top = Path(git(path, "rev-parse", "--show-toplevel").strip())
        below = path.relative_to(top)
        self.name = (top.name / below).as_posix() if below.parts else top.name
        self.clone = place / self.name.replace("/", "-")
        self.project = self.clone / below
        self.python = python.absolute() if python else None
        git(
            top,
            "clone",
            "--quiet",
            "--no-local",
            "--depth=1",
            top.as_uri(),
            str(self.clone),
        )
        self.commit = git(self.clone, "rev-parse", "--short=10", "HEAD").strip()
        for directory in dict.fromkeys([path, top]):
            environment = directory / venv_name
            if self.python is None and environment.is_dir():
                self._link(environment, self.clone / directory.relative_to(top))

    def _link(self, environment: Path, directory: Path) -> None:
        link = directory / ".venv"
        link.symlink_to(environment.resolve(), target_is_directory=True)
        with (self.clone / ".git" / "info" / "exclude").open("a") as ignored:
            ignored.write(".venv\n")
        self.python = next(link.glob("bin/python"), link / "Scripts" / "python.exe")

    def tree(self) -> str:
        """Return git's name for the content of the whole clone as it is now."""
        index = {"GIT_INDEX_FILE": str(self.clone / ".git" / "index-of-adoption")}
        for words in (["read-tree", "HEAD"], ["add", "--all"]):
            run("git", *words, cwd=self.clone, **index)
        return run("git", "write-tree", cwd=self.clone, **index).stdout

    def undone(self) -> str:
        """Return the same of what git's undo leaves, on a copy of the clone."""
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch, "copy")
            shutil.copytree(self.clone, copy, symlinks=True)
            for words in (["checkout", "."], ["clean", "-fd"], ["add", "--all"]):
                run("git", *words, cwd=copy)
            return run("git", "write-tree", cwd=copy).stdout

    def collect(self) -> list[str] | None:
        """Return the ids of its tests; None where pytest does not get to the end."""
        if self.python is None:
            return None
        words = ["--collect-only", "--verbosity=-1", "-p", "no:cacheprovider"]
        words += ["-W", UNSET_SCOPE]
        try:
            finished = run(
                str(self.python.with_name("pytest")),
                *[*words, "--continue-on-collection-errors"],
                cwd=self.project,
                PYTHONDONTWRITEBYTECODE="1",
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        first = finished.stdout.strip().partition("\n\n")[0].splitlines()
        ids = [line for line in first if "::" in line]
        return ids if finished.returncode in (0, 1, 2, 5) else None


def adopt(checkout: Checkout, template: Path, cache: Path, *, full: bool) -> Row:
    """Adopt one repository and look at what became of it."""
    pristine = checkout.tree()
    before = checkout.collect()
    named = {"ASYNCIO_TESTING_CACHE": str(cache)}
    if checkout.python is not None:
        named["ASYNCIO_TESTING_PYTHON"] = str(checkout.python)
    words = [sys.executable, "-m", "copier", "copy", "--trust", "--defaults"]
    words += ["--data=asyncio_comparison=outcomes"] if full else []
    words += [str(template), str(checkout.project)]

    started = time.perf_counter()
    finished = run(*words, cwd=checkout.project, **named)
    seconds = time.perf_counter() - started

    said = finished.stderr.replace(f"{checkout.project}/", "")
    adopted = checkout.tree()
    changes = changes_of(checkout)
    tests = tests_of(checkout, before, said)
    faults = [] if finished.returncode == 0 else [failure(said)]
    if finished.returncode == 0:
        run(*words, cwd=checkout.project, **named)
        faults += ["a second run changes more"] * (checkout.tree() != adopted)
    faults += ["git does not bring the tree back"] * (checkout.undone() != pristine)
    faults += ["a traceback was printed"] * ("Traceback" in said)
    (checkout.clone / ".git" / "adoption.log").write_text(said, encoding="utf-8")
    return Row(
        name=checkout.name,
        commit=checkout.commit,
        config=config_of(said),
        changes=changes,
        tests=tests,
        suite="; ".join([suite_of(said), *faults]).removeprefix("; "),
        seconds=f"{seconds:.1f}",
    )


def config_of(said: str) -> str:
    """Return what pytest reads, as adoption found it."""
    found = re.search(r"^    pytest reads (.+)$", said, re.MULTILINE)
    return found[1] if found else "nothing" if "  found:" in said else "not looked at"


def changes_of(checkout: Checkout) -> str:
    """Return which files changed, by how many lines, and how many are the suite's."""
    numbers = git(checkout.clone, "diff", "--numstat", "-z").split("\0")
    changed: list[str] = []
    for added, deleted, path in (line.split("\t") for line in filter(None, numbers)):
        minus = "" if deleted == "0" else f" -{deleted}"
        changed.append(f"{path} +{added}{minus}")
    listed = git(checkout.clone, "ls-files", "-z", "--others", "--exclude-standard")
    new = [path for path in listed.split("\0") if path]
    suite = [path for path in new if is_rendered(path)]
    changed += [f"{path} (new)" for path in new if path not in suite]
    if suite:
        changed.append(f"the suite's {len(suite)} files")
    return ", ".join(changed) or "none"


def is_rendered(path: str) -> bool:
    """Tell whether a file is one that Copier renders."""
    own = ("asyncio_examples", "asyncio_support", "asyncio_testing")
    names = ("ASYNC_TESTING.md", "asyncio_helpers.py", "fix_pytest_asyncio_imports.py")
    parts = path.split("/")
    return (
        any(part in own for part in parts)
        or parts[-1] in names
        or parts[-1].startswith(".copier-answers")
    )


def tests_of(checkout: Checkout, before: list[str] | None, said: str) -> str:
    """Return whether the repository's own tests are collected as before."""
    if checkout.python is None:
        return NO_ENVIRONMENT
    adoption = re.search(r"^  Your own \d* ?tests? w.*: (.+)$", said, re.MULTILINE)
    word = f"; adoption says: {adoption[1]}" if adoption else ""
    if before is None:
        return NOT_COLLECTED + word
    collected = checkout.collect() or []
    after = [name for name in collected if not is_rendered(name.partition("::")[0])]
    others = len(collected) - len(after)
    others -= sum("asyncio_examples/" in name for name in collected)
    extra = f" and {others} in the suite's other files" if others else ""
    return (
        f"{len(before)} before, {len(after)} after{extra}, {same(before, after)}{word}"
    )


def same(before: list[str], after: list[str]) -> str:
    """Say how two lists of ids compare."""
    if sorted(before) == sorted(after):
        return "same ids"
    # A parameter can be another one each time: a UUID, a token.
    functions = [[name.partition("[")[0] for name in ids] for ids in (before, after)]
    if sorted(functions[0]) == sorted(functions[1]):
        return "same tests, some with other ids each time"
    return "OTHER TESTS"


def suite_of(said: str) -> str:
    """Return what became of the rendered suite."""
    verified = re.search(r"^asyncio tests: verified\. (\d+) ", said, re.MULTILINE)
    if verified:
        return f"{verified[1]} passed"
    other = re.search(
        r"^asyncio tests: ((?:not verified|not run).*)$", said, re.MULTILINE
    )
    return other[1] if other else ""


def failure(said: str) -> str:
    """Return the line that says why adoption did not succeed, and the first example."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("Task [")]  # Copier's word
    for number, line in enumerate(lines):
        if line.startswith(("asyncio tests: not adopted", "asyncio tests: failed")):
            example = ": ".join(lines[number + 1 : number + 3])
            return f"{line.removeprefix('asyncio tests: ')} {example}".strip()
    for line in lines:
        if line.startswith("to do by hand"):
            return line
    return lines[-1] if lines else "no word of why"


def run(
    *words: str,
    cwd: Path,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Run a program without a terminal, and return what it printed."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ASYNCIO_TESTING")}
    return subprocess.run(
        words,
        cwd=cwd,
        env=kept | environment,
        check=False,
        timeout=LIMIT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def one_line(error: Exception) -> str:
    """Return what a failed command said last, or the error itself."""
    printed = str(getattr(error, "stderr", None) or error).strip()
    return printed.splitlines()[-1]


def markdown(cells: Sequence[str]) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main()
