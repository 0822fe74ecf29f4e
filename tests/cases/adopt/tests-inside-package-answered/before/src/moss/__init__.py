def grow(cm):
    return cm + 1
