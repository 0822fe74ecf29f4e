"""Which names a module binds and uses, and what they stand for."""

from __future__ import annotations

import ast
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from .syntax import arguments_of, children, walk

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from typing import TypeAlias

    from .syntax import Comprehension, Function, ImportStatement

# --- Names ----------------------------------------------------------------------------

if TYPE_CHECKING:
    ScopeKind: TypeAlias = Literal[
        "module", "class", "function", "comprehension", "type parameters"
    ]


@dataclass(eq=False)
class Scope:
    """The names that one block of code binds or declares global."""

    kind: ScopeKind
    parent: Scope | None = None
    bindings: dict[str, list[ast.AST]] = field(
        default_factory=dict[str, "list[ast.AST]"]
    )
    declared_global: set[str] = field(default_factory=set[str])

    @property
    def bound(self) -> AbstractSet[str]:
        """The names that are bound here."""
        return self.bindings.keys()

    @property
    def walrus_target(self) -> Scope:
        """The scope in which `:=` binds: comprehensions pass it on."""
        if self.kind == "comprehension" and self.parent:
            return self.parent.walrus_target
        return self

    def looked_up(self) -> Iterator[Scope]:
        """Yield the scopes that are searched, in turn, for a name used here."""
        yield self
        scope, sees_class = self.parent, self.kind == "type parameters"
        while scope and scope.kind != "module":
            if scope.kind != "class" or sees_class:
                yield scope
            scope, sees_class = scope.parent, False

    def binder(self, name: str) -> Scope | None:
        """The scope whose name one is that is used here; None if it is a global one."""
        for scope in self.looked_up():
            if name in scope.declared_global:
                return None
            if name in scope.bound:
                return None if scope.kind == "module" else scope
        return None

    def reads_global(self, name: str) -> bool:
        """Whether a name used here is looked up among the module's own."""
        return self.binder(name) is None


@dataclass(frozen=True)
class Names:
    """The names of a module.

    Attributes:
        module: The scope of the module.
        uses: The names that are read when the code runs: type checkers see more.
        scopes: The scope that each name, read or bound, stands in, and that each
            function or class makes.
    """

    module: Scope
    uses: Sequence[tuple[Scope, ast.Name]]
    scopes: Mapping[ast.AST, Scope]

    @classmethod
    def of(cls, tree: ast.Module) -> Names:
        """Read them from a syntax tree."""
        visitor = _NameVisitor()
        visitor.visit(tree)
        return cls(visitor.module, visitor.uses, visitor.scopes)

    def missing(self, name: str) -> list[ast.Name]:
        """The uses of a global name that nothing in the module binds, in order.

        A `from ... import *` may bind any name, so that there are none then.
        """
        return [] if "*" in self.module.bound else self.not_imported(name)

    def not_imported(self, name: str) -> list[ast.Name]:
        """The same, where no `from ... import *` counts."""
        if name in self.module.bound:
            return []
        uses = [
            node
            for scope, node in self.uses
            if node.id == name and scope.reads_global(name)
        ]
        return sorted(uses, key=lambda node: (node.lineno, node.col_offset))

    def bindings(self, node: ast.Name) -> Sequence[ast.AST]:
        """What binds a name that is used somewhere: imports, definitions, targets."""
        return self._bindings_near(node.id, node)

    def _bindings_near(self, name: str, node: ast.AST) -> Sequence[ast.AST]:
        scope = self.scopes.get(node, self.module)
        binder = scope.binder(name) or self.module
        return binder.bindings.get(name, ())

    def qualified(
        self, node: ast.expr, followed: frozenset[ast.AST] = frozenset()
    ) -> str:
        """Return what an expression stands for, by its imports: `pytest.mark.asyncio`.

        A name that nothing binds stands for itself, so that a missing import hides
        nothing; one that is bound to anything but one import, or to a name for one,
        stands for what is in no module: its `local` name.

        Args:
            node: The expression.
            followed: The names for names that led to it: two may be for each other.
        """
        if isinstance(node, ast.Attribute):
            owner = self.qualified(node.value, followed)
            return f"{owner}.{node.attr}" if owner else ""
        if not isinstance(node, ast.Name):
            return ""
        return self.means(node.id, node, followed) or node.id

    def means(
        self, name: str, near: ast.AST, followed: frozenset[ast.AST] = frozenset()
    ) -> str:
        """Return what a name stands for, if it is written where a node is.

        Args:
            name: The name.
            near: A name that is in the module; for anything else that makes no scope,
                the module itself is where it is written.
            followed: As above.

        Returns:
            What it stands for; nothing if nothing binds it.
        """
        bindings = self._bindings_near(name, near)
        meanings = {self._meaning(binding, name, followed) for binding in bindings}
        if not meanings:
            return ""
        return meanings.pop() if len(meanings) == 1 else f"<local>.{name}"

    def _meaning(
        self, binding: ast.AST, name: str, followed: frozenset[ast.AST]
    ) -> str:
        match binding:
            case ast.Import(names=aliases):
                for alias in aliases:
                    if alias.asname == name:
                        return alias.name
                return name
            case ast.ImportFrom(module=module, names=aliases, level=level):
                there = {alias.asname or alias.name: alias.name for alias in aliases}
                return f"{'.' * level}{module or ''}.{there[name]}"
            case ast.Assign(
                targets=[ast.Name(id=target)],
                value=ast.Name() | ast.Attribute() as value,
            ) if target != _root_name(value) and binding not in followed:
                return self.qualified(value, followed | {binding})
        return f"<local>.{name}"


