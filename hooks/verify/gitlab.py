"""What is left to do before GitLab runs the tests, which reads one file by itself."""

from __future__ import annotations

from pathlib import Path

FILE = ".gitlab/asyncio-tests.yml"
READ = ".gitlab-ci.yml"
INCLUDE = (
    'Have GitLab run the tests: add "include: [{{local: {file}}}]" to {read}, or an '
    "entry to the includes that are there"
)


def notes(project: Path, files: str) -> list[str]:
    """Return how to include what was rendered for GitLab, if it is not included yet.

    Args:
        project: The rendered project.
        files: What single answers asked for, with a space between two paths.
    """
    if FILE not in files.split():
        return []
    try:
        text = Path(project, READ).read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    lines = (line.partition("#")[0] for line in text.splitlines())
    if any(FILE in line for line in lines):
        return []
    return [INCLUDE.format(file=FILE, read=READ)]
