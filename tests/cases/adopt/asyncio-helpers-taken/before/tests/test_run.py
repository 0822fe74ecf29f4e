from tests.utils.asyncio_helpers import run


async def one():
    return 1


def test_run():
    assert run(one()) == 1
