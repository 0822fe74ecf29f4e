"""What an application has from its import on belongs to no test."""

import asyncio

import pytest

from . import catalogue


@pytest.fixture(scope="session", autouse=True)
def application():
    yield catalogue
    catalogue.end()


def test_uses_it():
    assert catalogue.THREAD.is_alive()


async def test_uses_it_in_async_code():
    assert catalogue.THREAD.is_alive()
    assert catalogue.CHILD.poll() is None


async def test_uses_it_once_more():
    assert not catalogue.LOOP.is_closed()
    assert catalogue.LISTENING.fileno() > 0


async def test_real_fault_beside_it():
    asyncio.create_task(catalogue.asyncio.sleep(60))  # guilty: pending_task
