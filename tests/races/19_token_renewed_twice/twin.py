"""One request renews the token; the others wait, and look again."""

import asyncio


class Service:
    def __init__(self):
        self.number = 1

    async def renew(self, refresh_token):
        if refresh_token != f"refresh {self.number}":
            raise PermissionError("the refresh token has been used")
        self.number += 1
        number = self.number
        await asyncio.sleep(0)  # the network
        return f"access {number}", f"refresh {number}"


class Client:
    def __init__(self):
        self.service = Service()
        self.token, self.refresh_token = "access 0", "refresh 1"
        self.renewing = asyncio.Lock()

    async def request(self):
        async with self.renewing:
            if self.token == "access 0":
                renewed = await self.service.renew(self.refresh_token)
                self.token, self.refresh_token = renewed


def begin():
    return Client()


async def profile(client):
    await client.request()


async def basket(client):
    for _item in range(2):
        await asyncio.sleep(0)
    await client.request()


TASKS = (profile, basket)


def check(client):
    assert client.token == "access 2"
