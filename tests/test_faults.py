"""Every fault of the corpus fails its own test, with its line; every twin passes.

The corpus is in `tests/faults`; `fault_corpus.py` says how to read it. The suites run
in rendered projects, each in a process of its own: without help, some of them hang.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, TypeVar

import pytest

from fault_corpus import BY_ITSELF, HANG, NUMBERS, Fault, Module, faults, twins
from fault_runs import Phase, Run, run_pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

AnyModule = TypeVar("AnyModule", bound=Module)

NET = "asyncio safety net"  # begins every line that the net prints by itself
HERE = [fault for fault in faults() if fault.runs_here]
TWINS_HERE = [twin for twin in twins() if twin.runs_here]
ALONE = ("-p", "no:randomly", "-p", "no:xdist")
# What `asyncio_test_timeout` is, in seconds: nothing but what hangs comes near it, on
# the busiest machine. It is short where waiting for it is all there is to do.
LIMIT = 15
LIMIT_OF_A_HANG = 1
LIMIT_OF_ALL_TOGETHER = 2
SECONDS_TO_START = 20  # on a busy machine; then what does not end is killed
SECONDS_FOR_EACH = 2
SEED = "--randomly-seed="
ASYNC_FIXTURE = re.compile(r"@pytest\.fixture(?=(\(.*\))?\n *async def)")
# Sync tests have none, or pytest-asyncio would warn of it.
MARK_ASYNC_TESTS = """\
from inspect import isasyncgenfunction, iscoroutinefunction

for _owner in [vars(), *(vars(v) for k, v in vars().items() if k.startswith("Test"))]:
    for _name, _it in list(_owner.items()):
        if iscoroutinefunction(_it) or isasyncgenfunction(_it):
            _ = _name.startswith("test_") and pytest.mark.asyncio(_it)
"""
EAGER_TASKS = """\
import asyncio


def eager_loop():
    loop = asyncio.new_event_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    return loop


def pytest_asyncio_loop_factories():
    return {"eager": eager_loop}
"""
UVLOOP = """\
import uvloop


def pytest_asyncio_loop_factories():
    return {"uvloop": uvloop.new_event_loop}
