"""The code under test: a shop that has its stock from when it starts until it stops."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException
from fastapi.requests import HTTPConnection
from fastapi.responses import StreamingResponse
from fastapi.websockets import WebSocket


@dataclass
class Stock:
    """What there is, and whoever wants to know when that changes."""

    left: dict[str, int]
    is_open: bool = True
    changes: asyncio.Queue[str] = field(default_factory=asyncio.Queue[str])


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None, None]:
    """Open the stock at the start, and close it at the end."""
    app.state.stock = stock = Stock({"pen": 3})
    yield
    stock.is_open = False


def the_stock(connection: HTTPConnection) -> Stock:
    """Find the stock, for requests and WebSockets."""
    stock: Stock = connection.app.state.stock
    return stock


TheStock = Annotated[Stock, Depends(the_stock)]


def customer() -> str:
    """Say who asks. The real one asks another service, which tests have none of."""
    raise HTTPException(503, "the accounts cannot be reached")


router = APIRouter()


@router.post("/orders/{item}", status_code=201)
async def order(
    item: str,
    name: Annotated[str, Depends(customer)],
    stock: TheStock,
    later: BackgroundTasks,
) -> dict[str, int]:
    """Take one; whoever listens is told after the response."""
    if not stock.left.get(item):
        raise HTTPException(409, f"no {item} is left")
    stock.left[item] -= 1
    later.add_task(stock.changes.put, f"{name} took a {item}")
    return {"left": stock.left[item]}


@router.get("/items")
async def items(stock: TheStock) -> StreamingResponse:
    """List what is left, a line at a time."""

    async def lines() -> AsyncGenerator[str, None]:
        for item, number in stock.left.items():
            yield f"{item}: {number}\n"

    return StreamingResponse(lines(), media_type="text/plain")


@router.websocket("/changes")
async def changes(socket: WebSocket, stock: TheStock) -> None:
    """Tell of each change as it comes."""
    await socket.accept()
    async for _ in socket.iter_text():
        await socket.send_text(await stock.changes.get())


def create_app() -> FastAPI:
    """Make an application, which shares nothing with others."""
    app = FastAPI(lifespan=lifespan)
    app.include_router(router)
    return app
