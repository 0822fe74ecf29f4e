"""What reports call a task: by its name, and by whose work it does."""

import asyncio
from pathlib import Path
from typing import Any

import pytest_asyncio

from ..naming import coroutine_of, name_of
from .owners import owner_of_task

_RUNNERS = str(Path(pytest_asyncio.__file__).parent)
# The functions inside pytest-asyncio that run a fixture.
_PARTS = {"setup": "the setup of", "async_finalizer": "the teardown of"}
# How many of those that do the same have their names in a report.
_NAMED = 5


def called(task: asyncio.Task[Any]) -> str:
    """Name a task: `the task 'Task-2' (the setup of the fixture 'server')`."""
    return f"{called_together([task])} ({work_of(task)})"


def work_of(task: asyncio.Task[Any]) -> str:
    """Name what a task does: its coroutine, or what pytest-asyncio runs in it."""
    coroutine = coroutine_of(task)
    code = getattr(coroutine, "cr_code", None)
    owner = owner_of_task(task)
    if code is None or owner is None or not code.co_filename.startswith(_RUNNERS):
        return name_of(coroutine)
    return f"{_PARTS.get(code.co_name, 'a part of')} {owner}"


def called_together(tasks: list[asyncio.Task[Any]]) -> str:
    """Name some tasks, by their names alone."""
    names = [repr(each.get_name()) for each in tasks]
    if len(names) == 1:
        return f"the task {names[0]}"
    if len(names) > _NAMED:
        names[_NAMED:] = [f"{len(names) - _NAMED} others"]
    return f"the tasks {', '.join(names[:-1])} and {names[-1]}"
