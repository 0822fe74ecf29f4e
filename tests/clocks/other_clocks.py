"""freezegun and time-machine beside the virtual clock."""

import asyncio
import datetime
import time

import freezegun
import pytest
import time_machine

pytestmark = pytest.mark.virtual_clock

NEW_YEAR = datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc)


def today():
    return datetime.datetime.now(tz=datetime.timezone.utc)


async def work_for_real():
    """Take some real time, of which a frozen clock must not hide how long it is."""
    await asyncio.to_thread(time.sleep, 0.02)


async def test_frozen_time_stands_still(virtual_clock):
    with freezegun.freeze_time(NEW_YEAR):
        await asyncio.sleep(3600)
        await asyncio.wait_for(work_for_real(), 5)
        assert today() == NEW_YEAR
    assert virtual_clock.now == 3600


async def test_frozen_time_follows(virtual_clock):
    with freezegun.freeze_time(NEW_YEAR) as frozen:
        virtual_clock.on_jump(frozen.tick)
        await asyncio.sleep(1800.5)
        await asyncio.sleep(1799.5)
        assert today() == NEW_YEAR + datetime.timedelta(hours=1)


@freezegun.freeze_time(NEW_YEAR)
async def test_what_is_too_slow_is_given_up_while_time_is_frozen():
    never = asyncio.get_running_loop().create_future()
    job = asyncio.create_task(asyncio.to_thread(time.sleep, 0.3))
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(never, 0.05)
    await job


async def test_a_traveller_stands_still(virtual_clock):
    with time_machine.travel(NEW_YEAR, tick=False):
        await asyncio.sleep(3600)
        await asyncio.wait_for(work_for_real(), 5)
        assert today() == NEW_YEAR
    assert virtual_clock.now == 3600


async def test_a_traveller_follows(virtual_clock):
    with time_machine.travel(NEW_YEAR, tick=False) as traveller:
        virtual_clock.on_jump(traveller.shift)
        await asyncio.sleep(3600)
        assert today() == NEW_YEAR + datetime.timedelta(hours=1)
