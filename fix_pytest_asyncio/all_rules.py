"""The rules there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .rules.async_fixture_uses import ASYNC_FIXTURE_RULES
from .rules.asynctest import ASYNCTEST_RULES
from .rules.callees_of_loops import CALLEE_OF_LOOP_RULES
from .rules.calls import CALL_RULES
from .rules.child_watchers import CHILD_WATCHER_RULES
from .rules.comments import UnclearSuppression
from .rules.event_loop_fixture import EVENT_LOOP_RULES
from .rules.event_loop_names import LOOP_NAME_RULES
from .rules.event_loop_override import LOOP_OVERRIDE_RULES
from .rules.fixture_faults import FIXTURE_FAULT_RULES
from .rules.fixtures import FIXTURE_RULES
from .rules.get_event_loop import ASYNC_GETTER_RULES
from .rules.get_event_loop_in_fixtures import FIXTURE_GETTER_RULES
from .rules.get_event_loop_in_tests import TEST_GETTER_RULES
from .rules.import_time import IMPORT_TIME_RULES
from .rules.marked_tests import MARKED_TEST_RULES
from .rules.marking_hook import MARKING_HOOK_RULES
from .rules.marks import MARK_RULES
from .rules.missing_imports import IMPORT_RULES
from .rules.mocked_coroutines import MOCK_RULES
from .rules.old_asyncio import OLD_ASYNCIO_RULES
from .rules.other_packages import OTHER_PACKAGE_RULES
from .rules.policy_fixtures import POLICY_FIXTURE_RULES
from .rules.policy_setters import POLICY_SETTER_RULES
from .rules.settings import SETTING_RULES
from .rules.test_faults import TEST_FAULT_RULES
from .rules.wrong_names import WRONG_NAME_RULES
from .rules.xunit_setup import XUNIT_RULES

if TYPE_CHECKING:
    from .rule import Rule

# --- All rules ------------------------------------------------------------------------

_RULES_ON_CODE: tuple[Rule, ...] = (
    *IMPORT_RULES,
    *EVENT_LOOP_RULES,
    *LOOP_OVERRIDE_RULES,
    *LOOP_NAME_RULES,
    *MARK_RULES,
    *MARKED_TEST_RULES,
    *MARKING_HOOK_RULES,
    *WRONG_NAME_RULES,
    *FIXTURE_RULES,
    *SETTING_RULES,
    *POLICY_FIXTURE_RULES,
    *POLICY_SETTER_RULES,
    *CHILD_WATCHER_RULES,
    *ASYNC_GETTER_RULES,
    *TEST_GETTER_RULES,
    *FIXTURE_GETTER_RULES,
    *OLD_ASYNCIO_RULES,
    *OTHER_PACKAGE_RULES,
    *ASYNCTEST_RULES,
    *TEST_FAULT_RULES,
    *XUNIT_RULES,
    *FIXTURE_FAULT_RULES,
    *IMPORT_TIME_RULES,
    *CALL_RULES,
    *CALLEE_OF_LOOP_RULES,
    *ASYNC_FIXTURE_RULES,
    *MOCK_RULES,
)

RULES: tuple[Rule, ...] = (
    UnclearSuppression([rule.code for rule in _RULES_ON_CODE]),
    *_RULES_ON_CODE,
)
