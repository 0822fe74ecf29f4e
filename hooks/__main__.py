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

from verify import command as verify

if TYPE_CHECKING:
    from types import FrameType

INTERRUPTED = "Stopped. Nothing is left running."


def main(arguments: list[str] | None = None) -> int:
    """Run one hook and return its exit code.

    Args:
        arguments: The words after `python hooks`; those of the process by default.

    Returns:
        0 on success, 1 on failure, 2 for words that cannot be understood, 130 when
        the user interrupted it.
    """
    parser = argparse.ArgumentParser(prog="hooks", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    verify.add_parser(commands)
    options = parser.parse_args(arguments)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), _stop)
    try:
        code: int = options.run(options)
    except KeyboardInterrupt:
        print(INTERRUPTED, file=sys.stderr)
        return 130
    return code


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """Make a polite kill look like Ctrl-C, so that children are ended on the way."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
