# check: running_thread
# guilty: test_listens_in_the_background
# text: listener
"""A thread is still running when the test has ended."""

import threading


def start_listening():
    never = threading.Event()
    listener = threading.Thread(target=never.wait, name="listener", daemon=True)
    listener.start()  # guilty
    return listener


async def test_listens_in_the_background():
    listener = start_listening()

    assert listener.is_alive()


async def test_has_nothing_to_do_with_it():
    assert threading.current_thread().is_alive()
