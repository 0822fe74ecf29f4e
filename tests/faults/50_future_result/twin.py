"""The concurrent future is wrapped in one that can be awaited."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def printer():
    with ThreadPoolExecutor() as threads:
        yield threads


def print_page():
    time.sleep(0.02)
    return "a page"


async def test_waits_for_the_printer(printer):
    page = printer.submit(print_page)

    assert await asyncio.wrap_future(page) == "a page"


async def test_looks_at_a_page_that_is_there(printer):
    page = printer.submit(print_page)
    await asyncio.wrap_future(page)

    assert page.result() == "a page"
