import importlib
import os

import pytest

SETTINGS = importlib.import_module(os.environ["SITE_SETTINGS"])


@pytest.fixture
def settings():
    return SETTINGS
