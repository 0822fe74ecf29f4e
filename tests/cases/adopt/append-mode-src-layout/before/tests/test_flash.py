from beacon import flash


def test_flash():
    assert flash(3) == "***"
