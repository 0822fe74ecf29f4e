"""`python hooks migrate`: carry answers and files over to the new release."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

TEMPLATE = Path(__file__).resolve().parents[2]
SAID = "asyncio tests: {what}"


# The type of a subparsers action is private to argparse, hence Any.
def add_parser(commands: Any) -> None:  # noqa: ANN401 (see the line above)
    """Describe the command's words to argparse."""
    parser = commands.add_parser("migrate", help=__doc__)
    parser.add_argument("--stage", choices=("before", "after"), required=True)
    parser.add_argument("--project", type=Path, default=Path())
    parser.add_argument(
        "--version", required=True, help="the version it comes from, as PEP 440 has it"
    )
    parser.add_argument("--ref", required=True, help="the same, as git knows it")
    parser.add_argument("--answers-file", default=".copier-answers.yml")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Carry answers over before Copier renders, or files after it has merged.

    Returns:
        The exit code, 0.
    """
    # Copier's own dependencies, which are there where this is called.
    from migrate import answers, dropped, reformatted, releases  # noqa: PLC0415

    project = options.project.resolve()
    if options.stage == "before":
        path = project / options.answers_file
        text = path.read_text(encoding="utf-8")
        stored = answers.parse(text)
        now = releases.carry(options.version, stored).answers
        if now != stored:
            path.write_text(answers.rewritten(text, now), encoding="utf-8")
        return 0
    stored = answers.before(project, options.answers_file)
    carried = releases.carry(options.version, stored)
    for sentence in [
        *reformatted.settle(project),
        *dropped.settle(project, TEMPLATE, options.ref, stored, carried.renamed),
    ]:
        print(SAID.format(what=sentence), file=sys.stderr)
    return 0
