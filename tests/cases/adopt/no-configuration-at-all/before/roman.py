def to_roman(number):
    for value, digits in ((4, "IV"), (1, "I")):
        if number >= value:
            return digits + to_roman(number - value)
    return ""