class _NameVisitor(ast.NodeVisitor):
    """Collects the scopes of a module and the names used in them.

    What is not evaluated when the code runs is no use: annotations of local variables
    or under the `annotations` future, type aliases, bounds of type parameters, blocks
    for type checkers only. Neither is what a handler of NameError guards.
    """

    def __init__(self) -> None:
        self.module = self._scope = Scope("module")
        self.uses: list[tuple[Scope, ast.Name]] = []
        self.scopes: dict[ast.AST, Scope] = {}
        self._assignment: ast.AST | None = None
        self._runs = True
        self._lazy_annotations = False

    def _bind(self, name: str, node: ast.AST, scope: Scope | None = None) -> None:
        scope = scope or self._scope
        if name in scope.declared_global:
            scope = self.module
        # The compiler makes a name local to a function even in a block that never runs.
        if self._runs or scope.kind not in {"module", "class"}:
            scope.bindings.setdefault(name, []).append(node)

    @contextlib.contextmanager
    def _inside(self, kind: ScopeKind, owner: ast.AST | None = None) -> Generator[None]:
        outer = self._scope
        self._scope = Scope(kind, outer)
        if owner:
            self.scopes[owner] = self._scope
        yield
        self._scope = outer

    def generic_visit(self, node: ast.AST) -> None:
        """Visit what is below a node of no special meaning."""
        for child in children(node):
            self.visit(child)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Leave it: the method of the same name in `ast` looks for old ones."""

    def _visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        self.scopes[node] = self._scope
        if isinstance(node.ctx, ast.Load):
            self.uses.append((self._scope, node))
        else:
            self._bind(node.id, self._assignment or node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        self._assignment = node
        self._visit_all(node.targets)
        self._assignment = None

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.scopes[node.target] = self._scope.walrus_target
        self._bind(node.target.id, node, self._scope.walrus_target)

    def visit_Import(self, node: ImportStatement) -> None:
        for alias in node.names:
            self._bind(alias.asname or alias.name.partition(".")[0], node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module == "__future__":
            names = {alias.name for alias in node.names}
            self._lazy_annotations |= "annotations" in names
        self.visit_Import(node)

    def visit_Global(self, node: ast.Global) -> None:
        self._scope.declared_global.update(node.names)

    def visit_ExceptHandler(
        self, node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar
    ) -> None:
        if node.name:
            self._bind(node.name, node)
        self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = visit_ExceptHandler  # noqa: N815  # names that ast.NodeVisitor looks up

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self._bind(node.rest, node)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: Function) -> None:
        self._bind(node.name, node)
        self._visit_all(node.decorator_list)
        self._visit_defaults(node.args)
        with self._type_parameters(node):
            for argument in arguments_of(node.args):
                self._visit_annotation(argument.annotation)
            self._visit_annotation(node.returns)
            self._visit_body(node, node.args, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  # names that ast.NodeVisitor looks up

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_defaults(node.args)
        self._visit_body(node, node.args, [node.body])

    def _visit_defaults(self, arguments: ast.arguments) -> None:
        self._visit_all([*arguments.defaults, *arguments.kw_defaults])

    def _visit_body(
        self, owner: ast.AST, arguments: ast.arguments, body: Iterable[ast.AST]
    ) -> None:
        with self._inside("function", owner):
            for argument in arguments_of(arguments):
                self._bind(argument.arg, argument)
            self._visit_all(body)

    def _visit_annotation(self, annotation: ast.expr | None) -> None:
        if annotation and not self._lazy_annotations:
            self.visit(annotation)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_all([node.target, node.value])
        if self._scope.kind != "function":
            self._visit_annotation(node.annotation)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bind(node.name, node)
        self._visit_all(node.decorator_list)
        with self._type_parameters(node):
            self._visit_all([*node.bases, *node.keywords])
            with self._inside("class", node):
                self._visit_all(node.body)

    @contextlib.contextmanager
    def _type_parameters(self, node: ast.stmt) -> Generator[None]:
        parameters: Sequence[ast.AST] = getattr(node, "type_params", ())
        if not parameters:
            yield
            return
        with self._inside("type parameters"):
            for parameter in parameters:
                self._bind(getattr(parameter, "name", ""), parameter)
            yield

    def visit_TypeAlias(self, node: ast.stmt) -> None:
        for child in children(node):
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
                self.visit(child)

    def visit_ListComp(self, node: Comprehension) -> None:
        # The first iterable belongs to the code around the comprehension.
        self.visit(node.generators[0].iter)
        with self._inside("comprehension"):
            for index, generator in enumerate(node.generators):
                self._visit_all([generator.target, *generator.ifs])
                self._visit_all([generator.iter] if index else [])
            results = (getattr(node, name, None) for name in ("elt", "key", "value"))
            self._visit_all(results)

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp  # noqa: N815  # names that ast.NodeVisitor looks up

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        truth = _known_truth(node.test)
        self._visit_branch(node.body, runs=truth is not False)
        self._visit_branch(node.orelse, runs=truth is not True)

    def _visit_branch(self, body: Iterable[ast.stmt], *, runs: bool) -> None:
        outer, count = self._runs, len(self.uses)
        self._runs = outer and runs
        self._visit_all(body)
        if not runs:
            del self.uses[count:]
        self._runs = outer

    def visit_Try(self, node: ast.Try) -> None:
        count = len(self.uses)
        self._visit_all([*node.body, *node.orelse])
        if any(_catches_name_error(handler) for handler in node.handlers):
            del self.uses[count:]
        self._visit_all([*node.handlers, *node.finalbody])

    visit_TryStar = visit_Try  # noqa: N815  # names that ast.NodeVisitor looks up


def _root_name(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _known_truth(test: ast.expr) -> bool | None:
    """What a condition is at run time, where one can tell: TYPE_CHECKING is False."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            truth = _known_truth(operand)
            return None if truth is None else not truth
        case ast.BoolOp(op=op, values=values):
            return _known_truth_of_several(values, decisive=isinstance(op, ast.Or))
        case _:
            return None


def _known_truth_of_several(
    tests: Iterable[ast.expr], *, decisive: bool
) -> bool | None:
    truths = [_known_truth(test) for test in tests]
    if decisive in truths:
        return decisive
    return None if None in truths else not decisive


def _catches_name_error(handler: ast.ExceptHandler) -> bool:
    return handler.type is not None and any(
        isinstance(node, ast.Name) and node.id == "NameError"
        for node in walk(handler.type)
    )
