"""What stands behind `asyncio_helpers`, one idea a module; tests import from there."""
