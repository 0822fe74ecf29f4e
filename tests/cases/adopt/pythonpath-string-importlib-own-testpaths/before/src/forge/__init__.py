def temper(steel):
    return steel.upper()
