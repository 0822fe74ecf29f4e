"""The marked block in a root conftest.py that is the user's.

It imports one hook, which registers the suite's plugin whatever else the file holds: a
`pytest_plugins` of its own in any form, hooks, fixtures. `pytest_plugins` would be the
usual way, but it cannot be added to without touching the user's lines, and pytest
refuses it in a conftest.py that a run from a directory further up comes to later.

It stands at the end, so that what the file sets up (a settings module, a path) is set
up before the suite is imported.
"""

from __future__ import annotations

import ast
import posixpath
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adopt.plan import Draft

FILE = "conftest.py"
BEGIN = "# >>> asyncio tests"
END = "# <<< asyncio tests"
HOOK = "pytest_asyncio_support"
WHY = "registers the fixtures of the helpers"

DELETED = "you have deleted it, and it stays so. To have it again, add: {line}"

_DOCSTRING = '"""Fixtures and plugins of the whole test suite."""\n'
_MANY = "holds {count} of the lines that mark the suite's block; one pair is wanted"
_UNPARSABLE = "cannot be parsed by Python {version} (line {line}: {what})"
_SKIPPED_IN_FRONT = (ast.Import, ast.ImportFrom)


class Place(NamedTuple):
    """Where the plugin is imported from.

    `package` is the import name of the helpers; `path` the directory, relative to
    conftest.py, to be added to `sys.path` first, or None where pytest has seen to it;
    `guide` the path of the page that tells more.
    """

    package: str
    path: str | None
    guide: str


def plan_block(draft: Draft, place: Place) -> None:
    """Plan the block: a new file, lines at the end, or present ones brought up to date.

    What cannot be done safely is left to the user, with the lines.
    """
    lines = _code(place, late=True)
    refusal = draft.refusal(FILE)
    if refusal is not None:
        draft.leave_to_hand(FILE, refusal, *lines)
        return
    content = draft.read(FILE)
    if content is None:
        block = _block(place, late=False)
        text = _DOCSTRING + "\n" + "\n".join(block) + "\n"
        draft.change(FILE, text.encode(), "a new file", WHY)
        return
    tree = _parsed(content)
    if isinstance(tree, str):
        draft.leave_to_hand(FILE, tree, *lines)
        return
    _plan_in(draft, FILE, content, tree, place)


def update_block(draft: Draft, place: Place, files: Sequence[str]) -> None:
    """Plan to bring a block that is there up to date, wherever it stands by now.

    One that is nowhere was deleted by the user, and stays so.

    Args:
        draft: The plan.
        place: Where the plugin is imported from.
        files: The conftest.py files of the project, relative to it.
    """
    contents = {path: draft.read(path) or b"" for path in files}
    found = [path for path, content in contents.items() if _has_marks(content)]
    if not found and not any(map(_registers_in, contents.values())):
        line = f"from {place.package}.asyncio_support.plugin import {HOOK}"
        draft.keep(FILE, "the suite's block is not there", DELETED.format(line=line))
    for path in found:
        content = contents[path]
        tree = _parsed(content)
        refusal = tree if isinstance(tree, str) else draft.refusal(path)
        here = place
        if place.path is not None:  # which starts at the directory of the file
            relative = posixpath.relpath(place.path, posixpath.dirname(path) or ".")
            here = place._replace(path=relative)
        if refusal is not None or isinstance(tree, str):
            draft.leave_to_hand(path, refusal or "", *_code(here, late=True))
        else:
            _plan_in(draft, path, content, tree, here)


def names_in(content: bytes) -> set[str]:
    """Return the names that fixtures of a module may have; none if it is broken.

    Those are its functions, what it imports, and what decorators are told as `name`.
    """
    tree = _parsed(content)
    if isinstance(tree, str):
        return set()
    names = set[str]()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names.update(_given_names(node) or [node.name])
        elif isinstance(node, ast.ImportFrom):
            names.update(alias.asname or alias.name for alias in node.names)
    return names


