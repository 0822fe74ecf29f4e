def test_timeout(async_test_timeout, ensure_test_event_loop):
    assert async_test_timeout == "half a minute"
    assert ensure_test_event_loop is None
