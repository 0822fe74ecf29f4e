"""Event loops of other makes."""

import asyncio

import pytest

try:
    import uvloop
except ImportError:
    uvloop = None


class OwnLoop(asyncio.SelectorEventLoop):
    """One of the project's own."""

    def call_soon(self, callback, *args, context=None):
        return super().call_soon(callback, *args, context=context)

    def call_at(self, when, callback, *args, context=None):
        return super().call_at(when, callback, *args, context=context)

    def run_in_executor(self, executor, function, *args):
        return super().run_in_executor(executor, function, *args)


def pytest_asyncio_loop_factories(config, item):
    known = {"own": OwnLoop, "asyncio": asyncio.SelectorEventLoop}
    return known if uvloop is None else {**known, "uvloop": uvloop.new_event_loop}
