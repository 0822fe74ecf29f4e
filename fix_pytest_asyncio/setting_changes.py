"""What fixes set for pytest: compared with each other, tried, and written."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from .configuration import configuration_at
from .files import UnusableFileError, read_file, there_is, write_file
from .setting_edits import with_setting
from .source import NotFixableError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .rule import Finding, Setting

# --- Settings that fixes change -------------------------------------------------------

_DISAGREE = (
    "not all fixes agree on `{name}` in {path}, they want {values}: set it to one of "
    "these by hand, and run this again"
)
_STANDS_APART = "`{name}` cannot be set safely there: do it by hand"


class SettingFile(NamedTuple):
    """A file of pytest's settings before and after fixes.

    Attributes:
        path: Where it is, or will be.
        before: Its text; empty if there is none yet.
        after: What that becomes.
    """

    path: Path
    before: str
    after: str

    def write(self) -> None:
        """Write it, in one step, if it changes.

        Raises:
            UnusableFileError: If that cannot be done.
        """
        if self.after != self.before:
            write_file(self.path, self.after.encode())


class Agreement:
    """What the fixes of all files want to set, where they do not contradict."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        """Compare them.

        Args:
            findings: Those of all files whose fixes are wanted.
        """
        self._wanted: defaultdict[tuple[Path, str], set[str]] = defaultdict(set)
        for finding in findings:
            for setting in finding.fix.settings if finding.fix else ():
                self._wanted[setting.path, setting.name].add(_shown_value(setting))

    def objection(self, finding: Finding) -> str:
        """Say why a fix must not be applied for what it sets; nothing if it may."""
        settings = finding.fix.settings if finding.fix else ()
        for setting in settings:
            wanted = self._wanted[setting.path, setting.name]
            values = sorted({*wanted, _shown_value(setting)})
            if len(values) > 1:
                return _DISAGREE.format(
                    name=setting.name, path=setting.path, values=" and ".join(values)
                )
        try:
            changed_settings(settings)
        except UnusableFileError as problem:
            return str(problem)
        return ""

    def kept(self, finding: Finding) -> Finding:
        """Return a finding, without its fix if there is an objection, told with it."""
        objection = self.objection(finding)
        return finding._replace(fix=None, by_hand=objection) if objection else finding


def _shown_value(setting: Setting) -> str:
    return "none" if setting.value is None else f"`{setting.value}`"


def changed_settings(settings: Iterable[Setting]) -> list[SettingFile]:
    """Return the files that settings are in, as they are to be.

    Raises:
        UnusableFileError: If one cannot be read, or not be changed safely.
    """
    by_path: defaultdict[Path, list[Setting]] = defaultdict(list)
    for setting in dict.fromkeys(settings):
        by_path[setting.path].append(setting)
    return [_changed_file(path, several) for path, several in by_path.items()]


def _changed_file(path: Path, settings: Iterable[Setting]) -> SettingFile:
    before = after = settings_text(path)
    configuration = configuration_at(path)
    for setting in settings:
        _, name, value, old_name = setting
        try:
            after = with_setting(after, configuration, name, value, old_name)
        except NotFixableError as error:
            reason = _STANDS_APART.format(name=name)
            raise UnusableFileError(path, reason) from error
    return SettingFile(path, before, after)


def settings_text(path: Path) -> str:
    """Return the text of a file of settings, its line ends as they are.

    Raises:
        UnusableFileError: If it cannot be read.
    """
    try:
        return read_file(path).decode() if there_is(path) else ""
    except ValueError as error:
        raise UnusableFileError(path, "it is not in UTF-8") from error
