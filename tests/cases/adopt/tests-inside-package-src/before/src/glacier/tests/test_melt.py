from glacier import melt


def test_melt():
    assert melt(8) == 4
