"""Runs a program so that nothing of it stays behind, however the run ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class Finished(NamedTuple):
    """How a program ended. `code` is None when it ran out of time."""

    code: int | None
    output: str


def run(
    command: Sequence[str | Path],
    *,
    directory: Path,
    limit: float,
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Run a program to its end and collect what it prints on either stream.

    It gets a session of its own and no input. When it ends, when `limit` runs out, or
    when this process is interrupted, the whole session is killed at once: Copier gives
    an interrupted hook a quarter of a second before it kills the hook itself.

    Args:
        command: The program and its arguments; never a shell string.
        directory: Where it runs.
        limit: How long it may take, in seconds.
        environment: Its environment; that of this process by default.

    Raises:
        OSError: The program cannot be started.
    """
    # A file, not a pipe: a pipe ends only when the last of the program's children does.
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code: int | None = process.wait(limit)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            _kill_session(process)
            process.wait()
        output.seek(0)
        return Finished(code, output.read().decode("utf-8", "replace"))


def _kill_session(process: subprocess.Popen[bytes]) -> None:
    """Kill a program and all that it started, save what left its session."""
    if sys.platform == "win32":
        process.kill()
        return
    # The group outlives its leader for as long as a member of it lives.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
