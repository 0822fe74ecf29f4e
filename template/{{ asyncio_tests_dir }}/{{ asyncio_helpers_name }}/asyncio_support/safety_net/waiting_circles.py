"""Finds those that wait for each other, so that none of them can go on."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")


def circles(waits_for: Mapping[T, Iterable[T]]) -> Iterator[list[T]]:
    """Return circles of waiting, each from one of its members back to the same.

    Args:
        waits_for: For each member those that it waits for.
    """
    over: set[T] = set()
    for start in waits_for:
        if start in over:
            continue
        yield from _from(start, waits_for, over)


def _from(
    start: T, waits_for: Mapping[T, Iterable[T]], over: set[T]
) -> Iterator[list[T]]:
    # No recursion: a long chain of tasks must not end in a RecursionError.
    path: list[T] = [start]
    open_ends = [iter(waits_for.get(start, ()))]
    while path:
        following = next(open_ends[-1], None)
        if following is None:
            over.add(path.pop())
            open_ends.pop()
        elif following in path:
            yield [*path[path.index(following) :], following]
        elif following not in over:
            path.append(following)
            open_ends.append(iter(waits_for.get(following, ())))
