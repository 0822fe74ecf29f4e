"""Code written with anyio, tested on asyncio and on trio, beside plain asyncio tests.

Tests marked `anyio` have no loop scope: anyio's plugin gives each a run of its own,
with its async fixtures in the same task. Tests marked `asyncio` have the loop scope
`function`, since they share nothing. In auto mode pytest-asyncio takes the former too:
a test called `[trio]` then runs on asyncio, and passes wherever nothing looks. The
conftest.py here keeps pytest-asyncio to what is marked for it, below this directory;
for a whole suite, `asyncio_mode = strict` says the same.
"""
