from kiosk import price


def test_price():
    assert price(150) == "1.50"
