from parcel import weight


def test_weight():
    assert weight(2500) == "2.5 kg"
