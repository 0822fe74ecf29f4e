"""Messages of code that awaits what is no coroutine, or one that has run already."""

from .explanation import Explanation, Failure, Seen

_REMEDY = "use AsyncMock for a mock; drop the `await` if the function called is sync"
_AWAITED = {
    "coroutine": "call the function again for each `await`",
    "async_generator": "write `async for` in place of `await`",
    "generator": "drop the `await`, or make what is awaited `async def`",
    "NoneType": "drop the `await`: the function called is sync, and returns None",
}


def _see_type(failure: Failure) -> Seen:
    name = failure.match["type"]
    remedy = _AWAITED.get(name, "")
    if name.endswith("Mock"):
        remedy = "use AsyncMock"
    return Seen(f"{failure.place} awaits {_with_article(name)}", remedy)


def _see_place(failure: Failure) -> Seen:
    return Seen(f"{failure.place} passes on what is no coroutine")


def _see_either(failure: Failure) -> Seen:
    return _see_type(failure) if failure.match.groups() else _see_place(failure)


def _see_second_await(failure: Failure) -> Seen:
    return Seen(f"{failure.place} awaits a coroutine that has been awaited before")


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOaeio' else 'a'} {name}"


EXPLANATIONS = (
    Explanation(
        heading="TypeError: object MagicMock can't be used in 'await' expression",
        raised=(TypeError, ValueError),
        wordings=(
            r"^object (?P<type>\S+) can't be used in 'await' expression$",
            r"^a coroutine was expected, got ",
            r"^An asyncio\.Future, a coroutine or an awaitable is required$",
        ),
        cause="what is awaited is no coroutine",
        remedy=_REMEDY,
        look=_see_either,
    ),
    Explanation(
        heading="TypeError: 'MagicMock' object can't be awaited",
        raised=(TypeError,),
        wordings=(r"^'(?P<type>[^']+)' object can't be awaited$",),
        cause="what is awaited is no coroutine",
        remedy=_REMEDY,
        look=_see_type,
    ),
    Explanation(
        heading="RuntimeError: cannot reuse already awaited coroutine",
        raised=(RuntimeError,),
        wordings=(r"^cannot reuse already awaited (coroutine|aclose|asend)",),
        cause="a coroutine is awaited a second time",
        remedy=_AWAITED["coroutine"],
        look=_see_second_await,
    ),
)
