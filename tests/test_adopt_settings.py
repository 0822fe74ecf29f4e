"""Adoption puts its settings where pytest reads them already, and loses nothing."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from _pytest.config.findpaths import load_config_dict_from_file

from adopt.plan import ByHand, Draft, Kept
from adopt.pytest_config import NAMES, ConfigError, Source, locate
from adopt.pytest_settings import Setting, plan_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIGURATION = {
    "pytest.toml": "[pytest]\n",
    ".pytest.toml": "[pytest]\n",
    "pytest.ini": "[pytest]\n",
    ".pytest.ini": "[pytest]\n",
    "pyproject.toml": "[tool.pytest.ini_options]\n",
    "tox.ini": "[pytest]\n",
    "setup.cfg": "[tool:pytest]\n",
}
PYTEST_8 = ["pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"]

MODE = Setting("asyncio_mode", "auto", "Every async test runs.", "Yours. To switch: …")
STRICT = Setting(
    name="xfail_strict",
    value=True,
    comment="A test that passes is no failure.",
    switch="Yours.",
)
PATH = Setting("pythonpath", ["."], "Where `import tests` looks.", "", extends=True)
TESTS = Setting("testpaths", ["tests"], "Where the tests are.", "", extends=True)
WARNINGS = Setting(
    "filterwarnings",
    ["error::RuntimeWarning", "error::ResourceWarning"],
    "What asyncio only mentions\nfails the test that did it.",
    "",
    extends=True,
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty repository."""
    return tmp_path.resolve()


def found(project: Path, *, native: bool = True) -> Source:
    """Return what configures pytest; there must be something."""
    source = locate(project, native=native)
    assert source
    return source


def plan(project: Path, *settings: Setting, native: bool = True) -> Draft:
    """Plan settings for a repository."""
    draft = Draft(project)
    plan_settings(draft, locate(project, native=native), settings)
    return draft


def read(path: Path) -> Mapping[str, object]:
    """Return what pytest itself reads from a file."""
    values = load_config_dict_from_file(path) or {}
    return {name: value.value for name, value in values.items()}


def edit(path: Path, before: str, *settings: Setting) -> str:
    """Return a file with settings put into it, which pytest agrees with."""
    path.write_bytes(before.encode())
    theirs = read(path)

    draft = plan(path.parent, *settings)

    assert not draft.by_hand
    after = draft.written.get(path.name, before.encode())
    path.write_bytes(after)
    ours = {setting.name for setting in settings}
    kept = {name: value for name, value in theirs.items() if name not in ours}
    assert kept.items() <= read(path).items()
    assert kept.keys() | ours >= read(path).keys() >= ours
    assert not plan(path.parent, *settings).changes, "running it twice changes nothing"
    return after.decode()


# Where pytest reads its configuration from


@pytest.mark.parametrize(
    ("native", "order"), [(True, list(NAMES)), (False, PYTEST_8)], ids=["9", "8"]
)
def test_of_several_files_the_one_that_pytest_prefers_is_found(
    project: Path, order: list[str], *, native: bool
) -> None:
    """The others are named, since their settings have no effect."""
    for name, text in CONFIGURATION.items():
        (project / name).write_text(text)

    for position, name in enumerate(order):
        source = found(project, native=native)

        assert source.path == project / name
        assert source.ignored == tuple(order[position + 1 :])
        (project / name).unlink()


