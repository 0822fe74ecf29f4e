"""The options that Copier gives to the hooks, as the hooks read them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from adopt import command as adopt
from adopt import preview

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# What `copier copy --defaults` answers in a plain repository with a tests directory.
ANSWERS: dict[str, str | list[str]] = {
    "asyncio_repository": "existing",
    "asyncio_tests_dir": "tests",
    "asyncio_helpers": "utils",
    "asyncio_helpers_name": "utils",
    "asyncio_helpers_package": "tests.utils",
    "asyncio_import_root": ".",
    "asyncio_loop_scope": "function",
    "asyncio_checks": "warn",
    "asyncio_examples": [],
    "asyncio_verification": "standard",
    "asyncio_comparison": "collection",
    "asyncio_ci": "none",
    "asyncio_commit_hooks": "none",
    "asyncio_update_job": "none",
    "asyncio_files": "",
}


def options_for(
    project: Path, answers: Mapping[str, object], *more: str
) -> argparse.Namespace:
    """Return the options that `python hooks adopt` reads after a rendering.

    `more` are words beside those of copier.yml, or in place of them.
    """
    parser = argparse.ArgumentParser()
    adopt.add_parser(parser.add_subparsers(required=True))
    named = project / ".copier-answers.asyncio-testing.yml"
    answers_file = named.name if named.exists() else ".copier-answers.yml"
    words = preview.words(answers, answers_file)
    return parser.parse_args([*words, f"--project={project}", *more])
