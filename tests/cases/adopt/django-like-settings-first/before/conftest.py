import os

os.environ.setdefault("SITE_SETTINGS", "tests.settings")

pytest_plugins = ("site_plugin",)
