def read(text):
    return text.split()
