from clockwork import tick


def test_tick():
    assert tick(61) == "01:01"
