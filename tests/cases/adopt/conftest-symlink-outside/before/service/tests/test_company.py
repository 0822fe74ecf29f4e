def test_company(company):
    assert company == "Acme"
