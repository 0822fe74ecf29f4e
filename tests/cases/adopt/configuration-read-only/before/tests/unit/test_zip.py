def test_zip():
    assert list(zip("ab", "c")) == [("a", "c")]
