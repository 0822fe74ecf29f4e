def test_plain(request):
    assert not request.config.pluginmanager.hasplugin("asyncio")
