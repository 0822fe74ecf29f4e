"""Which names may be `async def`, by the bytes of files: nothing is parsed."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .disk import ABSENT, digest, listed
from .files import UnusableFileError, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .disk import Notes, Remembered

# --- Names of async functions ---------------------------------------------------------

_ASYNC_DEF = re.compile(rb"async[ \t]+def[ \t]+(\w+)")
_ASYNC_DEF_OF = rb"async[ \t]+def[ \t]+%b\b"
# Decorators that leave a function what its `def` says.
_HARMLESS = re.compile(
    rb"[ \t]*@[\w.]*\b"
    rb"(?:staticmethod|classmethod|abstractmethod|override|final|wraps|mark\.)"
)
_FROM_IMPORT = re.compile(
    rb"from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\r\n]+)"
)
_MODULE_IMPORT = re.compile(rb"import[ \t]+([\w., \t]+)")
_NAME_AND_ALIAS = re.compile(rb"(\*|\w+)(?:[ \t]+as[ \t]+(\w+))?")
_COMMENT = re.compile(rb"#[^\r\n]*")
_CLASS = re.compile(rb"class[ \t]+(\w+)[ \t]*(?:\[[^\]]*\])?\(?([^:)]*)")
_ASYNC_FIXTURE = re.compile(
    rb"@(?:\w+\.)?fixture\b[^@]{0,400}?async[ \t]+def[ \t]+(\w+)"
)
_BLOCK = re.compile(rb"\n(?:[ \t]*class|def)[ \t]+(\w+)")
_METHOD = re.compile(rb"\n([ \t]+)def[ \t]+(\w+)\(")
_BLOCK_END = re.compile(rb"\n[^\s#)]")
_DEF = re.compile(rb"def[ \t]+(\w+)[ \t]*\(")
_MADE = re.compile(rb"[ \t.](_*[A-Z]\w*)\(")
_MAKING = re.compile(
    rb"\n[ \t]*([A-Za-z_]\w*)(?:[ \t]*:[^=\r\n]+)?[ \t]*=[ \t]*([\w.]+)\("
)
_WORD = re.compile(rb"\w+")
# Imports and base classes are followed this far.
_FARTHEST = 5


class _Imported(NamedTuple):
    """Where a name comes from; one that is empty is the module itself."""

    level: int
    module: str
    name: bytes


class Outline:
    """What a file defines and imports, as far as its bytes tell."""

    def __init__(self, path: str, raw: bytes) -> None:
        """Hold the file; the rest is worked out when it is asked for."""
        self.path = path
        self.directory = os.path.dirname(path)  # noqa: PTH120 - Path takes ten times as long
        self.raw = raw
        self.worked_out: Remembered[str, frozenset[bytes]] = {}
        self.methods: Remembered[tuple[bytes, int], frozenset[bytes]] = {}
        self.imported_functions: Remembered[tuple[bytes, int], bool] = {}

    @cached_property
    def functions(self) -> frozenset[bytes]:
        """The names of all `async def`, methods and inner functions too."""
        return frozenset(_ASYNC_DEF.findall(self.raw))

    def is_plain(self, name: bytes) -> bool:
        """Tell whether an `async def` of a name has no decorator that changes it."""
        for match in re.finditer(_ASYNC_DEF_OF % name, self.raw):
            end = max(self.raw.rfind(b"\n", 0, match.start()), 0)
            above = self.raw[self.raw.rfind(b"\n", 0, end) + 1 : end]
            if not above.lstrip().startswith(b"@") or _HARMLESS.match(above):
                return True
        return False

    @cached_property
    def async_fixtures(self) -> frozenset[bytes]:
        """The names of what may be async fixtures."""
        return frozenset(_ASYNC_FIXTURE.findall(self.raw))

    @cached_property
    def imports(self) -> dict[bytes, _Imported]:
        """What each imported name is; `*` stands for one module of several."""
        found: dict[bytes, _Imported] = {}
        for dots, module, names in _FROM_IMPORT.findall(self.raw):
            source = module.decode()
            if b"#" in names:
                names = _COMMENT.sub(b"", names)  # noqa: PLW2901 - the same, in fewer words
            for name, alias in _NAME_AND_ALIAS.findall(names):
                found[alias or name] = _Imported(len(dots), source, name)
        for match in _MODULE_IMPORT.finditer(self.raw):
            line = self.raw.rfind(b"\n", 0, match.start()) + 1
            if self.raw[line : match.start()].strip():
                continue
            for each in match[1].split(b","):
                words = each.split()
                if words:
                    bound = words[-1].partition(b".")[0]
                    found[bound] = _Imported(0, words[0].decode(), b"")
        return found

    @cached_property
    def stars(self) -> list[_Imported]:
        """The modules of which all names are imported."""
        return [
            _Imported(len(dots), module.decode(), b"*")
            for dots, module, names in _FROM_IMPORT.findall(self.raw)
            if names.strip().startswith(b"*")
        ]

    @cached_property
    def classes(self) -> dict[bytes, tuple[frozenset[bytes], list[bytes]]]:
        """The classes: the names of the `async def` in each, and of its bases."""
        found: dict[bytes, tuple[frozenset[bytes], list[bytes]]] = {}
        for match in _CLASS.finditer(self.raw):
            body = _block(self.raw, match.end())
            methods = frozenset(_ASYNC_DEF.findall(body))
            found.setdefault(match[1], (methods, _WORD.findall(match[2])))
        return found

    @cached_property
    def bases(self) -> frozenset[bytes]:
        """The names of all base classes."""
        return frozenset(base for _, bases in self.classes.values() for base in bases)

    @cached_property
    def blocks(self) -> dict[bytes, list[int]]:
        """Where each class begins, and each sync function that is within none."""
        found: dict[bytes, list[int]] = {}
        # A pattern that begins with a literal is fast.
        for match in _BLOCK.finditer(b"\n" + self.raw):
            found.setdefault(match[1], []).append(match.end() - 1)
        return found

    def block(self, name: bytes) -> bytes:
        """Return the code of a class or function, behind its name."""
        starts = self.blocks.get(name, ())
        return b"".join(_block(self.raw, start) for start in starts)

    def methods_of(self, name: bytes) -> dict[bytes, bytes]:
        """Return the code of the sync methods of a class."""
        block = self.block(name)
        return {
            match[2]: block[match.end() : _end_of_method(block, match)]
            for match in _METHOD.finditer(block)
        }

    @cached_property
    def made(self) -> dict[bytes, set[bytes]]:
        """What may be the class of each variable: `x = Class(...)`."""
        found: dict[bytes, set[bytes]] = {}
        for variable, made in _MAKING.findall(self.raw):
            found.setdefault(variable, set()).add(made.rpartition(b".")[2])
        return found

    @cached_property
    def _defined(self) -> dict[bytes, list[int]]:
        """Where functions are defined."""
        found: dict[bytes, list[int]] = {}
        for match in _DEF.finditer(self.raw):
            found.setdefault(match[1], []).append(match.end())
        return found

    def made_by(self, function: bytes) -> set[bytes]:
        """Return the classes that a function may make an instance of."""
        starts = self._defined.get(function, ())
        blocks = (_block(self.raw, start) for start in starts)
        return {name for block in blocks for name in _MADE.findall(block)}


def _block(raw: bytes, start: int) -> bytes:
    """Return what follows the beginning of a definition, up to the next one."""
    end = _BLOCK_END.search(raw, start)
    return raw[start : end.start() if end else None]


def _end_of_method(block: bytes, match: re.Match[bytes]) -> int | None:
    """Return where a method ends: before the next line that is indented as it is."""
    end = re.compile(rb"\n%b[^\s)]" % match[1]).search(block, match.end())
    return end.start() if end else None


class AsyncNames:
    """Tells, quickly, what may be async: too much at times, but never too little.

    A directory is listed and a file read once.
    """

    def __init__(self, notes: Notes) -> None:
        """Begin with nothing read.

        Args:
            notes: Where to put down all that answers depend on.
        """
        self._notes = notes
        self._listings: dict[str, frozenset[str]] = {}
        self._outlines: dict[str, tuple[Outline | None, str]] = {}
        self._bases: Remembered[tuple[str, str], tuple[str, ...]] = {}
        self._places: Remembered[tuple[tuple[str, ...], str], str | None] = {}
        self._last: Outline | None = None
        self._imported: Remembered[
            tuple[tuple[str, ...], _Imported], frozenset[bytes]
        ] = {}
        self._conftests: Remembered[str, tuple[Outline, ...]] = {}

    def outline(self, path: Path | str, raw: bytes) -> Outline:
        """Return the outline of a file that is at hand; several rules ask for it."""
        place = os.path.abspath(path)  # noqa: PTH100 - Path takes ten times as long
        last = self._last
        if last is None or last.raw is not raw or last.path != place:
            self._last = last = Outline(place, raw)
        return last

    def is_function(self, outline: Outline, name: bytes, depth: int = 0) -> bool:
        """Tell whether a name may be an async function in a module."""
        if name in outline.functions and outline.is_plain(name):
            return True
        if depth > _FARTHEST:
            return False
        # What is found from farther away may be less.
        return self._notes.remembered(
            outline.imported_functions,
            (name, depth),
            lambda: any(
                self.is_function(source, original, depth + 1)
                for source, original in self.sources(outline, name)
            ),
        )

    def derives_from(
        self, outline: Outline, name: bytes, ancestor: bytes, depth: int = 0
    ) -> bool:
        """Tell whether a class may have a base of a name, which may be far above it.

        What is outside the project is known by its name alone.
        """
        if depth > _FARTHEST:
            return False
        inner = [
            *self._bases_of_class(outline, name),
            *self.sources(outline, name),
        ]
        if inner:
            return any(
                self.derives_from(source, base, ancestor, depth + 1)
                for source, base in inner
            )
        imported = outline.imports.get(name)
        return name == ancestor or (imported is not None and imported.name == ancestor)

    def _bases_of_class(
        self, outline: Outline, name: bytes
    ) -> Iterator[tuple[Outline, bytes]]:
        """Yield the bases of a class: of `module.Base`, the name in that module."""
        bases = outline.classes[name][1] if name in outline.classes else []
        for owner, base in zip([b"", *bases], bases, strict=False):
            imported = outline.imports.get(owner)
            module = self._submodule(outline, imported) if imported else None
            yield module or outline, base

    def methods(
        self, outline: Outline, name: bytes, depth: int = 0
    ) -> frozenset[bytes]:
        """Return the names of the async methods of a class, those of its bases too."""
        key = name, depth  # likewise
        return self._notes.remembered(
            outline.methods, key, lambda: self._methods_found(outline, name, depth)
        )

    def _methods_found(
        self, outline: Outline, name: bytes, depth: int
    ) -> frozenset[bytes]:
        if depth > _FARTHEST:
            return frozenset()
        if name in outline.classes:
            names, bases = outline.classes[name]
            inherited = (self.methods(outline, base, depth + 1) for base in bases)
            return names.union(*inherited)
        found: frozenset[bytes] = frozenset()
        for source, original in self.sources(outline, name):
            found |= self.methods(source, original, depth + 1)
        return found

    def in_module(self, outline: Outline, name: bytes) -> frozenset[bytes]:
        """Return the async names of what is imported by a name: a module or a class."""
        imported = outline.imports.get(name)
        if imported is None:
            return frozenset()
        key = (
            self._bases_of(outline.directory, imported.level, imported.module),
            imported,
        )
        if b"*" in outline.imports:  # any name may come from there
            return self._imported_names(outline, name, imported)
        return self._notes.remembered(
            self._imported, key, lambda: self._imported_names(outline, name, imported)
        )

    def _imported_names(
        self, outline: Outline, name: bytes, imported: _Imported
    ) -> frozenset[bytes]:
        module = self._submodule(outline, imported)
        return self._exports(module) if module else self.methods(outline, name)

    def _exports(self, outline: Outline) -> frozenset[bytes]:
        """Return the async names of a module, those that it imports too."""
        return self._notes.remembered(
            outline.worked_out, "exports", lambda: self._exported(outline)
        )

    def _exported(self, outline: Outline) -> frozenset[bytes]:
        imported = (name for name in outline.imports if self.is_function(outline, name))
        return outline.functions.union(imported)

    def at(self, directory: str, level: int, module: str) -> Outline | None:
        """Return the project's module of a name, as it is found from a directory."""
        bases = self._bases_of(directory, level, module)
        if not bases:
            return None
        key = bases, module
        place = self._notes.remembered(self._places, key, lambda: self._find(*key))
        return self._read(place) if place else None

    def is_method_of(self, outline: Outline, variable: bytes, name: bytes) -> bool:
        """Tell whether a variable, or a fixture, may have an async method of a name."""
        if name in self.reach(outline) and any(
            name in self.methods(outline, made)
            for made in (*outline.made.get(variable, ()), *outline.made_by(variable))
        ):
            return True
        return any(
            name in self.methods(conftest, made)
            for conftest in self.conftests(outline.directory)
            for made in conftest.made_by(variable)
        )

    def reach(self, outline: Outline) -> frozenset[bytes]:
        """Return all that may be async of a module's own and of what it imports."""
        return self._notes.remembered(
            outline.worked_out, "reach", lambda: self._reach(outline)
        )

    def _reach(self, outline: Outline) -> frozenset[bytes]:
        imported = (self.in_module(outline, name) for name in outline.imports)
        return outline.functions.union(*imported)

    def conftests(self, directory: str) -> tuple[Outline, ...]:
        """Return the conftest.py files that count in a directory, the closest first."""
        return self._notes.remembered(
            self._conftests, directory, lambda: self._conftests_of(directory)
        )

    def _conftests_of(self, directory: str) -> tuple[Outline, ...]:
        own = self.at(directory, 1, "conftest")
        above = () if self._is_top(directory) else self.conftests(_above(directory))
        return (*([own] if own else []), *above)

    def _is_top(self, directory: str) -> bool:
        return self._contains(directory, ".git") or _above(directory) == directory

    def sources(self, outline: Outline, name: bytes) -> Iterator[tuple[Outline, bytes]]:
        """Yield the modules that a name may come from, and its name there."""
        imported = outline.imports.get(name)
        own = [imported] if imported and imported.name else []
        for each in (*own, *outline.stars):
            source = self.at(outline.directory, each.level, each.module)
            if source:
                yield source, name if each.name == b"*" else each.name

    def _submodule(self, outline: Outline, imported: _Imported) -> Outline | None:
        module = imported.module
        if imported.name:
            parts = [*filter(None, [module]), imported.name.decode()]
            module = ".".join(parts)
        return self.at(outline.directory, imported.level, module)

    def _bases_of(self, directory: str, level: int, module: str) -> tuple[str, ...]:
        """Return the directories that an import is looked for in."""
        if not level:
            return self._roots(directory, module.partition(".")[0])
        for _ in range(level - 1):
            directory = _above(directory)
        return (directory,)

    def _find(self, bases: tuple[str, ...], module: str) -> str | None:
        name = module.replace(".", os.sep)
        for base in bases:
            whole = os.path.join(base, name)  # noqa: PTH118 - as above
            parent, last = os.path.split(whole)
            if self._contains(parent, f"{last}.py"):
                return f"{whole}.py"
            is_there = not last or self._contains(parent, last)
            if is_there and self._contains(whole.rstrip(os.sep), "__init__.py"):
                return os.path.join(whole, "__init__.py")  # noqa: PTH118 - as above
        return None

    def _roots(self, directory: str, first: str) -> tuple[str, ...]:
        """Return where, in a directory and above it, a package or module is."""
        return self._notes.remembered(
            self._bases, (directory, first), lambda: self._roots_of(directory, first)
        )

    def _roots_of(self, directory: str, first: str) -> tuple[str, ...]:
        own = (base for base in self._own_bases(directory) if self._has(base, first))
        is_top = self._is_top(directory)
        above = () if is_top else self._roots(_above(directory), first)
        return (*own, *above)

    def _own_bases(self, directory: str) -> tuple[str, ...]:
        if self._contains(directory, "src"):
            return directory, os.path.join(directory, "src")  # noqa: PTH118 - as above
        return (directory,)

    def _has(self, directory: str, first: str) -> bool:
        return self._contains(directory, first) or self._contains(
            directory, f"{first}.py"
        )

    def _contains(self, directory: str, name: str) -> bool:
        """Tell whether there is something of a name in a directory."""
        if directory not in self._listings:
            self._listings[directory] = listed(directory)
        found = name in self._listings[directory]
        place = os.path.join(directory, name)  # noqa: PTH118 - as above
        self._notes.note("name", place, str(found))
        return found

    def _read(self, path: str) -> Outline | None:
        if path not in self._outlines:
            try:
                raw = read_file(Path(path))
                self._outlines[path] = Outline(path, raw), digest(raw)
            except UnusableFileError:
                self._outlines[path] = None, ABSENT
        outline, answer = self._outlines[path]
        self._notes.note("module", path, answer)
        return outline


def _above(directory: str) -> str:
    return os.path.dirname(directory)  # noqa: PTH120 - as above
