import asyncio


class CountingLoop(asyncio.SelectorEventLoop):
    pass


def pytest_asyncio_loop_factories(config, item):
    return {"counting": CountingLoop}
