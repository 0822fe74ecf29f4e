def test_attic() -> None:
    assert sorted(["lamp", "box"]) == ["box", "lamp"]
