"""The README's pictures of the terminal: `uv run python -m benchmarks.pictures`.

It needs the group `lint`, and takes a directory to draw in, `docs/pictures` by default.
Each picture shows what a program has printed, once for light and once for dark pages.
What is left out is marked by a line with an ellipsis; nothing else is changed but the
path of the directory in which it ran.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI, TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PLACE = Path(sys.argv[1]) if sys.argv[1:] else ROOT / "docs" / "pictures"
WIDTH = 112  # columns
# Of the colours that GitHub's pages have, so that the pictures do not stand out.
LIGHT = TerminalTheme(
    (246, 248, 250),
    (31, 35, 40),
    [
        *((36, 41, 47), (207, 34, 46), (17, 99, 41), (125, 78, 0)),
        *((9, 105, 218), (130, 80, 223), (27, 124, 131), (110, 119, 129)),
    ],
)
THEMES = {"light": LIGHT, "dark": MONOKAI}

HANG = """
import asyncio


async def transfer(source, target):
    async with source:
        await asyncio.sleep(0)
        async with target:
            pass


async def test_transfers_in_both_directions(virtual_clock):
    mine, yours = asyncio.Lock(), asyncio.Lock()
    await asyncio.gather(transfer(mine, yours), transfer(yours, mine))
"""

LEAK = """
import asyncio


async def poll():
    while True:
        await asyncio.sleep(60)


async def test_polling_begins():
    poller = asyncio.create_task(poll())
    await asyncio.sleep(0)
    assert not poller.done()
"""

OLD = """
import pytest


@pytest.fixture(scope="module")
def event_loop():
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.mark.asyncio(scope="module")
async def test_time(event_loop):
    assert event_loop.time() > 0
"""


def main() -> None:
    """Run everything in a scratch directory, and draw it."""
    PLACE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch).resolve()
        template = place / "copier-asyncio-testing"
        run(place, "git", "clone", "--quiet", str(ROOT), template.name)
        run(template, "git", "tag", "--force", "v99.0.0")
        words = ["copy", "--trust", "--defaults", str(template), "my-project"]
        # Once for the isolated environment, which is made once.
        copied(place, *words[:-1], "my-first-project")
        printed = copied(place, *words)
        draw("copy", f"copier {' '.join(words)}", left_out(printed, "create"), place)

        project = place / "my-project"
        for name, text in {"hang": HANG, "leak": LEAK}.items():
            test = f"tests/test_{name}.py"
            (project / test).write_text(text.lstrip(), encoding="utf-8")
            words = ["-m", "pytest", "--color=yes", "-q", test]
            printed = run(project, sys.executable, *words)
            draw(name, f"pytest -q {test}", printed, place)
            (project / test).unlink()

        (project / "tests" / "test_old.py").write_text(OLD.lstrip(), encoding="utf-8")
        words = ["scripts/fix_pytest_asyncio_imports.py", "--diff", "tests"]
        printed = run(project, sys.executable, *words, errors=subprocess.DEVNULL)
        draw("fixer", f"python {' '.join(words)}", coloured(printed), place)


def copied(place: Path, *words: str) -> str:
    """Run Copier, without the line that repeats the words of the task."""
    printed = run(place, sys.executable, "-m", "copier", *words)
    return re.sub(r"\n > Running task[^\n]*", "", printed)


def run(place: Path, *words: str, errors: int = subprocess.STDOUT) -> str:
    """Run a program in a directory, and return all that it printed."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "PYTHON", "ASYNCIO"))
    }
    return subprocess.run(
        words,
        cwd=place,
        env={**kept, "COLUMNS": str(WIDTH), "HOME": str(place)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        check=False,
    ).stdout


def left_out(printed: str, word: str) -> str:
    """Leave out all but the first and the last three of the lines that have a word."""
    lines = printed.splitlines()
    having = [number for number, line in enumerate(lines) if word in line]
    gone = having[3:-3]
    lines[gone[0]] = "    ..."
    return "\n".join(
        line for number, line in enumerate(lines) if number not in gone[1:]
    )


def coloured(diff: str) -> str:
    """Give a diff the colours that terminals show."""
    colours = {"+": 32, "-": 31, "@": 36}
    return "\n".join(
        f"\x1b[{colours[line[0]]}m{line}\x1b[0m" if line[:1] in colours else line
        for line in diff.splitlines()
    )


def draw(name: str, command: str, printed: str, place: Path) -> None:
    """Write a picture for each theme."""
    command = command.replace(str(place), "~")
    for suffix, theme in THEMES.items():
        console = Console(record=True, width=WIDTH, file=io.StringIO())
        console.print(Text(f"$ {command}", style="bold"))
        text = Text.from_ansi(printed.replace(str(place), "~").strip("\n"))
        console.print(text, soft_wrap=False)
        svg = console.export_svg(title=command, theme=theme, unique_id=name)
        # Pages may not fetch fonts: the reader's own are as good.
        svg = re.sub(r"@font-face \{[^}]*\}\s*", "", svg)
        svg = svg.replace("Fira Code", "ui-monospace, Menlo, Consolas")
        path = PLACE / f"{name}-{suffix}.svg"
        path.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
