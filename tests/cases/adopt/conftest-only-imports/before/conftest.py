from testlib.fixtures import server, user  # noqa: F401