@pytest.mark.parametrize(
    ("name", "text", "section", "native", "values"),
    [
        ("pytest.toml", "[pytest]\na = [1]", "pytest", True, {"a": [1]}),
        ("pytest.toml", "", "pytest", True, {}),
        (".pytest.toml", "[pytest]\na = true", "pytest", True, {"a": True}),
        ("pytest.ini", "[pytest]\na: b # c\n", "pytest", False, {"a": "b # c"}),
        ("pytest.ini", "", "pytest", False, {}),
        (".pytest.ini", "[other]\na = 1", "pytest", False, {}),
        ("pyproject.toml", "[tool.pytest]\na = 1", "tool.pytest", True, {"a": 1}),
        (
            "pyproject.toml",
            "[tool.pytest.ini_options]\na = 1\nb = ['c']",
            "tool.pytest.ini_options",
            False,
            {"a": 1, "b": ["c"]},
        ),
        (
            "pyproject.toml",
            "[tool]\npytest = { ini_options = {} }",
            "tool.pytest.ini_options",
            False,
            {},
        ),
        ("tox.ini", "[tox]\n[pytest]\na=\n b\n c", "pytest", False, {"a": "b\nc"}),
        ("setup.cfg", "[tool:pytest]\na = b", "tool:pytest", False, {"a": "b"}),
        ("pytest.ini", "\ufeff[pytest]\na = b", "pytest", False, {"a": "b"}),
    ],
)
def test_every_kind_of_file_is_read_as_pytest_reads_it(
    project: Path,
    name: str,
    text: str,
    section: str,
    values: dict[str, object],
    *,
    native: bool,
) -> None:
    """Section, data model and values are what later edits rely on."""
    (project / name).write_text(text, encoding="utf-8")

    source = found(project)

    assert source == Source(project / name, section, native, values, ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", ""),
        ("pyproject.toml", "[tool.pytest]\n"),
        ("tox.ini", "[tox]\n"),
        ("setup.cfg", "[metadata]\n"),
        ("conftest.ini", "[pytest]\n"),
    ],
)
def test_a_file_without_settings_for_pytest_is_no_source(
    project: Path, name: str, text: str
) -> None:
    """It may make a root directory, but it configures nothing."""
    (project / name).write_text(text)

    assert locate(project, native=True) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.toml", "[pytest]\na = 1"),
        ("pyproject.toml", "[tool.pytest]\na = 1"),
        (".pytest.ini", ""),
    ],
)
def test_what_only_pytest_9_knows_is_passed_over_for_pytest_8(
    project: Path, name: str, text: str
) -> None:
    """A setting put there would have no effect."""
    (project / name).write_text(text)

    assert locate(project, native=True)
    assert locate(project, native=False) is None


def test_pytest_8_reads_ini_options_beside_native_settings(project: Path) -> None:
    """Pytest 9 refuses such a file."""
    text = "[tool.pytest]\na = 1\n[tool.pytest.ini_options]\nb = 2\n"
    (project / "pyproject.toml").write_text(text)

    assert found(project, native=False).values == {"b": 2}
    with pytest.raises(ConfigError, match=r"both \[tool.pytest\] and"):
        locate(project, native=True)


def test_the_nearest_directory_with_configuration_counts(project: Path) -> None:
    """A package of a larger repository is configured by that."""
    inner = project / "packages" / "one"
    inner.mkdir(parents=True)
    (project / "tox.ini").write_text("[pytest]\na = outer")
    (inner.parent / "pytest.ini").mkdir()

    assert found(inner).path == project / "tox.ini"
    (inner / "setup.cfg").write_text("[tool:pytest]\na = inner")
    assert found(inner).values == {"a": "inner"}


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("pytest.ini", "a = b", "line 1: no section header defined"),
        ("tox.ini", "[pytest]\na = 1\na = 2", "line 3: duplicate name 'a'"),
        ("setup.cfg", "[pytest]\na = 1", "has a section [pytest], which must be"),
        ("pyproject.toml", "[tool", "Unexpected end of file at line 1"),
        ("pyproject.toml", "\ufeff[tool]", "begins with a byte order mark"),
        ("pyproject.toml", "[tool]\npytest = 1", "`tool.pytest` is not a table"),
        ("pyproject.toml", "[[tool]]", "`tool` is not a table"),
        ("pytest.toml", "a = 1\nb = 2", "outside of its [pytest] table: a, b"),
        ("pytest.toml", "pytest = 1", "`pytest` is not a table"),
        ("pytest.ini", "[pytest]\na = \udcff", "is not encoded in UTF-8"),
    ],
)
def test_a_file_that_pytest_cannot_read_is_an_error_of_one_line(
    project: Path, name: str, text: str, why: str
) -> None:
    """It names the file and says what is wrong with it."""
    (project / name).write_bytes(text.encode(errors="surrogateescape"))

    with pytest.raises(ConfigError) as caught:
        locate(project, native=True)

    assert caught.value.path == project / name
    assert why in caught.value.why
    assert str(caught.value) == f"{project / name}: {caught.value.why}"
    assert "\n" not in str(caught.value)


