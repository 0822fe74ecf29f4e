"""Makes an order that fails as small as it can be: fewest deviations from asyncio's."""

from collections.abc import Callable

from .order import Deviations

# Runs a test with some deviations. Returns those that came of it, without such as did
# not fit, if it failed in the same way; else None.
Fails = Callable[[Deviations], "dict[int, int] | None"]


class Shrinker:
    """Leaves out deviations as long as the test fails (Zeller's ddmin, 2002)."""

    def __init__(self, fails: Fails, most_runs: int) -> None:
        """Prepare.

        Args:
            fails: Runs the test.
            most_runs: How often at most.
        """
        self._fails = fails
        self._runs_left = most_runs
        self._tried: set[tuple[tuple[int, int], ...]] = set()

    def shrink(self, deviations: Deviations) -> dict[int, int]:
        """Return a subset of the deviations, or what comes of one, that still fails."""
        best = dict(deviations)
        parts = 2
        while best and self._runs_left > 0:
            smaller = self._without_a_part(best, parts)
            if smaller is not None:
                best, parts = smaller, max(parts - 1, 2)
            elif parts >= len(best):
                break
            else:
                parts = min(parts * 2, len(best))
        return best

    def _without_a_part(self, best: Deviations, parts: int) -> dict[int, int] | None:
        if len(best) == 1:
            return self._smaller({}, best)
        every = sorted(best.items())
        size = -(-len(every) // parts)
        # Later ones first: what comes after the failure's cause matters to nobody.
        for begin in reversed(range(0, len(every), size)):
            rest = dict(every[:begin] + every[begin + size :])
            smaller = self._smaller(rest, best)
            if smaller is not None:
                return smaller
        return None

    def _smaller(self, rest: Deviations, best: Deviations) -> dict[int, int] | None:
        key = tuple(sorted(rest.items()))
        if key in self._tried or self._runs_left <= 0:
            return None
        self._tried.add(key)
        self._runs_left -= 1
        found = self._fails(rest)
        is_smaller = found is not None and len(found) < len(best)
        return found if is_smaller else None