def _given_names(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [
        str(keyword.value.value)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        for keyword in decorator.keywords
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
    ]


def _plan_in(
    draft: Draft, path: str, content: bytes, tree: ast.Module, place: Place
) -> None:
    rows = content.splitlines(keepends=True)
    begins = [number for number, row in enumerate(rows) if _marks(row, BEGIN)]
    ends = [number for number, row in enumerate(rows) if _marks(row, END)]
    newline = b"\r\n" if content.count(b"\r\n") * 2 > content.count(b"\n") else b"\n"
    late = any(not _may_precede_imports(node) for node in tree.body)
    imports = any(isinstance(node, _SKIPPED_IN_FRONT) for node in tree.body)
    wanted = _block(place, late=late, split=imports and not late)
    block = [line.encode() + newline for line in wanted]

    if not begins and not ends:
        if _registers(tree):
            draft.keep(path, "it registers the plugin already", "nothing is added")
            return
        gap = _gap(content, newline)
        what = f"a block of {len(block)} lines at its end"
        _change(draft, path, content + gap + b"".join(block), what, place)
    elif len(begins) == len(ends) == 1 and begins < ends:
        present = b"".join(rows[begins[0] : ends[0] + 1])
        if _means_the_same(present, b"".join(block)):
            return
        before, after = rows[: begins[0]], rows[ends[0] + 1 :]
        new = b"".join([*before, *block, *after])
        what = "its block, brought up to date"
        _change(draft, path, new, what, place)
    else:
        many = _MANY.format(count=len(begins) + len(ends))
        draft.leave_to_hand(path, many, *wanted)


def _change(draft: Draft, path: str, new: bytes, what: str, place: Place) -> None:
    """Plan new content, unless it would mean something else around the block."""
    old = draft.read(path) or b""
    outside = ast.parse(b"".join(_without_block(new)))
    if ast.dump(outside) != ast.dump(ast.parse(b"".join(_without_block(old)))):
        why = "would not be read as before with lines added"
        draft.leave_to_hand(path, why, *_code(place, late=True))
        return
    ast.parse(new)
    draft.change(path, new, what, WHY)


def _without_block(content: bytes) -> list[bytes]:
    rows, kept, inside = content.splitlines(keepends=True), list[bytes](), False
    for row in rows:
        inside = inside or _marks(row, BEGIN)
        if not inside:
            kept.append(row)
        inside = inside and not _marks(row, END)
    return kept


def _gap(content: bytes, newline: bytes) -> bytes:
    """Return what makes two blank lines after the last line, as formatters want."""
    if not content.strip(b"\xef\xbb\xbf \t\r\n\f"):
        return b"" if content.endswith(b"\n") or not content else newline
    unfinished = 0 if content.endswith((b"\n", b"\r")) else 1
    blank = len(content) - len(content.rstrip(b"\r\n"))
    present = content[len(content) - blank :].count(b"\n") - 1 + unfinished
    return newline * (unfinished + max(0, 2 - max(present, 0)))


def _has_marks(content: bytes) -> bool:
    return any(_marks(row, BEGIN) or _marks(row, END) for row in content.splitlines())


def _registers_in(content: bytes) -> bool:
    tree = _parsed(content)
    return not isinstance(tree, str) and _registers(tree)


def _marks(row: bytes, mark: str) -> bool:
    return row.startswith(mark.encode())


def _block(place: Place, *, late: bool, split: bool = False) -> list[str]:
    """Return the block's lines. `split`: imports stand above, to be sorted apart."""
    begin = f"{BEGIN}: kept by copier-asyncio-testing, see {place.guide}"
    apart = ["# isort: split"] if split else []
    return [begin, *apart, *_code(place, late=late), END]


def _code(place: Place, *, late: bool) -> list[str]:
    """Return the block's code. `late`: below code, where linters miss imports above."""
    early, used = ("  # noqa: E402", "E402, F401") if late else ("", "F401")
    path = [
        f"import pathlib as _pathlib{early}",
        f"import sys as _sys{early}",
        "",
        f'_sys.path.append(str(_pathlib.Path(__file__).parent / "{place.path}"))',
        "",
    ]
    if place.path is not None and not late:
        used = "E402, F401"
    # In this form it is left as it is by formatters at any line length.
    return [
        *(path if place.path is not None else []),
        f"from {place.package}.asyncio_support.plugin import (  # noqa: {used}",
        f"    {HOOK},",
        ")",
    ]


def _parsed(content: bytes) -> ast.Module | str:
    """Parse a module, or say why it cannot be."""
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError) as error:
        what = getattr(error, "msg", str(error))
        line = getattr(error, "lineno", None) or 1
        version = ".".join(map(str, sys.version_info[:2]))
        return _UNPARSABLE.format(version=version, line=line, what=what)


def _may_precede_imports(node: ast.stmt) -> bool:
    """Tell whether linters let imports stand below this statement."""
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return docstring or isinstance(node, _SKIPPED_IN_FRONT)


def _registers(tree: ast.Module) -> bool:
    """Tell whether the module names the suite's plugin already, outside of a block."""
    ending = "asyncio_support.plugin"
    return any(
        (isinstance(node, ast.ImportFrom) and (node.module or "").endswith(ending))
        or (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value.endswith("." + ending)
        )
        for node in ast.walk(tree)
    )


def _means_the_same(present: bytes, wanted: bytes) -> bool:
    """Tell whether two blocks differ in formatting at most."""
    tree = _parsed(present)
    return not isinstance(tree, str) and ast.dump(tree) == ast.dump(ast.parse(wanted))
