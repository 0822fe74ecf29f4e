"""Times actions in turns, and prints the figures."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def in_turns(repeat: int, *actions: Callable[[], None]) -> Iterator[list[float]]:
    """Time some actions in turns, so that a slow moment of the machine hits them all.

    Yields:
        For each action its times, in seconds, in the order of the repetitions.
    """
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(repeat):
        for action, taken in zip(actions, times, strict=True):
            started = time.perf_counter()
            action()
            taken.append(time.perf_counter() - started)
    yield from times


def show(name: str, times: list[float]) -> None:
    """Print the times of one action."""
    middle = statistics.median(times)
    print(f"{name:40} {middle:6.2f} s  ({min(times):.2f} to {max(times):.2f})")


def run(*command: str, cwd: Path, **environment: str) -> None:
    """Run a program that is to succeed."""
    subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | environment,
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
