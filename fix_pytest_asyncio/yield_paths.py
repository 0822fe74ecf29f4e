"""Whether a generator may yield twice: the ways that its code can go."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .syntax import inner_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .source import Module
    from .syntax import Function

# --- Generators that yield twice ------------------------------------------------------

_ENDS = ("pytest.skip", "pytest.fail", "pytest.xfail", "pytest.exit", "sys.exit")


@dataclass
class _Ways:
    """How often code yields, each number for some way that it goes; 2 is more than 1.

    Attributes:
        through: Of the ways that lead to what follows the code.
        out: Of those that leave the loop around it.
        again: Of those that go to the loop's next turn by `continue`.
        back: Of those that leave the function by `return`.
    """

    through: set[int] = field(default_factory=set[int])
    out: set[int] = field(default_factory=set[int])
    again: set[int] = field(default_factory=set[int])
    back: set[int] = field(default_factory=set[int])

    @property
    def all(self) -> set[int]:
        return self.through | self.out | self.again | self.back

    def __or__(self, other: _Ways) -> _Ways:
        return _Ways(
            self.through | other.through,
            self.out | other.out,
            self.again | other.again,
            self.back | other.back,
        )


def second_yield(module: Module, function: Function) -> ast.AST | None:
    """Return the `yield` that a generator reaches when it has yielded before.

    Where both only run on conditions, they may exclude each other: that is no finding.
    The `yield` of a loop that may never turn does not count outside of it.
    """
    search = _Search(module)
    search.block(function.body)
    return search.found


class _Search:
    def __init__(self, module: Module) -> None:
        self._module = module
        self.found: ast.AST | None = None

    def block(self, statements: Sequence[ast.stmt]) -> _Ways:
        """Follow statements, one after another."""
        ways = _Ways(through={0})
        for statement in statements:
            ways = self._then(ways, self._ways_of(statement), [statement])
            if not ways.through:
                break
        return ways

    def _then(self, first: _Ways, then: _Ways, nodes: Sequence[ast.AST]) -> _Ways:
        before, after = first.through, then.all
        if before and after:
            sure = (max(before) and min(after)) or (min(before) and max(after))
            if sure:
                self.found = self.found or _first_yield(nodes)
        return _Ways(
            _added(before, then.through),
            first.out | _added(before, then.out),
            first.again | _added(before, then.again),
            first.back | _added(before, then.back),
        )

    def _ways_of(self, node: ast.stmt) -> _Ways:  # noqa: PLR0911 - one for each kind
        match node:
            case ast.If():
                return self._either([node.test], [node.body, node.orelse])
            case ast.Match():
                return self._match(node)
            case ast.For() | ast.AsyncFor():
                return self._loop(node, is_endless=False)
            case ast.While():
                return self._loop(node, is_endless=_is_true(node.test))
            case ast.With() | ast.AsyncWith():
                head = self._simple([*node.items])
                return self._then(head, self.block(node.body), node.body)
            case ast.Try():
                return self._try(node)
            case _:
                return self._plain(node)

    def _plain(self, node: ast.stmt) -> _Ways:
        count = self._simple([node]).through
        if isinstance(node, ast.Return):
            return _Ways(back=count)
        if isinstance(node, ast.Break):
            return _Ways(out=count)
        if isinstance(node, ast.Continue):
            return _Ways(again=count)
        if isinstance(node, ast.Raise) or self._ends(node):
            return _Ways()
        return _Ways(through=count)

    def _ends(self, node: ast.stmt) -> bool:
        return (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and self._module.qualified(node.value.func) in _ENDS
        )

    @staticmethod
    def _simple(nodes: Iterable[ast.AST]) -> _Ways:
        return _Ways(through={int(_first_yield(nodes) is not None)})

    def _either(
        self, head: Sequence[ast.AST], blocks: Sequence[Sequence[ast.stmt]]
    ) -> _Ways:
        together = _Ways()
        for block in blocks:
            together |= self.block(block)
        body = [statement for block in blocks for statement in block]
        return self._then(self._simple(head), together, body)

    def _match(self, node: ast.Match) -> _Ways:
        blocks: list[Sequence[ast.stmt]] = [case.body for case in node.cases]
        last = node.cases[-1]
        is_complete = last.guard is None and (
            isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        )
        return self._either([node.subject], blocks if is_complete else [*blocks, []])

    def _loop(
        self, node: ast.For | ast.AsyncFor | ast.While, *, is_endless: bool
    ) -> _Ways:
        body = self.block(node.body)
        if is_endless:
            return _Ways(body.out, back=body.back)
        # Whether a loop turns at all is not known: often it is there to drain what the
        # fixture wraps, and yields no more.
        return self.block(node.orelse)

    def _try(self, node: ast.Try) -> _Ways:
        body = self._then(self.block(node.body), self.block(node.orelse), node.orelse)
        handled = self._either([], [handler.body for handler in node.handlers])
        ways = body | handled
        final = self.block(node.finalbody)
        self._then(_Ways(through=ways.all), final, node.finalbody)
        return _Ways(
            _added(ways.through, final.through),
            _added(ways.out, final.through) | final.out,
            _added(ways.again, final.through) | final.again,
            _added(ways.back, final.through) | final.back,
        )


def _added(before: set[int], after: set[int]) -> set[int]:
    return {min(one + other, 2) for one in before for other in after}


def _first_yield(nodes: Iterable[ast.AST]) -> ast.AST | None:
    kinds = (ast.Yield, ast.YieldFrom)
    return next((node for node in inner_nodes(nodes) if isinstance(node, kinds)), None)


def _is_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)
