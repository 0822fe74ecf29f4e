from weather import warn


def test_warn(caplog):
    warn(12)
    assert caplog.messages == ["wind 12"]
