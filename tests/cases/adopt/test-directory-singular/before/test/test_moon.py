from moon import phase


def test_phase():
    assert phase(14) == "full"
