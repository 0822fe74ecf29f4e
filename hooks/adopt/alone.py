"""The rendered part alone: what is verified where the user's own settings cannot be."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from adopt import conftest_block
from adopt.plan import Draft

if TYPE_CHECKING:
    from pathlib import Path

    from adopt.steps import Answers

SETTINGS = """\
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = {loop_scope}
asyncio_default_test_loop_scope = {loop_scope}
pythonpath = {import_root}
"""


def render(place: Path, project: Path, answers: Answers) -> None:
    """Put the rendered files of a project into a directory where they can run alone.

    Args:
        place: The directory, which is made.
        project: Where they were rendered.
        answers: The answers they were rendered with.
    """
    for path in answers.rendered:
        source, target = project / path, place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.exists():
            shutil.copy2(source, target)
    draft = Draft(place)
    block = conftest_block.Place(answers.helpers_package, None, answers.tests_dir)
    conftest_block.plan_block(draft, block)
    for path, content in draft.written.items():
        (place / path).write_bytes(content)
    for directory in (answers.tests_dir, answers.helpers_dir):
        (place / directory / "__init__.py").touch()
    settings = SETTINGS.format(
        loop_scope=answers.loop_scope, import_root=answers.import_root
    )
    (place / "pytest.ini").write_text(settings, encoding="utf-8")
