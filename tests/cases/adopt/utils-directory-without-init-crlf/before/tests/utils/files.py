def name(path):
    return path.rpartition("/")[2]