def test_a_file_that_may_not_be_read_is_an_error(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows what it would say."""
    (project / "pytest.ini").write_text("")
    monkeypatch.setattr(Path, "read_text", _denied)

    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        locate(project, native=True)


def _denied(path: Path, **_: str) -> str:
    raise PermissionError(13, os.strerror(13), str(path))


def test_pytest_8_does_not_mind_a_broken_file_that_it_never_opens(
    project: Path,
) -> None:
    """Pytest 9 does, as it lists the files that it ignores."""
    (project / "pytest.ini").write_text("")
    (project / "tox.ini").write_text("broken")

    assert found(project, native=False).ignored == ()
    with pytest.raises(ConfigError, match="unexpected line: 'broken'"):
        locate(project, native=True)


def test_values_are_split_as_pytest_splits_them(project: Path) -> None:
    """In a string like a shell does, in a list not at all."""
    values = {"addopts": "-k 'a b' \n -q", "testpaths": ["a b"], "empty": "", "n": 1}
    source = Source(project, "pytest", native=False, values=values, ignored=())

    assert source.words("addopts") == ["-k", "a b", "-q"]
    assert source.words("testpaths") == source.paths("testpaths") == ["a b"]
    assert source.paths("empty") == []
    assert source.words("n") == ["1"]
    assert source.words("missing") == []
    assert source.paths("missing") is None


def test_quotation_marks_that_do_not_match_are_an_error(project: Path) -> None:
    """Pytest does not start with them either."""
    source = Source(project, "pytest", native=False, values={"a": "'"}, ignored=())

    with pytest.raises(ConfigError, match="a: No closing quotation"):
        source.words("a")


# New settings


def test_without_any_configuration_there_is_a_new_pytest_ini(project: Path) -> None:
    """Every setting is a change of its own, with its reason."""
    draft = plan(project, MODE, STRICT, PATH, WARNINGS)

    assert draft.written["pytest.ini"].decode() == dedent("""\
        [pytest]
        # Every async test runs.
        asyncio_mode = auto
        # A test that passes is no failure.
        xfail_strict = true
        # Where `import tests` looks.
        pythonpath = .
        # What asyncio only mentions
        # fails the test that did it.
        filterwarnings =
            error::RuntimeWarning
            error::ResourceWarning
        """)
    assert draft.changes == [
        ("pytest.ini", "[pytest] asyncio_mode = auto", MODE.comment),
        ("pytest.ini", "[pytest] xfail_strict = true", STRICT.comment),
        ("pytest.ini", "[pytest] pythonpath = .", PATH.comment),
        (
            "pytest.ini",
            "[pytest] filterwarnings = error::RuntimeWarning, error::ResourceWarning",
            "What asyncio only mentions fails the test that did it.",
        ),
    ]


def test_a_pyproject_toml_gets_a_table_at_its_end(project: Path) -> None:
    """After one blank line, whatever ends the file."""
    path = project / "pyproject.toml"
    table = dedent("""\
        [tool.pytest.ini_options]
        # Every async test runs.
        asyncio_mode = "auto"
        # A test that passes is no failure.
        xfail_strict = true
        # Where `import tests` looks.
        pythonpath = ["."]
        # What asyncio only mentions
        # fails the test that did it.
        filterwarnings = [
            "error::RuntimeWarning",
            "error::ResourceWarning",
        ]
        """)
    settings = MODE, STRICT, PATH, WARNINGS

    assert edit(path, "", *settings) == table
    assert edit(path, "[a]\n", *settings) == f"[a]\n\n{table}"
    assert edit(path, "[a]\n\n", *settings) == f"[a]\n\n{table}"
    assert edit(path, "[a]", *settings) == f"[a]\n\n{table}".removesuffix("\n")
    windows = f"[a]\n\n{table}".replace("\n", "\r\n")
    assert edit(path, "[a]\r\n", *settings) == windows


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        pytest.param(
            "pytest.ini",
            "[pytest]\naddopts = -q\n\n# About the rest.\n[other]\na = b\n",
            "[pytest]\naddopts = -q\n# Every async test runs.\nasyncio_mode = auto\n"
            "\n# About the rest.\n[other]\na = b\n",
            id="after the last setting, before what belongs to the next section",
        ),
        pytest.param(
            "setup.cfg",
            "[tool:pytest]\naddopts=-q\ntestpaths=\n  a\n  # no\n\n  b\n# the end\n",
            "[tool:pytest]\naddopts=-q\ntestpaths=\n  a\n  # no\n\n  b\n"
            "# Every async test runs.\nasyncio_mode=auto\n# the end\n",
            id="after the last line of a value, without spaces like the others",
        ),
        pytest.param(
            "tox.ini",
            "[tox]\r\nenvlist = a\r\n[pytest]\r\n; none yet\r\n[flake8]\r\n",
            "[tox]\r\nenvlist = a\r\n[pytest]\r\n# Every async test runs.\r\n"
            "asyncio_mode = auto\r\n; none yet\r\n[flake8]\r\n",
            id="after the header of an empty section, with the line ends of Windows",
        ),
        pytest.param(
            "pytest.ini",
            "[pytest]\naddopts = -q",
            "[pytest]\naddopts = -q\n# Every async test runs.\nasyncio_mode = auto",
            id="a file without a line end at its end stays one",
        ),
        pytest.param(
            "pytest.ini",
            "[pytest]\r\naddopts = -q\n[b]\rx = y\r\n",
            "[pytest]\r\naddopts = -q\n# Every async test runs.\n"
            "asyncio_mode = auto\n[b]\rx = y\r\n",
            id="mixed line ends stay mixed",
        ),
        pytest.param(
            ".pytest.ini",
            "\ufeff# about\n",
            "\ufeff# about\n\n[pytest]\n"
            "# Every async test runs.\nasyncio_mode = auto\n",
            id="a file without the section gets it, and keeps its byte order mark",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool.pytest.ini_options]\naddopts='-q' # quiet\n# hm\n\n# Next.\n[b]\n",
            "[tool.pytest.ini_options]\naddopts='-q' # quiet\n"
            "# Every async test runs.\nasyncio_mode='auto'\n# hm\n\n# Next.\n[b]\n",
            id="quotation marks and equals signs like the others",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool.pytest.ini_options]\r\n\taddopts = [\r\n\t\t'-q',\r\n\t]",
            "[tool.pytest.ini_options]\r\n\taddopts = [\r\n\t\t'-q',\r\n\t]\r\n"
            "\t# Every async test runs.\r\n\tasyncio_mode = 'auto'",
            id="indented like the others",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool.a]\nx = 1\n[b]\n[tool.pytest.ini_options] # c\n[[tool.uv.index]]\n",
            "[tool.a]\nx = 1\n[b]\n[tool.pytest.ini_options] # c\n"
            '# Every async test runs.\nasyncio_mode = "auto"\n[[tool.uv.index]]\n',
            id="a tool table in several places",
        ),
        pytest.param(
            "pyproject.toml",
            "tool . pytest.'ini_options'.addopts = '-q'\n[project]\nname = 'x'\n",
            "tool . pytest.'ini_options'.addopts = '-q'\n# Every async test runs.\n"
            "tool.pytest.'ini_options'.asyncio_mode = 'auto'\n[project]\nname = 'x'\n",
            id="dotted keys",
        ),
        pytest.param(
            "pyproject.toml",
            '[tool.pytest]\nini_options.a = "b"\n\n[c]\n',
            '[tool.pytest]\nini_options.a = "b"\n# Every async test runs.\n'
            'ini_options.asyncio_mode = "auto"\n\n[c]\n',
            id="dotted keys in a table",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool]\n  pytest = { ini_options = { a = 'b' } } # c\n",
            "[tool]\n  # Every async test runs.\n"
            "  pytest = { ini_options = { a = 'b', asyncio_mode = 'auto' } } # c\n",
            id="an inline table, with the comment above its line",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool]\npytest.ini_options = {}\n",
            "[tool]\n# Every async test runs.\n"
            'pytest.ini_options = {asyncio_mode = "auto"}\n',
            id="an empty inline table",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool]\npytest = {}\n",
            "[tool]\n# Every async test runs.\n"
            'pytest = {ini_options.asyncio_mode = "auto"}\n',
            id="an inline table without ini_options",
        ),
        pytest.param(
            "pyproject.toml",
            "tool = {a = {b = 1}}\n",
            "# Every async test runs.\n"
            'tool = {a = {b = 1}, pytest.ini_options.asyncio_mode = "auto"}\n',
            id="an inline table without pytest",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool.pytest]\n\n[tool.a]\n",
            "[tool.pytest]\n\n[tool.a]\n\n[tool.pytest.ini_options]\n"
            '# Every async test runs.\nasyncio_mode = "auto"\n',
            id="an empty native table is not begun",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool.pytest]\naddopts = ['-q']\n",
            "[tool.pytest]\naddopts = ['-q']\n"
            "# Every async test runs.\nasyncio_mode = 'auto'\n",
            id="a native table is continued",
        ),
        pytest.param(
            "pytest.toml",
            "[other]\na = 1\n",
            "[other]\na = 1\n\n[pytest]\n"
            '# Every async test runs.\nasyncio_mode = "auto"\n',
            id="a pytest.toml without the table gets it",
        ),
        pytest.param(
            ".pytest.toml",
            '[pytest]\n"addopts"=["-q"]\nb=[]',
            '[pytest]\n"addopts"=["-q"]\nb=[]\n# Every async test runs.\n'
            'asyncio_mode="auto"',
            id="a hidden pytest.toml",
        ),
    ],
)
def test_a_new_setting_follows_the_others_in_their_style(
    project: Path, name: str, before: str, after: str
) -> None:
    """A reviewer sees an added line, and no other."""
    assert edit(project / name, before, MODE) == after


def test_values_have_the_types_that_the_file_has(project: Path) -> None:
    """In its native form, pytest takes no string for a boolean or a list."""
    assert edit(project / "setup.cfg", "[tool:pytest]\n", STRICT, PATH) == dedent("""\
        [tool:pytest]
        # A test that passes is no failure.
        xfail_strict = true
        # Where `import tests` looks.
        pythonpath = .
        """)
    assert edit(project / "pytest.toml", "[pytest]\n", STRICT, PATH) == dedent("""\
        [pytest]
        # A test that passes is no failure.
        xfail_strict = true
        # Where `import tests` looks.
        pythonpath = ["."]
        """)


def test_words_that_a_shell_would_divide_are_quoted(project: Path) -> None:
    """In INI files only; an array divides its values by itself."""
    spaced = Setting("testpaths", ["my tests", "it's"], "", "")

    assert edit(project / "pytest.ini", "[pytest]\n", spaced) == (
        "[pytest]\ntestpaths =\n    'my tests'\n    'it'\"'\"'s'\n"
    )
    assert found(project).paths("testpaths") == ["my tests", "it's"]
    assert edit(project / "pytest.toml", "[pytest]\na = 'b'\n", spaced) == (
        "[pytest]\na = 'b'\ntestpaths = [\n    'my tests',\n    \"it's\",\n]\n"
    )


# What the user has set


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("pytest.ini", "[pytest]\nasyncio_mode:strict\n", "asyncio_mode = strict"),
        (
            "pyproject.toml",
            "[tool.pytest.ini_options]\n'asyncio_mode' = 'strict'\n",
            "asyncio_mode = 'strict'",
        ),
        ("pytest.toml", "pytest.asyncio_mode = 1\n", "asyncio_mode = 1"),
    ],
)
def test_a_value_that_differs_is_kept_and_reported(
    project: Path, name: str, text: str, shown: str
) -> None:
    """The user learns what it means, and how to switch."""
    (project / name).write_text(text)

    draft = plan(project, MODE)

    assert draft.kept == [Kept(name, shown, MODE.switch)]
    assert not draft.written
    assert not draft.by_hand


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "xfail_strict = YES\nasyncio_mode=  auto\npythonpath = ./"),
        ("pytest.ini", "xfail_strict: 1\nasyncio_mode: auto\npythonpath =\n  ''\n  a"),
        ("pytest.ini", "strict_xfail = on\nasyncio_mode = auto\npythonpath = a ."),
        ("pytest.toml", "xfail_strict=true\nasyncio_mode='auto'\npythonpath=['']"),
        ("pytest.toml", "strict_xfail=true\nasyncio_mode='auto'\npythonpath=['./']"),
    ],
)
def test_a_value_that_means_the_same_is_left_alone(
    project: Path, name: str, text: str
) -> None:
    """However it is written, and by whichever of its names."""
    (project / name).write_text(f"[pytest]\n{text}\n")

    draft = plan(project, MODE, STRICT, PATH)

    assert (draft.changes, draft.kept, draft.by_hand) == ([], [], [])


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("pytest.ini", "xfail_strict = no", "xfail_strict = no"),
        ("pytest.ini", "strict_xfail = maybe", "strict_xfail = maybe"),
        ("pytest.toml", "xfail_strict = 'true'", "xfail_strict = 'true'"),
        ("pytest.toml", "xfail_strict = false", "xfail_strict = false"),
    ],
)
def test_a_boolean_that_differs_is_kept(
    project: Path, name: str, text: str, shown: str
) -> None:
    """What pytest does not take for true is not."""
    (project / name).write_text(f"[pytest]\n{text}\n")

    assert plan(project, STRICT).kept == [Kept(name, shown, STRICT.switch)]


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("pytest.ini", "addopts =\n  -q\n  -x", "addopts = -q -x"),
        ("pytest.ini", "addopts = it's", "addopts = it's"),
        ("pytest.toml", "addopts = ['-q', '-x']", "addopts = ['-q', '-x']"),
    ],
)
def test_a_list_that_is_not_to_be_extended_is_kept(
    project: Path, name: str, text: str, shown: str
) -> None:
    """Options that are added to `addopts` would change every run."""
    (project / name).write_text(f"[pytest]\n{text}\n")
    options = Setting("addopts", ["-q"], "", "Yours.")

    assert plan(project, options).kept == [Kept(name, shown, "Yours.")]
    assert not plan(project, options._replace(value=["-q", "-x"])).changes


@pytest.mark.parametrize(
    ("name", "text"),
    [("pytest.ini", "pythonpath = it's"), ("pytest.toml", "pythonpath = 'src'")],
)
def test_a_list_that_pytest_does_not_accept_is_kept(
    project: Path, name: str, text: str
) -> None:
    """What is wrong with it is for its owner to say."""
    (project / name).write_text(f"[pytest]\n{text}\n")

    draft = plan(project, PATH._replace(switch="Yours."))

    assert [kept.why for kept in draft.kept] == ["Yours."]
    assert not draft.written


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        pytest.param(
            "pytest.ini",
            "[pytest]\ntestpaths   =  a b  \naddopts = -q\n",
            "[pytest]\ntestpaths   =  a b tests  \naddopts = -q\n",
            id="one line stays one",
        ),
        pytest.param(
            "pytest.ini",
            "[pytest]\ntestpaths =\n\n# end\n",
            "[pytest]\ntestpaths = tests\n\n# end\n",
            id="an empty value",
        ),
        pytest.param(
            "tox.ini",
            "[pytest]\ntestpaths = a\n            # no\n            b\n\n[c]\n",
            "[pytest]\ntestpaths = a\n            # no\n            b\n"
            "            tests\n\n[c]\n",
            id="several lines get another, indented like the last",
        ),
        pytest.param(
            "setup.cfg",
            "[tool:pytest]\r\ntestpaths =\r\n\ta",
            "[tool:pytest]\r\ntestpaths =\r\n\ta\r\n\ttests",
            id="at the end of a file without a line end",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool.pytest.ini_options]\ntestpaths = 'a b' # c\n",
            "[tool.pytest.ini_options]\ntestpaths = 'a b tests' # c\n",
            id="a string stays one",
        ),
        pytest.param(
            "pyproject.toml",
            '[tool.pytest.ini_options]\ntestpaths = ""\n',
            '[tool.pytest.ini_options]\ntestpaths = "tests"\n',
            id="an empty string",
        ),
        pytest.param(
            "pyproject.toml",
            '[tool.pytest.ini_options]\ntestpaths = """\n  a\n"""\n',
            '[tool.pytest.ini_options]\ntestpaths = """\n  a\n  tests\n"""\n',
            id="a string of several lines",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool.pytest.ini_options]\ntestpaths = []\n",
            '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
            id="an empty array",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool.pytest.ini_options]\ntestpaths = [ 'a', 'b' ] # c\n",
            "[tool.pytest.ini_options]\ntestpaths = [ 'a', 'b', 'tests' ] # c\n",
            id="an array of one line",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool.pytest.ini_options]\ntestpaths = ['a',]\n",
            "[tool.pytest.ini_options]\ntestpaths = ['a', 'tests',]\n",
            id="an array of one line with a comma at its end",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool.pytest.ini_options]\ntestpaths = [\n  'a', # b, c]\n  # 'd',\n]\n",
            "[tool.pytest.ini_options]\ntestpaths = [\n  'a', # b, c]\n  'tests',\n"
            "  # 'd',\n]\n",
            id="an array of several lines, with comments",
        ),
        pytest.param(
            "pyproject.toml",
            '[tool.pytest.ini_options]\r\ntestpaths = [\r\n\t"a" # b\r\n\t# c\r\n]',
            '[tool.pytest.ini_options]\r\ntestpaths = [\r\n\t"a", # b\r\n'
            '\t"tests"\r\n\t# c\r\n]',
            id="an array without a comma at its end",
        ),
        pytest.param(
            "pyproject.toml",
            '[tool.pytest.ini_options]\ntestpaths = ["a",\n             "b"]\n',
            '[tool.pytest.ini_options]\ntestpaths = ["a",\n             "b",\n'
            '             "tests"]\n',
            id="an array that closes on the line of its last value",
        ),
        pytest.param(
            "pyproject.toml",
            "[tool.pytest.ini_options]\ntestpaths = [\n]\n",
            '[tool.pytest.ini_options]\ntestpaths = [\n    "tests",\n]\n',
            id="an empty array of two lines",
        ),
        pytest.param(
            "pyproject.toml",
            "tool.pytest = {ini_options = {testpaths = ['a']}} # b\n",
            "tool.pytest = {ini_options = {testpaths = ['a', 'tests']}} # b\n",
            id="an array in an inline table",
        ),
    ],
)
def test_a_list_is_extended_in_the_form_that_it_has(
    project: Path, name: str, before: str, after: str
) -> None:
    """What the user listed stays in front."""
    listed = _listed(project / name, before)

    assert edit(project / name, before, TESTS) == after
    assert found(project).paths("testpaths") == [*listed, "tests"]


def _listed(path: Path, text: str) -> list[str]:
    path.write_text(text, newline="")
    return found(path.parent).words("testpaths")


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        pytest.param(
            "pytest.ini",
            "[pytest]\nfilterwarnings = error\n",
            "[pytest]\nfilterwarnings = error\n    error::RuntimeWarning\n"
            "    error::ResourceWarning\n",
            id="a second line in an INI file",
        ),
        pytest.param(
            "pytest.ini",
            "[pytest]\nfilterwarnings =\n  error::ResourceWarning\n",
            "[pytest]\nfilterwarnings =\n  error::ResourceWarning\n"
            "  error::RuntimeWarning\n",
            id="no more than is missing",
        ),
        pytest.param(
            "pyproject.toml",
            '[tool.pytest.ini_options]\nfilterwarnings = "error"\n',
            "[tool.pytest.ini_options]\nfilterwarnings = "
            '"error\\nerror::RuntimeWarning\\nerror::ResourceWarning"\n',
            id="a second line in a string of one",
        ),
    ],
)
def test_filters_of_warnings_are_lines_not_words(
    project: Path, name: str, before: str, after: str
) -> None:
    """Separated by a space, two of them would be one that means nothing."""
    assert edit(project / name, before, WARNINGS) == after


def test_an_extension_is_a_change_that_shows_what_is_added(project: Path) -> None:
    """What the list holds already is no news."""
    (project / "pytest.toml").write_text("[pytest]\ntestpaths = ['a', './b/']\n")

    draft = plan(project, TESTS._replace(value=["b", "tests/"]))

    (change,) = draft.changes
    assert change == ("pytest.toml", "[pytest] testpaths += ['tests/']", TESTS.comment)


# What is left to the user


def test_a_file_above_the_repository_is_never_written(project: Path) -> None:
    """Other projects may read it, too."""
    inner = project / "packages" / "one"
    inner.mkdir(parents=True)
    text = "[tool.pytest.ini_options]\nxfail_strict = false\ntestpaths = ['a']\n"
    (project / "pyproject.toml").write_text(text)

    draft = plan(inner, MODE, STRICT, TESTS)

    assert not draft.written
    path = "../../pyproject.toml"
    assert draft.kept == [Kept(path, "xfail_strict = false", STRICT.switch)]
    assert draft.by_hand == [
        ByHand(
            path,
            "is outside of the repository; to add to [tool.pytest.ini_options]",
            (
                "# Every async test runs.",
                "asyncio_mode = 'auto'",
                "# In place of the present testpaths:",
                "testpaths = [",
                "    'a',",
                "    'tests',",
                "]",
            ),
        )
    ]


def test_a_file_that_is_read_only_is_left_to_its_owner(project: Path) -> None:
    """With lines that can be pasted as they are."""
    (project / "tox.ini").write_text("[pytest]\na=b\n")
    (project / "tox.ini").chmod(0o444)

    draft = plan(project, MODE)

    assert not draft.written
    why = "is read-only; to add to [pytest]"
    lines = ("# Every async test runs.", "asyncio_mode=auto")
    assert draft.by_hand == [ByHand("tox.ini", why, lines)]


def test_a_link_out_of_the_repository_is_not_followed(project: Path) -> None:
    """What it leads to is not of this repository."""
    inner = project / "inner"
    inner.mkdir()
    (project / "shared.ini").write_text("[pytest]\n")
    (inner / "pytest.ini").symlink_to(project / "shared.ini")

    draft = plan(inner, MODE)

    assert not draft.written
    assert "is a symbolic link out of the repository" in draft.by_hand[0].why


def test_lines_for_a_new_section_begin_with_its_header(project: Path) -> None:
    """A pytest.ini that cannot be made is made by the user, from these lines."""
    (project / "pytest.ini").mkdir()

    draft = plan(project, MODE)

    why = "is not a regular file; to add to [pytest]"
    lines = ("[pytest]", "# Every async test runs.", "asyncio_mode = auto")
    assert draft.by_hand == [ByHand("pytest.ini", why, lines)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"[tool.pytest]\na = 1\n", "has [tool.pytest], beside which pytest takes no"),
        (b"[tool", "cannot be read (Unexpected"),
        (b"\xff", "cannot be read ("),
        (b"[project]\r[tool]\n", "cannot be read ("),
        (b"[[tool]]\n", "cannot be edited without touching what it holds already"),
    ],
)
def test_a_pyproject_toml_that_cannot_be_edited_is_left_to_its_owner(
    project: Path, text: bytes, why: str
) -> None:
    """Be it broken by now, or native settings that pytest 8 knows nothing of."""
    (project / "pyproject.toml").write_bytes(text)
    draft = Draft(project)

    plan_settings(draft, None, [MODE])

    assert not draft.written
    (by_hand,) = draft.by_hand
    assert by_hand.why.startswith(why)
    assert by_hand.lines == (
        "[tool.pytest.ini_options]",
        "# Every async test runs.",
        'asyncio_mode = "auto"',
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\nfilterwarnings = x\n[to iniconfig, a second line"),
        ("pyproject.toml", "[tool.pytest.ini_options]\nfilterwarnings = 'error'\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\nfilterwarnings = 1\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\nfilterwarnings=[]\na = nan\n"),
        # tomlkit would give the last line back with a space more.
        (
            "pyproject.toml",
            "[tool . pytest.ini_options]\nfilterwarnings=[]\n[[tool.a]]",
        ),
    ],
)
def test_an_edit_that_does_not_do_what_it_should_is_left_to_the_user(
    project: Path, name: str, text: str
) -> None:
    """Better no edit than one that nobody can vouch for."""
    (project / name).write_text(text, encoding="utf-8")

    draft = plan(project, WARNINGS)

    assert not draft.written
    (by_hand,) = draft.by_hand
    assert by_hand.why.startswith("cannot be edited without touching what it holds")
    assert by_hand.lines[0] == "# In place of the present filterwarnings:"


def test_what_can_be_edited_is_when_something_else_cannot(project: Path) -> None:
    """The lines left to the user then go below a header that is there."""
    text = "[tool.pytest.ini_options]\nfilterwarnings = 'error'\n"
    (project / "pyproject.toml").write_text(text)

    draft = plan(project, WARNINGS, MODE)

    added = b"# Every async test runs.\nasyncio_mode = 'auto'\n"
    assert draft.written == {"pyproject.toml": text.encode() + added}
    assert draft.by_hand[0].lines[0] == "# In place of the present filterwarnings:"


def test_a_file_that_another_step_has_changed_is_changed_further(
    project: Path,
) -> None:
    """Both changes are in what is written."""
    (project / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    draft = Draft(project)
    changed = b"[project]\nname = 'x'\ndependencies = ['y']\n"
    draft.change("pyproject.toml", changed, "", "")

    plan_settings(draft, locate(project, native=True), [MODE])

    assert draft.written["pyproject.toml"].startswith(changed + b"\n[tool.pytest.")
