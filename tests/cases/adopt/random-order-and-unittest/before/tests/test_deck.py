import unittest


class DeckTest(unittest.TestCase):
    def test_size(self):
        self.assertEqual(len(range(52)), 52)


class CardTest:
    def test_suits(self):
        assert len("SHDC") == 4
