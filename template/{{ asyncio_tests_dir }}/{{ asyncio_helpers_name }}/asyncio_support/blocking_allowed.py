"""The setting that allows some code to block the event loop, in every test.

    asyncio_blocking_allowed =
        time.sleep
        app.legacy.*
        tests/slow/*.py

A line is a pattern, with `*` for anything, of a call that blocks, of a function that
makes it or leads to it, or of the file that such a function is in. For one test there
is the marker `asyncio_allow`.
"""

from collections.abc import Iterator
from fnmatch import fnmatch
from types import FrameType

import pytest

from .user_code import shown

_NAME = "asyncio_blocking_allowed"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the setting."""
    parser.addini(
        _NAME,
        "calls, functions and files that may block the event loop, one pattern a line, "
        "like `time.sleep`, `app.legacy.*` or `tests/slow/*.py`",
        type="linelist",
        default=[],
    )


def is_allowed(config: pytest.Config, call: str, frame: FrameType | None) -> bool:
    """Tell whether a call may block, or what a stack leads to.

    Args:
        config: Has the setting.
        call: What it is called; empty where no call is known.
        frame: The innermost frame.
    """
    patterns: list[str] = config.getini(_NAME)
    if not patterns:
        return False
    names = (call, *_names_on(frame))
    return any(fnmatch(name, pattern) for name in names for pattern in patterns)


def _names_on(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        code = frame.f_code
        function = getattr(code, "co_qualname", code.co_name)  # since Python 3.11
        yield f"{frame.f_globals.get('__name__')}.{function}"
        yield shown(code.co_filename)
        frame = frame.f_back
