"""The suite's own fixtures, since the project has others of these names."""

from tests.utils.asyncio_helpers import (  # noqa: F401
    async_test_timeout,
    class_scoped_event_loop,
    ensure_test_event_loop,
    function_scoped_event_loop,
    module_scoped_event_loop,
    package_scoped_event_loop,
    session_scoped_event_loop,
    standard_event_loop,
)
