"""An application of FastAPI's, called in the loop of the test, without a server.

All loops are of function scope: an application is made in microseconds, and a new one
for each test leaves no state, overridden dependency or background task to the next.
httpx calls it through `ASGITransport`, in the loop of the test; the `TestClient` would
run it on a loop of its own, in a thread, where no future or connection of the test's is
of use. That transport sends no lifespan events, and hands over no response before it is
complete: the first is done by a fixture, the second shown where it matters.
"""
