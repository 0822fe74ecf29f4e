def test_settings(settings):
    assert not settings.DEBUG
