"""The orders that were tried, as a tree of decisions: none is tried twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .order import Choice


@dataclass
class Node:
    """What is known of the orders that begin with the same choices.

    Attributes:
        candidates: What there was to choose from next; empty if nothing is known.
        after: The orders after each choice.
        is_done: Whether all of them were tried.
    """

    candidates: tuple[int, ...] = ()
    after: "dict[int, Node]" = field(default_factory=dict[int, "Node"])
    is_done: bool = False

    def fresh(self, candidates: tuple[int, ...]) -> tuple[int, ...]:
        """Return the choices after which there are orders left to try."""
        left = tuple(each for each in candidates if not self._is_done_after(each))
        return left or candidates

    def _is_done_after(self, choice: int) -> bool:
        return choice in self.after and self.after[choice].is_done


class OrdersSeen:
    """All orders of a test that were tried.

    Attributes:
        root: What they begin with.
        number: How many there are.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.root = Node()
        self.number = 0

    @property
    def all_of_them(self) -> bool:
        """Tell whether there is no other."""
        return self.root.is_done

    def add(self, choices: Sequence[Choice]) -> None:
        """Note an order."""
        path = [self.root]
        for choice in choices:
            node = path[-1]
            # A test that depends on more than the order may offer other ones each time.
            known = dict.fromkeys((*node.candidates, *choice.candidates))
            node.candidates = tuple(known)
            path.append(node.after.setdefault(choice.chosen, Node()))
        self.number += not path[-1].is_done
        path[-1].is_done = True
        for node in path[-2::-1]:
            left = set(node.candidates) - set(node.after)
            node.is_done = not left and all(n.is_done for n in node.after.values())
