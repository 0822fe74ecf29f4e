def weight(grams: int) -> str:
    return f"{grams / 1000:g} kg"
