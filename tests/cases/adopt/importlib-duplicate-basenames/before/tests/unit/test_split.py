def test_unit():
    import cells

    assert cells.split(1) == [1, 1]
