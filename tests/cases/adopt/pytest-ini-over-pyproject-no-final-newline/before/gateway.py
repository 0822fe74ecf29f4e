def status():
    return 200
