"""The callback hands over what it saw, and the test asserts it."""

import asyncio


async def test_counts_what_was_sold():
    loop = asyncio.get_running_loop()
    sold = loop.create_future()
    loop.call_soon(sold.set_result, 3)

    assert await sold == 3


def test_expects_a_callback_to_fail(standard_event_loop):
    failures = []
    standard_event_loop.set_exception_handler(
        lambda _, context: failures.append(str(context["exception"]))
    )

    def fail():
        standard_event_loop.call_soon(standard_event_loop.stop)
        raise ValueError("expected")

    standard_event_loop.call_soon(fail)
    standard_event_loop.run_forever()

    assert failures == ["expected"]
