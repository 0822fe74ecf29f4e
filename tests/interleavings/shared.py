"""What tasks share, of every kind: the lines that conflict end with their test's name."""

import asyncio
from collections import deque

import pytest

TOTAL = 0


class Counter:
    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0


class Pool:
    def __init__(self) -> None:
        self.__connection = "open"
        self.looked_at = 0

    @property
    def state(self) -> str:
        self.looked_at += 1
        return self.__connection

    async def close(self) -> None:
        self.__connection = "closed"  # test_private_attribute

    async def use(self) -> None:
        if self.__connection == "closed":  # test_private_attribute
            raise ConnectionError


@pytest.mark.interleavings
async def test_private_attribute() -> None:
    pool = Pool()
    await asyncio.gather(pool.use(), pool.close())


@pytest.mark.interleavings
async def test_slot() -> None:
    counter = Counter()

    async def add() -> None:
        counter.value += await asyncio.sleep(0, 1)  # test_slot

    async def add_later() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await add()

    await asyncio.gather(add(), add_later())
    assert counter.value == 2


@pytest.mark.interleavings
async def test_key() -> None:
    cache: dict[str, int] = {"other": 1}
    loads: list[str] = []

    async def get(key: str) -> int:
        if key not in cache:  # test_key
            await asyncio.sleep(0)
            loads.append(key)
            cache[key] = len(key)  # test_key
        return cache[key]

    async def get_later() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        await get("a")

    async def get_another() -> None:
        cache["b"] = cache["other"]

    await asyncio.gather(get("a"), get_later(), get_another())
    assert loads == ["a"]


@pytest.mark.interleavings
async def test_emptiness() -> None:
    waiting = deque(["only"])

    async def serve() -> None:
        if waiting:  # test_emptiness
            await asyncio.sleep(0)
            waiting.popleft()  # test_emptiness

    async def serve_later() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        await serve()

    await asyncio.gather(serve(), serve_later())


@pytest.mark.interleavings
async def test_member() -> None:
    members = {"a"}

    async def leave() -> None:
        members.remove("a")  # test_member

    async def greet() -> None:
        if "a" not in members:  # test_member
            raise LookupError

    await asyncio.gather(greet(), leave())


@pytest.mark.interleavings
async def test_iteration() -> None:
    names = ["a"]
    seen: list[str] = []

    async def read() -> None:
        for name in names:  # test_iteration
            seen.append(name)

    async def write() -> None:
        names.append("b")  # test_iteration

    await asyncio.gather(read(), write())
    assert seen == ["a"]


@pytest.mark.interleavings
async def test_variable_of_a_function() -> None:
    is_closed = False

    async def close() -> None:
        nonlocal is_closed
        is_closed = True  # test_variable_of_a_function

    async def send() -> None:
        assert not is_closed  # test_variable_of_a_function

    await asyncio.gather(send(), close())


async def add_to_total() -> None:
    global TOTAL
    before = TOTAL  # test_variable_of_a_module
    await asyncio.sleep(0)
    TOTAL = before + 1  # test_variable_of_a_module


async def add_to_total_later() -> None:
    for _ in range(3):
        await asyncio.sleep(0)
    await add_to_total()


@pytest.mark.interleavings
async def test_variable_of_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "TOTAL", 0)
    await asyncio.gather(add_to_total(), add_to_total_later())
    assert TOTAL == 2


@pytest.mark.interleavings
async def test_signal() -> None:
    condition = asyncio.Condition()

    async def wait() -> None:
        async with condition:
            await condition.wait()  # test_signal

    async def tell() -> None:
        async with condition:
            condition.notify()  # test_signal

    await asyncio.gather(wait(), tell())


@pytest.mark.interleavings
async def test_nothing_that_can_be_seen() -> None:
    pool = Pool()
    seen: list[str] = []

    async def look(name: str) -> None:
        seen.append(f"{name} {pool.state}")

    await asyncio.gather(look("first"), look("second"))
    assert sorted(seen) == ["first open", "second open"]
    assert pool.looked_at == 2
