def test_functional():
    pass
