def phase(day):
    return "full" if day == 14 else "other"
