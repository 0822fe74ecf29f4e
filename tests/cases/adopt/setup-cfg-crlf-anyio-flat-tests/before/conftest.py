import os

os.environ.setdefault("COURIER_ENV", "test")
