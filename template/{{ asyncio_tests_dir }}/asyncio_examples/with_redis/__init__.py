"""A real Redis server where one is named, fakeredis elsewhere; a consumer that stops.

All loops are of function scope: a client keeps connections that belong to the loop that
opened them, and to open one costs less than a millisecond. fakeredis' server is kept
for the whole run, as a real one would be, so what disturbs other tests shows here too:
each test has a prefix of its own for its keys, which are deleted when it ends. The
environment variable `TEST_REDIS_URL`, as in `redis://localhost:6379/0`, names a real
server (7.0 or newer), which may hold what is not of these tests.
"""
