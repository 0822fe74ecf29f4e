"""What each task did, step by step, in one run."""

import asyncio
from dataclasses import dataclass, field
from types import CodeType
from typing import TYPE_CHECKING, Any, NamedTuple

from ..safety_net.places import place
from ..safety_net.task_names import called
from ..user_code import def_line, is_users
from ..waiting_place import frames_of
from .order import CALLBACKS, Order
from .touches import Touch

if TYPE_CHECKING:
    from collections.abc import Callable

_Task = asyncio.Task[Any]


@dataclass(frozen=True)
class Line:
    """A line at which a task stands.

    Attributes:
        code: What it is part of.
        number: Its number in the file.
    """

    code: CodeType
    number: int

    def __str__(self) -> str:
        """Return what reports call it."""
        return place(self.code, self.number)


class Touched(NamedTuple):
    """What a step read or wrote, and where.

    Attributes:
        touch: What it was.
        line: The line.
    """

    touch: Touch
    line: Line


@dataclass
class Step:
    """What a task did from one await to another.

    Attributes:
        task: The number of the task.
        name: What reports call it.
        start: Where it stood before; None where no line of the user's is known.
        end: Where it stood afterwards; None if it had ended.
        became: What became of the task, if it had ended.
        passed: The numbers of the tasks that asyncio would have run before it.
        touched: What it read and wrote, of what tasks may share, as far as is known.
    """

    task: int
    name: str
    start: Line | None
    passed: tuple[int, ...]
    end: Line | None = None
    became: str = ""
    touched: list[Touched] = field(default_factory=list[Touched])


class Schedule:
    """Watches a run, and knows its steps.

    Attributes:
        steps: The steps so far.
        names: What reports call the tasks, by their numbers.
        touch_of: Returns what a task touches by going on, if touches are to be noted.
    """

    def __init__(self, order: Order) -> None:
        """Begin.

        Args:
            order: The order of the run.
        """
        self.steps: list[Step] = []
        self.names: dict[int, str] = {}
        self.touch_of: Callable[[_Task], Touch] | None = None
        self._order = order
        self._decided = 0
        self._running: _Task | None = None

    def __call__(self, task: _Task | None, number: int) -> None:
        """A handle is about to run: if it is a task's, a step begins."""
        self.end_step()
        if task is None:
            return
        name = self.names.setdefault(number, called(task))
        line = _line_of(task)
        self.steps.append(Step(number, name, line, self._passed()))
        self._running = task
        if self.touch_of is not None and line is not None:
            self.touched(self.touch_of(task), line)

    def end_step(self) -> None:
        """The step that ran is over, if one did."""
        task, self._running = self._running, None
        if task is not None:
            step = self.steps[-1]
            step.end, step.became = _line_of(task), _fate_of(task)

    def touched(self, touch: Touch, line: Line) -> None:
        """The step that runs, if one does, reads or writes something."""
        noted = Touched(touch, line)
        if self._running is not None and noted not in self.steps[-1].touched:
            self.steps[-1].touched.append(noted)

    def _passed(self) -> tuple[int, ...]:
        """Return which tasks wait since the last step, by a decision."""
        new = self._order.choices[self._decided :]
        self._decided = len(self._order.choices)
        passed: dict[int, None] = {}
        for candidates, chosen in new:
            ahead = candidates[: candidates.index(chosen)]
            passed.update(dict.fromkeys(each for each in ahead if each != CALLBACKS))
        return tuple(passed)


def _line_of(task: _Task) -> Line | None:
    """Return the innermost line of the user's at which a task stands."""
    found = None
    if not task.done():
        for frame in frames_of(task):
            code = frame.f_code
            if is_users(code.co_filename):
                begins = frame.f_lineno == code.co_firstlineno
                found = Line(code, def_line(code) if begins else frame.f_lineno)
    return found


def _fate_of(task: _Task) -> str:
    if not task.done():
        return ""
    if task.cancelled():
        return "and is cancelled"
    private: Any = task
    # To ask for it by its public name says that it was seen.
    error = private._exception  # noqa: SLF001 - see above
    return "and ends" if error is None else f"and fails with {type(error).__name__}"
