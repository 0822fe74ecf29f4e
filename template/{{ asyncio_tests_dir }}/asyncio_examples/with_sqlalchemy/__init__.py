"""Code that uses SQLAlchemy's asyncio extension, and commits, leaves no row behind.

The engine has the scope and the loop scope `session`: its tables are made once, and its
pool keeps connections that belong to the loop that opened them, those of asyncpg above
all. So each fixture and test here names the loop scope `session`. A connection and its
transaction have the scope `function`, since no test may see what another one wrote. The
database is a file of SQLite's, one for each worker of pytest-xdist, unless the
environment variable `TEST_DATABASE_URL` names one of PostgreSQL's, as in
`postgresql+asyncpg://user:password@host/name`; that needs asyncpg as well.
"""
