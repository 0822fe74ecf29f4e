"""Copies of a project in which `--fix` is killed, each after one step more.

Run by test_fixer_interruptions.py as `fixer_killed.py PROJECT COPIES`: what is left of
a run is in a directory of COPIES called by the number of steps, and in `whole` that of
one that nobody killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fix_pytest_asyncio.command_line import main

if TYPE_CHECKING:
    from collections.abc import Callable

# What happens to a file that is written.
STEPS = {"open", "tempfile.mkstemp", "os.chmod", "os.rename", "os.remove"}


def run(place: Path, last: int) -> int:
    """Run it in a process that does not outlive a step; return how that ended."""
    process = os.fork()
    if process:
        return os.waitpid(process, 0)[1]
    os.chdir(place)
    sys.addaudithook(killer(last))
    main(["--fix", "--no-cache", "--ignore=PTA115"])
    os._exit(0)


def killer(last: int) -> Callable[[str, tuple[object, ...]], None]:
    """Return a hook that ends the process before it does more than so many steps."""
    begun: list[str] = []

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        # Reading is no step.
        if event not in STEPS or (event == "open" and "r" in str(arguments[1] or "r")):
            return
        begun.append(event)
        if len(begun) > last:
            os.kill(os.getpid(), signal.SIGKILL)

    return hook


if __name__ == "__main__":
    project, copies = map(Path, sys.argv[1:])
    for steps in range(1000):
        place = copies / str(steps)
        shutil.copytree(project, place)
        if run(place, steps) == 0:
            place.rename(copies / "whole")
            break
