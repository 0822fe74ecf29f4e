"""Kills updates, each at one of its phases; see test_update_faults.py.

A `Killer` disturbs the process that is about to become Copier. From then on every
phase that is passed, by Copier or by a hook that it starts, is a line in a file, and at
the one that is fatal the process ends with all that it has started. What SIGKILL ends
cannot tidy up: whatever is on the disk at that moment is what the user finds.

`python update_killer.py LOG FATAL HOOKS WORD...` is such a hook.
"""

# pyright: reportPrivateUsage=false
# (what it waits for are steps inside of Copier)

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable

BEGUN = "nothing is done yet"
# Copier renders three times: in a directory of its own, in the project, and in another.
RENDERED = (
    "the old version is rendered",
    "the new version is rendered in the project",
    "the new version is rendered elsewhere",
)
HALF_RENDERED = "half of the new version is rendered in the project"
APPLIED = "the user's changes are applied"
REMOVED = "what the template has no more is removed"
HALF = 15  # files


class Killer(NamedTuple):
    """Writes down the phases of an update, and ends it at one of them.

    `fatal` is the number of that phase, from 1 on; with 0 the update comes to its end.
    """

    log: Path
    fatal: int

    def disturb_copier(self) -> None:
        """Disturb Copier in this process, which leads a group of its own then."""
        from copier import _main  # noqa: PLC0415 (the hooks do without)

        os.setsid()
        self.log.write_text("", encoding="utf-8")
        render, render_file = _main.Worker.run_copy, _main.Worker._render_file
        remove = _main._remove_old_files
        rendered = iter(RENDERED)
        files = iter(range(1000))

        def run_copy(worker: _main.Worker) -> None:
            if BEGUN not in self.phases():
                self._passed(BEGUN)
            render(worker)
            self._passed(next(rendered))

        def rendering_file(worker: _main.Worker, *words: Any, **named: Any) -> None:
            render_file(worker, *words, **named)
            if self.phases()[-1] != BEGUN and next(files) == HALF:
                self._passed(HALF_RENDERED)

        def remove_old_files(*words: Any) -> None:
            first = APPLIED not in self.phases()  # it calls itself for directories
            if first:
                self._passed(APPLIED)
            remove(*words)
            if first:
                self._passed(REMOVED)

        for owner, name, disturbed in [
            (_main.Worker, "run_copy", run_copy),
            (_main.Worker, "_render_file", rendering_file),
            (_main, "_remove_old_files", remove_old_files),
            (_main, "subprocess", SimpleNamespace(run=self._run_hook)),
        ]:
            mock.patch.object(owner, name, disturbed).start()

    def disturb_hook(self) -> None:
        """Disturb a hook in this process."""
        from adopt import writing  # noqa: PLC0415 (from the directory of the hooks)
        from migrate import dropped  # noqa: PLC0415 (the same)

        self._pass_after(writing, "flush", "a file is written beside its place")
        self._pass_after(writing, "write", "a file is in its place")
        self._pass_after(dropped, "_settle_one", "a removed file is given back")

    def phases(self) -> list[str]:
        """Return the phases that were passed, in their order."""
        return self.log.read_text(encoding="utf-8").splitlines()

    def _run_hook(
        self, words: list[str], **named: Any
    ) -> subprocess.CompletedProcess[Any]:
        hooks, *rest = words[words.index("-B") + 1 :]
        hook = " ".join(word for word in rest if word in NAMING)
        this = [words[0], "-B", __file__, str(self.log), str(self.fatal)]
        run = cast("Callable[..., subprocess.CompletedProcess[Any]]", subprocess.run)
        finished = run([*this, hooks, *rest], **named)
        self._passed(f"{hook} has run")
        return finished

    def _pass_after(self, owner: Any, name: str, phase: str) -> None:
        function = getattr(owner, name)

        def disturbed(*words: Any, **named: Any) -> Any:
            result = function(*words, **named)
            if result != "":  # as where nothing was done, of which nothing is said
                self._passed(phase)
            return result

        mock.patch.object(owner, name, disturbed).start()

    def _passed(self, phase: str) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(phase + "\n")
        if len(self.phases()) == self.fatal:
            os.killpg(0, signal.SIGKILL)


NAMING = {"migrate", "verify", "adopt", "--stage=before", "--stage=after"}

if __name__ == "__main__":
    log, fatal, hooks = sys.argv[1:4]
    del sys.argv[:3]
    sys.path[0] = hooks
    Killer(Path(log), int(fatal)).disturb_hook()
    runpy.run_path(hooks, run_name="__main__")
