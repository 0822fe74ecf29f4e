"""Runs the rendered suite and says what came of it.

`command` is the whole story; it asks `interpreters` (and that `isolated`) for a Python
that can run the suite, has `suite` run it there, and prints what `outcome` words.
"""
