"""Times actions in turns, and prints the figures."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import time
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def begin(description: str | None, repeat: int, *packages: str) -> int:
    """Read `--repeat` from the command line and print what the figures are of.

    Args:
        description: What the benchmark measures, for `--help`.
        repeat: The repetitions by default.
        packages: The packages whose versions matter.

    Returns:
        The repetitions.
    """
    parser = argparse.ArgumentParser(description=description)
    told = f"repetitions ({repeat})"
    parser.add_argument("--repeat", type=int, default=repeat, help=told)
    repeat = parser.parse_args().repeat
    versions = [f"Python {platform.python_version()}"]
    versions += [f"{name} {version(name.lower())}" for name in packages]
    figures = [*versions, f"{os.cpu_count()} CPUs", f"{repeat} repetitions"]
    print(", ".join(figures), flush=True)
    return repeat


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
