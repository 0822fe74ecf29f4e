def test_lamp(lamp):
    assert lamp == {"on": False}
