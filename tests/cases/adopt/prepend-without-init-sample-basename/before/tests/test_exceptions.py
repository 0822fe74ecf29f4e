def test_exceptions():
    assert issubclass(KeyError, LookupError)
