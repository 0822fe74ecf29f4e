"""IsolatedAsyncioTestCase runs its async tests."""

import unittest


async def add(left, right):
    return left + right


class TestAddition(unittest.IsolatedAsyncioTestCase):
    async def test_adds_up(self):
        self.assertEqual(await add(1, 1), 2)

    def test_has_nothing_to_do_with_it(self):
        self.assertTrue(add)
