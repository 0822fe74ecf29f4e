def test_backend(request):
    assert request.config.getini("asyncio_mode") == "strict"
