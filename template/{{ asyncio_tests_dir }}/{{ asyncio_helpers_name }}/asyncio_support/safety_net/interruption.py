"""Getting a thread out of code that does not come back: an error is raised in there.

A signal does it, which also ends a call that blocks. Where there is none to be had,
as on Windows or in another thread than the main one, CPython raises the error as soon
as it is back from that call.

Code that catches everything, as with `except BaseException: pass` in a loop, swallows
the error. Then it is raised again on the line that comes next, which is mostly behind
the handler, and so on until the loop is left.
"""

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from ..user_code import is_users
from .running import Interrupted, Running

if TYPE_CHECKING:
    from _typeshed import TraceFunction

# The first that nobody else uses.
_SIGNALS = ("SIGVTALRM", "SIGPROF", "SIGUSR2")


class Interruption:
    """Interrupts what is to be interrupted, as long as that runs."""

    def __init__(self, hung: Callable[[], Running | None]) -> None:
        """Prepare.

        Args:
            hung: Returns what runs and should not, if that is so.
        """
        self._hung = hung
        self._signal: signal.Signals | None = None
        self._last: Running | None = None
        self._traced_before: TraceFunction | None = None
        self._is_tracing = False

    def install(self) -> None:
        """Take a signal, if there is one."""
        self._signal = _free_signal()
        if self._signal is not None:
            signal.signal(self._signal, self._on_signal)

    def remove(self) -> None:
        """Give the signal back."""
        if self._signal is not None and self._has_signal():
            signal.signal(self._signal, signal.SIG_DFL)

    def _has_signal(self) -> bool:
        """Tell whether nobody has taken the signal since."""
        return (
            self._signal is not None
            and signal.getsignal(self._signal) == self._on_signal
        )

    def interrupt(self, running: Running) -> None:
        """Raise the error; to be called from another thread."""
        if self._has_signal() and running.thread == threading.main_thread().ident:
            signal.pthread_kill(running.thread, self._signal or 0)
        else:
            _raise_when_back(running.thread)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._hung() is self._last:  # it has been interrupted, and kept the error
            self._raise_soon()
        self._last = self._hung()
        self._raise()

    def _raise(self) -> None:
        running = self._hung()
        if running is not None:
            raise Interrupted(str(running), swallowed=self._raise_soon)

    def _raise_soon(self) -> None:
        """Raise it once more on the next line of the user's, if it is not over."""
        if self._hung() is None:
            return
        if not self._is_tracing:
            self._traced_before, self._is_tracing = sys.gettrace(), True
        frame: FrameType | None = sys._getframe()  # noqa: SLF001 - documented
        while frame is not None:
            if is_users(frame.f_code.co_filename):
                frame.f_trace = self._trace
            frame = frame.f_back
        sys.settrace(self._trace)

    def _trace(
        self, frame: FrameType, event: str, _argument: object
    ) -> "TraceFunction":
        if event == "line" and is_users(frame.f_code.co_filename):
            self._raise()  # which ends the tracing
        return self._trace

    def settle(self) -> None:
        """Leave no trace: what was to be interrupted is over."""
        if self._is_tracing:
            self._is_tracing = False
            sys.settrace(self._traced_before)


def _free_signal() -> "signal.Signals | None":
    if threading.current_thread() is not threading.main_thread():
        return None
    if not hasattr(signal, "pthread_kill"):
        return None
    known = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    free = (each for each in known if signal.getsignal(each) is signal.SIG_DFL)
    return next(free, None)


def _raise_when_back(thread: int) -> None:
    try:
        import ctypes  # noqa: PLC0415 - not everywhere

        raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    except (ImportError, AttributeError):  # not CPython
        return
    raise_in(ctypes.c_ulong(thread), ctypes.py_object(Interrupted))
