"""What a check is, and what it finds."""

from typing import NamedTuple

from .owners import Owner


class Check(NamedTuple):
    """One thing that the safety net looks for.

    Attributes:
        name: What settings, markers and reports call it.
        finds: What it finds, in a few words, for `--asyncio-checks`.
        remedy: What to do about it, where a finding has nothing better to say.
        section: The heading in ASYNC_TESTING.md that tells more.
        is_advice: Whether it finds no mistake, but what could be better. It fails a
            test only where a line of the settings names it.
    """

    name: str
    finds: str
    remedy: str
    section: str
    is_advice: bool = False


class Finding(NamedTuple):
    """One thing that a check found.

    Attributes:
        check: Which check found it.
        what: What happened, as a sentence without a full stop.
        made_at: The line of the user's code that caused it, as `file:line in function`;
            empty where none is known.
        stands_at: Where it stands now, in the same form; empty where it does not apply.
        owner: The test or fixture that made it; None where that cannot be told.
        remedy: What to do about it.
        details: Lines to show below, as they are.
        despite_skip: Whether it also counts in a test that was skipped or was expected
            to fail.
    """

    check: Check
    what: str
    made_at: str = ""
    stands_at: str = ""
    owner: Owner | None = None
    remedy: str = ""
    details: tuple[str, ...] = ()
    despite_skip: bool = False
