from quilt import patch


def test_patch(session_scoped_event_loop):
    assert patch("red", "blue") == "red/blue"
    assert session_scoped_event_loop == "a quilt of our own"
