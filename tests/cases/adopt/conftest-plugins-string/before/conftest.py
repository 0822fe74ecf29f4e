"""Fixtures for everybody."""

pytest_plugins = "lamp_fixtures"
