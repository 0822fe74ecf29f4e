from antique import polish


async def test_polish():
    assert await polish("lamp") == "shiny lamp"
