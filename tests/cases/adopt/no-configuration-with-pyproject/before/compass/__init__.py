POINTS = "NESW"


def turn(point: str) -> str:
    return POINTS[(POINTS.index(point) + 1) % 4]
