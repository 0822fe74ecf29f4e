def test_stadt(stadt):
    assert stadt == "Köln"
