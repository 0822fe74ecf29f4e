# check: blocking_call
# guilty: test_waits_for_the_printer
# text: result
"""`result()` of a concurrent future stops the loop until another thread has it."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def printer():
    with ThreadPoolExecutor() as threads:
        yield threads


def print_page():
    time.sleep(0.2)
    return "a page"


async def test_waits_for_the_printer(printer):
    page = printer.submit(print_page)

    assert page.result() == "a page"  # guilty


async def test_prints_nothing(printer):
    assert printer is not None
