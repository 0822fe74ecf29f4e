"""The command line."""

from __future__ import annotations

import argparse
import difflib
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .all_rules import RULES
from .checking import Repair, check, check_configuration, fix, fix_configuration
from .files import UnusableFileError, find_files, replace_file
from .project import Project
from .setting_changes import changed_settings
from .source import Module

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .configuration import Configuration
    from .rule import Finding, Rule

# --- Command line ---------------------------------------------------------------------

# A fix may be what another one waits for, in the same file or in another one.
_MOST_ROUNDS_OVER_ALL = 5
_TOO_DEEP = "nested too deeply to be analysed"


_DESCRIPTION = """Find outdated and wrong asyncio test code, and fix what is safe.

    python scripts/fix_pytest_asyncio_imports.py                fix all files below here
    python scripts/fix_pytest_asyncio_imports.py --check tests  report, change nothing
    python scripts/fix_pytest_asyncio_imports.py --diff tests   show what would change

Exit status: 0 when nothing is left to do; 1 when there are findings that --check or
--diff left alone or that could not be fixed; 2 for wrong usage or a file that could not
be read, parsed or written (the others are done all the same); 130 when interrupted;
141 when whatever read the output went away.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What follows the script's name; by default that of this process.

    Returns:
        The exit status, as the module's docstring lists them.
    """
    options = _parser().parse_args(arguments)
    _print_anything()
    try:
        status = _run(
            Options(
                tuple(options.paths) or (Path(),),
                options.mode,
                _selected(options.select),
                options.unsafe_fixes,
            )
        )
        sys.stdout.flush()
    except KeyboardInterrupt:
        _complain("interrupted: every file is either as it was or fixed")
        return 130
    except BrokenPipeError:
        _discard_output()
        return 141
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help="files or directories, by default the current one; below a directory, "
        "hidden ones, virtual environments and build products are skipped",
    )
    modes = parser.add_mutually_exclusive_group()
    for mode in ("check", "diff", "fix"):
        modes.add_argument(f"--{mode}", dest="mode", action="store_const", const=mode)
    parser.add_argument("--select", default="")
    parser.add_argument("--unsafe-fixes", action="store_true")
    parser.set_defaults(mode="fix")
    return parser


def _selected(codes: str) -> tuple[Rule, ...]:
    wanted = [code for code in codes.split(",") if code]
    return tuple(
        rule
        for rule in RULES
        if (
            any(rule.code.startswith(code) for code in wanted)
            if wanted
            else rule.is_default
        )
    )


def _print_anything() -> None:
    """Let paths and source text be printed whatever the terminal's encoding is."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace", newline="\n")


def _discard_output() -> None:
    """Keep the interpreter from failing again when it flushes stdout at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: object) -> None:
    print(message, file=sys.stderr)


class Options(NamedTuple):
    """What the user asked for.

    Attributes:
        paths: Where to look.
        mode: `check`, `diff` or `fix`.
        rules: What to look for.
        is_unsafe: Whether fixes count that may change what a test does.
    """

    paths: tuple[Path, ...]
    mode: str
    rules: tuple[Rule, ...]
    is_unsafe: bool

    def wants(self, finding: Finding) -> bool:
        """Tell whether a finding is to be fixed."""
        return bool(finding.fix and (finding.fix.is_safe or self.is_unsafe))


def _run(options: Options) -> int:
    """Go over the files: again after a fix, which may be what another one waits for."""
    fixed = 0
    for _ in range(_MOST_ROUNDS_OVER_ALL if options.mode == "fix" else 1):
        project, left, again = Project(), 0, 0
        printed: list[str] = []
        problems: list[str] = []
        files = [*find_files(options.paths)]
        for path in files:
            try:
                module = Module.read(path)
                repair = _repaired(module, project, options)
                again += _settled(module, repair, options)
            except UnusableFileError as problem:
                problems.append(str(problem))
                continue
            except (RecursionError, MemoryError):
                problems.append(str(UnusableFileError(path, _TOO_DEEP)))
                continue
            left += len(repair.left)
            printed += [_located(path, finding) for finding in repair.left]
        for configuration in project.configurations([*options.paths, *files]):
            changed, others = _checked_configuration(configuration, options)
            again += changed
            left += len(others)
            printed += others
        if options.mode == "diff":
            left += again
            break
        fixed += again
        if not again:
            break
    for line in problems:
        _complain(line)
    for line in printed:
        print(line)
    _complain(
        f"files: {len(files)}, fixed: {fixed}, left: {left}, "
        f"could not be handled: {len(problems)}"
    )
    return 2 if problems else min(left, 1)


def _repaired(module: Module, project: Project, options: Options) -> Repair:
    if options.mode == "check":
        findings = check(module, options.rules, project)
        return Repair(module, (), tuple(findings), ())
    return fix(module, options.rules, project, options.wants)


def _settled(module: Module, repair: Repair, options: Options) -> int:
    if options.mode == "diff":
        print(_unified_diff(module, repair.module), end="")
    elif repair.applied:
        for file in changed_settings(repair.settings):
            file.write()
        _write(repair.module)
        for finding in repair.applied:
            print(f"{_located(module.path, finding)} (fixed)")
    return len(repair.applied)


def _checked_configuration(
    configuration: Configuration, options: Options
) -> tuple[int, list[str]]:
    """Return how much was fixed in a file of settings, and lines on what was not."""
    path = configuration.path or Path()
    shown = path.relative_to(Path.cwd()) if Path.cwd() in path.parents else path
    if options.mode == "check":
        findings = check_configuration(configuration, options.rules)
        return 0, [_located(shown, finding) for finding in findings]
    repair = fix_configuration(configuration, options.rules, options.wants)
    if options.mode == "fix":
        repair.file.write()
        for finding in repair.applied:
            print(f"{_located(shown, finding)} (fixed)")
    return len(repair.applied), [_located(shown, finding) for finding in repair.left]


def _located(path: Path, finding: Finding) -> str:
    place = f"{path}:{finding.line}:{finding.column}"
    return f"{place}: {finding.code} {finding.message}"


def _unified_diff(before: Module, after: Module) -> str:
    """The difference as `patch` takes it, for which only LF ends a line."""
    lines = difflib.unified_diff(
        list(io.StringIO(before.text, newline="\n")),
        list(io.StringIO(after.text, newline="\n")),
        fromfile=str(before.path),
        tofile=str(after.path),
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in lines
    )


def _write(module: Module) -> None:
    try:
        replace_file(module.path, module.raw)
    except OSError as error:
        reason = f"cannot be written: {error.strerror or error}"
        raise UnusableFileError(module.path, reason) from error
