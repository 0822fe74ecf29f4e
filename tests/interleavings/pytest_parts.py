"""What pytest can do with a test, in tests that run many times."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

EVENTS: list[str] = []


@pytest.fixture(scope="module")
def wide() -> Iterator[None]:
    EVENTS.append("wide")
    yield
    EVENTS.append("end of wide")


@pytest.fixture
async def box(wide: None) -> AsyncIterator[list[int]]:
    EVENTS.append("box")
    yield []
    EVENTS.append("end of box")


async def put(box: list[int], value: int) -> None:
    await asyncio.sleep(0)
    box.append(value)


async def put_two(box: list[int]) -> None:
    await asyncio.gather(put(box, 1), put(box, 2))


@pytest.mark.interleavings(runs=3)
async def test_fixtures_are_anew(box: list[int]) -> None:
    assert box == []
    await put_two(box)


def test_wider_ones_stay() -> None:
    assert EVENTS == ["wide", *["box", "end of box"] * 3]


@pytest.mark.interleavings
@pytest.mark.parametrize("first", [1, 2])
async def test_parameters(box: list[int], first: int) -> None:
    await asyncio.gather(put(box, first), put(box, 2))
    assert box == [first, 2]


@pytest.mark.interleavings
@pytest.mark.xfail(strict=True, reason="a known race")
async def test_expected_to_fail(box: list[int]) -> None:
    await put_two(box)
    assert box == [1, 2]


@pytest.mark.interleavings
@pytest.mark.xfail(strict=True, reason="no race at all")
async def test_passes_strictly(box: list[int]) -> None:
    await put_two(box)


@pytest.mark.interleavings
async def test_skipped() -> None:
    pytest.skip("for a reason")


@pytest.mark.interleavings
async def test_fails_by_itself(box: list[int]) -> None:
    assert box == [0]


@pytest.fixture
async def broken() -> None:
    raise LookupError("broken")


@pytest.mark.interleavings
async def test_setup_fails(broken: None) -> None:
    raise AssertionError


class TestInClass:
    seen = 0

    @pytest.mark.interleavings
    async def test_has_an_object_of_its_own(self, box: list[int]) -> None:
        assert self.seen == 0
        self.seen += 1
        await put_two(box)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.interleavings
async def test_on_a_wider_loop() -> None:
    box: list[int] = []
    await put_two(box)
    assert box == [1, 2]


@pytest.mark.interleavings
async def test_hangs_in_one_order() -> None:
    condition = asyncio.Condition()

    async def waiter() -> None:
        async with condition:
            await condition.wait()

    async def notifier() -> None:
        async with condition:
            condition.notify()

    await asyncio.gather(waiter(), notifier())


@pytest.mark.interleavings
async def test_leaves_a_task_in_one_order() -> None:
    is_closed = False

    async def start() -> None:
        if is_closed:
            asyncio.create_task(asyncio.sleep(100))

    async def close() -> None:
        nonlocal is_closed
        is_closed = True

    await asyncio.gather(start(), close())
