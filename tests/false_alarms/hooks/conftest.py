"""Plugins of a project's own, as they stand in many a conftest.py."""

import contextvars
import threading
import time

import pytest

TEST = contextvars.ContextVar("TEST")
CALL = contextvars.ContextVar("CALL")


def dump_stacks():
    """What pytest-timeout's timers would do."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Limit each test, as pytest-timeout does: from outside, and by a thread."""
    timer = threading.Timer(60, dump_stacks)
    timer.start()
    TEST.set(item.name)
    try:
        return (yield)
    finally:
        timer.cancel()
        timer.join()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Limit the body alone, and measure something before it, which takes a while."""
    timer = threading.Timer(60, dump_stacks)
    timer.start()
    CALL.set(item.name)
    time.sleep(0.4)
    try:
        return (yield)
    finally:
        time.sleep(0.4)
        timer.cancel()


@pytest.fixture(autouse=True)
def watched():
    """Limit each test by a fixture, as others do."""
    timer = threading.Timer(60, dump_stacks)
    timer.start()
    yield
    timer.cancel()
