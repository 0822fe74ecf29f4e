# check: unrun_test
# guilty: test_adds_up
# text: IsolatedAsyncioTestCase
"""An async test in a plain TestCase is called, never awaited, and passes."""

import unittest


async def add(left, right):
    return left + right


class TestAddition(unittest.TestCase):
    async def test_adds_up(self):  # guilty
        self.assertEqual(await add(1, 1), 3)

    def test_has_nothing_to_do_with_it(self):
        self.assertTrue(add)
