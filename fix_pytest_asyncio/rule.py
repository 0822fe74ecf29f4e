"""What a rule is, and what it finds."""

from __future__ import annotations

from abc import ABC
from typing import TYPE_CHECKING, ClassVar, NamedTuple

if TYPE_CHECKING:
    import ast
    import re
    from collections.abc import Iterator
    from pathlib import Path

    from .changes import Change
    from .configuration import Configuration
    from .project import Project
    from .source import Module

# --- Rules ----------------------------------------------------------------------------


class Setting(NamedTuple):
    """What a fix does to a setting of pytest's.

    Attributes:
        path: The file that pytest reads it from, or would if it were there.
        name: Of the setting.
        value: What it becomes; None removes it. A truth is written as the file has it.
        old_name: What it is called there so far, if that is wrong.
    """

    path: Path
    name: str
    value: str | bool | None
    old_name: str = ""


class Fix(NamedTuple):
    """What would mend a finding.

    Attributes:
        changes: What to change in the module.
        is_safe: Whether no test can change its outcome by it but for the better.
        needs: The modules that the changed code uses by their own name: an import that
            is missing is added.
        settings: What to set for pytest, with which the changes make one step.
    """

    changes: tuple[Change, ...] = ()
    is_safe: bool = True
    needs: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()


class Finding(NamedTuple):
    """Something wrong.

    Attributes:
        line: Where it is, from 1.
        column: The same, in characters, from 1.
        end_column: Where it ends, if it does so in this line, or where the line does.
        code: The rule's.
        message: One line for whoever has to act on it.
        fix: What would mend it; None if nothing that can be told from here.
        by_hand: What to do where it is not fixed.
    """

    line: int
    column: int
    end_column: int
    code: str
    message: str
    fix: Fix | None = None
    by_hand: str = ""


class Rule(ABC):
    """One thing to look for.

    The docstring of a rule is what `--explain` prints: what is wrong and why, an
    example below `Before:`, what becomes of it below `After:`, and with `By hand:` what
    to do where there is no fix, or no safe one. Both examples are run by the tests.

    Attributes:
        code: What findings, comments and settings call the rule.
        name: The same, in words: `event-loop-argument`.
        message: One line, with what varies in braces.
        by_hand: What to do where it is not fixed.
        words: A file that has none of these is not even parsed.
        pattern: Nor is one that does not match this, if there is one.
        is_default: Whether it is looked for unless the user selects otherwise.
        may_set: Whether its fixes may change settings of pytest's.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    message: ClassVar[str]
    by_hand: ClassVar[str] = ""
    words: ClassVar[tuple[bytes, ...]] = ()
    pattern: ClassVar[re.Pattern[bytes] | None] = None
    is_default: ClassVar[bool] = True
    may_set: ClassVar[bool] = False

    def may_find(self, raw: bytes, project: Project, path: Path) -> bool:
        """Tell, without parsing, whether there may be something in a file.

        Args:
            raw: What is in it.
            project: What it belongs to.
            path: Where it is.
        """
        del project, path
        if self.words and not any(map(raw.__contains__, self.words)):
            return False
        if self.pattern is None or (b"\r" in raw and b"\n" not in raw):
            return True  # patterns know the usual line ends only
        return bool(self.pattern.search(raw))

    def check(self, module: Module, project: Project) -> Iterator[Finding]:
        """Yield what is found in a module."""
        del module, project
        yield from ()

    def check_configuration(self, configuration: Configuration) -> Iterator[Finding]:
        """Yield what is found in the file that pytest reads its settings from."""
        del configuration
        yield from ()

    def found(
        self,
        module: Module,
        node: ast.AST,
        fix: Fix | None = None,
        by_hand: str = "",
        **values: object,
    ) -> Finding:
        """Make a finding.

        Args:
            module: Where.
            node: What to point at.
            fix: What would mend it.
            by_hand: What to do where it is not fixed, if that differs from the rule's.
            values: What stands in the message's braces.
        """
        line, column, end_column = module.place(node)
        message = self.message.format(**values)
        hint = by_hand or self.by_hand
        return Finding(line, column, end_column, self.code, message, fix, hint)
