"""Makes tests quick: what is said of a second is said of a fraction of it."""

from tests.utils.asyncio_support.checks import long_sleeps

long_sleeps.LIMIT = 0.3
