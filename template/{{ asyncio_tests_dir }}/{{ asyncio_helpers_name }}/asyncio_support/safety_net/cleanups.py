"""Whether a generator that stands at a `yield` has anything to do when it is closed."""

import dis
import sys
from collections.abc import Iterator
from types import CodeType, FrameType


def has_cleanup(frame: FrameType) -> bool:
    """Tell whether a frame stands in a `try` or a `with`.

    Elsewhere, closing its generator runs no code, and so does leaving it open.
    """
    guarded = _guarded(frame.f_code)
    return any(start <= frame.f_lasti < end for start, end in guarded)


if sys.version_info >= (3, 11):

    def _guarded(code: CodeType) -> Iterator[tuple[int, int]]:
        names = {each.offset: each.opname for each in dis.get_instructions(code)}
        for entry in dis.Bytecode(code).exception_entries:  # type: ignore[attr-defined] # undocumented
            # Others are Python's own, for what is thrown into an `await`.
            if names[entry.target] == "PUSH_EXC_INFO":
                yield entry.start, entry.end

else:

    def _guarded(code: CodeType) -> Iterator[tuple[int, int]]:
        names = {each.offset: each.opname for each in dis.get_instructions(code)}
        for each in dis.get_instructions(code):
            is_setup = each.opname in {
                "SETUP_FINALLY",
                "SETUP_WITH",
                "SETUP_ASYNC_WITH",
            }
            if is_setup and names[each.argval] != "END_ASYNC_FOR":
                yield each.offset, each.argval
