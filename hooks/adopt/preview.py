"""`python hooks plan`: what `copier copy` would do to an existing repository."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

TEMPLATE = Path(__file__).resolve().parents[2]
STORED = (
    "asyncio_repository",
    "asyncio_tests_dir",
    "asyncio_helpers",
    "asyncio_loop_scope",
    "asyncio_checks",
    "asyncio_examples",
    "asyncio_verification",
    "asyncio_comparison",
    "asyncio_ci",
    "asyncio_ci_install",
    "asyncio_ci_oldest_python",
    "asyncio_ci_shards",
    "asyncio_commit_hooks",
    "asyncio_update_job",
)
NEW = """\
asyncio tests: {project} has no tests, settings or conftest.py that adoption would touch
  `copier copy` renders the whole suite as new files."""
NO_COPIER = "Run it with the Python of the environment that Copier is in: {error}"
NO_DIRECTORY = "{project}: there is no such directory"


# The type of a subparsers action is private to argparse, hence Any.
def add_parser(commands: Any) -> None:  # noqa: ANN401 (see the line above)
    """Describe the command's words to argparse."""
    parser = commands.add_parser("plan", help=__doc__)
    parser.add_argument("project", type=Path, help="the repository")
    parser.add_argument(
        "-d",
        "--data",
        action="append",
        default=[],
        metavar="QUESTION=ANSWER",
        help="an answer, as for copier copy",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what `copier copy` would do to a repository, and do nothing of it.

    Returns:
        The exit code: 1 when it would be refused.
    """
    try:
        import copier  # noqa: PLC0415 (hooks that run after a copy do without)
        from copier.errors import CopierError, DirtyLocalWarning  # noqa: PLC0415
    except ImportError as error:
        print(NO_COPIER.format(error=error), file=sys.stderr)
        return 1
    project = options.project.resolve()
    if not project.is_dir():
        print(NO_DIRECTORY.format(project=options.project), file=sys.stderr)
        return 1
    common: dict[str, Any] = {
        "defaults": True,
        "unsafe": True,
        "skip_tasks": True,
        "quiet": True,
        "overwrite": True,
        "vcs_ref": "HEAD",
    }
    # Work in progress on the template is what its author wants to see.
    warnings.simplefilter("ignore", DirtyLocalWarning)
    data = dict(word.partition("=")[::2] for word in options.data)
    try:
        asked = copier.run_copy(
            str(TEMPLATE), project, data=data, pretend=True, **common
        )
        answers = asked.answers.combined
        if answers["asyncio_repository"] == "new":
            print(NEW.format(project=project), file=sys.stderr)
            return 0
        with tempfile.TemporaryDirectory(prefix="asyncio-tests-") as scratch:
            stored = {name: answers[name] for name in STORED}
            copier.run_copy(str(TEMPLATE), scratch, data=stored, **common)
            return _plan_only(project, Path(scratch).resolve(), answers)
    except CopierError as error:
        print(error, file=sys.stderr)
        return 1


def words(answers: Mapping[str, Any], answers_file: str) -> list[str]:
    """Return the words of the task `adopt` in copier.yml, rendered with answers."""
    # Copier's own dependencies, which are there where this is called.
    import yaml  # noqa: PLC0415
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    text = (TEMPLATE / "copier.yml").read_text(encoding="utf-8")
    commands = [task["command"] for task in yaml.safe_load(text)["_tasks"]]
    command = next(command for command in commands if "adopt" in command)
    conf = {"answers_file": answers_file, "quiet": False, "dst_path": "."}
    context = {**answers, "_copier_conf": conf, "_copier_answers": {}}
    return [
        SandboxedEnvironment().from_string(word).render(context)
        for word in command[command.index("adopt") :]
    ]


def _plan_only(project: Path, rendered: Path, answers: Mapping[str, Any]) -> int:
    hooks = Path(__file__).resolve().parents[1]
    python = [sys.executable, "-I", "-B", str(hooks)]
    more = [f"--project={project}", f"--rendered={rendered}", "--plan-only"]
    # Where nothing is rendered, no answers file is either: any name will do.
    return subprocess.call([*python, *words(answers, ".copier-answers.yml"), *more])
