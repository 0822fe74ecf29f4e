"""`python hooks adopt`: give an existing repository the suite, step by step."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from verify import command as verify
from verify import git, isolated, later

TEMPLATE = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
NEEDED = ("configupdater", "iniconfig", "packaging", "platformdirs", "tomlkit")

NO_EDITORS = """\
asyncio tests: not adopted, since the libraries that edit your settings are not at hand
  {reason}
  Nothing of yours was touched. Run the same command again when they can be fetched."""


# The type of a subparsers action is private to argparse, hence Any.
def add_parser(commands: Any) -> None:  # noqa: ANN401 (see the line above)
    """Describe the command's words to argparse."""
    parser = commands.add_parser("adopt", help=__doc__)
    verify.add_arguments(parser)
    parser.add_argument("--helpers-dir", default="tests/utils")
    parser.add_argument("--helpers-package", default="tests.utils")
    parser.add_argument("--import-root", default=".")
    parser.add_argument("--loop-scope", default="function")
    parser.add_argument("--checks", default="warn")
    parser.add_argument(
        "--comparison", choices=("collection", "outcomes"), default="collection"
    )
    later.add_arguments(parser)
    parser.add_argument(
        "--rendered",
        type=Path,
        help="where the suite was rendered, if not in the project",
    )
    parser.add_argument(
        "--plan-only", action="store_true", help="print the plan and change nothing"
    )
    parser.add_argument(
        "--updated-from",
        metavar="REF",
        help="the release that Copier has updated it from: only what is new is done",
    )
    parser.add_argument("--since", type=json.loads, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Adopt, with a Python that has the libraries for editing settings in place.

    That is this one, or an isolated environment that runs the same words once more.

    Returns:
        The exit code: 0 when all was done, also when there was nothing to do.
    """
    since: list[str] = []
    if options.updated_from is not None:
        options.updated = True
        if options.since is None:
            options.since = _since(options)
            since = [f"--since={json.dumps(options.since)}"]
    if all(importlib.util.find_spec(name) for name in NEEDED):
        from adopt import adoption  # noqa: PLC0415 (it imports what may be missing)

        return adoption.run(options)
    try:
        environment = isolated.environment(
            REQUIREMENTS, purpose="editing settings", quiet=options.quiet
        )
    except isolated.CannotMakeError as error:
        print(NO_EDITORS.format(reason=error), file=sys.stderr)
        return 1
    python = isolated.python_of(environment)
    return _become([str(python), "-I", "-B", *sys.argv, *since])


def _since(options: argparse.Namespace) -> dict[str, Any] | None:
    """Return what an older release had for the project; None if that is not known."""
    # It uses Copier's own dependencies, which are there where this is called.
    from migrate import answers  # noqa: PLC0415

    stored = answers.before(options.project.resolve(), options.answers_file)
    libraries = stored.get("asyncio_examples", ())
    paths = ["template/pytest.ini", "template/{{ asyncio_tests_dir }}/requirements.txt"]
    paths += [f"hooks/verify/examples/{name}.in" for name in libraries]
    try:
        settings, *required = (
            git.output(TEMPLATE, "show", f"{options.updated_from}:{path}").decode()
            for path in paths
        )
    except git.GitError:
        return None
    return {
        "answers": {name: each for name, each in stored.items() if name[0] != "_"},
        "settings": settings,
        "required": "\n".join(required).splitlines(),
    }


def _become(words: list[str]) -> int:
    """Run a program in place of this one."""
    # Whoever started this process can go on to interrupt it, since it stays the same.
    if sys.platform == "win32":
        return subprocess.call(words)
    return os.execv(words[0], words)  # noqa: S606 (a list of words, no shell)
