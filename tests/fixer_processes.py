"""The fixer with processes as a test wants them: run by test_fixer_processes.py.

Its first argument is a text in JSON: how processes are started, and what befalls them.
All of them run this file, in one way or another.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fix_pytest_asyncio import processes
from fix_pytest_asyncio.command_line import main
from fix_pytest_asyncio.examination import Examiner

if TYPE_CHECKING:
    from fix_pytest_asyncio.examination import Examined

WANTED: dict[str, Any] = json.loads(os.environ["FIXER_PROCESSES"])
ASKING = int(os.environ.setdefault("FIXER_PROCESSES_ASKING", str(os.getpid())))
IS_ASKING = os.getpid() == ASKING
examine = Examiner.examine


def examine_as_wanted(examiner: Examiner, path: Path) -> Examined:
    """Examine a file, or meet with what a test wants."""
    is_asking = os.getpid() == ASKING
    if is_asking and WANTED.get("elsewhere"):
        message = f"{path} is examined by the process that asks"
        raise SystemExit(message)
    if not is_asking and path.name == WANTED.get("dies_at"):
        os.kill(os.getpid(), signal.SIGKILL)
    if not is_asking and path.name == WANTED.get("waits_at"):
        Path("waiting").touch()
        time.sleep(60)
    return examine(examiner, path)


def without_semaphores() -> None:
    """Be a Python that was built where there are none."""
    vars(import_module("_multiprocessing")).pop("SemLock")


def with_semaphores_refused() -> None:
    """Be where they may not be made: some services have no shared memory."""
    multiprocessing: Any = import_module("_multiprocessing")

    class Refused:
        SEM_VALUE_MAX = multiprocessing.SemLock.SEM_VALUE_MAX

        def __init__(self, *_: object) -> None:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    multiprocessing.SemLock = Refused


def with_one_process_at_most() -> None:
    """Be where the second process is one too many."""
    fork = os.fork
    made: list[bool] = []

    def fork_once() -> int:
        if made:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        made.append(True)
        return fork()

    os.fork = fork_once


HINDRANCES = {
    "no semaphores": without_semaphores,
    "semaphores refused": with_semaphores_refused,
    "one process at most": with_one_process_at_most,
}
setattr(Examiner, "examine", examine_as_wanted)  # noqa: B010 - type checkers are right about the other way
if not IS_ASKING and WANTED.get("begins_slowly"):
    Path("beginning").touch()
    time.sleep(0.5)

if __name__ == "__main__":
    if "hindrance" in WANTED:
        HINDRANCES[WANTED["hindrance"]]()
    method = WANTED["method"]
    setattr(processes, "_FEW", {method: 2})  # noqa: B010 - as above
    setattr(processes, "quickest_way", lambda: method)  # noqa: B010 - as above
    sys.exit(main())
