"""What virtual time costs: `uv run python -m benchmarks.virtual_clock` prints it.

The clock of the rendered suite, looptime and aiotools do the same, in turns, each as
its documentation has it: by a marker, by a marker, and by a context manager in the
test.

What a test does is timed within it: with the safety net of the rendered suite, which
looks at every timer whoever keeps the time, and without it. What a clock adds to tests
that do not sleep is the processor time of a run with it over that of the same run
without, ours with the net as it is when rendered.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import copier

from benchmarks.timing import begin, run, shown, used_by
from benchmarks.working_tree import tagged_clone

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGES = ("looptime", "aiotools", "pytest", "pytest-asyncio")
HEAD = """\
import asyncio, json, os, random, time
from pathlib import Path
"""
TIMED = """
async def test_timed():
    loop = asyncio.get_running_loop()
    {with_clock}
        begun, started = loop.time(), time.perf_counter()
        {work}
        taken, passed = time.perf_counter() - started, loop.time() - begun
    assert 3590 < passed < 3610, passed
    Path(os.environ["FIGURE"]).write_text(json.dumps(taken))
"""
STEPS = """\
for _ in range(10_000):
            await asyncio.sleep(0.36)"""
# With a turn now and then, as a step of 20,000 would keep the loop for too long.
TIMERS = """\
drawn, done = random.Random(0), []
        for number in range(20_000):
            loop.call_later(drawn.uniform(1, 3600), done.append, None)
            if number % 1_000 == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(3601)
        assert len(done) == 20_000"""
EQUAL_TIMERS = """\
done = []
        for number in range(20_000):
            loop.call_later(3600, done.append, None)
            if number % 1_000 == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(3601)
        assert len(done) == 20_000"""
SHORT = """
async def test_{number}():
    {with_clock}
        await asyncio.sleep(0)
"""
TURNS = """
async def test_turns():
    {with_clock}
        for _ in range(200_000):
            await asyncio.sleep(0)
