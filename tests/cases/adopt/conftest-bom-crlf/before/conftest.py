"""Gemeinsame Fixtures für alle Tests."""
import pytest


@pytest.fixture
def stadt():
    return "Köln"
