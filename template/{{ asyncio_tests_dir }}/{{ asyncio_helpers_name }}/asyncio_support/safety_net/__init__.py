"""The safety net: what a test does wrong without failing makes it fail.

`plugin.py` hooks into pytest, `net.py` knows which test runs and collects what the
checks find. The checks themselves are in `asyncio_support/checks`.
"""
