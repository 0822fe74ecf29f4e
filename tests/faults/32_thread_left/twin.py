"""The thread is told to end, and waited for; so is one of a fixture of the module's."""

import threading

import pytest


@pytest.fixture(scope="module")
def shared_listener():
    heard = threading.Event()
    listener = threading.Thread(target=heard.wait, name="shared listener")
    listener.start()
    yield listener
    heard.set()
    listener.join()


@pytest.fixture
def listener():
    heard = threading.Event()
    listener = threading.Thread(target=heard.wait, name="listener")
    listener.start()
    yield listener
    heard.set()
    listener.join()


async def test_listens_in_the_background(listener):
    assert listener.is_alive()


async def test_listens_together(shared_listener):
    assert shared_listener.is_alive()
