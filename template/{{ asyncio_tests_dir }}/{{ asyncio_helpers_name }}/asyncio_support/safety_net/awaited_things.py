"""What a call of asyncio's waits for, in words."""

import asyncio
from collections.abc import Mapping
from types import FrameType
from typing import Any

from ..given_predicate import described


def describe_call(call: FrameType) -> str:
    """Say what a call that has not come back waits for."""
    known = call.f_locals
    function = call.f_code.co_name
    thing: Any = known.get("self")
    if function == "sleep" and "h" in known:
        return _sleep(known)
    if function == "wait_for":
        return f"asyncio.wait_for with a timeout of {known.get('timeout')} seconds"
    if function == "_wait_for_one":
        return "asyncio.as_completed"
    if thing is None:
        return f"asyncio.{function.lstrip('_')}"
    if isinstance(thing, asyncio.Queue):
        return _queue(thing, function)  # pyright: ignore[reportUnknownArgumentType] - of any type
    return _method(thing, function)


def describe_helper(call: FrameType) -> str:
    """Say what a helper of ours waits for; empty if it is none that does."""
    known = call.f_locals
    function = call.f_code.co_name
    if function == "wait_until":
        return f"wait_until: {described(known['predicate'])} to be true"
    if function == "settle":
        return "settle: all other tasks to wait"
    if function == "_turn_of":
        return f"a Sequencer to come to position {known['position']}"
    return ""


def _method(thing: object, function: str) -> str:
    if type(thing).__name__ == "TaskGroup":
        return "an asyncio.TaskGroup"
    return f"asyncio.{type(thing).__name__}.{function}{_state(thing)}"


def _sleep(known: Mapping[str, Any]) -> str:
    timer: asyncio.TimerHandle = known["h"]
    left = timer.when() - known["loop"].time()
    return f"asyncio.sleep({known['delay']:g}), {max(left, 0):.3g} seconds of it left"


def _queue(queue: "asyncio.Queue[Any]", function: str) -> str:
    text = f"asyncio.{type(queue).__name__}.{function} of a queue with {queue.qsize()}"
    if function == "join":
        unfinished = getattr(queue, "_unfinished_tasks", "some")
        return f"{text} items, of which {unfinished} lack their task_done()"
    full = ", which is full" if function == "put" and queue.full() else ""
    return f"{text} items{full}"


def _state(thing: Any) -> str:
    """Tell what there is to know of a thing that is waited for."""
    name = type(thing).__name__
    if name == "Barrier":
        return f", to which {thing.n_waiting} of {thing.parties} have come"
    if name == "Process":
        return f" of the process {thing.pid}"
    if name == "StreamReader":
        peer = getattr(thing, "_transport", None)
        address = peer and peer.get_extra_info("peername")
        return f" from {address}" if address else ""
    return ""
