"""Carries a project over from one release of the template to the next."""
