def test_deep():
    assert __name__.endswith("test_split")
