"""What asyncio's and pytest-asyncio's messages mean, once a test has failed."""
