"""A plugin of a larger program, which imports this directory as a whole."""
