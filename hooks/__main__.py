"""Entry point of the template's hooks: `python hooks COMMAND ...`.

Copier runs it with its own interpreter from its clone of the template, so the hooks
are never copied to the user. Everything here needs the standard library and Copier's
own dependencies only.
"""

from __future__ import annotations

import argparse
import signal
import sys
from typing import TYPE_CHECKING

from adopt import command as adopt
from adopt import preview
from migrate import command as migrate
from verify import command as verify

if TYPE_CHECKING:
    from types import FrameType

STOPPED = "Stopped. Nothing is left running."


def main(arguments: list[str] | None = None) -> int:
    """Run one hook and return its exit code.

    Args:
        arguments: The words after `python hooks`; those of the process by default.

    Returns:
        0 on success, 1 on failure, 2 for words that cannot be understood, 130 when
        it was interrupted.
    """
    parser = argparse.ArgumentParser(prog="hooks", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    verify.add_parser(commands)
    adopt.add_parser(commands)
    preview.add_parser(commands)
    migrate.add_parser(commands)
    options = parser.parse_args(arguments)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        # What was ignored before, by nohup say, still is.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        code: int = options.run(options)
    except _StoppedError:
        print(STOPPED, file=sys.stderr)
        return 130
    return code


class _StoppedError(BaseException):
    """The user, or the system, wants this to end.

    Not KeyboardInterrupt, on which `Popen.wait` first waits a quarter of a second for
    the child to end by itself: as long as Copier waits before it kills this process.
    """


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _StoppedError


if __name__ == "__main__":
    sys.exit(main())
