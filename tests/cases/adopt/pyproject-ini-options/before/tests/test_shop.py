def test_a(shop): assert shop