"""
# A TaskGroup that has failed already runs no further task: there is no fault then.
NOT_WITH_EAGER_TASKS = "21_raises_swallows_an_assertion"
ON_VIRTUAL_TIME = ("-o", "asyncio_virtual_clock=true")
# It never waits, so that no clock can tell.
NOT_BY_ANY_CLOCK = "53_endless_loop"
NO_UVLOOP = pytest.mark.skipif(sys.platform == "win32", reason="no uvloop there")
QUICK = 5  # seconds, on a busy machine; well before `LIMIT`


@pytest.fixture
def run_modules(
    without_samples: Callable[[Path], Path], tmp_path: Path
) -> Callable[..., Run]:
    """Return a function that runs modules of one mode in a rendered project."""

    def run(
        modules: Sequence[Module],
        *options: str,
        time_limit: float = LIMIT,
        mode: str = "",
        **environment: str,
    ) -> Run:
        written_for = {module.mode for module in modules}
        [mode] = [mode] if mode else written_for
        project = without_samples(tmp_path / mode)
        for module in modules:
            text = module.text if written_for == {mode} else in_strict_mode(module)
            (project / "tests" / module.file_name).write_text(text, encoding="utf-8")
        settings = (f"asyncio_mode={mode}", f"asyncio_test_timeout={time_limit}")
        words = [part for each in settings for part in ("-o", each)]
        patience = SECONDS_TO_START + SECONDS_FOR_EACH * len(modules)
        (project / "eager_tasks.py").write_text(EAGER_TASKS, encoding="utf-8")
        (project / "with_uvloop.py").write_text(UVLOOP, encoding="utf-8")
        return run_pytest(project, patience, *words, *options, **environment)

    return run


def in_strict_mode(module: Module) -> str:
    """Return the text of a module with marks, each thing on the line that it is on."""
    text = ASYNC_FIXTURE.sub("@pytest_asyncio.fixture", module.text)
    docstring_end = text.index('"""\n', text.index('"""') + 3) + 3
    head, body = text[:docstring_end], text[docstring_end:]
    marks = "" if "pytestmark" in text else MARK_ASYNC_TESTS
    return f"{head}; import pytest, pytest_asyncio{body}\n{marks}"


def complaints(
    fault: Fault, run: Run, *, is_alone: bool = False, is_set_to_fail: bool = False
) -> list[str]:
    """Return all that a run of a fault, be it among others, did not do as it must."""
    fails = is_set_to_fail or not fault.warns
    guilty = f"{fault.file_name}::{fault.guilty}"
    expected = {f"{fault.file_name}::{test}": "passed" for test in fault.tests}
    if fails:
        expected[guilty] = "failed"
    wrong = [
        f"{test} must be {outcome}, and is {run.outcome(test)}"
        for test, outcome in expected.items()
        if run.outcome(test) != outcome
    ]
    if wrong or not (fails or is_alone):
        return wrong
    failed = run.failed_phases(guilty) if fails else [warned(run, guilty)]
    return misreported(fault, failed)


def warned(run: Run, test: str) -> Phase:
    """Return what the end of a run tells of a test that passed, as if it had failed."""
    told = rf"(?m)^tests/{re.escape(test)}\n((?: .+\n)*)"
    found = re.search(told, run.printed)
    return Phase("call", "passed", found[1] if found else "", 0.0)


def misreported(fault: Fault, failed: list[Phase]) -> list[str]:
    """Return what is wrong with the report of the guilty test."""
    text = "\n".join(phase.text for phase in failed)
    places = [re.search(rf"{place}\b", text) is not None for place in fault.places]
    named = all(places) if fault.names_all_places else any(places)
    wrong = [] if named else [f"its report names only {places} of {fault.places}"]
    wanted = [] if fault.check == BY_ITSELF else [f"[{fault.check}]"]
    wanted += fault.texts
    wrong += [f"its report lacks {part!r}" for part in wanted if part not in text]
    if fault.check == BY_ITSELF and len(failed) > 1:
        wrong.append("it fails by itself, and must fail once only")
    if fault.phase not in {"", *(phase.when for phase in failed)}:
        wrong.append(f"it must fail in its {fault.phase}")
    return [f"{fault.file_name}::{fault.guilty}: {each}" for each in wrong]


def by_mode(modules: Sequence[AnyModule]) -> list[list[AnyModule]]:
    """Return the modules of each mode together, since a run has one."""
    modes = sorted({module.mode for module in modules})
    return [[each for each in modules if each.mode == mode] for mode in modes]


def test_the_corpus_has_every_fault_and_its_twin() -> None:
    """A fault that is left out would be one that nobody looks for."""
    assert [int(fault.name[:2]) for fault in faults()] == list(NUMBERS)
    assert [twin.name for twin in twins()] == [fault.name for fault in faults()]


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.name)
def test_a_fault_says_what_must_come_of_it(fault: Fault) -> None:
    """Data that was misspelt would prove nothing."""
    assert fault.check
    assert fault.guilty in fault.tests
    assert len(set(fault.tests)) == len(fault.tests) > 1
    assert fault.places
    assert fault.texts
    [twin] = [twin for twin in twins() if twin.name == fault.name]
    assert (twin.mode, twin.runs_here) == (fault.mode, fault.runs_here)


@pytest.mark.parametrize("fault", HERE, ids=lambda fault: fault.name)
def test_a_fault_fails_its_own_test_and_is_named(
    run_modules: Callable[..., Run], fault: Fault
) -> None:
    """With the check, and with the line that is to blame."""
    waits = fault.check == HANG and not fault.is_quick
    limit = LIMIT_OF_A_HANG if waits else LIMIT

    run = run_modules([fault], *ALONE, time_limit=limit)

    wrong = complaints(fault, run, is_alone=True)
    assert not wrong, "\n".join([*wrong, run.printed])
    if fault.is_quick:
        taken = run.phases[f"{fault.file_name}::{fault.guilty}"]
        assert sum(phase.seconds for phase in taken) < QUICK


@pytest.mark.parametrize(
    ("options", "environment", "left_out"),
    [
        pytest.param(
            ("-o", "asyncio_debug=true"),
            {"PYTHONASYNCIODEBUG": "1"},
            "",
            id="debug-mode",
            marks=pytest.mark.release,  # uvloop and eager tasks differ more
        ),
        pytest.param(
            ("-p", "eager_tasks"),
            {},
            NOT_WITH_EAGER_TASKS,
            id="eager-tasks",
            marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="since 3.12"),
        ),
        pytest.param(
            ("-p", "with_uvloop"),
            {},
            "",
            id="uvloop",
            marks=NO_UVLOOP,
        ),
    ],
)
def test_on_other_loops_the_same_tests_fail(
    run_modules: Callable[..., Run],
    options: tuple[str, ...],
    environment: dict[str, str],
    left_out: str,
) -> None:
    """Whatever asyncio itself finds then, or runs at another time."""
    modules = [each for each in HERE if each.mode == "auto" and each.name != left_out]
    limit = LIMIT_OF_ALL_TOGETHER

    run = run_modules(modules, *ALONE, *options, time_limit=limit, **environment)

    failed = {test for test in run.phases if run.outcome(test) == "failed"}
    failing = [fault for fault in modules if not fault.warns]
    guilty = {f"{fault.file_name}::{fault.guilty}" for fault in failing}
    assert {test.partition("[")[0] for test in failed} == guilty, run.printed


def test_on_virtual_time_the_same_is_found(run_modules: Callable[..., Run]) -> None:
    """And what can never end, at once."""
    modules = [
        each for each in HERE if each.mode == "auto" and each.name != NOT_BY_ANY_CLOCK
    ]

    run = run_modules(modules, *ALONE, *ON_VIRTUAL_TIME)

    wrong = [each for fault in modules for each in complaints(fault, run)]
    assert not wrong, "\n".join([*wrong, run.printed])
    for fault in modules:
        taken = run.phases[f"{fault.file_name}::{fault.guilty}"]
        assert sum(phase.seconds for phase in taken) < QUICK, fault.name


def test_on_virtual_time_no_twin_is_complained_of(
    run_modules: Callable[..., Run],
) -> None:
    """Which wait for real work as well."""
    modules = [each for each in TWINS_HERE if each.mode == "auto"]

    run = run_modules(modules, *ALONE, *ON_VIRTUAL_TIME, "-W", "error")

    assert set(map(run.outcome, run.phases)) == {"passed"}, run.printed


@pytest.mark.parametrize(
    "fault", [each for each in HERE if each.warns], ids=lambda fault: fault.name
)
@pytest.mark.parametrize(
    ("levels", "outcome"),
    [
        pytest.param("all: fail\n{}: fail", "failed", id="fail"),
        pytest.param("all: off", "unnoticed", id="off"),
    ],
)
def test_a_fault_that_warns_has_a_level_of_its_own(
    run_modules: Callable[..., Run], fault: Fault, levels: str, outcome: str
) -> None:
    """What is no mistake fails the tests of those who ask for it, of nobody else."""
    checks = f"asyncio_checks={levels.format(fault.check)}"

    run = run_modules([fault], *ALONE, "-o", checks)

    if outcome == "failed":
        wrong = complaints(fault, run, is_set_to_fail=True)
        assert not wrong, "\n".join([*wrong, run.printed])
    else:
        assert {run.outcome(test) for test in run.phases} == {"passed"}, run.printed
        assert fault.check not in run.printed


def test_in_strict_mode_the_same_is_found(run_modules: Callable[..., Run]) -> None:
    """Where every async test has a mark, and every async fixture its decorator."""
    modules = [each for each in HERE if each.mode == "auto"]

    run = run_modules(modules, *ALONE, time_limit=LIMIT_OF_ALL_TOGETHER, mode="strict")

    wrong = [each for fault in modules for each in complaints(fault, run)]
    assert not wrong, "\n".join(wrong)


def test_in_strict_mode_no_twin_is_complained_of(
    run_modules: Callable[..., Run],
) -> None:
    """Nor is any of them without its mark."""
    modules = [each for each in TWINS_HERE if each.mode == "auto"]

    run = run_modules(modules, *ALONE, "-W", "error", mode="strict")

    tests = {f"{twin.file_name}::{test}" for twin in modules for test in twin.tests}
    assert {run.outcome(test) for test in tests} == {"passed"}, run.printed


@pytest.mark.parametrize("seed", [3])
def test_in_any_order_each_fault_is_charged_to_its_own_test(
    run_modules: Callable[..., Run], seed: int
) -> None:
    """What one test leaves behind must not reach another, wherever that one runs."""
    for modules in by_mode(HERE):
        options = ("-p", "no:xdist", "-p", "randomly", f"{SEED}{seed}")
        run = run_modules(modules, *options, time_limit=LIMIT_OF_ALL_TOGETHER)
        wrong = [each for fault in modules for each in complaints(fault, run)]
        assert not wrong, "\n".join([f"with {SEED}{seed}", *wrong, run.printed])


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(ALONE, id="in-order"),
        pytest.param(("-p", "no:xdist", "-p", "randomly"), id="in-random-order"),
        pytest.param(("-p", "no:randomly", "-n", "2"), id="in-two-processes"),
        pytest.param((*ALONE, "-p", "with_uvloop"), id="on-uvloop", marks=NO_UVLOOP),
    ],
)
def test_no_twin_is_complained_of(
    run_modules: Callable[..., Run], options: tuple[str, ...]
) -> None:
    """Whatever the order, and with every warning as an error."""
    uses_uvloop = "with_uvloop" in options
    twins_here = [
        twin for twin in TWINS_HERE if not (uses_uvloop and twin.needs_asyncios_loop)
    ]
    for modules in by_mode(twins_here):
        run = run_modules(modules, "-W", "error", *options)

        tests = {f"{twin.file_name}::{test}" for twin in modules for test in twin.tests}
        assert {test.partition("[")[0] for test in run.phases} == tests, run.printed
        assert set(map(run.outcome, run.phases)) == {"passed"}, run.printed
        assert [line for line in run.printed.splitlines() if NET in line] == []
