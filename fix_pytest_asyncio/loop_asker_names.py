"""Which names may ask for an event loop when called, as the bytes of files tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .async_names import Outline
    from .project import Project

# --- Names of what asks for loops -----------------------------------------------------

_ASKING_WORDS = (b"get_event_loop(", b"ensure_future(", b"gather(", b"Future(")
_CLASS_LINE = re.compile(rb"\n[ \t]*class [^\n]*")
_CALLED_NAME = re.compile(rb"(?<![\w.])([A-Za-z_][\w.]*)\(")
_ATTRIBUTE_CALLED = re.compile(rb"\.(\w[\w.]*)\(")
_OWN_CALLED = re.compile(rb"\b(?:self|cls)\.(\w+)\(|\bcls(\()")
# Names are followed through each other, and through imports, this far.
_MOST_NAMES = 7


class NamesOfAskers:
    """Tells by the bytes of files which names may ask for a loop when called."""

    def __init__(self, project: Project) -> None:
        self._notes, self._names = project.notes, project.async_names

    def may_ask(self, outline: Outline, dotted: bytes) -> bool:
        """Tell whether what a module calls by a name may ask for a loop."""
        return self._called_asks(outline, dotted, _MOST_NAMES)

    def _called_asks(self, outline: Outline, dotted: bytes, left: int) -> bool:
        """Tell it of a function, a class, or a function in a module or class."""
        owner, _, name = dotted.rpartition(b".")
        first = owner.partition(b".")[0]
        if not first:
            return self._asks(outline, name, b"__init__", left)
        if self._is_module(outline, first):
            source = self._names.at(outline.directory, *self._module_of(outline, owner))
            if source:
                return self._asks(source, name, b"__init__", left)
        return self._asks(outline, first, name, left)

    def any_in(self, outline: Outline) -> bool:
        """Tell whether a module may call any of the project's that asks for a loop."""
        if _has_asking_word(outline.raw) and self._has_helper(outline):
            return True
        if outline.stars:
            called_ = set(_CALLED_NAME.findall(outline.raw))
            return any(self.may_ask(outline, each) for each in called_)
        classes = b"".join(_CLASS_LINE.findall(outline.raw))
        return any(
            self._is_called(outline, name)
            or (name in classes and self.may_ask(outline, name))
            for name in outline.imports
            if self._is_of_project(outline, name)
        )

    @staticmethod
    def _has_helper(outline: Outline) -> bool:
        """Tell whether a module has code of its own that asks, and may call it."""
        return any(
            outline.raw.count(name + b"(") > 1 and _has_asking_word(outline.block(name))
            for name in outline.blocks
        )

    def _is_of_project(self, outline: Outline, name: bytes) -> bool:
        """Tell whether an imported name is a module of the project's, or is in one."""
        return self._is_module(outline, name) or any(
            True for _ in self._names.sources(outline, name)
        )

    def _is_called(self, outline: Outline, name: bytes) -> bool:
        """Tell whether a name, or what it is followed by, asks for a loop if called."""
        if name + b"(" in outline.raw and self.may_ask(outline, name):
            return True
        behind = outline.raw.split(name)[1:]
        attributes = {
            match[1] for each in behind if (match := _ATTRIBUTE_CALLED.match(each))
        }
        return any(self.may_ask(outline, name + b"." + each) for each in attributes)

    def _is_module(self, outline: Outline, name: bytes) -> bool:
        imported = outline.imports.get(name)
        if imported is None:
            return False
        return (
            self._names.at(outline.directory, *self._module_of(outline, name))
            is not None
        )

    @staticmethod
    def _module_of(outline: Outline, dotted: bytes) -> tuple[int, str]:
        """Return the level and the name of a module, as an import would have it."""
        first, _, rest = dotted.partition(b".")
        level, module, name = outline.imports[first]
        if not name and module.partition(".")[0] == first.decode():
            return level, dotted.decode()  # `import a.b` binds `a`
        parts = (module, name.decode(), rest.decode())
        return level, ".".join(filter(None, parts))

    def _asks(self, outline: Outline, name: bytes, method: bytes, left: int) -> bool:
        """Tell it of a name, which is called if it is a function's.

        Args:
            outline: The module.
            name: What is defined there, or imported.
            method: Which of its methods is called if it is a class.
            left: Through how many more names to go.
        """
        key = f"asks {left} {name.decode()} {method.decode()}"
        found = self._notes.remembered(
            outline.worked_out,
            key,
            lambda: frozenset(
                [name] if self._does_ask(outline, name, method, left) else []
            ),
        )
        return bool(found)

    def _does_ask(
        self, outline: Outline, name: bytes, method: bytes, left: int
    ) -> bool:
        if left == 0:
            return False
        if name not in outline.blocks:
            return any(
                self._asks(source, original, method, left - 1)
                for source, original in self._names.sources(outline, name)
            )
        if name in outline.classes:
            bases = outline.classes[name][1]
            if any(self._asks(outline, base, method, left - 1) for base in bases):
                return True
            code = _run_with(outline.methods_of(name), method)
        else:
            code = outline.block(name)
        return _has_asking_word(code) or any(
            self._called_asks(outline, each, left - 1)
            for each in set(_CALLED_NAME.findall(code))
            if each != name and not each.startswith((b"self.", b"cls.", b"super."))
        )


def _has_asking_word(code: bytes) -> bool:
    return any(word in code for word in _ASKING_WORDS)


def _run_with(methods: Mapping[bytes, bytes], method: bytes) -> bytes:
    """Return the methods of a class that run when one is called, as one text."""
    found: dict[bytes, bytes] = {}
    wanted = [method]
    while wanted:
        name = wanted.pop()
        if name not in found and name in methods:
            found[name] = methods[name]
            called_ = _OWN_CALLED.findall(methods[name])
            wanted += [own or b"__init__" for own, _ in called_]
    return b"".join(found.values())
