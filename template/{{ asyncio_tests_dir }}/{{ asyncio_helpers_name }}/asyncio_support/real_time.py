"""Real time, whatever a test does to its clocks."""

import time
from functools import partial

# Seconds, of which differences mean something. Taken here, so that a test that freezes
# the clock does not stop ours; and wrapped, as freezegun replaces functions of `time`
# under whatever name a module has them.
now = partial(time.perf_counter)
