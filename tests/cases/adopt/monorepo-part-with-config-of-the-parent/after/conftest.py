import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


# >>> asyncio tests: kept by copier-asyncio-testing, see tests/ASYNC_TESTING.md
import pathlib as _pathlib  # noqa: E402
import sys as _sys  # noqa: E402

_sys.path.append(str(_pathlib.Path(__file__).parent / "tests"))

from asyncio_testing.asyncio_support.plugin import (  # noqa: E402, F401
    pytest_asyncio_support,
)
# <<< asyncio tests
