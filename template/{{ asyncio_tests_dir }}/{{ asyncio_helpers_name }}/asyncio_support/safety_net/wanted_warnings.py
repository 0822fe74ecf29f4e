"""Whether somebody looks at a warning, or has said that it is to be ignored.

`pytest.warns`, `recwarn` and `catch_warnings(record=True)` look at it. Ignored is one
by a filter in a `with warnings.catch_warnings():`, or by a filter that names its text;
a filter that ignores a whole category for all tests says nothing of this one.
"""

import re
import sys
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any

from .patching import Patches

# Where pytest.warns and recwarn are; and those who catch warnings around every test.
_RECWARN = "_pytest.recwarn"
_RUNNERS = ("_pytest.", "pytest_asyncio.")


class WantedWarnings:
    """Who is catching warnings, other than what runs the tests."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._catching: list[object] = []
        self._recording: list[object] = []
        self._runners: set[str] = set()

    def install(self, patches: Patches) -> None:
        """Look at who catches warnings."""
        patches.wrap(warnings.catch_warnings, "__enter__", self._enter)
        patches.wrap(warnings.catch_warnings, "__exit__", self._exit)

    def _enter(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def enter(catching: object) -> object:
            log = original(catching)
            frame = sys._getframe(1)  # noqa: SLF001 - who catches
            if frame.f_code.co_filename not in self._runners:
                self._caught(frame, catching, log)
            return log

        return enter

    def _caught(self, frame: FrameType, catching: object, log: object) -> None:
        caller = frame.f_globals.get("__name__", "")
        if caller != _RECWARN and caller.startswith(_RUNNERS):
            self._runners.add(frame.f_code.co_filename)
        else:
            (self._catching if log is None else self._recording).append(catching)

    def _exit(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def leave(catching: object, *error: object) -> object:
            if self._catching or self._recording:
                for known in (self._catching, self._recording):
                    known[:] = [each for each in known if each is not catching]
            return original(catching, *error)

        return leave

    def wants(self, category: type[Warning], text: str) -> bool:
        """Tell whether a warning is looked at, or was ignored by intent."""
        warning = warnings.WarningMessage(text, category, "", 0)
        if any(_is_for(each, warning) for each in self._recording):
            return True
        action, by_text = _filter_for(category, text)
        return action == "ignore" and (by_text or bool(self._catching))


def _is_for(recording: object, warning: warnings.WarningMessage) -> bool:
    matches = getattr(recording, "matches", None)  # that of pytest.warns
    return matches is None or bool(matches(warning))


def _filter_for(category: type[Warning], text: str) -> tuple[str, bool]:
    """Return what the first filter of a warning does; whether it names the text."""
    for action, message, kind, module, _ in warnings.filters:
        is_for = module is None and issubclass(category, kind)
        if is_for and (message is None or re.match(message, text)):
            return action, message is not None
    return "default", False
