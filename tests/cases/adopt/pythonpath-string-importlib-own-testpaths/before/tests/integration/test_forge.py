import forge_version


def test_version():
    assert forge_version.VERSION >= (2,)
