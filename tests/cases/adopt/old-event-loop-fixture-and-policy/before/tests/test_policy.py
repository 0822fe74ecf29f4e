import asyncio


async def test_policy():
    assert type(asyncio.get_event_loop_policy()).__name__ == "Policy"
