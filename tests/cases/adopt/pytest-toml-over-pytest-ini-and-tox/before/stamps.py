def postage(grams):
    return 85 if grams <= 20 else 100
