def tick(seconds):
    return f"{seconds // 60:02}:{seconds % 60:02}"
