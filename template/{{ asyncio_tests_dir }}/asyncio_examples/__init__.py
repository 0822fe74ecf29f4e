"""Examples of asyncio tests, one idea a file: the style guide, executed."""
