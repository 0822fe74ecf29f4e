from harbour import dock


async def test_dock():
    assert await dock("Borealis") == "Borealis is docked"
