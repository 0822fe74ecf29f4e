def test_shadow():
    assert True
