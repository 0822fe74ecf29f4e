# check: unrun_setup
# guilty: test_starts_with_an_empty_basket
# text: setup_method
"""`async def setup_method` is called by pytest, and never awaited."""


class TestBasket:
    goods = ()

    async def setup_method(self):  # guilty
        self.goods = ("left over by somebody",)

    async def test_starts_with_an_empty_basket(self):
        assert self.goods == ()


class TestShelf:
    def setup_method(self):
        self.goods = ("tea",)

    async def test_starts_with_tea(self):
        assert self.goods == ("tea",)