"""


class Tool(NamedTuple):
    """How a test is set to virtual time.

    Attributes:
        name: What it is called.
        head: What a module has at its top.
        with_clock: The statement in the test that its body stands in.
        is_plugin: Whether pytest knows it by a plugin from the package index, which
            takes part in every test.
    """

    name: str
    head: str
    with_clock: str = "if True:"
    is_plugin: bool = False

    def module(self, *tests: str) -> str:
        """Return a module with tests on virtual time."""
        body = "".join(tests).replace("{with_clock}", self.with_clock)
        return HEAD + self.head + body


OURS = Tool("ours", "import pytest\npytestmark = pytest.mark.virtual_clock\n")
TOOLS = (
    OURS,
    Tool(
        "looptime",
        "import pytest\npytestmark = pytest.mark.looptime\n",
        is_plugin=True,
    ),
    Tool(
        "aiotools",
        "from aiotools import VirtualClock\n",
        "with VirtualClock().patch_loop():",
    ),
)
NO_CLOCK = Tool("none", "")
NO_NET = ("-o", "asyncio_checks=all: off")


def main() -> None:
    """Measure and print."""
    repeat = begin(__doc__, 9)
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(Path(scratch), repeat)
        print(bench.versions(), flush=True)
        for name, work in (
            ("an hour in 10,000 sleeps", STEPS),
            ("20,000 timers in an hour", TIMERS),
            ("20,000 timers at once", EQUAL_TIMERS),
        ):
            for has_net in (True, False):
                bench.compare_work(name, work, has_net=has_net)
        tests = "".join(SHORT.replace("{number}", str(n)) for n in range(1_000))
        bench.compare_cost("1,000 tests without sleeps", tests)
        bench.compare_cost("a test of 200,000 turns", TURNS)


class Bench:
    """An environment with all tools, and a project for ours and one for the others."""

    def __init__(self, scratch: Path, repeat: int) -> None:
        """Make them.

        Args:
            scratch: An empty directory.
            repeat: How often everything is done.
        """
        self._repeat = repeat
        self._figure = scratch / "figure"
        environment = scratch / "environment"
        self._python = str(environment / "bin" / "python")
        own = sys.executable
        run("uv", "venv", "--quiet", "--python", own, str(environment), cwd=scratch)
        install = ["uv", "pip", "install", "--quiet", "--python", self._python]
        run(*install, *PACKAGES, cwd=scratch)
        self._rendered = scratch / "rendered"
        copier.run_copy(
            str(tagged_clone(scratch / "template")),
            self._rendered,
            defaults=True,
            unsafe=True,
            skip_tasks=True,
            quiet=True,
        )
        shutil.rmtree(self._rendered / "tests" / "asyncio_examples")
        self._plain = scratch / "plain"
        (self._plain / "tests").mkdir(parents=True)
        self._plain.joinpath("pytest.ini").write_text(
            "[pytest]\nasyncio_mode=auto\nasyncio_default_fixture_loop_scope=function\n",
            encoding="utf-8",
        )

    def versions(self) -> str:
        """Name what the figures are of, beside Python."""
        ask = f"from importlib.metadata import version as v\nfor p in {PACKAGES}: "
        ask += "print(p, v(p))"
        printed = subprocess.run(
            [self._python, "-c", ask], check=True, capture_output=True, text=True
        )
        return ", ".join(printed.stdout.split("\n")[:-1])

    def compare_work(self, name: str, work: str, *, has_net: bool) -> None:
        """Print how long a piece of work takes on virtual time, with each tool."""
        times: dict[str, list[float]] = {tool.name: [] for tool in TOOLS}
        test = TIMED.replace("{work}", work)
        for _ in range(self._repeat):
            for tool in TOOLS:
                text = tool.module(test)
                if has_net:
                    self._pytest(tool, text, self._rendered)
                elif tool is OURS:
                    self._pytest(tool, text, self._rendered, *NO_NET)
                else:
                    self._pytest(tool, text, self._plain)
                figure = json.loads(self._figure.read_text(encoding="utf-8"))
                times[tool.name].append(figure)
        self._print(
            f"{name}, {'with' if has_net else 'without'} the safety net",
            times,
            lambda each: f"{statistics.median(each):.3f} s",
        )
        for tool in TOOLS[1:]:
            pairs = zip(times[tool.name], times[OURS.name], strict=True)
            ratios = [other / own for other, own in pairs]
            print(f"    {tool.name} / ours: {shown(ratios)}", flush=True)

    def compare_cost(self, name: str, tests: str) -> None:
        """Print what a clock costs of a run that needs none, with each tool."""
        ratios: dict[str, list[float]] = {tool.name: [] for tool in TOOLS}
        for _ in range(self._repeat):
            for tool in TOOLS:
                text = NO_CLOCK.module(tests)
                project = self._rendered if tool is OURS else self._plain
                without = self._pytest(NO_CLOCK, text, project)
                with_clock = self._pytest(tool, tool.module(tests), project)
                ratios[tool.name].append(with_clock / without)
        self._print(f"{name}: with over without", ratios, shown)

    def _pytest(self, tool: Tool, text: str, project: Path, *options: str) -> float:
        """Run a module; return the processor time of it, in seconds."""
        module = project / "tests" / "test_measured.py"
        module.write_text(text, encoding="utf-8")
        words = ["-q", "-p", "no:cacheprovider", *options, str(module)]
        if not tool.is_plugin:
            words += ["-p", "no:looptime"]
        used = used_by(
            *[self._python, "-m", "pytest", *words],
            cwd=project,
            FIGURE=str(self._figure),
            PYTHONDONTWRITEBYTECODE="",  # or every run would compile what it imports
        )
        return used.seconds

    @staticmethod
    def _print(
        name: str,
        figures: dict[str, list[float]],
        told: Callable[[list[float]], str],
    ) -> None:
        print(name)
        for tool, each in figures.items():
            print(f"    {tool:10} {told(each)}", flush=True)


if __name__ == "__main__":
    main()
