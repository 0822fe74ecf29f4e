"""The errors that stand behind an error."""

from collections.abc import Iterator
from typing import cast


def related(error: BaseException) -> Iterator[tuple[BaseException, bool]]:
    """Yield an error and those behind it, each once, as a traceback shows them.

    These are the members of a group, the cause, and else the error that was being
    handled, unless `from None` has taken it back. The second value tells whether an
    error was being handled when another one came, which may have nothing to do with it.
    """
    seen: set[int] = set()
    waiting = [(error, False)]
    while waiting:
        each, is_handled = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each, is_handled
        waiting += [(member, is_handled) for member in _members(each)]
        if each.__cause__ is not None:
            waiting.append((each.__cause__, is_handled))
        elif each.__context__ is not None and not each.__suppress_context__:
            waiting.append((each.__context__, True))


def _members(error: BaseException) -> tuple[BaseException, ...]:
    # On Python 3.10 a group is of a class that is not built in.
    members: object = getattr(error, "exceptions", None)
    if not isinstance(members, tuple):
        return ()
    found = cast("tuple[object, ...]", members)
    return tuple(each for each in found if isinstance(each, BaseException))
