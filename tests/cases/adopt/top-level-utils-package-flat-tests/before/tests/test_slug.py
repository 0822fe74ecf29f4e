import utils
from utils import slug


def test_slug():
    assert slug("A B") == "a-b"
    assert "tests" not in utils.__file__
