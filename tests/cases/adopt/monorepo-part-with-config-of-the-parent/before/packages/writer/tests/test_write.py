def test_write():
    assert True
