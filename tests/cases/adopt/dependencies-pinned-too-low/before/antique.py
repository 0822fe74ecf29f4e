async def polish(thing):
    return f"shiny {thing}"
