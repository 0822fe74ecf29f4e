import unittest

from roman import to_roman


class RomanTest(unittest.TestCase):
    def test_four(self):
        self.assertEqual(to_roman(4), "IV")
