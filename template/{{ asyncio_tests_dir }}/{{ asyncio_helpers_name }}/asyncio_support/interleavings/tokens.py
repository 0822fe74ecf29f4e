"""Short texts that name a test and an order: what `--asyncio-replay` is given."""

import base64
import binascii
import hashlib
from collections.abc import Iterator

from .order import Deviations

NOT_ONE_OF_OURS = (
    "--asyncio-replay: {given!r} is no token of this version; copy the one that stands "
    "below the failure, or run the test without the option to find the order again"
)

_VERSION = 1
_TEST, _SUM = 4, 1  # the numbers of bytes


class BadTokenError(ValueError):
    """A text is no token; says so."""


def token_for(test: str, deviations: Deviations) -> str:
    """Return the token of an order.

    Args:
        test: The test's node id.
        deviations: Where the order differs from asyncio's own.
    """
    body = bytes([_VERSION]) + _hash(test.encode())[:_TEST] + bytes(_packed(deviations))
    whole = body + _hash(body)[:_SUM]
    return base64.b32encode(whole).decode("ascii").rstrip("=").lower()


def is_for(token: str, test: str) -> bool:
    """Tell whether a good token is for a test, given the test's node id."""
    return _bytes(token)[1 : 1 + _TEST] == _hash(test.encode())[:_TEST]


def deviations_in(token: str) -> dict[int, int]:
    """Return the order that a token names.

    Raises:
        BadTokenError: It is none.
    """
    try:
        whole = _bytes(token)
        body, check = whole[:-_SUM], whole[-_SUM:]
        if body[0] == _VERSION and len(body) > _TEST and _hash(body)[:_SUM] == check:
            return _unpacked(body[1 + _TEST :])
    except (binascii.Error, ValueError, IndexError):
        pass
    raise BadTokenError(NOT_ONE_OF_OURS.format(given=token))


def _hash(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


def _bytes(token: str) -> bytes:
    return base64.b32decode(token.upper() + "=" * (-len(token) % 8))


def _packed(deviations: Deviations) -> Iterator[int]:
    last = -1
    for index, task in sorted(deviations.items()):
        yield from _number(index - last - 1)
        yield from _number(task * 2 if task >= 0 else -task * 2 - 1)
        last = index


def _number(value: int) -> Iterator[int]:
    """Write a number seven bits at a time; a set eighth bit says that more follow."""
    while value > 0x7F:
        yield value & 0x7F | 0x80
        value >>= 7
    yield value


def _unpacked(packed: bytes) -> dict[int, int]:
    numbers = list(_numbers(packed))
    deviations: dict[int, int] = {}
    last = -1
    for skipped, coded in zip(numbers[::2], numbers[1::2], strict=True):
        last += skipped + 1
        deviations[last] = -(coded + 1) // 2 if coded % 2 else coded // 2
    return deviations


def _numbers(packed: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0
