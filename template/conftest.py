# copier: filter replace("tests.utils", asyncio_helpers_package)
"""Fixtures and plugins of the whole test suite.

The plugin brings the asyncio settings and fixtures; your own fixtures go below it.
"""

pytest_plugins = ["tests.utils.asyncio_support.plugin"]
# copier: endfilter
