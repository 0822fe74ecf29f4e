def test_key(key):
    assert key == "secret"
