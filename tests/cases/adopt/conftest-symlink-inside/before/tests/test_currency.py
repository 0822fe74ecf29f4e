def test_currency(currency):
    assert currency == "EUR"
