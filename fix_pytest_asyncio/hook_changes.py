"""A statement that sets an event loop policy becomes a hook."""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING

from .changes import Change, DeleteTogether
from .edits import Edit, apply_edits
from .loop_factories import (
    HOOK_SIGNATURE,
    LoopFactory,
    factory_of_policy,
    mapping_of_factories,
)
from .references import spelled
from .source import LINE_END, REST_OF_LINE, NotFixableError, first_line
from .syntax import always_ends, inner_nodes, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .changes import Surgery
    from .source import Module

# --- Statements become hooks ----------------------------------------------------------


class HookText:
    """The hook that does what a statement of a module does."""

    def __init__(
        self, module: Module, statement: ast.stmt, setters: Sequence[ast.Call]
    ) -> None:
        self._module, self._statement = module, statement
        self._setters = {
            parent: call
            for call in setters
            if isinstance(parent := module.parent(call), ast.Expr)
        }
        if len(self._setters) < len(setters):
            raise NotFixableError
        self._needs: list[str] = ["asyncio"]

    def needs(self) -> tuple[str, ...]:
        """Return the names that its text needs to be imported."""
        return tuple(dict.fromkeys(self._needs))

    def text(self) -> str:
        """Return its source text, with line feeds at the ends of lines."""
        nodes = list(inner_nodes([self._statement]))
        self._refuse_other_work([self._statement])
        lines = self._rewritten(self._obsolete(nodes))
        if not always_ends([self._statement], [*self._setters]):
            default = spelled(self._module, "asyncio.new_event_loop", self._statement)
            factory = LoopFactory("asyncio", default.code)
            lines += f"\nreturn {mapping_of_factories([factory], 0)}"
        return f"def {HOOK_SIGNATURE}:\n{textwrap.indent(lines, '    ')}"

    def _refuse_other_work(self, block: Sequence[ast.stmt]) -> None:
        """Refuse anything but choosing a policy, which has to come last."""
        for index, node in enumerate(block):
            is_last = index == len(block) - 1
            if isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass)):
                continue
            if not is_last:
                raise NotFixableError
            if isinstance(node, ast.If):
                self._refuse_other_work(node.body)
                self._refuse_other_work(node.orelse)
            elif isinstance(node, ast.Try) and not node.finalbody:
                self._refuse_other_work(node.body)
                self._refuse_other_work(node.orelse)
                for handler in node.handlers:
                    self._refuse_other_work(handler.body)
            elif node not in self._setters:
                raise NotFixableError

    def _obsolete(self, nodes: Sequence[ast.AST]) -> list[ast.stmt]:
        """Return the imports that are to go: those of asyncio.

        Raises:
            NotFixableError: If what is imported here is used elsewhere.
        """
        obsolete: list[ast.stmt] = []
        for node in nodes:
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            bound = {alias.asname or alias.name for alias in node.names}
            is_asyncio = (
                bound == {"asyncio"}
                if isinstance(node, ast.Import)
                else node.module == "asyncio"
            )
            if is_asyncio:
                obsolete.append(node)
            elif any(self._is_used_elsewhere(name, nodes) for name in bound):
                raise NotFixableError
        return obsolete

    def _is_used_elsewhere(self, name: str, nodes: Sequence[ast.AST]) -> bool:
        here = set(nodes)
        return any(
            isinstance(node, ast.Name) and node.id == name and node not in here
            for node in walk(self._module.tree)
        )

    def _rewritten(self, obsolete: Sequence[ast.stmt]) -> str:
        """Return the statement's text with what is returned for what was set."""
        module = self._module
        start, end = module.span(self._statement)
        rest = REST_OF_LINE.match(module.text, end)
        if rest is None or ";" in rest.group():
            raise NotFixableError
        edits = [self._returned(*setter) for setter in self._setters.items()]
        if obsolete:
            edits += DeleteTogether(obsolete).edits(module)
        shifted = [
            Edit(edit.start - start, edit.end - start, edit.replacement)
            for edit in edits
        ]
        text = apply_edits(module.text[start : rest.end()], shifted)
        return LINE_END.sub("\n", text).rstrip()

    def _returned(self, statement: ast.Expr, call: ast.Call) -> Edit:
        start, end = self._module.span(statement)
        self._module.refuse_comments(start, end)
        made = call
        if self._module.qualified(call.func) == "asyncio.set_event_loop_policy":
            if len(call.args) != 1 or not isinstance(call.args[0], ast.Call):
                raise NotFixableError
            made = call.args[0]
        factory = factory_of_policy(self._module, made)
        self._needs += factory.needs
        return Edit(start, end, f"return {mapping_of_factories([factory], 0)}")


class BecomeHook(Change):
    """A statement of a module becomes a function, below the last import."""

    def __init__(self, statement: ast.stmt, code: str) -> None:
        self._statement, self._code = statement, code
        self._tree: ast.Module | None = None  # if it moves
        self._follower: ast.stmt | None = None

    def edits(self, module: Module) -> Iterator[Edit]:
        """Yield one where it was, and one where it comes to stand."""
        start = module.above_comments(module.offset(first_line(self._statement)))
        end = self._end(module, self._statement)
        comments = module.text[start : module.offset(first_line(self._statement))]
        code = f"{comments}{self._code}".replace("\r\n", "\n")
        above, below = module.blank_lines_above(start), module.blank_lines_below(end)
        later = self._last_import(module)
        if later is None:
            yield self._placed(module, above, below, code)
            return
        yield Edit(start, below, "")
        place = self._end(module, later)
        self._tree = module.tree
        followers = module.tree.body[module.tree.body.index(later) + 1 :]
        self._follower = followers[0] if followers else None
        yield self._placed(module, place, module.blank_lines_below(place), code)

    def _last_import(self, module: Module) -> ast.stmt | None:
        """Return the last import below the statement, if there is one."""
        body = module.tree.body
        below = body[body.index(self._statement) + 1 :]
        imports = [
            each for each in below if isinstance(each, (ast.Import, ast.ImportFrom))
        ]
        return imports[-1] if imports else None

    @staticmethod
    def _end(module: Module, statement: ast.stmt) -> int:
        end = module.span(statement)[1]
        rest = REST_OF_LINE.match(module.text, end)
        if rest is None or ";" in rest.group():
            raise NotFixableError
        return rest.end()

    @staticmethod
    def _placed(module: Module, start: int, end: int, code: str) -> Edit:
        before = "\n\n" if start else ""
        after = "\n\n\n" if end < len(module.text) else "\n"
        if start and not module.text[:start].endswith(("\n", "\r")):
            before = f"\n{before}"
        text = f"{before}{code}{after}"
        return Edit(start, end, text.replace("\n", module.line_end_near(start)))

    def operate(self, surgery: Surgery) -> None:
        """Put the function there in the tree."""
        new: list[ast.AST] = [*ast.parse(self._code).body]
        surgery.replaced[self._statement] = [] if self._tree else new
        if self._follower:
            surgery.preceded.setdefault(self._follower, []).extend(new)
        elif self._tree:
            surgery.extended.setdefault((self._tree, "body"), []).extend(new)
