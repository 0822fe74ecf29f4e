"""Runs adoptions that are killed, one at each step of the writing; see the tests.

`python adopt_killer.py PROJECT SCRATCH` makes for every step `SCRATCH/killed-N` of the
project, adopted by a process that was killed at this step, and `SCRATCH/completed-N`,
the same after another run. The last is the first that was not killed any more.
`python adopt_killer.py PROJECT` adopts the project itself.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "hooks"))

from adopt import adoption, writing
from hooks_command import ANSWERS, options_for

if TYPE_CHECKING:
    from collections.abc import Callable


def adopt(project: Path) -> int:
    """Adopt without verification."""
    return adoption.run(options_for(project, ANSWERS, "--mode=skip"))


def adopt_and_die(project: Path, step: int) -> int:
    """Adopt, and kill this process at a step: before a call, or right after it."""
    steps = itertools.count()

    def deadly(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            result = function(*args, **kwargs)
            if next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call

    writing.back_up = deadly(writing.back_up)
    for name in ("open", "fsync"):
        setattr(os, name, deadly(getattr(os, name)))
    for name in ("replace", "chmod", "unlink", "mkdir"):
        setattr(Path, name, deadly(getattr(Path, name)))
    return adopt(project)


def in_a_child(function: Callable[..., int], *arguments: Any) -> int:
    """Call a function in a process of its own; the result is negative if killed."""
    child = os.fork()
    if child == 0:
        os._exit(function(*arguments))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(project: Path, scratch: Path) -> None:
    """Kill at every step, until there is none left."""
    for step in itertools.count():
        killed = scratch / f"killed-{step:03}"
        completed = scratch / f"completed-{step:03}"
        shutil.copytree(project, killed)
        code = in_a_child(adopt_and_die, killed, step)
        shutil.copytree(killed, completed)
        assert in_a_child(adopt, completed) == 0
        if code != -signal.SIGKILL:
            assert code == 0
            return


if __name__ == "__main__":
    if sys.argv[2:]:
        main(*map(Path, sys.argv[1:]))
    else:
        sys.exit(adopt(Path(sys.argv[1])))
