from compass import turn


def test_full_circle():
    point = "N"
    for _ in range(4):
        point = turn(point)
    assert point == "N"
