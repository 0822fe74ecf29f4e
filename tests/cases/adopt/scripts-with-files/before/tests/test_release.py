from scripts.release import version


def test_version():
    assert version() == "1.2"
