"""What the explorer says of an order in which a test fails."""

import linecache
from collections.abc import Iterator, Sequence

from .conflict import conflict_in
from .plugin import OPTION
from .schedule import Line, Schedule, Step

TITLE = "asyncio interleavings"
FAILED = (
    "The test passes in the order in which asyncio runs its tasks by itself, and\n"
    "fails in another one: a race. It was found in the order number {number} that was\n"
    "tried, which differs, made as small as it gets, from asyncio's own in {places}."
)
REPLAYED = "This order, the token's, differs from asyncio's own in {places}."
CONFLICT = "What decides is the order of these, by the numbers of the steps below:"
STEPS = "The steps, with > where the task that was ready first had to wait:"
REPLAY = "Run exactly this order again, also under a debugger:"
COMMAND = "  pytest {option} {token}"
SKIPPED = "     ... {number} steps ..."
PASSED = "passed in {number} orders of its tasks"
PASSED_ALL = "passed in all {number} orders of its tasks"
PASSED_BOUND = (
    "passed in all {number} orders of its tasks that deviate from asyncio's own at "
    "most {bound} times"
)
UNSTEADY = (
    "The test failed in one order of its tasks, and then did not in the same one: it\n"
    "depends on something else as well, such as the time, random numbers, the order\n"
    "of a set, or what an earlier run has left behind. There is nothing to replay\n"
    "before that is gone."
)
MISFIT = (
    "the order of the token does not fit this test any more: at decision {index}, the "
    "task that was to run is not ready. What runs has changed since; run the test "
    "without {option} to find the order again"
)

# Steps that are shown of a long schedule, before and after each that matters.
_AROUND = 3
_SHORT = 16


def schedule_lines(schedule: Schedule) -> Iterator[str]:
    """Describe what ran, in order."""
    steps = schedule.steps
    shown = _shown(steps)
    left_out = 0
    for index, step in enumerate(steps):
        if index not in shown:
            left_out += 1
            continue
        if left_out:
            yield SKIPPED.format(number=left_out)
            left_out = 0
        yield from _described(index + 1, step)
    if left_out:
        yield SKIPPED.format(number=left_out)


def conflict_lines(failing: Schedule, passing: Schedule) -> Iterator[str]:
    """Name the steps that conflict, where they can be seen."""
    conflict = conflict_in(failing.steps, passing.steps)
    if conflict is None:
        return
    yield CONFLICT
    for access in filter(None, conflict):
        touch, line = access.touched
        yield f"{access.number:5}  {access.step.name} {touch}"
        yield f"         at    {line}"
        yield f"                 {_source(line)}"
    yield ""


def _shown(steps: Sequence[Step]) -> set[int]:
    """Return which steps to show: all, or those around what matters, and the last."""
    if len(steps) <= _SHORT:
        return set(range(len(steps)))
    matter = [i for i, step in enumerate(steps) if step.passed]
    matter.append(len(steps) - 1)
    return {near for i in matter for near in range(i - _AROUND, i + _AROUND + 1)}


def _described(number: int, step: Step) -> Iterator[str]:
    mark = ">" if step.passed else " "
    yield f"{mark}{number:4}  {step.name}"
    if step.start is not None:
        yield f"         from  {step.start}"
    if step.end is not None:
        yield f"         to    {step.end}"
        yield f"                 {_source(step.end)}"
    if step.became:
        yield f"         {step.became}"


def _source(line: Line) -> str:
    return linecache.getline(line.code.co_filename, line.number).strip()


def places(number: int) -> str:
    """Say how many places."""
    return "one place" if number == 1 else f"{number} places"


def command_for(token: str) -> str:
    """Return what replays a token."""
    return COMMAND.format(option=OPTION, token=token)
