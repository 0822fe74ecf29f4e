# -*- coding: latin-1 -*-
import pytest


@pytest.fixture
def café():
    return "Zoë's"
