"""Whether somebody looks at the code through a debugger, and time does not count."""

import sys
from types import FrameType

_FILES = ("bdb.py", "pdb.py", "pydevd", "debugpy", "ipdb", "pudb")


def is_debugging(frame: FrameType | None) -> bool:
    """Tell whether a debugger is attached, or stands in a thread's innermost frames."""
    monitoring = getattr(sys, "monitoring", None)  # since Python 3.12
    if monitoring is not None and monitoring.get_tool(monitoring.DEBUGGER_ID):
        return True
    if "pydevd" in sys.modules or "debugpy" in sys.modules:
        return True
    while frame is not None:
        if any(each in frame.f_code.co_filename for each in _FILES):
            return True
        frame = frame.f_back
    return False
