"""Where in a module an import goes."""

from __future__ import annotations

import ast
import enum
import itertools
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .edits import Edit
from .source import BLANK_LINES, LINE, LINE_END, logical_lines
from .syntax import DEFINITIONS, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .source import LogicalLine, Module
    from .syntax import ImportStatement

# --- Places of imports ----------------------------------------------------------------

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


def place_import(
    module: Module, name: str, uses: Iterable[ast.AST], names: str = ""
) -> Edit:
    """Return the edit that imports a module where a person, or isort, would.

    That is before the first function, class or use, in the section of its kind.

    Args:
        module: The module to add to.
        name: The module to import.
        uses: The nodes that the import must come before.
        names: What is imported from it, as the statement says it; by default nothing,
            but the module itself.
    """
    return _ImportPlacer(module, name, uses, names).edit()


class _Section(enum.IntEnum):
    FUTURE = enum.auto()
    STDLIB = enum.auto()
    THIRD_PARTY = enum.auto()
    FIRST_PARTY = enum.auto()
    LOCAL = enum.auto()


@dataclass(frozen=True)
class _Import:
    """An import of the module's head: what decides on its place, and where it is."""

    section: _Section
    name: str
    is_from: bool
    line: LogicalLine
    leads_line: bool


class _ImportPlacer:
    def __init__(
        self, module: Module, name: str, uses: Iterable[ast.AST], names: str
    ) -> None:
        self._module = module
        self._name = name
        self._is_from = bool(names)
        self._code = f"from {name} import {names}" if names else f"import {name}"
        self._section = _section_of(module.path, name)
        self._pinned = module.tree.body[: _count_pinned(module.tree.body)]
        self._lines = logical_lines(module)
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
        return Edit(offset, offset, f"{self._code}; ")

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
        wanted = 2 if isinstance(follower, DEFINITIONS) else 1
        blanks = BLANK_LINES.match(self._module.text, offset)
        missing = wanted - (len(LINE_END.findall(blanks.group())) if blanks else 0)
        return self._insertion(offset, above=bool(offset), below=max(missing, 0))

    def _after(self, one: _Import, *, apart: bool = False) -> Edit:
        return self._insertion(one.line.end, above=apart)

    def _before(self, one: _Import, *, apart: bool = False) -> Edit:
        if not one.leads_line:
            return self._after(one, apart=apart)
        return self._insertion(self._above_comments(one.line), below=int(apart))

    def _insertion(self, offset: int, *, above: bool = False, below: int = 0) -> Edit:
        end = self._module.line_end_near(offset)
        text = f"{end * above}{self._code}{end}{end * below}"
        return Edit(offset, offset, text)

    def _above_comments(self, line: LogicalLine) -> int:
        """Where a line starts, with the comments right above that are about it."""
        offset = line.start
        floor = max(
            [self._header_end(), *(one.end for one in self._head if one.end <= offset)]
        )
        for text in reversed(LINE.findall(self._module.text, floor, offset)):
            if not text.lstrip().startswith("#") or _HEADING.search(text):
                break
            offset -= len(text)
        return offset

    def _header_end(self) -> int:
        """Where the comments about the file end: shebang, encoding, licence."""
        lines = LINE.findall(self._module.text, 0, self._lines[0].start)
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
        return self._sort_key(self._name, is_from=self._is_from)

    def _sort_key(self, name: str, *, is_from: bool) -> tuple[object, ...]:
        folded = name.lower()
        return (folded, is_from) if self._by_name else (is_from, folded)


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


def _holds(line: LogicalLine, stops: set[int]) -> bool:
    return any(
        isinstance(statement, DEFINITIONS)
        or any(id(node) in stops for node in walk(statement))
        for statement in line.statements
    )


def _describe(path: Path, statement: ImportStatement, line: LogicalLine) -> _Import:
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
