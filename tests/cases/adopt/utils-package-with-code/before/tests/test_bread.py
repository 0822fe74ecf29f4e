from tests.utils import knead
from tests.utils.ovens import HOT


def test_bread():
    assert knead(HOT) == 251
