"""Find modules that use pytest_asyncio without importing it, and add the import.

    python scripts/fix_pytest_asyncio_imports.py                fix all files below here
    python scripts/fix_pytest_asyncio_imports.py --check tests  report, change nothing
    python scripts/fix_pytest_asyncio_imports.py --diff tests   show what would change

Exit status: 0 when nothing is left to do; 1 when there are findings that --check or
--diff left alone or that could not be fixed; 2 for wrong usage or a file that could not
be read, parsed or written (the others are done all the same); 130 when interrupted;
141 when whatever read the output went away.
"""

# The module reads downward: command line, files, modules, edits, rules, names, imports.
# A new rule is one class beside `MissingImport` and one entry in `RULES`. Rules look at
# a `Module` and yield `Finding`s, whose edits are ranges of the module's text; they
# print nothing and write nothing.

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import enum
import io
import itertools
import os
import re
import stat
import sys
import tempfile
import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tokenize import detect_encoding
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from typing import TypeAlias

    Action: TypeAlias = "Callable[[Module], Tally]"
    Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
    Comprehension: TypeAlias = (
        ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    )
    ImportStatement: TypeAlias = ast.Import | ast.ImportFrom
    ScopeKind: TypeAlias = Literal[
        "module", "class", "function", "comprehension", "type parameters"
    ]

_NOT_FIXED = "not fixed: the edit would have changed more than it should; do it by hand"
_TOO_DEEP = "nested too deeply to be analysed"

_SKIPPED_DIRECTORIES = frozenset({"__pycache__", "build", "dist", "node_modules"})
_PROJECT_ROOT_FILES = (
    *(".git", "pyproject.toml", "setup.cfg", "setup.py", "pytest.ini", "tox.ini"),
    *("ruff.toml", ".ruff.toml", ".isort.cfg"),
)

