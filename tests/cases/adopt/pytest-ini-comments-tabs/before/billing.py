def total(cents, vat=19):
    return round(cents * (100 + vat) / 100)
