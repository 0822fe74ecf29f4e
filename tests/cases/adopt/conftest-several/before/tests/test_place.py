def test_place(place):
    assert place == "root/tests"
