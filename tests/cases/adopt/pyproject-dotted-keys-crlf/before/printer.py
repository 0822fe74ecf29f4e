def lines(text):
    return text.splitlines()
