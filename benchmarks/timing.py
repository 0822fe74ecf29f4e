"""Times actions in turns, and prints the figures."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

# Started as a child, so that its figures are its own and not those of earlier runs.
_MEASURE = """\
import json, resource, subprocess, sys
finished = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


class Used(NamedTuple):
    """What a run used.

    Attributes:
        seconds: Processor time.
        memory: The most that it held at once, in KiB.
    """

    seconds: float
    memory: float


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


def used_by(*command: str, cwd: Path, **environment: str) -> Used:
    """Run a program that is to succeed; return what it used."""
    finished = subprocess.run(
        [sys.executable, "-c", _MEASURE, *command],
        cwd=cwd,
        env=os.environ | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return Used(*json.loads(finished.stdout))


def shown(ratios: Sequence[float]) -> str:
    """Return the median with its spread."""
    return f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
