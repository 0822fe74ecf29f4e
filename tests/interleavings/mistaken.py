"""Markers that mean nothing, on tests that would fail if they ran."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.interleavings(5)
async def test_positional() -> None:
    raise AssertionError


@pytest.mark.interleavings(runs=0)
async def test_no_runs() -> None:
    raise AssertionError


@pytest.mark.interleavings(runs=True)
async def test_no_number() -> None:
    raise AssertionError


@pytest.mark.interleavings(preemptions=2)
async def test_preemptions_at_random() -> None:
    raise AssertionError


@pytest.mark.interleavings(mode="systematic", seed=1)
async def test_seed_of_a_system() -> None:
    raise AssertionError


@pytest.mark.interleavings(mode="thorough")
async def test_unknown_mode() -> None:
    raise AssertionError


@pytest.mark.interleavings
def test_sync() -> None:
    raise AssertionError


@pytest.mark.interleavings
@given(st.integers())
async def test_hypothesis(number: int) -> None:
    raise AssertionError


@pytest.mark.interleavings
async def test_subtests(subtests: pytest.Subtests) -> None:
    with subtests.test("a part"):
        raise AssertionError
