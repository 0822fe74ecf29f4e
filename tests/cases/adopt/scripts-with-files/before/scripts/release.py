def version():
    return "1.2"
