async def answer():
    return 42


def test_answer(standard_event_loop):
    assert standard_event_loop.name == "ours since 2019"
    assert standard_event_loop.run_until_complete(answer()) == 42
