def root(number):
    return int(number**0.5)
