import sniffio
import trio


async def test_nursery(nursery_name, autojump_clock):
    with trio.move_on_after(1):
        await trio.sleep_forever()
    assert sniffio.current_async_library() == "trio"
    assert nursery_name == "nursery"
