"""The tests need the root on the path."""
