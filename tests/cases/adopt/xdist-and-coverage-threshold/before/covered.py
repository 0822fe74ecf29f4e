def cover(pan):
    return f"{pan} with lid"
