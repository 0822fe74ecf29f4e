"""What surrounds a module: pytest's configuration, conftest.py files, other modules."""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .async_names import AsyncNames
from .configuration import (
    Configuration,
    configuration_in,
    settings_file_to_create,
)
from .disk import ABSENT, Listings, Notes, digest, listed
from .files import UnusableFileError, files_below
from .recent import Recent
from .requires_python import least_python
from .source import Module
from .suite import Fixture, Suite, is_test_file
from .syntax import FUNCTIONS, string

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from .disk import Fact, Remembered
    from .fixture_users import Users
    from .rule import Rule
    from .setting_changes import Agreement
    from .suite import Test
    from .syntax import Function

# --- The project ----------------------------------------------------------------------

# In characters. Trees and what is known of them take up a hundred times as much.
_MOST_SOURCE = 500_000
# Fixtures that modules import from each other are followed this far.
_MOST_IMPORTS = 5
_TEST_DIRECTORIES = frozenset({"test", "tests", "_tests", "testing"})


@dataclass(frozen=True)
class Definition:
    """A function or class of the project, and where it is."""

    module: Module
    node: Function | ast.ClassDef
    owner: ast.ClassDef | None = None


class Project:
    """What is known of the files around a module.

    All that is asked here is noted, with the answer: whoever remembers what came of it
    has to note it each time that it is made use of.

    Attributes:
        notes: What was asked, and answered.
    """

    def __init__(self) -> None:
        """Begin with nothing read."""
        self.notes = Notes()
        self._listings = Listings()
        self._recent = Recent(_MOST_SOURCE)
        self._configurations: dict[Path, tuple[Configuration, str]] = {}
        self.async_names = AsyncNames(self.notes)
        self._least_pythons: dict[Path, tuple[int, int]] = {}
        self._conftests: Remembered[Path, list[Path]] = {}
        self.users: Remembered[Hashable, Users] = {}
        self.agreements: Remembered[tuple[Path, tuple[Rule, ...]], Agreement] = {}
        # Which groups of answers, by the numbers that a cache has for them, still hold.
        self.valid_groups: dict[int, bool] = {}
        self.valid_facts: dict[int, bool] = {}
        self._names_by_text: dict[str, frozenset[str]] = {}
        self._with_word: dict[tuple[str, Path], list[Path]] = {}

    def answer(self, fact: Fact) -> str:
        """Return what the answer to a question is now."""
        kind, name = fact
        if fact not in self.notes.answers and kind == "name":
            directory, _, last = name.rpartition(os.sep)
            names = self._names_by_text.get(directory)
            if names is None:
                names = self._names_by_text[directory] = listed(directory or os.sep)
            self.notes.answers[fact] = str(last in names)
        elif fact not in self.notes.answers:
            path = Path(name)
            if kind == "configuration":
                self._configuration_for(path)
            elif kind == "target":
                self.settings_path(path / "conftest.py")
            elif kind == "file":
                self._has(path)
            elif kind == "module":
                self._note_module(path, _source_of(path))
            elif kind == "python":
                self.least_python(path / "conftest.py")
            elif kind == "below":
                self.note_search(path)
            else:
                self._paths_with(kind, path)
        return self.notes.answers.get(fact, "")

    def configuration(self, path: Path) -> Configuration:
        """Return what pytest is told when it runs a file's tests."""
        return self._configuration_for(path.absolute().parent)

    def _configuration_for(self, directory: Path) -> Configuration:
        configuration, identity = self._known_configuration(directory)
        self.notes.note("configuration", str(directory), identity)
        return configuration

    def _known_configuration(self, directory: Path) -> tuple[Configuration, str]:
        if directory not in self._configurations:
            found = configuration_in(directory, self._listings.names(directory))
            self._configurations[directory] = (
                (found, _digest_of_text(found.identity))
                if found
                else self._known_configuration(directory.parent)
            )
        return self._configurations[directory]

    def configurations(self, paths: Iterable[Path]) -> list[Configuration]:
        """Return what pytest reads for some files and directories, each file once."""
        directories = {
            path if path.is_dir() else path.parent
            for path in (
                Path(each) for each in {str(each.absolute()) for each in paths}
            )
        }
        read = map(self._configuration_for, directories)
        by_path = {each.path: each for each in read if each.path}
        return [by_path[path] for path in sorted(by_path)]

    def settings_path(self, path: Path) -> Path:
        """Return the file that pytest reads for a file's tests, or is to be created."""
        found = self.configuration(path).path
        if found:
            return found
        target = settings_file_to_create(path)
        self._note_module(target, _source_of(target))
        self.notes.note("target", str(path.absolute().parent), str(target))
        return target

    def _has(self, path: Path) -> bool:
        found = self._listings.has(path)
        self.notes.note("file", str(path), str(found))
        return found

    def make_room(self, module: Module) -> None:
        """Forget some of what was parsed: a large module takes up the room of many."""
        self._recent.make_room(len(module.raw))

    def module(self, path: Path) -> Module | None:
        """Return a module of the project; None if there is none, or it is no Python."""
        path = path.absolute()
        module = self._recent.get(path, lambda: self._read(path))
        self.notes.note("module", str(path), self.notes.answers["module", str(path)])
        return module

    def _read(self, path: Path) -> tuple[Module | None, int]:
        raw = _source_of(path) if self._listings.has(path) else None
        self._note_module(path, raw)
        try:
            module = None if raw is None else Module(path, raw)
            weight = len(module.text) if module and module.tree else 0  # type: ignore[truthy-bool]  # so that it is known to parse
        except (UnusableFileError, RecursionError, MemoryError):
            return None, 0
        return module, weight

    def _note_module(self, path: Path, raw: bytes | None) -> None:
        self.notes.note("module", str(path), ABSENT if raw is None else digest(raw))

    def modules_with(self, word: bytes, module: Module) -> Iterator[Module]:
        """Yield the modules of tests and fixtures below a module that have a word.

        Args:
            word: What must stand in them somewhere, be it in a comment.
            module: It is yielded as it is here, whatever its file says by now.
        """
        path = module.path.absolute()
        if word in module.raw:
            yield module
        for other in self._paths_with(f"with {word.decode()}", path.parent):
            found = self.module(other) if other != path else None
            if found:
                yield found

    def modules_below(self, word: bytes, directory: Path) -> Iterator[Module]:
        """Yield the modules of tests and fixtures below a directory that have a word.

        Args:
            word: What must stand in them somewhere, be it in a comment.
            directory: Where pytest looks for tests.
        """
        for path in self._paths_with(f"with {word.decode()}", directory):
            found = self.module(path)
            if found:
                yield found

    def _paths_with(self, kind: str, directory: Path) -> list[Path]:
        """Return the files of tests and fixtures below a directory that have a word."""
        word = kind.removeprefix("with ").encode()
        if (kind, directory) not in self._with_word:
            sources = ((path, _source_of(path)) for path in files_below([directory]))
            found = [path for path, raw in sources if raw and _is_test_with(word, raw)]
            self._with_word[kind, directory] = found
        paths = self._with_word[kind, directory]
        answer = _digest_of_text("\n".join(map(str, paths)))
        self.notes.note(kind, str(directory), answer)
        return paths

    def least_python(self, path: Path) -> tuple[int, int]:
        """Return the oldest Python that a file's project supports; 0.0 if unknown."""
        directory = path.absolute().parent
        if directory not in self._least_pythons:
            self._least_pythons[directory] = least_python(path)
        least = self._least_pythons[directory]
        self.notes.note("python", str(directory), str(least))
        return least

    def note_search(self, directory: Path) -> None:
        """Put down that files were looked for below a directory, and perhaps read."""
        directory = directory.absolute()
        fact = "below", str(directory)
        if fact not in self.notes.answers:
            lines = [
                f"{path} {self._digest(path)}" for path in files_below([directory])
            ]
            self.notes.answers[fact] = _digest_of_text("\n".join(lines))
        self.notes.note(*fact, self.notes.answers[fact])

    def _digest(self, path: Path) -> str:
        fact = "module", str(path)
        if fact not in self.notes.answers:
            raw = _source_of(path)
            self.notes.answers[fact] = ABSENT if raw is None else digest(raw)
        return self.notes.answers[fact]

    def has_async_tests_beside(self, directory: Path, root: Path) -> bool:
        """Tell whether there are async tests below a root but not below a directory."""
        configuration = self._configuration_for(root)
        testpaths = configuration.words("testpaths", "")
        places = [root / path for path in testpaths] or [root]
        return any(
            directory not in path.parents
            and any(place in (path, *path.parents) for place in places)
            for path in self._paths_with("with async def test", root)
        )

    def is_test_file(self, path: Path) -> bool:
        """Tell whether pytest looks for tests in a file."""
        return is_test_file(path, self.configuration(path))

    def suite(self, module: Module) -> Suite:
        """Return the tests and fixtures of a module."""
        configuration = self.configuration(module.path)
        return self._recent.get(
            module, lambda: (Suite.of(module, configuration), len(module.raw))
        )

    def is_of_tests(self, module: Module) -> bool:
        """Tell whether a module holds tests, fixtures or what helps them."""
        path = module.path.absolute()
        root = self.configuration(path).root
        below = path.parent.relative_to(root).parts if root else (path.parent.name,)
        return (
            path.name == "conftest.py"
            or self.is_test_file(path)
            or not _TEST_DIRECTORIES.isdisjoint(below)
            or bool(self.suite(module).fixtures)
        )

    def conftests(self, path: Path) -> Iterator[Module]:
        """Yield the conftest.py files that count for a file, the closest first."""
        path = path.absolute()
        paths = self.notes.remembered(
            self._conftests, path.parent, lambda: [*self._conftest_paths(path.parent)]
        )
        for each in paths:
            module = self.module(each) if each != path else None
            if module:
                yield module

    def _conftest_paths(self, directory: Path) -> Iterator[Path]:
        root = self._configuration_for(directory).root
        for parent in (directory, *directory.parents):
            if self._has(parent / "conftest.py"):
                yield parent / "conftest.py"
            if parent == root or (root is None and self._has(parent / ".git")):
                break

    def fixture(
        self, name: str, module: Module, owner: ast.ClassDef | None = None
    ) -> Fixture | None:
        """Return the fixture that a function gets by a name.

        Args:
            name: The name.
            module: The module that the function is in.
            owner: The class that it is in.

        Returns:
            The project's fixture of that name that is closest; None if there is none
            in sight: a plugin may have one.
        """
        closest: Fixture | None = None
        for fixture in self.suite(module).fixtures:
            if fixture.name == name and (
                fixture.owner is None or fixture.owner is owner
            ):
                closest = fixture if fixture.owner or not closest else closest
        if closest:
            return closest
        for place in (module, *self.conftests(module.path)):
            fixture_there = self._own_or_imported(name, place)
            if fixture_there:
                return fixture_there
        return None

    def _own_or_imported(
        self, name: str, module: Module, depth: int = 0
    ) -> Fixture | None:
        for fixture in self.suite(module).fixtures:
            if fixture.name == name and fixture.owner is None:
                return fixture
        if depth > _MOST_IMPORTS:
            return None
        for place in self._fixture_sources(name, module):
            found = self._own_or_imported(name, place, depth + 1)
            if found:
                return found
        return None

    def _fixture_sources(self, name: str, module: Module) -> Iterator[Module]:
        """Yield the modules that one may have a fixture from."""
        for node in module.tree.body:
            match node:
                case ast.ImportFrom(names=names) if any(
                    alias.name == "*" or (alias.asname or alias.name) == name
                    for alias in names
                ):
                    source = self.imported(module, node)
                    if source:
                        yield source
                case ast.Assign(targets=[ast.Name(id="pytest_plugins")], value=value):
                    elements = getattr(value, "elts", [value])
                    for element in elements:
                        source = self._named(string(element) or "", module)
                        if source:
                            yield source

    def imported(self, module: Module, node: ast.ImportFrom) -> Module | None:
        """Return the project's module that names are imported from."""
        if node.level:
            base = module.path.absolute().parents[node.level - 1]
            return self._at(base, (node.module or "").replace(".", "/"))
        return self._named(node.module or "", module)

    def stars_may_bind(self, module: Module, name: str, depth: int = 0) -> bool:
        """Tell whether a `from ... import *` may give a name another meaning.

        What modules of the project bind can be seen; a plain import is the same there.
        """
        for node in module.names.module.bindings.get("*", ()):
            source = (
                self.imported(module, node)
                if isinstance(node, ast.ImportFrom) and depth <= _MOST_IMPORTS
                else None
            )
            if (
                source is None
                or source.names.means(name, source.tree) not in {"", name}
                or self.stars_may_bind(source, name, depth + 1)
            ):
                return True
        return False

    def _named(self, name: str, module: Module) -> Module | None:
        """Return a module by its dotted name, as it would be found from another's."""
        if not name:
            return None
        path = module.path.absolute()
        configuration = self.configuration(path)
        root = configuration.root
        for parent in path.parents:
            for base in (parent, parent / "src"):
                found = self._at(base, name.replace(".", "/"))
                if found:
                    return found
            if parent == root or self._has(parent / ".git"):
                return None
        return None

    def _at(self, base: Path, name: str) -> Module | None:
        for candidate in (f"{name}.py", f"{name}/__init__.py"):
            if self._has(base / candidate):
                return self.module(base / candidate)
        return None

    def definition(
        self, module: Module, node: ast.expr, depth: int = 0
    ) -> Definition | None:
        """Return the project's function or class that an expression names.

        Names are followed through imports, and `self.method` through the classes that
        can be seen. None where anything else may have bound the name.
        """
        if depth > _MOST_IMPORTS:
            return None
        if isinstance(node, ast.Attribute):
            return self._attribute(module, node, depth)
        if not isinstance(node, ast.Name):
            return None
        bindings = module.names.bindings(node)
        if not bindings:
            return self._starred(module, node.id, depth)
        if len(bindings) != 1:
            return None
        return self._bound(module, node.id, bindings[0], depth)

    def exported(self, path: str, name: str, module: Module) -> Definition | None:
        """Return what a module of a dotted name calls by a name; seen from another."""
        source = self.named(path, module)
        return self._exported(source, name, 0) if source else None

    def named(self, path: str, module: Module) -> Module | None:
        """Return the module of a dotted name, as it is found from another."""
        return self._named(path, module)

    def _bound(
        self, module: Module, name: str, binding: ast.AST, depth: int
    ) -> Definition | None:
        if isinstance(binding, (*FUNCTIONS, ast.ClassDef)):
            return Definition(module, binding)
        if isinstance(binding, ast.ImportFrom):
            source = self.imported(module, binding)
            for alias in binding.names:
                if source and (alias.asname or alias.name) == name:
                    return self._exported(source, alias.name, depth)
        return None

    def _exported(self, module: Module, name: str, depth: int) -> Definition | None:
        bindings = module.names.module.bindings.get(name, ())
        if depth > _MOST_IMPORTS:
            return None
        if not bindings:
            return self._starred(module, name, depth + 1)
        if len(bindings) != 1:
            return None
        return self._bound(module, name, bindings[0], depth + 1)

    def _starred(self, module: Module, name: str, depth: int) -> Definition | None:
        """Return what the only `from ... import *` that has a public name brings."""
        if name.startswith("_"):
            return None
        sources = [
            self.imported(module, node)
            for node in module.names.module.bindings.get("*", ())
            if isinstance(node, ast.ImportFrom)
        ]
        found = {
            definition.node: definition
            for source in sources
            if source and (definition := self._exported(source, name, depth))
        }
        return next(iter(found.values())) if len(found) == 1 else None

    def _attribute(
        self, module: Module, node: ast.Attribute, depth: int
    ) -> Definition | None:
        if isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}:
            owner = self._class_around(module, node)
            return self.method(Definition(module, owner), node.attr) if owner else None
        qualified = module.qualified(node.value)
        if not qualified or qualified.startswith(("<local>", ".")):
            return None
        source = self._named(qualified, module)
        return self._exported(source, node.attr, depth) if source else None

    @staticmethod
    def _class_around(module: Module, node: ast.AST) -> ast.ClassDef | None:
        return next(
            (each for each in module.parents(node) if isinstance(each, ast.ClassDef)),
            None,
        )

    def method(self, owner: Definition, name: str, depth: int = 0) -> Definition | None:
        """Return a method by its name, of a class or else of one of its bases."""
        if not isinstance(owner.node, ast.ClassDef) or depth > _MOST_IMPORTS:
            return None
        found = [
            node
            for node in owner.node.body
            if isinstance(node, FUNCTIONS) and node.name == name
        ]
        if found:
            return Definition(owner.module, found[-1], owner.node)
        for base in owner.node.bases:
            definition = self.definition(owner.module, base, depth + 1)
            method = self.method(definition, name, depth + 1) if definition else None
            if method:
                return method
        return None

    def loop_scope_of_test(self, test: Test) -> str | None:
        """Return the scope of the loop that a test runs on; None if it is not known."""
        mark = test.mark("asyncio")
        if mark:
            for name in ("loop_scope", "scope"):
                argument = mark.argument(name)
                if argument:
                    return string(argument.value)
        return self.configuration(test.module.path).test_loop_scope

    def loop_scope_of_fixture(self, fixture: Fixture) -> str | None:
        """Return the scope of the loop of an async fixture; None if it is not known."""
        said = fixture.loop_scope
        if said:
            return None if said == "?" else said
        configured = self.configuration(fixture.module.path).fixture_loop_scope
        scope = fixture.scope
        return configured or (None if scope == "?" else scope)


def _is_test_with(word: bytes, raw: bytes) -> bool:
    return word in raw and (b"def test" in raw or b"fixture" in raw)


def _source_of(path: Path) -> bytes | None:
    try:
        return Module.read(path).raw
    except UnusableFileError:
        return None


def _digest_of_text(text: str) -> str:
    return digest(text.encode(errors="surrogatepass"))
