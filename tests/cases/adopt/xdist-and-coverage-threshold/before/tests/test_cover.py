import os

from covered import cover


def test_cover():
    assert cover("pan") == "pan with lid"
    assert os.environ["PYTEST_XDIST_WORKER"].startswith("gw")
