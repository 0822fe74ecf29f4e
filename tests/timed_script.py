"""Runs random programs about time on real loops, many at once, each on its own.

`python timed_script.py PROGRAMS RESULTS SLOT_SECONDS`, with files of JSON: the results
are what happened in each, with `STUCK` at the end of one that waits for ever.
"""

from __future__ import annotations

import asyncio
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from timed_run import STUCK
from timed_steps import AllSteps

if TYPE_CHECKING:
    from timed_run import Body, Happening

AT_ONCE = 40  # they mostly wait


def main() -> None:
    """Run all programs of a file."""
    programs, results, slot_seconds = sys.argv[1:]
    sys.setswitchinterval(0.0005)  # for a program that wakes up, others stop
    sys.unraisablehook = lambda _unraisable: None  # what waits for ever is left alone
    run = partial(real_run, slot_seconds=float(slot_seconds))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(run, json.loads(Path(programs).read_bytes())))
    Path(results).write_text(json.dumps(found), encoding="utf-8")


def real_run(program: Body, slot_seconds: float) -> list[Happening]:
    """Run a program; return what happened."""
    loop = asyncio.SelectorEventLoop()
    try:
        return loop.run_until_complete(_attended(program, slot_seconds))
    finally:
        loop.close()


async def _attended(program: Body, slot_seconds: float) -> list[Happening]:
    """Run a program until it is over, or has no timer left to wait for."""
    run = AllSteps(slot_seconds)
    running = asyncio.ensure_future(run.run(program))
    looked_at = -1
    while not running.done() and run.last_slot > looked_at:
        looked_at = run.last_slot
        await asyncio.wait([running], timeout=run.seconds_until(looked_at + 1.5))
    return run.happened if running.done() else [*run.happened, STUCK]


if __name__ == "__main__":
    main()
