import forge


def test_temper():
    assert forge.temper("s235") == "S235"
