"""The command line."""

from __future__ import annotations

import argparse
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .all_rules import RULES
from .choices import Asked, Choices, UsageError
from .explanations import explanation, listed_rules
from .progress import Progress
from .report_formats import GitHubReporter, GitLabReporter, JsonReporter, SarifReporter
from .report_text import Paint, StatisticsReporter, TextReporter, wants_colour
from .rounds import Order, Outcome, Run
from .standard_input import run_on_standard_input

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .reports import Reporter

# --- Command line ---------------------------------------------------------------------

_DESCRIPTION = """Find outdated and wrong asyncio test code, and fix what is safe.

    python scripts/fix_pytest_asyncio_imports.py                fix all files below here
    python scripts/fix_pytest_asyncio_imports.py --check tests  report, change nothing
    python scripts/fix_pytest_asyncio_imports.py --diff tests   show what would change
    python scripts/fix_pytest_asyncio_imports.py --explain PTA001

A comment `# pta: ignore[PTA101]` on the line of a finding keeps it quiet. The table
[tool.fix-pytest-asyncio] of the closest pyproject.toml may have select, extend-select,
ignore, exclude, per-file-ignores and unsafe-fixes.
"""
_STATUSES = """Exit status: 0 when nothing is left to do; 1 when there are findings that
--check or --diff left alone or that could not be fixed; 2 for wrong usage or a file
that could not be read, parsed or written (the others are done all the same); 130 when
interrupted; 141 when whatever read the output went away.
"""
_OUTPUTS = ("text", "github", "gitlab", "json", "sarif")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What follows the script's name; by default that of this process.

    Returns:
        The exit status, as `--help` lists them.
    """
    options = _parser().parse_args(arguments)
    _print_anything()
    try:
        status = _answered(options)
        sys.stdout.flush()
    except UsageError as error:
        _complain(error)
        return 2
    except KeyboardInterrupt:
        _complain("interrupted: every file is either as it was or fixed")
        return 130
    except BrokenPipeError:
        _discard_output()
        return 141
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=_DESCRIPTION,
        epilog=_STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help="files or directories, by default the current one; below a directory, "
        "hidden ones, virtual environments and build products are skipped; `-` is "
        "standard input",
    )
    _add_modes(parser)
    _add_choices(parser)
    _add_forms(parser)
    return parser


def _add_modes(parser: argparse.ArgumentParser) -> None:
    modes = parser.add_mutually_exclusive_group()
    for mode, told in (
        ("check", "report, and change nothing"),
        ("diff", "show what --fix would change"),
        ("fix", "fix what is safe to fix: the default"),
    ):
        modes.add_argument(
            f"--{mode}", dest="mode", action="store_const", const=mode, help=told
        )
    modes.add_argument("--rules", action="store_true", help="list all rules")
    modes.add_argument("--explain", metavar="RULE", help="tell all about a rule")
    parser.set_defaults(mode="fix")


def _add_choices(parser: argparse.ArgumentParser) -> None:
    told = "codes, beginnings of codes, names or ALL, with commas"
    parser.add_argument(
        "--select",
        metavar="RULES",
        action="append",
        help=f"look for these only: {told}",
    )
    parser.add_argument(
        "--ignore",
        metavar="RULES",
        action="append",
        default=[],
        help="look for all else",
    )
    parser.add_argument(
        "--unsafe-fixes",
        action=argparse.BooleanOptionalAction,
        help="fix as well what may change what a test does",
    )


def _add_forms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output", choices=_OUTPUTS, default="text", help="the form of the report"
    )
    parser.add_argument(
        "--statistics", action="store_true", help="report figures by rule only"
    )
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="in colour"
    )
    parser.add_argument(
        "--stdin-filename",
        metavar="PATH",
        help="read standard input as if it were this file; --fix prints the result",
    )
    parser.add_argument(
        "--no-cache", action="store_true", help="neither use nor keep former findings"
    )
    parser.add_argument(
        "--jobs", metavar="N", type=_positive, help="the most processes to use"
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _answered(options: argparse.Namespace) -> int:
    if options.rules:
        print(*listed_rules(RULES), sep="\n")
        return 0
    if options.explain is not None:
        wanted = {options.explain}
        rules = [rule for rule in RULES if wanted & {rule.code, rule.name}]
        if not rules:
            message = (
                f"--explain: there is no rule {options.explain!r}; `--rules` lists them"
            )
            raise UsageError(message)
        print(explanation(rules[0]))
        return 0
    return _reported(options)


def _reported(options: argparse.Namespace) -> int:
    select = None if options.select is None else _names(options.select)
    asked = Asked(select, _names(options.ignore), options.unsafe_fixes)
    choices = Choices(RULES, asked)
    paths = tuple(options.paths) or (Path(),)
    order = Order(paths, options.mode, asked, not options.no_cache, options.jobs)
    is_stdin = options.stdin_filename is not None or paths == (Path("-"),)
    if is_stdin:
        name = options.stdin_filename or "-"
        outcome = run_on_standard_input(order, choices, name)
    else:
        progress = Progress(is_wanted=options.output == "text")
        outcome = _run(order, choices, progress)
    _print(outcome, options, is_stdin=is_stdin)
    if options.mode == "diff" and outcome.differences:
        return max(outcome.summary.status, 1)
    return outcome.summary.status


def _run(order: Order, choices: Choices, progress: Progress) -> Outcome:
    try:
        return Run(order, choices, progress)()
    finally:
        progress.end()


def _print(outcome: Outcome, options: argparse.Namespace, *, is_stdin: bool) -> None:
    if options.mode == "diff":
        for difference in outcome.differences:
            print(difference.unified(), end="")
    # What is printed is then the text itself, or a difference.
    is_taken = options.mode == "diff" or (is_stdin and options.mode == "fix")
    reporter = _reporter(options, is_taken=is_taken)
    reporter.report(outcome.reports, outcome.summary)


def _reporter(options: argparse.Namespace, *, is_taken: bool) -> Reporter:
    rules = {rule.code: rule for rule in RULES}
    if options.output == "text" or is_taken:
        if options.statistics and not is_taken:
            return StatisticsReporter(rules)
        stream = sys.stderr if is_taken else sys.stdout
        paint = Paint(is_on=wants_colour(options.color, stream))
        return TextReporter(paint, rules, options.mode, stream)
    kinds: dict[str, Any] = {
        "github": GitHubReporter,
        "gitlab": GitLabReporter,
        "json": JsonReporter,
        "sarif": SarifReporter,
    }
    reporter: Reporter = kinds[options.output](rules)
    return reporter


def _names(lists: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        name.strip() for names in lists for name in names.split(",") if name.strip()
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
