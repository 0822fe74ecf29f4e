"""What would change in a file, as `patch` takes it."""

from __future__ import annotations

import difflib
import io
from typing import NamedTuple

# --- Differences ----------------------------------------------------------------------


class Difference(NamedTuple):
    """A file before and after.

    Attributes:
        path: The file.
        before: Its bytes.
        after: What they become.
        is_new: Whether there is no such file yet.
    """

    path: str
    before: bytes
    after: bytes
    is_new: bool = False

    def unified(self) -> str:
        """Return the difference in a form for which only LF ends a line."""
        # What is after a tab is no part of a name, and a space without one may not be.
        name = f"{self.path}\t" if " " in self.path else self.path
        lines = difflib.unified_diff(
            _lines_to_compare(self.before),
            _lines_to_compare(self.after),
            fromfile="/dev/null" if self.is_new else name,
            tofile=name,
        )
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in lines
        )


def _lines_to_compare(content: bytes) -> list[str]:
    # Whatever the encoding is, each byte comes out as it went in, or visibly escaped.
    text = content.decode(errors="surrogateescape")
    return list(io.StringIO(text, newline="\n"))
