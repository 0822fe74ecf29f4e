"""A plain function that starts the loop by itself is a test that no plugin takes."""

from __future__ import annotations

import pytest

pytest.importorskip(
    "anyio", reason="anyio is not installed: see the requirements of the tests"
)
pytest.importorskip(
    "trio", reason="trio is not installed: see the requirements of the tests"
)

import anyio
import trio

from .mirrors import ask_all

# Not async, and so the same in every mode and without conftest.py. The price: async
# fixtures are out of reach, and what they would open is opened by the scenario.
each_backend = pytest.mark.parametrize("backend", ["asyncio", "trio"])


@each_backend
def test_a_scenario_runs_on_the_backend_that_it_is_given(backend: str) -> None:
    """What `anyio.run` is told counts, and no mark or setting besides."""

    async def scenario() -> bool:
        await anyio.lowlevel.checkpoint()
        return trio.lowlevel.in_trio_run()

    is_on_trio = anyio.run(scenario, backend=backend)

    assert is_on_trio == (backend == "trio")


@each_backend
def test_what_a_scenario_opens_it_closes(backend: str) -> None:
    """The result goes back to the sync test, where it is compared."""

    async def scenario() -> str:
        sender, receiver = anyio.create_memory_object_stream[str](1)
        async with sender, receiver:
            await sender.send("page")
            with anyio.fail_after(5):
                # There is one page for two requests: the second one gets no answer.
                return await ask_all(receiver.receive, receiver.receive)

    answer = anyio.run(scenario, backend=backend)

    assert answer == "page"
