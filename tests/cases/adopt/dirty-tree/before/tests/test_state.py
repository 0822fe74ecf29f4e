def test_state(state):
    assert state == "half done"
