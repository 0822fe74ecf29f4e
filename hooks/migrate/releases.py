"""What a project must be helped across: one function for each release that needs one.

Most of what a release changes is merged by Copier. What it cannot merge is an answer
under another name or of another meaning, which it would forget, and a rendered file
under another name, of which it would drop the user's changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Carried:
    """What the steps work on.

    Attributes:
        answers: The answers as stored, by the names of the questions. A step changes
            them in place; it must do nothing when it finds its work done, since a
            template without tags gives no version to tell by.
        renamed: Rendered files that have another name now, old to new, relative to the
            project. A step adds to them.
    """

    answers: dict[str, Any]
    renamed: dict[str, str] = field(default_factory=dict[str, str])


def to_0_2_0(carried: Carried) -> None:
    """Whether the user's own tests are run is a question of its own; checks only warn.

    Before: `asyncio_verification: full`.
    After: `asyncio_verification: standard` and `asyncio_comparison: outcomes`.

    By its default, `asyncio_checks` fails tests in a repository that was new once. It
    has tests by now, which an update must not fail.
    """
    carried.answers.setdefault("asyncio_checks", "warn")
    if carried.answers.get("asyncio_verification") == "full":
        carried.answers["asyncio_verification"] = "standard"
        carried.answers["asyncio_comparison"] = "outcomes"


STEPS: dict[str, Callable[[Carried], None]] = {"0.2.0": to_0_2_0}


def carry(version: str, answers: dict[str, Any]) -> Carried:
    """Apply the steps of all releases later than a version, the oldest first.

    Args:
        version: That of the template which the project was last rendered by, as PEP 440
            has it. One without release tags has a version lower than all releases.
        answers: The answers that were stored then. They are not changed.
    """
    carried = Carried(dict(answers))
    for release in sorted(STEPS, key=Version):
        if Version(release) > Version(version):
            STEPS[release](carried)
    return carried
