"""What the examples of a library need, by the answers to `asyncio_examples`.

Each has two files in `examples/`: NAME.in, which requirements.txt of a new repository
includes, and NAME.txt, the same pinned with hashes, for isolated environments.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from packaging.requirements import Requirement

PLACE = Path(__file__).with_name("examples")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the word that names libraries."""
    parser.add_argument(
        "--examples",
        type=lambda text: tuple(filter(None, text.split(","))),
        default=(),
        metavar="NAME,NAME",
        help="the libraries that it has examples for (none)",
    )


def directory(name: str) -> str:
    """Return the directory of a library's examples, below that of all examples."""
    return f"with_{name}"


def pins(names: Sequence[str]) -> list[Path]:
    """Return the files with what isolated environments hold for these examples."""
    return [PLACE / f"{name}.txt" for name in sorted(names)]


def required(names: Sequence[str]) -> dict[str, Requirement]:
    """Return what these examples need on this platform, by its normalised names."""
    texts = [(PLACE / f"{name}.in").read_text(encoding="utf-8") for name in names]
    return parse(line for text in texts for line in text.splitlines())


def parse(lines: Iterable[str]) -> dict[str, Requirement]:
    """Read lines of requirements; what is none, or of other platforms, is left out."""
    # Only projects with an environment have something to compare: 50 ms for the others.
    from packaging.requirements import (  # noqa: PLC0415 (see above)
        InvalidRequirement,
        Requirement,
    )
    from packaging.utils import canonicalize_name  # noqa: PLC0415 (the same)

    found: dict[str, Requirement] = {}
    for line in lines:
        try:
            requirement = Requirement(line.partition("#")[0])
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate():
            found.setdefault(canonicalize_name(requirement.name), requirement)
    return found
