"""Declares what the suite needs where the project declares what its tests need.

Once, beside pytest where that is declared. Pins are the user's: none is lowered, raised
or removed. Where a pin rules the suite's versions out, the user is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adopt.dependency_commands import commands_after, nowhere_declared
from adopt.dependency_edits import CannotAddError
from adopt.dependency_places import Kind
from adopt.dependency_search import find_places, read_text
from verify.interpreters import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.requirements import Requirement

    from adopt.dependency_declarations import Declaration
    from adopt.dependency_places import Place
    from adopt.plan import Draft

ADDED = "the suite needs it"
PINNED = "the suite needs {requirement}: raise the pin when you can"
PINNED_FIRST = "the suite needs {requirement}: raise the pin, then add {lines}"
IN_PROGRAM = "Add {lines} to {place}, which is a program, and install it"
ELSEWHERE = "pytest is listed in {places} too: add {lines} where the suite is to run"
# What the project itself needs, and what limits versions, holds for all other places.
EVERYWHERE = {Kind.RUNTIME, Kind.CONSTRAINT}


def plan_dependencies(draft: Draft, required: Sequence[Requirement]) -> None:
    """Plan to declare what is not declared yet, in one place.

    That place declares pytest or its plugin already; of several, the best by `Kind`,
    then the one that is named for tests. Where none does, it is one that is named for
    tests, or else for development.

    Args:
        draft: The project, with what is planned so far.
        required: pytest, pytest-asyncio and libraries, each with its lowest version.
    """
    found = find_places(draft)
    places = _trusted(found.places, required)
    missing = [each for each in required if not _is_declared(places, each)]
    if missing:
        for path, why in found.unreadable.items():
            draft.leave_to_hand(path, why, *map(str, missing))
    blocked = _is_blocked(places, required)
    _tell_of_pins(draft, places, required, missing if blocked else [])
    if missing and not blocked:
        place = _chosen(places, required)
        if place is None:
            draft.notes.append(nowhere_declared(draft, missing))
        elif _add(draft, place, missing):
            draft.notes.extend(commands_after(draft, place))
            others = [each for each in places if not _pins(each, required)]
            _tell_of_others(draft, place, others, missing)


def ruled_out(
    draft: Draft, required: Sequence[Requirement]
) -> list[tuple[Place, Requirement, Declaration]]:
    """Return the pins that leave no place for the suite's versions; mostly none."""
    places = _trusted(find_places(draft).places, required)
    if not _is_blocked(places, required):
        return []
    return [(place, *pin) for place in places for pin in _pins(place, required)]


def _trusted(places: Sequence[Place], required: Sequence[Requirement]) -> list[Place]:
    """Leave out compiled files: what they are made from is what counts, if it is here.

    A package may be in them only because another one needs it.
    """
    written = [place for place in places if place.kind != Kind.COMPILED]
    if any(_is_declared(written, each) for each in required):
        return written
    return list(places)


def _is_declared(places: Sequence[Place], requirement: Requirement) -> bool:
    return any(
        place.of(requirement.name) for place in places if place.kind != Kind.CONSTRAINT
    )


def _is_blocked(places: Sequence[Place], required: Sequence[Requirement]) -> bool:
    """Whether pins leave no place in which the suite's versions can be installed."""
    if any(_pins(place, required) for place in places if place.kind in EVERYWHERE):
        return True
    declaring = _declaring(places)
    return bool(declaring) and all(_pins(place, required) for place in declaring)


def _declaring(places: Sequence[Place]) -> list[Place]:
    return [
        place
        for place in places
        if place.kind not in EVERYWHERE and any(map(place.of, REQUIRED))
    ]


def _pins(
    place: Place, required: Sequence[Requirement]
) -> list[tuple[Requirement, Declaration]]:
    """Return the declarations of a place that rule out what is required."""
    return [
        (requirement, declaration)
        for requirement in required
        if not any(each.allows(requirement) for each in place.of(requirement.name))
        for declaration in place.of(requirement.name)
    ]


def _chosen(places: Sequence[Place], required: Sequence[Requirement]) -> Place | None:
    declaring = _declaring(places)
    usable = [place for place in declaring if not _pins(place, required)]
    if usable:
        return min(usable, key=lambda place: (place.kind, place.clarity))
    named = [place for place in places if place.is_edited and place.is_for_tests]
    return min(named, key=lambda place: (place.clarity, place.kind), default=None)


def _add(draft: Draft, place: Place, missing: Sequence[Requirement]) -> bool:
    """Plan the entries of a place, all or none; whether they are planned."""
    why = draft.refusal(place.path)
    text = read_text(draft, place.path) or ""
    texts: list[str] = []
    try:
        for requirement in missing:
            text = place.add(text, requirement)
            texts.append(text)
    except CannotAddError as error:
        why = str(error)
    if why and place.kind is Kind.SETUP_PY:
        # A program: every project that has one would be left to its owner's hand.
        draft.notes.append(IN_PROGRAM.format(place=place.path, lines=_listed(missing)))
        return False
    if why:
        lines = [place.entry(requirement) for requirement in missing]
        draft.leave_to_hand(place.path, why, *lines)
        return False
    for requirement, text in zip(missing, texts, strict=True):
        draft.change(place.path, text.encode(), place.entry(requirement), ADDED)
    return True


def _tell_of_pins(
    draft: Draft,
    places: Sequence[Place],
    required: Sequence[Requirement],
    missing: Sequence[Requirement],
) -> None:
    """Say which pins rule the suite's versions out, and what to add after raising."""
    for place in places:
        for requirement, declaration in _pins(place, required):
            why = (PINNED_FIRST if missing else PINNED).format(
                requirement=requirement, lines=_listed(missing)
            )
            draft.keep(place.path, declaration.text, why)


def _tell_of_others(
    draft: Draft, place: Place, others: Sequence[Place], missing: Sequence[Requirement]
) -> None:
    names = [
        other.name
        for other in others
        if other.is_edited and other is not place and other.of("pytest")
    ]
    if names:
        listed = ", ".join(names)
        draft.notes.append(ELSEWHERE.format(places=listed, lines=_listed(missing)))


def _listed(requirements: Sequence[Requirement]) -> str:
    return " and ".join(map(str, requirements))
