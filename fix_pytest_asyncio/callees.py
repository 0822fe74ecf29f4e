"""What a call certainly calls, where that is an `async def` of the project."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from .project import Definition
from .suite import fixture_of, mark_name
from .syntax import FUNCTIONS, called, inner_nodes, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .project import Project
    from .source import Module
    from .syntax import Function

# --- Callees --------------------------------------------------------------------------

# Decorators below which a function is still what its `def` says.
_HARMLESS_ON_FUNCTIONS = frozenset(
    {
        "abc.abstractmethod",
        "classmethod",
        "functools.wraps",
        "staticmethod",
        "typing.final",
        "typing.override",
        "typing_extensions.final",
        "typing_extensions.override",
    }
)
_HARMLESS_ON_CLASSES = frozenset(
    {
        "attr.define",
        "attr.s",
        "attrs.define",
        "attrs.frozen",
        "dataclasses.dataclass",
        "typing.final",
        "typing.runtime_checkable",
        "typing_extensions.final",
        "unittest.mock.patch",
        "unittest.mock.patch.object",
    }
)
# With one of these a class may hand out something else than its own methods.
_INTERFERING = ("__new__", "__getattribute__")
_FARTHEST_BASE = 5


class Callees:
    """Tells what calls call; whatever may be replaced or wrapped is left out."""

    def __init__(self, project: Project, module: Module) -> None:
        """Say where the calls are."""
        self._project = project
        self._module = module

    def coroutine_function(self, call: ast.Call) -> Definition | None:
        """Return the `async def` that a call certainly makes a coroutine of."""
        found = self._called(call.func)
        if found is None or not makes_coroutine(found):
            return None
        names = {found.node.name, *_names_in(call.func)}
        if found.owner:
            names.add(found.owner.name)
        texts = [*self._texts_around(call), *_class_texts(found)]
        replaced = any(mentions_replacement(text, names) for text in texts)
        return None if replaced else found

    def attribute(self, node: ast.expr, name: str) -> Definition | None:
        """Return the `async def` that an attribute of an expression certainly is."""
        owner = self._owner(node)
        if owner:
            found = method_of(self._project, owner, name)
            return found if found and makes_coroutine(found) else None
        qualified = self._module.qualified(node)
        return self.named(f"{qualified}.{name}") if qualified else None

    def module_in(self, dotted: str) -> Module | None:
        """Return the module that a dotted name begins with."""
        while dotted:
            found = self._project.named(dotted, self._module)
            if found:
                return found
            dotted = dotted.rpartition(".")[0]
        return None

    def named(self, dotted: str) -> Definition | None:
        """Return the `async def` that a dotted name certainly is, as a patch has it."""
        *names, last = dotted.split(".")
        found: Definition | None = None
        if names and all(names):
            path = ".".join(names)
            found = self._project.exported(path, last, self._module)
            if found is None and len(names) > 1:
                above, _, owner = path.rpartition(".")
                made = certain_class(self._project.exported(above, owner, self._module))
                found = method_of(self._project, made, last) if made else None
        return found if found and makes_coroutine(found) else None

    def _called(self, node: ast.expr) -> Definition | None:
        if isinstance(node, ast.Attribute):
            owner = self._owner(node.value)
            if owner:
                return method_of(self._project, owner, node.attr)
            if self._is_known_variable(node.value):
                return None
        return self._project.definition(self._module, node)

    def _is_known_variable(self, node: ast.expr) -> bool:
        """Tell whether a name is none of an import or a definition."""
        return isinstance(node, ast.Name) and not all(
            isinstance(each, (ast.Import, ast.ImportFrom, ast.ClassDef))
            for each in self._module.names.bindings(node)
        )

    def _owner(self, node: ast.expr) -> Definition | None:
        """Return the class that an expression is, or is an instance of."""
        if isinstance(node, ast.Name) and self._is_known_variable(node):
            return self._of_variable(node)
        definition = self._project.definition(self._module, called(node))
        return certain_class(definition)

    def _of_variable(self, node: ast.Name) -> Definition | None:
        bindings = self._module.names.bindings(node)
        if len(bindings) != 1:
            return None
        if isinstance(bindings[0], ast.arg):
            return self._of_argument(bindings[0])
        return _made_class(self._project, self._module, bindings[0])

    def _of_argument(self, argument: ast.arg) -> Definition | None:
        arguments = self._module.parent(argument)
        function = self._module.parent(arguments)
        if not isinstance(function, FUNCTIONS):
            return None
        owner = self._module.parent(function)
        inside = owner if isinstance(owner, ast.ClassDef) else None
        if inside and function.args.args[:1] == [argument]:
            return self._of_self(function, inside)
        return self._of_fixture(argument, function, inside)

    def _of_self(self, function: Function, owner: ast.ClassDef) -> Definition | None:
        static = any(
            self._module.qualified(each) == "staticmethod"
            for each in function.decorator_list
        )
        subclassed = any(
            isinstance(node, ast.ClassDef)
            and any(isinstance(b, ast.Name) and b.id == owner.name for b in node.bases)
            for node in self._module.names.scopes
        )
        if static or subclassed:
            return None
        return certain_class(Definition(self._module, owner))

    def _of_fixture(
        self, argument: ast.arg, function: Function, owner: ast.ClassDef | None
    ) -> Definition | None:
        """Return the class of what a fixture makes, for a test that takes it."""
        test = next(
            (
                test
                for test in self._project.suite(self._module).tests
                if test.function is function
            ),
            None,
        )
        if test is None or argument not in test.parameters:
            return None
        # A decorator that is no mark, such as `mock.patch`, may pass arguments itself.
        if not all(mark_name(self._module, each) for each in function.decorator_list):
            return None
        fixture = self._project.fixture(argument.arg, self._module, owner)
        if fixture is None:
            return None
        return _handed_out(self._project, fixture.module, fixture.function)

    def _texts_around(self, node: ast.AST) -> Iterator[str]:
        """Yield the texts in which something may be replaced for a call."""
        outermost = self._module.outermost(node)
        start, end = self._module.span_with_decorators(outermost)
        yield self._module.text[start:end]
        conftests = self._project.conftests(self._module.path)
        for module in (self._module, *conftests):
            for fixture in self._project.suite(module).fixtures:
                yield module.segment(fixture.function)


def makes_coroutine(definition: Definition) -> bool:
    """Tell whether a call of a definition certainly makes a coroutine."""
    node, module = definition.node, definition.module
    if not isinstance(node, ast.AsyncFunctionDef) or fixture_of(module, node):
        return False
    if any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in own_nodes(node)):
        return False
    return _are_harmless(module, node.decorator_list, _HARMLESS_ON_FUNCTIONS)


def method_of(project: Project, owner: Definition, name: str) -> Definition | None:
    """Return the async method of a class by its name; None if it may be another one."""
    found = [*_methods_of(project, owner, name)]
    first = next(iter(found), None)
    if first is None or isinstance(first.node, ast.ClassDef):
        return None
    # Where a class has several bases, it might be one of the others as well.
    others = (each for each in found if isinstance(each.node, FUNCTIONS))
    return first if all(makes_coroutine(each) for each in others) else None


def certain_method(project: Project, owner: Definition, name: str) -> Definition | None:
    """Return the method of a class by its name; None if that cannot be told."""
    found = next(_methods_of(project, owner, name), None)
    return found if found and isinstance(found.node, FUNCTIONS) else None


def _methods_of(
    project: Project, owner: Definition, name: str, depth: int = 0
) -> Iterator[Definition]:
    """Yield the method, or the class where it cannot be told what comes first."""
    if not isinstance(owner.node, ast.ClassDef) or depth > _FARTHEST_BASE:
        return
    scope = owner.module.names.scopes.get(owner.node)
    bindings = scope.bindings.get(name, []) if scope else []
    if bindings:
        binding = bindings[0]
        is_method = len(bindings) == 1 and isinstance(binding, FUNCTIONS)
        yield (
            Definition(owner.module, binding, owner.node)  # type: ignore[arg-type]  # as just seen
            if is_method
            else owner
        )
        return
    for base in owner.node.bases:
        if owner.module.qualified(base) in {"object", "abc.ABC"}:
            continue
        definition = certain_class(project.definition(owner.module, base))
        if definition is None:
            yield owner
            return
        yield from _methods_of(project, definition, name, depth + 1)


def certain_class(definition: Definition | None) -> Definition | None:
    """Return a class if nothing visible makes its attributes other than they look."""
    if definition is None or not isinstance(definition.node, ast.ClassDef):
        return None
    node, module = definition.node, definition.module
    scope = module.names.scopes.get(node)
    if scope is None or any(name in scope.bound for name in _INTERFERING):
        return None
    metaclasses = [module.qualified(each.value) for each in node.keywords]
    if any(name != "abc.ABCMeta" for name in metaclasses):
        return None
    harmless = _are_harmless(module, node.decorator_list, _HARMLESS_ON_CLASSES)
    return definition if harmless else None


def _are_harmless(
    module: Module, decorators: Iterable[ast.expr], known: frozenset[str]
) -> bool:
    return all(
        module.qualified(called(each)) in known or mark_name(module, each)
        for each in decorators
    )


def _made_class(
    project: Project, module: Module, binding: ast.AST
) -> Definition | None:
    """Return the class of what an assignment makes: `x = Class(...)`."""
    if isinstance(binding, ast.Name):
        binding = module.parent(binding)
    match binding:
        case (
            ast.Assign(targets=[ast.Name()], value=ast.Call(func=made))
            | ast.AnnAssign(target=ast.Name(), value=ast.Call(func=made))
        ):
            return certain_class(project.definition(module, made))
    return None


def _handed_out(
    project: Project, module: Module, function: Function
) -> Definition | None:
    """Return the class of what a fixture returns or yields, if it makes it itself."""
    values = [
        node.value
        for node in inner_nodes(function.body)
        if isinstance(node, (ast.Return, ast.Yield)) and node.value
    ]
    if len(values) != 1:
        return None
    value = values[0]
    if isinstance(value, ast.Call):
        return certain_class(project.definition(module, value.func))
    if isinstance(value, ast.Name):
        bindings = module.names.bindings(value)
        if len(bindings) == 1:
            return _made_class(project, module, bindings[0])
    return None


def _names_in(node: ast.expr) -> set[str]:
    """Return the names of attributes and functions in `a.b.c`, but a variable's."""
    names: set[str] = set()
    while isinstance(node, ast.Attribute):
        names.add(node.attr)
        node = node.value
    return names


def _class_texts(definition: Definition) -> Sequence[str]:
    owner = definition.owner
    return [definition.module.segment(owner)] if owner else []


def mentions_replacement(text: str, names: Iterable[str]) -> bool:
    """Tell whether a text may give another value to one of these names.

    By a string that ends with it, as patches take one, or by an assignment.
    """
    either = "|".join(map(re.escape, names))
    strings = rf"""["'](?:[\w.:]*[.:])?(?:{either})["']"""
    # Not the annotation of `client: Client = Client()`.
    assignments = rf"(?<!:)(?<!: )\b(?:{either})[ \t]*=(?!=)"
    return bool(re.search(f"{strings}|{assignments}", text))
