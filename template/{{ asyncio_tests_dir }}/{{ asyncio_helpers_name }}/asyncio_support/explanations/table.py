"""All explanations: one for each message of the guide that a test can fail with."""

from . import (
    awaits_of_other_things,
    awaits_that_lack,
    loops_that_differ,
    loops_that_lack,
    loops_that_run,
    raises_without_await,
    things_left_open,
    things_not_run,
    things_outdated,
)

EXPLANATIONS = (
    *loops_that_differ.EXPLANATIONS,
    *loops_that_lack.EXPLANATIONS,
    *loops_that_run.EXPLANATIONS,
    *awaits_that_lack.EXPLANATIONS,
    *awaits_of_other_things.EXPLANATIONS,
    *raises_without_await.EXPLANATIONS,
    *things_not_run.EXPLANATIONS,
    *things_outdated.EXPLANATIONS,
    *things_left_open.EXPLANATIONS,
)
