"""What the rules find in a module, and the module as its fixes leave it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from .changes import Change, Delete, DeleteItem, Surgery
from .configuration import configuration_at, configuration_from
from .edits import Edit, OverlapError, apply_edits
from .files import UnusableFileError, find_files
from .import_places import place_import
from .setting_changes import Agreement, SettingFile
from .setting_edits import with_setting
from .source import Module, NotFixableError
from .suppressions import not_suppressed
from .syntax import string, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from .configuration import Configuration
    from .project import Project
    from .rule import Finding, Fix, Rule, Setting

# --- Checking and fixing --------------------------------------------------------------

# A fix may make room for another one: two arguments that go from one list, an import
# that a changed line wants. More rounds than these would be a rule that undoes itself.
_MOST_ROUNDS = 20
_ANNOTATION = re.compile(r"[\w.\[\], |]+")


class Repair(NamedTuple):
    """A module after its fixes.

    Attributes:
        module: It.
        applied: What was fixed, at the lines where it was when it was.
        left: What was found afterwards.
        settings: What has to be set for pytest, for the module to be right.
    """

    module: Module
    applied: tuple[Finding, ...]
    left: tuple[Finding, ...]
    settings: tuple[Setting, ...]


def check(module: Module, rules: Iterable[Rule], project: Project) -> list[Finding]:
    """Return what rules find in a module, in the order of the text.

    A fix that needs a setting is not among them where that cannot be made, or where the
    fix of another module needs a different one. What a comment keeps quiet is not there
    at all, so that it is not fixed either.
    """
    rules = [*rules]
    findings = [
        _agreed(finding, rules, project)
        for rule in rules
        if rule.may_find(module.raw, project, module.path)
        for finding in rule.check(module, project)
    ]
    if findings:
        findings = not_suppressed(module, findings)
    return sorted(findings, key=lambda finding: finding[:4])


def _agreed(finding: Finding, rules: Iterable[Rule], project: Project) -> Finding:
    settings = finding.fix.settings if finding.fix else ()
    several = tuple(rule for rule in rules if rule.may_set)
    for root in {setting.path.parent for setting in settings}:
        agreement = _agreement_below(root, several, project)
        finding = agreement.kept(finding)
    return finding


def _agreement_below(
    root: Path, rules: tuple[Rule, ...], project: Project
) -> Agreement:
    project.note_search(root)
    return project.notes.remembered(
        project.agreements,
        (root, rules),
        lambda: Agreement(_found_below(root, rules, project)),
    )


def _found_below(
    root: Path, rules: Iterable[Rule], project: Project
) -> Iterator[Finding]:
    """Yield what rules find that may change settings, in all modules of a directory."""
    for path in find_files([root]):
        try:
            module = Module.read(path)
            for rule in rules:
                if rule.may_find(module.raw, project, path):
                    yield from rule.check(module, project)
        except (UnusableFileError, RecursionError, MemoryError):  # noqa: PERF203 - one bad file hides no other
            continue


def fix(
    module: Module,
    rules: Sequence[Rule],
    project: Project,
    is_wanted: Callable[[Finding], bool],
) -> Repair:
    """Apply fixes as far as they prove to change what they mean to, and only that.

    Args:
        module: The module.
        rules: What to look for.
        project: What the module belongs to.
        is_wanted: Whether a finding that has a fix is to be fixed.
    """
    applied: list[Finding] = []
    findings = check(module, rules, project)
    for _ in range(_MOST_ROUNDS):
        wanted = [finding for finding in findings if finding.fix and is_wanted(finding)]
        fixed, done = _fixed(module, wanted) if wanted else (module, [])
        if not done:
            break
        module = fixed
        applied += done
        findings = check(module, rules, project)
    settings = [
        each for finding in applied if finding.fix for each in finding.fix.settings
    ]
    return Repair(
        module, tuple(applied), tuple(findings), tuple(dict.fromkeys(settings))
    )


class SettingsRepair(NamedTuple):
    """A file of pytest's settings after its fixes.

    Attributes:
        file: It.
        applied: What was fixed, at the lines where it was when it was.
        left: What was found afterwards.
    """

    file: SettingFile
    applied: tuple[Finding, ...]
    left: tuple[Finding, ...]


def check_configuration(
    configuration: Configuration, rules: Iterable[Rule]
) -> list[Finding]:
    """Return what rules find in the file that pytest reads, in the order of its text.

    Their lines are those of `configuration.source`, in the file `configuration.path`.
    """
    findings = [
        finding
        for rule in rules
        if configuration.path
        for finding in rule.check_configuration(configuration)
    ]
    return sorted(findings, key=lambda finding: finding[:4])


def fix_configuration(
    configuration: Configuration,
    rules: Sequence[Rule],
    is_wanted: Callable[[Finding], bool],
) -> SettingsRepair:
    """Apply fixes to a file of settings, one after the other; `file.write()` writes it.

    Args:
        configuration: The file, which there is.
        rules: What to look for.
        is_wanted: Whether a finding that has a fix is to be fixed.
    """
    path = configuration.path
    assert path, "there is a file"
    # The fixes of modules may have changed it since.
    configuration = configuration_at(path)
    before = configuration.source
    applied: list[Finding] = []
    findings = check_configuration(configuration, rules)
    for _ in range(_MOST_ROUNDS):
        for finding in findings:
            if finding.fix and is_wanted(finding):
                fixed = _with_settings(configuration, finding.fix.settings)
                if fixed:
                    applied.append(finding)
                    configuration = fixed
                    break
        else:
            break
        findings = check_configuration(configuration, rules)
    file = SettingFile(path, before, configuration.source)
    return SettingsRepair(file, tuple(applied), tuple(findings))


def _with_settings(
    configuration: Configuration, settings: Iterable[Setting]
) -> Configuration | None:
    text = configuration.source
    try:
        for _, name, value, old_name in settings:
            text = with_setting(text, configuration, name, value, old_name)
    except NotFixableError:
        return None
    if configuration.path is None or text == configuration.source:
        return None
    return configuration_from(configuration.path, text)


def _fixed(module: Module, findings: list[Finding]) -> tuple[Module, list[Finding]]:
    """Return a module with fixes applied that do not meet, and whose they are."""
    apart = _apart(module, findings)
    together = _changed(module, [finding.fix for finding in apart if finding.fix])
    if together:
        return together, apart
    for finding in apart:
        alone = _changed(module, [finding.fix] if finding.fix else [])
        if alone:
            return alone, [finding]
    return module, []


def _apart(module: Module, findings: Iterable[Finding]) -> list[Finding]:
    """Return findings whose fixes do not touch the same places of the text."""
    taken: list[Edit] = []
    chosen: list[Finding] = []
    for finding in findings:
        try:
            edits = [
                edit
                for change in (finding.fix.changes if finding.fix else ())
                for edit in change.edits(module)
            ]
            apply_edits(module.text, [*taken, *edits])
        except (NotFixableError, OverlapError):
            continue
        if not any(edit in taken for edit in edits):
            taken += edits
            chosen.append(finding)
    return chosen


def _changed(module: Module, fixes: Sequence[Fix]) -> Module | None:
    """Return a module with fixes applied; None if the result is not what they mean."""
    changes = [change for each in fixes for change in each.changes]
    changed = operated(module, changes)
    if changed is None:
        return None
    needs = dict.fromkeys(name for each in fixes for name in each.needs)
    for name in needs:
        uses = changed.names.not_imported(name)
        if uses:
            imported = with_import(changed, name, uses)
            if imported is None:
                return None
            changed = imported
    return _without_orphans(module, changed)


def operated(module: Module, changes: Sequence[Change]) -> Module | None:
    """Return a module after changes; None if they do not do what they say."""
    if not changes:
        return module
    surgery = Surgery()
    try:
        edits = [edit for change in changes for edit in change.edits(module)]
        for change in changes:
            change.operate(surgery)
        edited = edited_module(module, edits)
    except (NotFixableError, OverlapError, UnusableFileError, SyntaxError):
        return None
    meant = surgery.result(module.tree)
    return edited if edited and ast.dump(meant) == ast.dump(edited.tree) else None


def edited_module(module: Module, edits: Iterable[Edit]) -> Module | None:
    """Return a module with edits applied; None if its bytes do not say so.

    Raises:
        OverlapError: If edits touch the same characters.
        UnusableFileError: If the result does not parse.
    """
    text = apply_edits(module.text, edits)
    try:
        edited = module.with_text(text)
    except UnicodeError:
        return None
    edited.tree  # noqa: B018 - raises an error if it does not parse
    same = edited.encoding == module.encoding and edited.text == text
    return edited if same else None


def with_import(module: Module, name: str, uses: Sequence[ast.Name]) -> Module | None:
    """Return a module that imports another; None if that changed anything else."""
    try:
        edited = edited_module(module, [place_import(module, name, uses)])
    except (OverlapError, UnusableFileError):
        return None
    if edited is None:
        return None
    addition = ast.dump(ast.parse(f"import {name}").body[0])
    old = [ast.dump(node) for node in module.tree.body]
    new = [ast.dump(node) for node in edited.tree.body]
    is_only = any(
        new[index] == addition and [*new[:index], *new[index + 1 :]] == old
        for index in range(len(new))
    )
    return edited if is_only else None


def _without_orphans(before: Module, after: Module) -> Module:
    """Return a module without the imports that were used before its fixes only."""
    used = _mentioned(after.tree)
    orphans = (_mentioned(before.tree) - used) & set(after.names.module.bound)
    for name in sorted(orphans):
        for node in after.tree.body:
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            for alias in node.names:
                if (alias.asname or alias.name.partition(".")[0]) == name:
                    change: Change = Delete(node)
                    if len(node.names) > 1:
                        change = DeleteItem(alias, node.names)
                    changed = operated(after, [change])
                    return _without_orphans(before, changed) if changed else after
    return after


def _mentioned(tree: ast.Module) -> set[str]:
    """Return the names that code, or an annotation in quotes, reads in a module."""
    return set(_mentions(tree))


def _mentions(tree: ast.Module) -> Iterator[str]:
    for node in walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant):
            text = string(node) or ""
            if _ANNOTATION.fullmatch(text):
                yield from re.findall(r"\w+", text)
