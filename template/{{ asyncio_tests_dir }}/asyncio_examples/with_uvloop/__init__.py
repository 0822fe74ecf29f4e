"""Tests on two makes of event loops: asyncio's own, and uvloop or, on Windows, winloop.

The hook in `conftest.py` runs each test of this directory on both, and none elsewhere.
Loops and fixtures are of function scope, so that no test sees what another one left. In
`test_module_scope.py` they are of module scope, to show that what is shared is made
once for each loop. None is of session scope: its loop would outlive these tests, and
those elsewhere may fail then (https://github.com/pytest-dev/pytest-asyncio/issues/1501).
"""
