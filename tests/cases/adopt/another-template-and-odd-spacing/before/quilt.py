def patch(*colours):
    return "/".join(colours)