# Modules that came or went between Python 3.10 and 3.15: where an import goes must not
# depend on the Python that runs this script.
_STDLIB = sys.stdlib_module_names | {
    *("aifc", "annotationlib", "asynchat", "asyncore", "audioop", "binhex", "cgi"),
    *("cgitb", "chunk", "compression", "crypt", "distutils", "imghdr", "imp"),
    *("lib2to3", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes"),
    *("profiling", "smtpd", "sndhdr", "spwd", "sunau", "telnetlib", "tomllib"),
    *("uu", "xdrlib"),
}

# Python ends a line at these only; str.splitlines() also does at form feeds and others.
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_BLANK_LINES = re.compile(r"(?:[ \t\f]*(?:\r\n?|\n))*")
_LINE_END = re.compile(r"\r\n?|\n")
# What may stand between a simple statement and the end of its logical line.
_REST_OF_LINE = re.compile(
    r"(?:[ \t\f;]|\\(?:\r\n?|\n))*(?:\#[^\r\n]*)?(?:\r\n?|\n|\Z)"
)

# Comments that stay above everything: for the interpreter, one line at a time ...
_INTERPRETER_COMMENT = re.compile(r"#!|[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")
# ... and for people and tools, together with the comments around them.
_FILE_COMMENT = re.compile(
    r"copyright|licen[cs]e|spdx|"
    r"#\s*(?:flake8|fmt|isort|mypy|pylint|pyright|ruff|type|vim?)\s*:",
    re.IGNORECASE,
)
# A comment over a section of imports rather than about the import below it.
_HEADING = re.compile(r"3rd|third|external|librar|packages|imports", re.IGNORECASE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What follows the script's name; by default that of this process.

    Returns:
        The exit status, as the module's docstring lists them.
    """
    options = _parser().parse_args(arguments)
    _print_anything()
    try:
        status = _run(options.paths or [Path()], options.action)
        sys.stdout.flush()
    except KeyboardInterrupt:
        _complain("interrupted: every file is either as it was or fixed")
        return 130
    except BrokenPipeError:
        _discard_output()
        return 141
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help="files or directories, by default the current one; below a directory, "
        "hidden ones, virtual environments and build products are skipped",
    )
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument(
        "--check",
        dest="action",
        action="store_const",
        const=_check,
        help="report findings and change nothing",
    )
    modes.add_argument(
        "--diff",
        dest="action",
        action="store_const",
        const=_diff,
        help="print what would change and change nothing",
    )
    parser.set_defaults(action=_fix)
    return parser


def _print_anything() -> None:
    """Let paths and source text be printed whatever the terminal's encoding is."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace", newline="\n")


def _discard_output() -> None:
    """Keep the interpreter from failing again when it flushes stdout at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: object) -> None:
    print(message, file=sys.stderr)


@dataclass
class Tally:
    """What happened to the findings of one file, or of all."""

    fixed: int = 0
    left: int = 0

    def __iadd__(self, other: Tally) -> Tally:  # noqa: PYI034  # Self is in no typing module before 3.11
        self.fixed += other.fixed
        self.left += other.left
        return self


def _run(paths: Iterable[Path], action: Action) -> int:
    tally, files, problems = Tally(), 0, 0
    for path in find_files(paths):
        files += 1
        try:
            tally += action(Module.read(path))
        except UnusableFileError as problem:
            problems += 1
            _complain(problem)
        except (RecursionError, MemoryError):
            problems += 1
            _complain(UnusableFileError(path, _TOO_DEEP))
    _complain(
        f"files: {files}, fixed: {tally.fixed}, left: {tally.left}, "
        f"could not be handled: {problems}"
    )
    return 2 if problems else min(tally.left, 1)


def _check(module: Module) -> Tally:
    findings = check(module)
    for finding in findings:
        print(_located(module, finding))
    return Tally(left=len(findings))


def _diff(module: Module) -> Tally:
    repair = fix(module)
    print(_unified_diff(module, repair.module), end="")
    for finding in repair.left:
        _complain(f"{_located(module, finding)} ({_NOT_FIXED})")
    return Tally(left=len(repair.applied) + len(repair.left))


def _fix(module: Module) -> Tally:
    repair = fix(module)
    if repair.applied:
        _write(repair.module)
    for finding in repair.applied:
        print(f"{_located(module, finding)} (fixed)")
    for finding in repair.left:
        print(f"{_located(module, finding)} ({_NOT_FIXED})")
    return Tally(fixed=len(repair.applied), left=len(repair.left))


def _located(module: Module, finding: Finding) -> str:
    place = f"{module.path}:{finding.line}:{finding.column}"
    return f"{place}: {finding.code} {finding.message}"


def _unified_diff(before: Module, after: Module) -> str:
    """The difference as `patch` takes it, for which only LF ends a line."""
    lines = difflib.unified_diff(
        list(io.StringIO(before.text, newline="\n")),
        list(io.StringIO(after.text, newline="\n")),
        fromfile=str(before.path),
        tofile=str(after.path),
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in lines
    )


# --- Files ----------------------------------------------------------------------------


@dataclass(eq=False)
class UnusableFileError(Exception):
    """A file that cannot be read, parsed or written; as text, one line on why."""

    path: Path
    reason: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Where and why."""
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.path}{place}: {self.reason}"


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield every file to look at, once, however many of the paths lead to it.

    Args:
        paths: Files of any name, and directories to search for `*.py`.
    """
    seen: set[str] = set()
    for path in paths:
        for file in _walk(path) if os.path.isdir(path) else [path]:  # noqa: PTH112  # Path.is_dir raises on some broken links
            identity = os.path.realpath(file)
            if identity not in seen:
                seen.add(identity)
                yield file


def _walk(root: Path) -> Iterator[Path]:
    # A directory that cannot be listed is handed on as a file, to be reported as one.
    unlisted: list[Path] = []
    for directory, names, files in os.walk(
        root, onerror=lambda error: unlisted.append(Path(error.filename))
    ):
        here = Path(directory)
        names[:] = sorted(name for name in names if not _is_skipped(here / name))
        yield from (here / name for name in sorted(files) if _is_python(name))
    yield from unlisted


def _is_skipped(directory: Path) -> bool:
    return (
        directory.name.startswith(".")
        or directory.name in _SKIPPED_DIRECTORIES
        or (directory / "pyvenv.cfg").is_file()
    )


def _is_python(name: str) -> bool:
    # Editors leave lock files such as `.#test_it.py`, links that lead nowhere.
    return name.endswith(".py") and not name.startswith(".")


def _write(module: Module) -> None:
    try:
        replace_file(module.path, module.raw)
    except OSError as error:
        reason = f"cannot be written: {error.strerror or error}"
        raise UnusableFileError(module.path, reason) from error


def replace_file(path: Path, content: bytes) -> None:
    """Give a file new content in one step, so that it is never seen half-written.

    The file keeps its mode, and a symbolic link stays one: its target is replaced.
    Other hard links to the file keep the old content.

    Args:
        path: The file, which exists.
        content: All of its new content.

    Raises:
        OSError: If the file is read-only or its directory cannot be written to.
    """
    target = Path(os.path.realpath(path))
    mode = stat.S_IMODE(target.stat().st_mode)
    # The superuser may write to everything, but a read-only file is so for a reason.
    if not mode & 0o222 or not os.access(target, os.W_OK):
        message = "it is read-only"
        raise PermissionError(message)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".fix-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


# --- Modules --------------------------------------------------------------------------


@dataclass(frozen=True)
class Module:
    """A Python source file; all but its bytes is worked out when asked for."""

    path: Path
    raw: bytes

    @classmethod
    def read(cls, path: Path) -> Module:
        """Read a file.

        Raises:
            UnusableFileError: If there is no such file or it cannot be read.
        """
        try:
            # Opening a named pipe would wait for somebody to write to it.
            if not stat.S_ISREG(path.stat().st_mode):
                raise UnusableFileError(path, _why_not_regular(path))
            return cls(path, path.read_bytes())
        except OSError as error:
            raise UnusableFileError(path, error.strerror or str(error)) from error

    def with_text(self, text: str) -> Module:
        """The module with another text in the same encoding."""
        return Module(self.path, text.encode(self.encoding))

    @cached_property
    def encoding(self) -> str:
        """The encoding by PEP 263; `utf-8-sig` where there is a byte order mark."""
        universal = self.raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        try:
            return detect_encoding(io.BytesIO(universal).readline)[0]
        except SyntaxError as error:
            raise UnusableFileError(self.path, str(error)) from error

    @cached_property
    def text(self) -> str:
        """The source text without a byte order mark, its line ends as they are."""
        if b"\0" in self.raw:
            raise UnusableFileError(self.path, "contains null bytes: not Python source")
        try:
            text = self.raw.decode(self.encoding)
            exact = text.encode(self.encoding) == self.raw
        except (LookupError, ValueError) as error:
            reason = f"cannot be decoded: {error}"
            raise UnusableFileError(self.path, reason) from error
        if not exact:
            reason = f"would not come back from {self.encoding} with the same bytes"
            raise UnusableFileError(self.path, reason)
        return text

    @cached_property
    def lines(self) -> list[str]:
        """The lines as Python counts them, with their ends."""
        return _LINE.findall(self.text)

    @cached_property
    def _line_starts(self) -> list[int]:
        return list(itertools.accumulate(map(len, self.lines), initial=0))

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        source = _LINE_END.sub("\n", self.text)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(source, filename=str(self.path))
        except SyntaxError as error:
            raise UnusableFileError(
                self.path, f"syntax error: {error.msg}", error.lineno, error.offset
            ) from error
        except ValueError as error:
            raise UnusableFileError(self.path, str(error)) from error

    @cached_property
    def names(self) -> Names:
        """Which names are bound and used where."""
        return Names.of(self.tree)

    def offset(self, line: int, column: int = 0) -> int:
        """Where in the text a position is that a syntax tree gives, in UTF-8 bytes."""
        return self._line_starts[line - 1] + self._characters(line, column)

    def position(self, node: ast.expr) -> tuple[int, int]:
        """Line and column of a node as people count them, both from 1."""
        return node.lineno, self._characters(node.lineno, node.col_offset) + 1

    def _characters(self, line: int, column: int) -> int:
        return len(self.lines[line - 1].encode()[:column].decode(errors="replace"))

    def line_end_near(self, offset: int) -> str:
        """What ends the line before an offset, or failing that the one after it."""
        before = self.text[max(offset - 2, 0) : offset]
        near = _LINE_END.search(before) or _LINE_END.search(self.text, offset)
        return near.group() if near else "\n"


def _why_not_regular(path: Path) -> str:
    if path.is_dir():
        return "cannot be listed"
    return "not a regular file"


# --- Edits ----------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Edit:
    """The text between two offsets and what to put there."""

    start: int
    end: int
    replacement: str


class OverlapError(ValueError):
    """Two edits claim the same place."""


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Apply edits, all of which are ranges of the original text.

    Args:
        text: The original.
        edits: In any order. The same edit given twice is applied once.

    Raises:
        OverlapError: If edits touch the same characters, or start at the same place,
            so that the result would depend on their order.
    """
    pieces: list[str] = []
    position, last_start = 0, -1
    for edit in sorted(set(edits)):
        if edit.start < position or edit.start == last_start:
            message = f"{edit!r} overlaps the edit before it"
            raise OverlapError(message)
        pieces += [text[position : edit.start], edit.replacement]
        position, last_start = edit.end, edit.start
    return "".join([*pieces, text[position:]])


# --- Rules ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """Something to fix: what and where, and the edits that fix it."""

    line: int
    column: int
    code: str
    message: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Rule(ABC):
    """One thing to look for.

    Attributes:
        code: What findings, and later comments and settings, call the rule.
        name: A few words for lists of rules.
        message: One line for whoever has to act on a finding.
        needle: Files without these bytes are not even parsed.
    """

    code: str
    name: str
    message: str
    needle: bytes

    @abstractmethod
    def check(self, module: Module) -> Iterable[Finding]:
        """Yield the module's findings."""

    @abstractmethod
    def intends(self, before: ast.Module, after: ast.Module) -> bool:
        """Whether the edits changed what they were meant to, and only that."""


@dataclass(frozen=True)
class MissingImport(Rule):
    """A module's name is used at run time, and nothing in the file binds it."""

    imported: str

    def check(self, module: Module) -> Iterator[Finding]:
        """Yield one finding, at the first use, which imports the module."""
        uses = module.names.missing(self.imported)
        if uses:
            line, column = module.position(uses[0])
            edit = place_import(module, self.imported, uses)
            yield Finding(line, column, self.code, self.message, (edit,))

    def intends(self, before: ast.Module, after: ast.Module) -> bool:
        """Whether one import was added, below docstring and `__future__` imports."""
        addition = ast.dump(ast.parse(f"import {self.imported}").body[0])
        old, new = ([ast.dump(node) for node in tree.body] for tree in (before, after))
        return any(
            new[index] == addition and [*new[:index], *new[index + 1 :]] == old
            for index in range(_count_pinned(before.body), len(new))
        )


RULES: tuple[Rule, ...] = (
    MissingImport(
        code="PTA001",
        name="pytest_asyncio used without being imported",
        message="`pytest_asyncio` is used at run time but not imported",
        needle=b"pytest_asyncio",
        imported="pytest_asyncio",
    ),
)


@dataclass(frozen=True)
class Repair:
    """A module after its fixes, with the findings that were fixed and that were not."""

    module: Module
    applied: tuple[Finding, ...] = ()
    left: tuple[Finding, ...] = ()


def check(module: Module) -> list[Finding]:
    """Return what the rules find, in the order of the text."""
    findings = (finding for rule in RULES for finding in _findings(rule, module))
    return sorted(findings, key=lambda finding: (finding.line, finding.column))


def fix(module: Module) -> Repair:
    """Apply the rules' edits, rule by rule, as far as they prove harmless."""
    repair = Repair(module)
    for rule in RULES:
        repair = _fix_one(rule, repair)
    return repair


def _fix_one(rule: Rule, repair: Repair) -> Repair:
    findings = _findings(rule, repair.module)
    fixed = _edited(rule, repair.module, findings)
    if fixed is None:
        return Repair(repair.module, repair.applied, repair.left + findings)
    return Repair(fixed, repair.applied + findings, repair.left)


def _findings(rule: Rule, module: Module) -> tuple[Finding, ...]:
    return tuple(rule.check(module)) if rule.needle in module.raw else ()


def _edited(rule: Rule, module: Module, findings: Iterable[Finding]) -> Module | None:
    edits = [edit for finding in findings for edit in finding.edits]
    if not edits:
        return module
    try:
        text = apply_edits(module.text, edits)
        edited = module.with_text(text)
        kept = edited.encoding == module.encoding and edited.text == text
        return edited if kept and rule.intends(module.tree, edited.tree) else None
    except (OverlapError, UnusableFileError):
        return None


# --- Names ----------------------------------------------------------------------------


@dataclass(eq=False)
class Scope:
    """The names that one block of code binds or declares global."""

    kind: ScopeKind
    parent: Scope | None = None
    bound: set[str] = field(default_factory=set[str])
    declared_global: set[str] = field(default_factory=set[str])

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

    def reads_global(self, name: str) -> bool:
        """Whether a name used here is looked up among the module's own."""
        for scope in self.looked_up():
            if name in scope.declared_global:
                return True
            if name in scope.bound:
                return scope.kind == "module"
        return True


@dataclass(frozen=True)
class Names:
    """The names of a module, as far as its code runs: type checkers see more."""

    module: Scope
    uses: Sequence[tuple[Scope, ast.Name]]

    @classmethod
    def of(cls, tree: ast.Module) -> Names:
        """Read them from a syntax tree."""
        visitor = _NameVisitor()
        visitor.visit(tree)
        return cls(visitor.module, visitor.uses)

    def missing(self, name: str) -> list[ast.Name]:
        """The uses of a global name that nothing in the module binds, in order.

        A `from ... import *` may bind any name, so that there are none then.
        """
        if not self.module.bound.isdisjoint({name, "*"}):
            return []
        uses = [
            node
            for scope, node in self.uses
            if node.id == name and scope.reads_global(name)
        ]
        return sorted(uses, key=lambda node: (node.lineno, node.col_offset))


class _NameVisitor(ast.NodeVisitor):
    """Collects the scopes of a module and the names used in them.

    What is not evaluated when the code runs is no use: annotations of local variables
    or under the `annotations` future, type aliases, bounds of type parameters, blocks
    for type checkers only. Neither is what a handler of NameError guards.
    """

    def __init__(self) -> None:
        self.module = self._scope = Scope("module")
        self.uses: list[tuple[Scope, ast.Name]] = []
        self._runs = True
        self._lazy_annotations = False

    def _bind(self, name: str, scope: Scope | None = None) -> None:
        scope = scope or self._scope
        if name in scope.declared_global:
            scope = self.module
        # The compiler makes a name local to a function even in a block that never runs.
        if self._runs or scope.kind not in {"module", "class"}:
            scope.bound.add(name)

    @contextlib.contextmanager
    def _inside(self, kind: ScopeKind) -> Generator[None]:
        outer = self._scope
        self._scope = Scope(kind, outer)
        yield
        self._scope = outer

    def _visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.uses.append((self._scope, node))
        else:
            self._bind(node.id)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._bind(node.target.id, self._scope.walrus_target)

    def visit_Import(self, node: ImportStatement) -> None:
        for alias in node.names:
            self._bind(alias.asname or alias.name.partition(".")[0])

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
            self._bind(node.name)
        self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = visit_ExceptHandler  # noqa: N815  # names that ast.NodeVisitor looks up

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self._bind(node.rest)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: Function) -> None:
        self._bind(node.name)
        self._visit_all(node.decorator_list)
        self._visit_defaults(node.args)
        with self._type_parameters(node):
            for argument in _arguments(node.args):
                self._visit_annotation(argument.annotation)
            self._visit_annotation(node.returns)
            self._visit_body(node.args, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  # names that ast.NodeVisitor looks up

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_defaults(node.args)
        self._visit_body(node.args, [node.body])

    def _visit_defaults(self, arguments: ast.arguments) -> None:
        self._visit_all([*arguments.defaults, *arguments.kw_defaults])

    def _visit_body(self, arguments: ast.arguments, body: Iterable[ast.AST]) -> None:
        with self._inside("function"):
            for argument in _arguments(arguments):
                self._bind(argument.arg)
            self._visit_all(body)

    def _visit_annotation(self, annotation: ast.expr | None) -> None:
        if annotation and not self._lazy_annotations:
            self.visit(annotation)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_all([node.target, node.value])
        if self._scope.kind != "function":
            self._visit_annotation(node.annotation)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bind(node.name)
        self._visit_all(node.decorator_list)
        with self._type_parameters(node):
            self._visit_all([*node.bases, *node.keywords])
            with self._inside("class"):
                self._visit_all(node.body)

    @contextlib.contextmanager
    def _type_parameters(self, node: ast.stmt) -> Generator[None]:
        parameters: Sequence[ast.AST] = getattr(node, "type_params", ())
        if not parameters:
            yield
            return
        with self._inside("type parameters"):
            for parameter in parameters:
                self._bind(getattr(parameter, "name", ""))
            yield

    def visit_TypeAlias(self, node: ast.stmt) -> None:
        for child in ast.iter_child_nodes(node):
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


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    starred = [arguments.vararg, arguments.kwarg]
    return [*named, *(argument for argument in starred if argument)]


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
        for node in ast.walk(handler.type)
    )


