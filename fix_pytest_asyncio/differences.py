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
        before: Its bytes; empty if there is none yet.
        after: What they become.
    """

    path: str
    before: bytes
    after: bytes

    def unified(self) -> str:
        """Return the difference in a form for which only LF ends a line."""
        lines = difflib.unified_diff(
            _lines_to_compare(self.before),
            _lines_to_compare(self.after),
            fromfile=self.path,
            tofile=self.path,
        )
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in lines
        )


def _lines_to_compare(content: bytes) -> list[str]:
    # Whatever the encoding is, each byte comes out as it went in, or visibly escaped.
    text = content.decode(errors="surrogateescape")
    return list(io.StringIO(text, newline="\n"))
