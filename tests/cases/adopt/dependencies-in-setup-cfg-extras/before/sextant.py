def angle(a, b):
    return abs(a - b)
