"""The hooks' own directory, and what they keep there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from verify import cache as hooks_cache

if TYPE_CHECKING:
    import pytest


def test_it_is_the_platforms_cache_directory_unless_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The README tells people what they may delete."""
    monkeypatch.delenv(hooks_cache.VARIABLE)
    assert hooks_cache.directory().name == "copier-asyncio-testing"

    monkeypatch.setenv(hooks_cache.VARIABLE, "somewhere")
    assert hooks_cache.directory() == Path("somewhere").absolute()


def test_of_many_reports_the_newest_are_kept(cache: Path) -> None:
    """Nobody reads the twenty-first, and nobody cleans up after a tool."""
    reports = cache / "reports"
    reports.mkdir()
    for day in range(10, 32):
        (reports / f"202001{day}-120000-1-old.txt").touch()

    newest = hooks_cache.write_report("project", "what went wrong")

    kept = sorted(path.name for path in reports.iterdir())
    assert len(kept) == hooks_cache.KEPT_REPORTS
    assert kept[0].startswith("20200113")
    assert newest.read_text(encoding="utf-8") == "what went wrong"
