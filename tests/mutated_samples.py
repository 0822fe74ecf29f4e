"""The ways to break what the samples claim to show; see `sample_mutations/`.

Each file of that directory is about the sample of the same name. A mutation is a
realistic mistake in the code under test, a fixture or the use of a library: `breaks`
says in a sentence which, `find`, which is in the file once, becomes `replace`, and the
tests of `fails` then do not pass. `file` names another file than the sample itself.
"""

from __future__ import annotations

import ast
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

import tomlkit

from workbench import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

EXAMPLES = ROOT / "template" / "{{ asyncio_tests_dir }}" / "asyncio_examples"
PLACE = ROOT / "tests" / "sample_mutations"
SAMPLES = sorted(
    path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("test_*.py")
)


class Mutation(NamedTuple):
    """One way to break a sample; paths are relative to the directory of all samples."""

    sample: str
    file: str
    breaks: str
    find: str
    replace: str
    fails: tuple[str, ...]

    def apply(self, examples: Path) -> None:
        """Break the sample in a rendered project's directory of samples."""
        path = examples / self.file
        path.write_text(self.broken(path.read_text(encoding="utf-8")), encoding="utf-8")

    def broken(self, text: str) -> str:
        """Return the text of the file with the mistake in it."""
        assert text.count(self.find) == 1, (
            f"{self.file}: {self.find!r} is not in it once"
        )
        return text.replace(self.find, self.replace)


def mutations(sample: str) -> list[Mutation]:
    """Read the mutations of a sample, of which a new one has none."""
    path = (PLACE / sample).with_suffix(".toml")
    if not path.exists():
        return []
    content = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    return [
        Mutation(
            sample=sample,
            file=_beside(sample, each.get("file")),
            breaks=each["breaks"],
            find=each["find"],
            replace=each["replace"],
            fails=tuple(each["fails"]),
        )
        for each in content["mutation"]
    ]


def rounds(samples: Iterable[str] = SAMPLES) -> list[list[Mutation]]:
    """Deal out all mutations, so that no two of a round can meet.

    Samples stand alone, but those of a library share files: one at a time.
    """
    alike: dict[str, list[Mutation]] = {}
    for sample in samples:
        shared, _, _ = sample.rpartition("/")
        alike.setdefault(shared or sample, []).extend(mutations(sample))
    return [list(filter(None, dealt)) for dealt in zip_longest(*alike.values())]


def names_of_tests(sample: str) -> set[str]:
    """Return the tests of a sample, `TestClass::test_name` those of classes."""
    tree = ast.parse((EXAMPLES / sample).read_text(encoding="utf-8"))
    return set(_tests(tree.body, ""))


def _tests(scope: Iterable[ast.stmt], prefix: str) -> Iterator[str]:
    for node in scope:
        match node:
            case ast.ClassDef() if node.name.startswith("Test"):
                yield from _tests(node.body, f"{prefix}{node.name}::")
            case ast.If():  # by the version of Python
                yield from _tests([*node.body, *node.orelse], prefix)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if node.name.startswith("test_"):
                    yield f"{prefix}{node.name}"
            case _:
                pass


def _beside(sample: str, file: str | None) -> str:
    directory, slash, _ = sample.rpartition("/")
    return f"{directory}{slash}{file}" if file else sample
