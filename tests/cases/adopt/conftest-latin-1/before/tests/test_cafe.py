def test_café(café):
    assert café == "Zoë's"
