import utils


def test_double():
    assert utils.double(2) == 4
