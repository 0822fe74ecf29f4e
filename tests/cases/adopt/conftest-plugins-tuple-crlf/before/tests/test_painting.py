import os


def test_painting(painting):
    assert painting == 'Geograph'
    assert os.environ['MUSEUM'] == 'Städel'
