import asyncio


async def forward(messages, queue: asyncio.Queue):
    for message in messages:
        await queue.put(message)
