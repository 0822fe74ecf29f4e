def test_state():
    assert True
