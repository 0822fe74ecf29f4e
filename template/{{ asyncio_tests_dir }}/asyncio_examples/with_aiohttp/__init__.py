"""Servers and clients of aiohttp, tested over real connections on one machine.

Fixtures and tests have the loop scope `function`. A server answers on the loop that it
was started on, and starting one takes a millisecond: so each test has its own, and
sees nothing of what others left in it. `TestServer` and `TestClient` are of aiohttp
itself, in fixtures whose names pytest-aiohttp does not use: the tests run without that
plugin, and beside it.
"""
