pytest_plugins = [
    "pytester",
    "support.clock",  # time stands still
]