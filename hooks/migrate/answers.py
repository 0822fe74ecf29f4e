"""The answers file: what it held before the update, and what it is to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import yaml

from verify import git

if TYPE_CHECKING:
    from pathlib import Path


def before(project: Path, answers_file: str) -> dict[str, Any]:
    """Return the answers of before the update; none where git does not know the file.

    Copier updates clean repositories only, so the last commit has them.
    """
    try:
        text = git.output(project, "show", f"HEAD:./{answers_file}").decode()
    except git.GitError:
        return {}
    return parse(text)


def parse(text: str) -> dict[str, Any]:
    """Return the answers in the text of an answers file; none where it has none."""
    content: object = yaml.safe_load(text)
    return cast("dict[str, Any]", content) if isinstance(content, dict) else {}


def rewritten(text: str, answers: dict[str, Any]) -> str:
    """Return the text of an answers file with other answers below its first comments.

    Copier reads it right away, and renders it anew.
    """
    lines = text.splitlines(keepends=True)
    head = [line for line in lines if line.startswith("#")]
    body = yaml.safe_dump(answers, allow_unicode=True, sort_keys=True)
    return "".join(head) + body
