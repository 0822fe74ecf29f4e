import pytest

import billing


@pytest.mark.smoke
def test_total():
    assert billing.total(100) == 119
