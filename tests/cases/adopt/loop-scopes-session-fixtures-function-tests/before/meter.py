import asyncio


class Meter:
    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.count = 0
