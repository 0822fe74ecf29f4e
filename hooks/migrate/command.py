"""`python hooks migrate`: carry answers and files over to the new release."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adopt import findings
from verify import git, outcome

if TYPE_CHECKING:
    import argparse

TEMPLATE = Path(__file__).resolve().parents[2]
SAID = "asyncio tests: {what}"
NOT_SETTLED = """\
asyncio tests: merged, but what the update has dropped is not known: {error}
  See `git status`, or take the update back: {back}"""


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
        The exit code: 1 when git would not say what the update has done.
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
    renamed = releases.carry(options.version, stored).renamed
    try:
        said = reformatted.settle(project)
        said += dropped.settle(project, TEMPLATE, options.ref, stored, renamed)
    except git.GitError as error:
        print(NOT_SETTLED.format(error=error, back=outcome.BACK), file=sys.stderr)
        return 1
    found = findings.report(project)
    if found != [findings.NOTHING]:
        said.append("\n  ".join(found))
    for sentence in said:
        print(SAID.format(what=sentence), file=sys.stderr)
    return 0