# --- Imports --------------------------------------------------------------------------


def place_import(module: Module, name: str, uses: Iterable[ast.Name]) -> Edit:
    """Return the edit that imports a module where a person, or isort, would.

    That is before the first function, class or use, in the section of its kind.

    Args:
        module: The module to add to.
        name: The module to import.
        uses: The nodes that the import must come before.
    """
    return _ImportPlacer(module, name, uses).edit()


class _Section(enum.IntEnum):
    FUTURE = enum.auto()
    STDLIB = enum.auto()
    THIRD_PARTY = enum.auto()
    FIRST_PARTY = enum.auto()
    LOCAL = enum.auto()


@dataclass(frozen=True)
class _LogicalLine:
    """Statements that share a line, and the range of whole lines that they take up."""

    statements: Sequence[ast.stmt]
    start: int
    end: int


@dataclass(frozen=True)
class _Import:
    """An import of the module's head: what decides on its place, and where it is."""

    section: _Section
    name: str
    is_from: bool
    line: _LogicalLine
    leads_line: bool


class _ImportPlacer:
    def __init__(self, module: Module, name: str, uses: Iterable[ast.Name]) -> None:
        self._module = module
        self._name = name
        self._section = _section_of(module.path, name)
        self._pinned = module.tree.body[: _count_pinned(module.tree.body)]
        self._lines = _logical_lines(module)
        stops = {id(node) for node in uses}
        self._head = list(
            itertools.takewhile(lambda line: not _holds(line, stops), self._lines)
        )
        self._imports = [
            _describe(module.path, statement, line)
            for line in self._head
            for statement in line.statements
            if isinstance(statement, (ast.Import, ast.ImportFrom))
        ]
        self._by_name = _sorted_by_name(self._imports)

    def edit(self) -> Edit:
        return (
            self._within_line()
            or self._in_own_section()
            or self._after_earlier_sections()
            or self._before_later_sections()
            or self._as_only_import()
        )

    def _within_line(self) -> Edit | None:
        """Share a line where what must come before the import shares one with a use."""
        statements = self._lines[len(self._head)].statements
        if statements[0] not in self._pinned:
            return None
        follower = next(node for node in statements if node not in self._pinned)
        offset = self._module.offset(follower.lineno, follower.col_offset)
        return Edit(offset, offset, f"import {self._name}; ")

    def _in_own_section(self) -> Edit | None:
        peers = [one for one in self._imports if one.section == self._section]
        before = [one for one in peers if self._key(one) < self._own_key()]
        if before:
            return self._after(before[-1])
        return self._before(peers[0]) if peers else None

    def _after_earlier_sections(self) -> Edit | None:
        earlier = [one for one in self._imports if one.section < self._section]
        if not earlier:
            return None
        # Where no blank line keeps the sections apart, none is wanted here either.
        end = earlier[-1].line.end
        tight = any(one.line.start == end for one in self._imports)
        return self._after(earlier[-1], apart=not tight)

    def _before_later_sections(self) -> Edit | None:
        return self._before(self._imports[0], apart=True) if self._imports else None

    def _as_only_import(self) -> Edit:
        """Stand below docstring or opening comments, with blank lines around."""
        documented = bool(self._pinned)
        offset = self._lines[0].end if documented else self._header_end()
        follower = self._lines[documented].statements[0]
        wanted = 2 if isinstance(follower, _DEFINITIONS) else 1
        blanks = _BLANK_LINES.match(self._module.text, offset)
        missing = wanted - (len(_LINE_END.findall(blanks.group())) if blanks else 0)
        return self._insertion(offset, above=bool(offset), below=max(missing, 0))

    def _after(self, one: _Import, *, apart: bool = False) -> Edit:
        return self._insertion(one.line.end, above=apart)

    def _before(self, one: _Import, *, apart: bool = False) -> Edit:
        if not one.leads_line:
            return self._after(one, apart=apart)
        return self._insertion(self._above_comments(one.line), below=int(apart))

    def _insertion(self, offset: int, *, above: bool = False, below: int = 0) -> Edit:
        end = self._module.line_end_near(offset)
        text = f"{end * above}import {self._name}{end}{end * below}"
        return Edit(offset, offset, text)

    def _above_comments(self, line: _LogicalLine) -> int:
        """Where a line starts, with the comments right above that are about it."""
        offset = line.start
        floor = max(
            [self._header_end(), *(one.end for one in self._head if one.end <= offset)]
        )
        for text in reversed(_LINE.findall(self._module.text, floor, offset)):
            if not text.lstrip().startswith("#") or _HEADING.search(text):
                break
            offset -= len(text)
        return offset

    def _header_end(self) -> int:
        """Where the comments about the file end: shebang, encoding, licence."""
        lines = _LINE.findall(self._module.text, 0, self._lines[0].start)
        end = max(
            (number for number, line in enumerate(lines, 1) if _ends_comment(line)),
            default=0,
        )
        if any(_FILE_COMMENT.search(line) for line in lines[end:]):
            end = len(lines)
        while end and not lines[end - 1].strip():
            end -= 1
        return sum(map(len, lines[:end]))

    def _key(self, one: _Import) -> tuple[object, ...]:
        return self._sort_key(one.name, is_from=one.is_from)

    def _own_key(self) -> tuple[object, ...]:
        return self._sort_key(self._name, is_from=False)

    def _sort_key(self, name: str, *, is_from: bool) -> tuple[object, ...]:
        folded = name.lower()
        return (folded, is_from) if self._by_name else (is_from, folded)


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _count_pinned(body: Sequence[ast.stmt]) -> int:
    """How many statements must stay first: docstring and `__future__` imports."""
    documented = bool(body) and _is_docstring(body[0])
    futures = itertools.takewhile(_is_future, body[documented:])
    return documented + sum(1 for _ in futures)


