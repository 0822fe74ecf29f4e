"""Which pytest settings the suite wants in an existing repository, and why.

The reasons and values are those of `template/pytest.ini`, which a new repository gets.
A repository that has tests gets no more than the suite needs to run, since every other
setting could change what becomes of a test; one that has none gets all of them.
"""

from __future__ import annotations

import fnmatch
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import iniconfig

from adopt.list_values import LINE_LISTS
from adopt.pytest_settings import Setting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adopt.pytest_config import Source
    from adopt.survey import Survey

TEMPLATE = Path(__file__).resolve().parents[2] / "template" / "pytest.ini"
LISTS = (
    *("addopts", "asyncio_checks", "filterwarnings"),
    *("pythonpath", "required_plugins", "testpaths"),
)
# Those of template/pytest.ini that are booleans, and written as such in TOML. The last
# makes an error of a test that passes where a failure was expected.
TRUE = ("consider_namespace_packages", "xfail_strict")

SWITCH = {
    "asyncio_mode": "yours; tests need @pytest.mark.asyncio and fixtures "
    "@pytest_asyncio.fixture, as the samples have them. To switch: asyncio_mode = auto",
}
YOURS = "yours; the suite would have {value}"
MODE_LEFT = (
    "not set, so strict: {reason}. Auto mode would run those tests with "
    "pytest-asyncio. Mark your own asyncio tests with @pytest.mark.asyncio"
)
PATTERN = "By which names pytest knows tests: those of the suite's samples."
SCOPE_LEFT = (
    "not set, as before: fixtures of yours may rely on a loop as wide as their scope. "
    "To switch: asyncio_default_fixture_loop_scope = function, and see what fails"
)
STRICT = Setting(
    name="asyncio_mode",
    value="strict",
    comment="Another plugin runs async tests here; auto mode would take them over.",
    switch="yours",
)


class Answers(NamedTuple):
    """The answers that the settings depend on, by the names of the questions."""

    tests_dir: str
    loop_scope: str
    checks: str
    import_root: str
    helpers_package: str
    libraries: Sequence[str] = ()


def wanted(  # noqa: PLR0913 (each is named at the call)
    answers: Answers,
    found: Survey,
    source: Source | None,
    *,
    mode: str | None,
    path_is_needed: bool,
    text: str | None = None,
) -> list[Setting]:
    """Return the settings to add.

    Args:
        answers: The answers to the template's questions.
        found: The user's tests. Without any, all settings of a new repository apply.
        source: What pytest reads now.
        mode: The `asyncio_mode` that changes nothing for the user's tests; None to
            leave it unset.
        path_is_needed: Whether the import root must be put on the path.
        text: The template's pytest.ini, where it is not that of this release.
    """
    everything = read_template(answers, text)
    if not found.tests:
        return everything
    names = ["asyncio_checks"]
    if mode == "auto":
        names.append("asyncio_mode")
    if answers.loop_scope != "function" or not found.uses_pytest_asyncio:
        names += [
            "asyncio_default_fixture_loop_scope",
            "asyncio_default_test_loop_scope",
        ]
    if path_is_needed:
        names.append("pythonpath")
    settings = [setting for setting in everything if setting.name in names]
    if mode == "strict":
        settings.insert(0, STRICT)
    if not _finds_examples(source, answers.tests_dir):
        settings += [
            setting._replace(value=[f"{answers.tests_dir}/asyncio_examples"])
            for setting in everything
            if setting.name == "testpaths"
        ]
    return settings + _patterns(source, answers)


def template_text() -> str:
    """Return the template's pytest.ini, as it is before it is rendered."""
    return TEMPLATE.read_text(encoding="utf-8")


def read_template(answers: Answers, text: str | None = None) -> list[Setting]:
    """Read all settings, each with its comment, from the template's pytest.ini.

    `text` is that of another release.
    """
    text = template_text() if text is None else text
    package = answers.helpers_package
    above = package.rpartition(".")[0] or package
    for name, value in {
        "{{ asyncio_loop_scope }}": answers.loop_scope,
        "{{ asyncio_checks }}": answers.checks,
        "{{ asyncio_tests_dir }}": answers.tests_dir,
        "{{ asyncio_import_root }}": answers.import_root,
        "{{ asyncio_helpers_package.rpartition('.')[0] or asyncio_helpers_package }}": (
            above
        ),
    }.items():
        text = text.replace(name, value)
    comments, block = dict[str, str](), list[str]()
    for line in text.splitlines():
        if line.startswith("#"):
            block.append(line.removeprefix("# "))
        elif block and line[:1].isalpha():
            comments[line.partition(" ")[0]] = "\n".join(block)
            block = []
    values = iniconfig.IniConfig(str(TEMPLATE), data=text)["pytest"]
    return [_setting(name, values[name], comments.get(name, "")) for name in values]


def _setting(name: str, text: str, comment: str) -> Setting:
    value: str | bool | list[str] = text
    if name in LISTS:
        in_lines = "\n" in text or name in LINE_LISTS
        value = text.split("\n") if in_lines else text.split(" ")
    elif name in TRUE:
        value = True
    shown = " ".join(text.split())
    return Setting(
        name=name,
        value=value,
        comment=comment,
        switch=SWITCH.get(name, YOURS.format(value=f"{name} = {shown}")),
        extends=name in ("pythonpath", "testpaths"),
    )


def _patterns(source: Source | None, answers: Answers) -> list[Setting]:
    """Return what lets pytest know the samples where the user's tests have other names.

    `python_files` may name a directory, so that it adds no module of the user's.
    """
    names = [f"{answers.tests_dir}/asyncio_examples/test_*.py"]
    if answers.libraries:
        names.append(f"{answers.tests_dir}/asyncio_examples/*/test_*.py")
    wanted = {"python_files": names, "python_functions": ["test_*"]}
    return [
        Setting(name, lacking, PATTERN, YOURS.format(value=lacking[0]), extends=True)
        for name, values in wanted.items()
        if source is not None
        and (
            lacking := [each for each in values if not _knows(source.words(name), each)]
        )
    ]


def _knows(patterns: Sequence[str], wanted: str) -> bool:
    """Tell whether a pattern covers ours; without any, pytest has its own, as we do."""
    name = posixpath.basename(wanted).replace("*", "of_ours")
    return not patterns or any(
        wanted == pattern or fnmatch.fnmatch(name, pattern) or name.startswith(pattern)
        for pattern in patterns
    )


def _finds_examples(source: Source | None, tests_dir: str) -> bool:
    """Tell whether a plain `pytest` comes to the samples by itself."""
    testpaths = None if source is None else source.paths("testpaths")
    if not testpaths:
        return True
    place = f"{tests_dir}/asyncio_examples"
    return any(
        path in (".", place) or place.startswith(f"{path}/")
        for path in map(posixpath.normpath, testpaths)
    )
