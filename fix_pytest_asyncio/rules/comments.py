"""A rule on the comments that keep the other rules quiet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..rule import Finding, Rule
from ..suppressions import suppressions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ..project import Project
    from ..source import Module

# --- Rules: comments ------------------------------------------------------------------


class UnclearSuppression(Rule):
    """A comment that keeps findings quiet names no code, or one that does not exist.

    It has no effect. A comment without a code would also hide what nobody has looked at
    yet, so each has to say which finding it is about, in brackets, several with commas.

    Before:

        def test_it(event_loop):  # pta: ignore
            pass

    By hand: name the code of the finding, as in `# pta: ignore[PTA101]`, or remove the
    comment. `--rules` lists the codes.
    """

    code = "PTA000"
    name = "unclear-suppression"
    message = "this comment has no effect: {reason}"
    by_hand = "name the code of the finding, as in `# pta: ignore[PTA101]`"
    words = (b"pta:",)

    def __init__(self, known: Collection[str]) -> None:
        """Say which codes there are."""
        self._known = {*known, self.code}

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield a finding for each such comment."""
        del project
        for comment in suppressions(module):
            unknown = [code for code in comment.codes if code not in self._known]
            reason = "it names no code"
            if comment.codes:
                reason = f"there is no {' or '.join(unknown)}"
            if unknown or not comment.codes:
                message = self.message.format(reason=reason)
                place = comment.line, comment.column, comment.end_column
                yield Finding(*place, self.code, message, None, self.by_hand)