def _is_docstring(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _logical_lines(module: Module) -> list[_LogicalLine]:
    lines: list[_LogicalLine] = []
    statements: list[ast.stmt] = []
    for statement in module.tree.body:
        statements.append(statement)
        last, column = statement.end_lineno, statement.end_col_offset
        end = module.offset(last or 0, column or 0)
        if rest := _REST_OF_LINE.match(module.text, end):
            start = module.offset(_first_line(statements[0]))
            lines.append(_LogicalLine(statements, start, rest.end()))
            statements = []
    return lines


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min(statement.lineno, *(node.lineno for node in decorators), sys.maxsize)


def _holds(line: _LogicalLine, stops: set[int]) -> bool:
    return any(
        isinstance(statement, _DEFINITIONS)
        or any(id(node) in stops for node in ast.walk(statement))
        for statement in line.statements
    )


def _describe(path: Path, statement: ImportStatement, line: _LogicalLine) -> _Import:
    is_from = isinstance(statement, ast.ImportFrom)
    if isinstance(statement, ast.ImportFrom):
        name = "." * statement.level + (statement.module or "")
    else:
        name = statement.names[0].name
    leads_line = statement is line.statements[0]
    return _Import(_section_of(path, name), name, is_from, line, leads_line)


def _sorted_by_name(imports: Sequence[_Import]) -> bool:
    """Whether they follow force_sort_within_sections: `import` below `from`."""
    return any(
        one.section == other.section and one.is_from and not other.is_from
        for one, other in itertools.pairwise(imports)
    )


def _ends_comment(line: str) -> bool:
    return not line.strip() or bool(_INTERPRETER_COMMENT.match(line))


def _section_of(path: Path, name: str) -> _Section:
    top = name.partition(".")[0]
    if not top:
        return _Section.LOCAL
    if top == "__future__":
        return _Section.FUTURE
    if top in _STDLIB:
        return _Section.STDLIB
    if _is_first_party(path, top):
        return _Section.FIRST_PARTY
    return _Section.THIRD_PARTY


def _is_first_party(path: Path, name: str) -> bool:
    """Whether a package is the project's own: by the defaults of isort and ruff."""
    parents = Path(os.path.abspath(path)).parents  # noqa: PTH100  # links are not followed, as they lead out of the project
    root = next((parent for parent in parents if _is_root(parent)), parents[0])
    return name == _package_of(parents) or any(
        (source / name).is_dir() or (source / f"{name}.py").is_file()
        for source in (root, root / "src")
    )


def _is_root(directory: Path) -> bool:
    return any((directory / name).exists() for name in _PROJECT_ROOT_FILES)


def _package_of(parents: Iterable[Path]) -> str:
    """The outermost package that a file in these directories belongs to, if any."""
    packages = itertools.takewhile(
        lambda parent: (parent / "__init__.py").is_file(), parents
    )
    return min(packages, default=Path()).name


if __name__ == "__main__":
    sys.exit(main())
