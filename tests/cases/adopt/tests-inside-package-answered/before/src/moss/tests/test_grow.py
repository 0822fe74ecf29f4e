from moss import grow
from moss.tests.utils import START


def test_grow():
    assert grow(START) == 2
