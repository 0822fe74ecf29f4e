"""Every private name of asyncio's, pytest's and pytest-asyncio's that the net uses.

There is no public way to what these tell. Where a version lacks one, the checks that
need it are off, and the header of the run says so.
"""

import asyncio
import sys
from collections.abc import Container, Generator
from contextlib import contextmanager, nullcontext
from typing import Any, cast

import pytest
from pytest_asyncio import plugin as pytest_asyncio_plugin

# asyncio's, or on Python 3.10 that of the package which stands in for it.
Runner = cast("type[Any] | None", getattr(pytest_asyncio_plugin, "Runner", None))

# By module or class; what `loop` has is looked for on a loop of asyncio's.
ATTRIBUTES = {
    # Called by CPython for a coroutine that is dropped before it ran.
    "warnings": ("_warn_unawaited_coroutine",),
    # The timers; what to call next; what to wait for from outside; what to call on a
    # signal.
    "loop": ("_scheduled", "_ready", "_selector", "_signal_handlers"),
    "asyncio.BaseEventLoop": (
        "_asyncgen_firstiter_hook",
        "_asyncgen_finalizer_hook",
        # Its local `timeout` is how long the loop has set out to wait.
        "_run_once",
    ),
    # What a timer calls when it goes off, and with what.
    "asyncio.TimerHandle": ("_callback", "_args"),
    # What a task waits for; whether its error was looked at; what it runs, where to ask
    # for that by its public name can crash (naming.py).
    "asyncio.Task": ("_fut_waiter", "_log_traceback", "_coro"),
    "unittest.mock.CallableMixin": ("__call__",),
}


@contextmanager
def uncaptured(config: pytest.Config) -> Generator[None, None, None]:
    """Let what is written meanwhile reach the terminal."""
    capture: Any = config.pluginmanager.getplugin("capturemanager")
    disabled = getattr(capture, "global_and_fixture_disabled", nullcontext)
    with disabled():
        yield


def missing(names: tuple[str, ...]) -> list[str]:
    """Return those of some names, like `loop._ready`, that this version lacks."""
    return [name for name in names if not _exists(name)]


def _exists(name: str) -> bool:
    owner, _, attribute = name.rpartition(".")
    if owner == "loop":
        return attribute in _names_on_loop()
    module, _, kind = owner.rpartition(".")
    if not kind[0].isupper():
        module, kind = owner, ""
    if module not in sys.modules:
        return True  # nobody uses it yet; to import it costs more than most tests
    loaded = sys.modules[module]
    return hasattr(getattr(loaded, kind, None) if kind else loaded, attribute)


def _names_on_loop() -> Container[str]:
    """Return what asyncio's loops have; of another's kind, no check takes anything."""
    loop = asyncio.new_event_loop()
    try:
        has_them = isinstance(loop, asyncio.BaseEventLoop)
        return dir(loop) if has_them else ATTRIBUTES["loop"]
    finally:
        loop.close()


def loop_of_runner_fixture(
    fixture: pytest.FixtureDef[object],
) -> asyncio.AbstractEventLoop | None:
    """Return the loop of a fixture of pytest-asyncio's that keeps one open."""
    if not fixture.argname.endswith("_scoped_runner"):
        return None
    runner: Any = fixture.cached_result and fixture.cached_result[0]
    if Runner is None or not isinstance(runner, Runner):
        return None
    return cast("asyncio.AbstractEventLoop", runner.get_loop())


def forget_task(task: "asyncio.Task[object]") -> None:
    """Let nobody wait for a task that does not end; its loop could never be closed."""
    setattr(task, "_log_destroy_pending", False)  # noqa: B010 - private, see above
    unregister = getattr(asyncio, "_unregister_task")  # noqa: B009 - documented even so
    unregister(task)


def forget_error(task: "asyncio.Task[object]") -> None:
    """Have asyncio not log the error of a task, since a finding says it."""
    setattr(task, "_log_traceback", False)  # noqa: B010 - private, see above
