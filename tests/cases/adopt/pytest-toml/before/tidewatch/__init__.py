"""Tide tables."""


def height(hour: int) -> float:
    return 2.5 - abs(hour % 12 - 6) / 3
