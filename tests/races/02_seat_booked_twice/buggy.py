"""The seat is still free while somebody is paying for it."""

import asyncio


class Theatre:
    def __init__(self):
        self.free = {"A1"}
        self.tickets = []

    async def book(self, customer, seat):
        if seat in self.free:  # guilty
            await asyncio.sleep(0)  # payment
            self.free.discard(seat)  # guilty
            self.tickets.append((seat, customer))


def begin():
    return Theatre()


async def regular(theatre):
    await theatre.book("regular", "A1")


async def newcomer(theatre):
    for _step in ("sign up", "log in"):
        await asyncio.sleep(0)
    await theatre.book("newcomer", "A1")


TASKS = (regular, newcomer)


def check(theatre):
    assert len(theatre.tickets) == 1
