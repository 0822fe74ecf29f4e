"""Gives an existing repository the suite: plans every change, prints it, makes it."""
