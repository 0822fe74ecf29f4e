import ledger


def test_balance():
    assert ledger.balance([3, -1]) == 2
