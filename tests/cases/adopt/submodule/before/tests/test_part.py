def test_part():
    assert True
