"""As if an editor had started this under its debugger."""

import sys
import types

sys.modules["pydevd"] = types.ModuleType("pydevd")
