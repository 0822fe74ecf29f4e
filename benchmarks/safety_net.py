"""What the safety net costs: `uv run python -m benchmarks.safety_net` prints it.

Each run is a process of its own: pytest with pytest-asyncio alone, and with the
rendered plugin and every check on, over the same tests, in turns. What is compared is
the processor time, which other work on the machine changes less than the time of day.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import copier

from benchmarks.timing import Used, begin, shown, used_by
from benchmarks.working_tree import tagged_clone

ASYNC = "async def test_{}():\n    pass\n\n\n"
SYNC = "def test_{}():\n    pass\n\n\n"
TASKS = """\
import asyncio


async def nothing():
    pass


async def test_many_tasks():
    for _ in range(100):
        await asyncio.gather(*(nothing() for _ in range(1_000)))
"""
NET_ALONE = "-o asyncio_checks=all:fail -p tests.utils.asyncio_support.plugin"


def main() -> None:
    """Measure and print."""
    repeat = begin(__doc__, 9, "pytest", "pytest-asyncio")
    with tempfile.TemporaryDirectory() as scratch:
        project = suite(Path(scratch))
        compare_loading(project, repeat)
        for name, text, wanted in (
            ("1,000 async tests", many(ASYNC, 1_000), 1.10),
            ("1,000 sync tests", many(SYNC, 1_000), 1.02),
            ("100,000 tasks in a test", TASKS, 1.15),
        ):
            compare(project, name, text, repeat, wanted)
        compare_sizes(project, max(repeat // 3, 3))


def suite(scratch: Path) -> Path:
    """Render a project without samples."""
    project = scratch / "project"
    template = tagged_clone(scratch / "template")
    copier.run_copy(
        str(template), project, defaults=True, unsafe=True, skip_tasks=True, quiet=True
    )
    shutil.rmtree(project / "tests" / "asyncio_examples")
    (project / "conftest.py").unlink()
    return project


def many(test: str, number: int) -> str:
    """Return a module with that many tests."""
    return "".join(map(test.format, range(number)))


def run(project: Path, *, with_net: bool) -> Used:
    """Run the tests of a project, with or without the net."""
    words = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist"]
    words += ["-o", "filterwarnings=", "-o", "required_plugins="]
    if with_net:
        words += NET_ALONE.split()
    else:
        words += ["-c", "bare.ini"]
    environment = {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": ".",
        "PYTHONDONTWRITEBYTECODE": "",  # or every run would compile what it imports
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "pytest_asyncio.plugin",
        *words,
        "tests",
    ]
    return used_by(*command, cwd=project, **environment)


def measured(project: Path, text: str, repeat: int) -> tuple[list[Used], list[Used]]:
    """Run a module with and without the net, in turns."""
    (project / "tests" / "test_measured.py").write_text(text, encoding="utf-8")
    (project / "bare.ini").write_text(
        "[pytest]\nasyncio_mode=auto\nasyncio_default_fixture_loop_scope=function\n",
        encoding="utf-8",
    )
    for with_net in (False, True):
        run(project, with_net=with_net)  # writes the bytecode
    bare: list[Used] = []
    net: list[Used] = []
    for _ in range(repeat):
        bare.append(run(project, with_net=False))
        net.append(run(project, with_net=True))
    return bare, net


def compare(project: Path, name: str, text: str, repeat: int, wanted: float) -> None:
    """Print the ratio of processor time and of memory, with and without the net."""
    bare, net = measured(project, text, repeat)
    times = [n.seconds / b.seconds for n, b in zip(net, bare, strict=True)]
    spaces = [n.memory / b.memory for n, b in zip(net, bare, strict=True)]
    # Other work on the machine makes runs slower, and none faster.
    least = min(each.seconds for each in bare)
    of_least = min(each.seconds for each in net) / least
    print(
        f"{name:24} {least:5.2f} s bare, with the net {of_least:.3f} by the quickest "
        f"runs, {shown(times)} by pairs, at most {wanted:.2f} wanted; "
        f"memory {shown(spaces)}, at most 1.05 wanted",
        flush=True,
    )


def compare_loading(project: Path, repeat: int) -> None:
    """Print what a run of one test costs more, by the quickest runs."""
    bare, net = measured(project, many(SYNC, 1), repeat)
    least = min(each.seconds for each in bare)
    more = min(each.seconds for each in net) - least
    print(f"loading the net          {least:5.2f} s bare, {more * 1000:.0f} ms more")


def compare_sizes(project: Path, repeat: int) -> None:
    """Print what ten times as many tests cost, without what pytest costs by itself."""
    ratios: list[float] = []
    for _ in range(repeat):
        _, (none,) = measured(project, many(ASYNC, 1), 1)
        _, (few,) = measured(project, many(ASYNC, 1_000), 1)
        _, (all_,) = measured(project, many(ASYNC, 10_000), 1)
        ratios.append((all_.seconds - none.seconds) / (few.seconds - none.seconds))
    print(f"10,000 async tests over 1,000: {shown(ratios)}, 9.5 to 10.5 wanted")


if __name__ == "__main__":
    main()
