"""What adoption does to generated configuration files: what holds for all of them."""

from __future__ import annotations

import shlex
import tempfile
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import tomlkit
from _pytest.config.findpaths import load_config_dict_from_file, locate_config
from hypothesis import given, settings
from hypothesis import strategies as st
from iniconfig import IniConfig

from adopt.plan import Draft
from adopt.pytest_config import NAMES, ConfigError, locate
from adopt.pytest_settings import Setting, plan_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

# A busy machine is no reason to fail, and nothing is to be left in the directory.
UNHURRIED = settings(deadline=None, database=None, max_examples=100)

OURS: dict[str, str | bool | list[str]] = {
    "asyncio_mode": "auto",
    "pythonpath": [".", "our/dir"],
    "filterwarnings": ["error::A", "ignore:ö, b:C"],
    "xfail_strict": True,
}
LISTS = ("pythonpath", "filterwarnings")
SETTINGS = [
    Setting(name, value, f"Ours: {name}.\n\nünïcode", "", extends=name in LISTS)
    for name, value in OURS.items()
]
OTHERS = ["addopts", "markers", "x_y", "Asyncio_Mode"]


# Where pytest reads its configuration from

TEXTS = {
    "ini": [
        *("", "[pytest]\na = 1\n", "[pytest]\n", "[other]\na: 1\n"),
        *("[tool:pytest]\nb=\n 2\n 3\n", "[pytest]\na\n"),
    ],
    "pyproject.toml": [
        *("", "[tool.pytest]\n", "[tool.pytest]\na = [1]\n", "[tool.pytest.x]\n"),
        *("[tool.pytest.ini_options]\n", "[tool.pytest]\nini_options = { a = 1.5 }\n"),
        *("[tool.pytest]\na = 1\n[tool.pytest.ini_options]\n", "[tool\n"),
        "[tool.pytest]\na = 1\n[tool.pytest.ini_options]\nb = true\n",
    ],
    "pytest.toml": ["", "a = 1\n", "[pytest]\n", "[pytest]\na = true\n", "[tool]\n"],
}


@st.composite
def trees(draw: st.DrawFn) -> dict[str, str]:
    """Files of configuration, whole and broken, in a directory and its parents."""
    kinds = {name: name.removeprefix(".") for name in NAMES}
    names = draw(
        st.lists(
            st.tuples(st.sampled_from(["", "a", "a/b"]), st.sampled_from(NAMES)),
            max_size=6,
        )
    )
    return {
        f"{directory}/{name}": draw(
            st.sampled_from(TEXTS.get(kinds[name], TEXTS["ini"]))
        )
        for directory, name in names
    }


@UNHURRIED
@given(trees())
def test_configuration_is_found_where_pytest_finds_it(tree: dict[str, str]) -> None:
    """The same file, the same values, the same files ignored, the same refusals."""
    with tempfile.TemporaryDirectory() as directory:
        project = Path(directory, "a", "b")
        project.mkdir(parents=True)
        for name, text in tree.items():
            Path(f"{directory}/{name}").write_text(text)

        try:
            _, path, values, ignored = locate_config(project, [project])
        except (pytest.UsageError, pytest.fail.Exception):
            with pytest.raises(ConfigError):
                locate(project, native=True)
            return
        source = locate(project, native=True)

    if source is None:
        assert not values
        assert path is None or path.name == "pyproject.toml"
        return
    assert (source.path, list(source.ignored)) == (path, ignored)
    assert {name: (value.value, value.mode) for name, value in values.items()} == {
        name: (value, "toml")
        if source.native
        else (value if isinstance(value, list) else str(value), "ini")
        for name, value in source.values.items()
    }


# INI files

EXTRA_LINES = ["# a comment\n", "; ünd = [x]\n", "\n", " \t\n", "  # = in\n"]
GAPS = st.lists(st.sampled_from(EXTRA_LINES), max_size=2).map("".join)
EQUALS = st.sampled_from(["=", " = ", ":", "   =\t", ": "])
SPACES = st.sampled_from(["", " ", "\t "])
WORDS = st.sampled_from(["a", "b/c", "'d e'", "ö", "x=1", "y:z", "a # b", "[f]"])
VALUES = {
    "pythonpath": st.sampled_from(["src", "./", "'d e'", "ö/", "lib.x"]),
    "filterwarnings": st.sampled_from(["error", "ignore::X", "error::A", "a: ö , x:Y"]),
}


@st.composite
def ini_settings(draw: st.DrawFn, name: str) -> list[str]:
    """One setting, on a line or on several with comments among them.

    In pieces, between which something may be added: here, where the value ends.
    """
    values = VALUES.get(name, WORDS)
    indents = st.sampled_from([" ", "    ", "\t"])
    text = name + draw(EQUALS) + draw(st.just("") | values) + draw(SPACES) + "\n"
    for _ in range(draw(st.integers(0, 3))):
        text += draw(GAPS) + draw(indents) + draw(values) + draw(SPACES) + "\n"
    value = text.rstrip()
    return [value, text[len(value) :], *_divided(draw(GAPS))]


def _divided(gap: str) -> list[str]:
    """Divide at the ends of indented comments: they belong to the value before them."""
    return gap.replace("= in\n", "= in\0\n\0").split("\0")


@st.composite
def ini_sections(draw: st.DrawFn, name: str, keys: Sequence[str]) -> list[str]:
    """A section with some of the settings in any order."""
    drawn = draw(st.lists(st.sampled_from(keys), unique=True, max_size=4))
    header = f"[{name}]{draw(st.sampled_from(['', '  # about', ' ']))}\n"
    held = [draw(ini_settings(key)) for key in drawn]
    return [header, *_divided(draw(GAPS)), *chain.from_iterable(held)]


@st.composite
def ini_files(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A file that pytest reads, with sections before and after its own."""
    name = draw(st.sampled_from(["pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg"]))
    section = "tool:pytest" if name == "setup.cfg" else "pytest"
    pieces = [draw(st.sampled_from(["", "\ufeff"])) + draw(GAPS)]
    if draw(st.booleans()):
        pieces += draw(ini_sections("before", ["x y", "ключ", *OTHERS]))
    pieces += draw(ini_sections(section, ["x y", "ключ", *OTHERS, *LISTS]))
    if draw(st.booleans()):
        pieces += draw(ini_sections("after: it", ["x y", "ключ", *OTHERS]))
    return name, draw(with_line_ends(pieces))


@st.composite
def with_line_ends(draw: st.DrawFn, pieces: list[str]) -> list[str]:
    """Give a file line ends of one kind or of several, and none at its end perhaps."""
    kinds = draw(st.sampled_from([["\n"], ["\r\n"], ["\n", "\r\n"]]))
    chance = draw(st.randoms(use_true_random=False))
    pieces = [
        "".join(chance.choice(kinds) if char == "\n" else char for char in piece)
        for piece in pieces
    ]
    if draw(st.booleans()):
        last = max(at for at, piece in enumerate(pieces) if piece)
        pieces[last] = pieces[last].removesuffix("\n").removesuffix("\r")
    return pieces


@UNHURRIED
@given(ini_files())
def test_an_ini_file_is_as_before_save_for_what_was_added(
    file: tuple[str, list[str]],
) -> None:
    """Every section, setting, comment, blank and line end of its owner's is there."""
    name, pieces = file

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory).resolve() / name
        adopt(path, pieces)
        after = IniConfig(str(path)).sections

    before = IniConfig("", data="".join(pieces)).sections
    section = "tool:pytest" if name == "setup.cfg" else "pytest"
    assert list(after) == list(before)
    assert all(after[other] == before[other] for other in before if other != section)


# TOML files

TOML_GAPS = st.lists(st.sampled_from(["# a = 1 ]\n", "\n", " \t\n"]), max_size=2).map(
    "".join
)
TOML_EQUALS = st.sampled_from(["=", " = ", "   =\t"])
TOML_COMMENTS = st.sampled_from(["", " # ö", "\t# ']", "  "])
TOML_VALUES = st.sampled_from(
    [
        *("1", "true", "1.5e3", "1979-05-27T07:32:00Z", "'a\\'", '"ö \\" \\n # ]"'),
        *("[]", "[1, 2]", "['a',]", "{}", "{ a = 1, b.c = [2] }", '[[1], ["]"]]'),
        *("'''\n  a\n'''", '"""\\\n  "a" """', "[\n  'a', # b\n  # c\n]", "''"),
    ]
)
TOML_STRINGS = {
    "pythonpath": st.sampled_from(
        [
            *("'src'", '"src lib"', '""', "''", '"""\n  src\n  ö\n"""', "'''src'''"),
            *("'''\n\tö\n'''", '"""\n"""', "'./'"),
        ]
    ),
    "filterwarnings": st.sampled_from(
        ['"error"', '"""\n  error\n"""', "'''\nerror::A\n'''", '""', '"""\n\terror"""']
    ),
}


def toml_pieces(text: str) -> list[str]:
    """Divide the text of a string before the mark that closes it, and its last line."""
    size = 3 if text.endswith(('"""', "'''")) and len(text) > 5 else 1
    held = text[:-size].rstrip() if size == 3 else text[:-size]
    return [held, text[len(held) :]]


@st.composite
def toml_arrays(draw: st.DrawFn) -> list[str]:
    """An array of strings, on a line or on several, with a comma at its end or not."""
    known = st.sampled_from(["'src'", '"ö"', "'a]'", '"#"'])
    values: list[str] = draw(st.lists(known, max_size=3))
    comma = draw(st.sampled_from(["", ","])) if values else ""
    if draw(st.booleans()):
        space = draw(st.sampled_from(["", " "]))
        return ["[", space + ", ".join(values), comma, f"{space}]"]
    line = st.sampled_from(["", " # ö ']", "\n  # 'b',"])
    indent = draw(st.sampled_from(["", "  ", "\t"]))
    pieces = ["[", draw(line)]
    for left, value in enumerate(values, 1 - len(values)):
        end = "," if left else comma
        pieces += [f"\n{indent}{value}", end, draw(line)]
    return [*pieces, "\n]"]


@st.composite
def toml_settings(draw: st.DrawFn, name: str, *, native: bool) -> list[str]:
    """One setting, in pieces between which something may be added."""
    if name not in LISTS:
        value = [draw(TOML_VALUES)]
    elif native or draw(st.booleans()):
        value = draw(toml_arrays())
    else:
        value = toml_pieces(draw(TOML_STRINGS[name]))
    quote = draw(st.sampled_from(["", "'", '"']))
    key = f"{quote}{name}{quote}{draw(TOML_EQUALS)}"
    return [key, *value, draw(TOML_COMMENTS) + "\n"]


HEADERS = {
    "pytest.toml": ("[pytest]", "", True),
    ".pytest.toml": ('[ "pytest" ]', "", True),
    "native": ("[tool.pytest]", "", True),
    "ini_options": ("[tool.'pytest' . ini_options]", "", False),
    "dotted in pytest": ("[tool.pytest]", "ini_options.", False),
    "dotted in tool": ("[tool]", "pytest . 'ini_options'.", False),
}
INLINE = [
    *("pytest.ini_options = {}", "pytest = { ini_options = { addopts = '-q' } }"),
    *("pytest = {}", "pytest = {ini_options.a = 1, ini_options.b.c = [1]}"),
    *("pytest.ini_options = {pythonpath = ['src'],a='b'}", "pytest = { }"),
]
BEFORE = [
    "[project]\nname = 'x'\n\n",
    "[tool.a]\nb = 1\n",
    "[[tool.b]]\nc = [\n 1,\n]\n",
]
AFTER = ["[z.y] # z\n", "[[tool.uv.index]]\na = 1\n", "[tool.c]\nd.e=1\n"]


@st.composite
def toml_files(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A file that pytest reads, with tables before and after its own."""
    form = draw(st.sampled_from([*HEADERS, "inline", "none", "empty"]))
    pieces = [*draw(st.lists(st.sampled_from(BEFORE), unique=True)), draw(TOML_GAPS)]
    if form == "inline":
        pieces += ["[tool]\n", *_inline(draw(st.sampled_from(INLINE)))]
    elif form == "empty":
        pieces += ["[tool.pytest]\n"]
    elif form != "none":
        header, prefix, native = HEADERS[form]
        pieces += [header, draw(TOML_COMMENTS), "\n", draw(TOML_GAPS)]
        names = st.lists(st.sampled_from([*OTHERS, *LISTS]), unique=True, max_size=4)
        indent = draw(st.sampled_from(["", "  "]))
        # A table without any settings is no table where it has only dotted keys.
        for name in draw(names) or ["addopts"]:
            setting = draw(toml_settings(name, native=native))
            pieces += [indent + prefix, *setting, draw(TOML_GAPS)]
    pieces += draw(st.lists(st.sampled_from(AFTER), unique=True))
    file = form if form in NAMES else "pyproject.toml"
    return file, draw(with_line_ends([*pieces, "# the end\n"]))


def _inline(line: str) -> list[str]:
    """Divide a line with an inline table before each bracket that closes something."""
    return [
        *line.replace(" }", "}").replace("]", "\0]").replace("}", "\0}").split("\0"),
        "\n",
    ]


@UNHURRIED
@given(toml_files())
def test_a_toml_file_is_as_before_save_for_what_was_added(
    file: tuple[str, list[str]],
) -> None:
    """Every table, key, comment, blank and line end of its owner's is there."""
    name, pieces = file

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory).resolve() / name
        adopt(path, pieces)
        after = tomlkit.parse(path.read_bytes()).unwrap()

    before = tomlkit.parse("".join(pieces)).unwrap()
    assert without_pytest(after) == without_pytest(before)


def without_pytest(data: dict[str, Any]) -> dict[str, Any]:
    """Return what a TOML file holds beside the settings of pytest."""
    tool: dict[str, Any] = data.pop("tool", {})
    tool.pop("pytest", None)
    data.pop("pytest", None)
    return data | tool


# Both


def adopt(path: Path, pieces: Sequence[str]) -> None:
    """Adopt a file, with the checks that are the same for every kind of it."""
    text = "".join(pieces)
    path.write_bytes(text.encode())
    theirs = read(path)

    draft = plan(path)

    assert (draft.kept, draft.by_hand) == ([], [])
    after = draft.written.get(path.name, text.encode()).decode()
    position = 0
    for piece in filter(None, pieces):
        position = after.index(piece, position) + len(piece)
    path.write_bytes(after.encode())
    assert read(path) == expected(theirs)
    again = plan(path)
    assert (again.changes, again.kept, again.by_hand) == ([], [], [])


def plan(path: Path) -> Draft:
    """Plan our settings for the directory of a file."""
    draft = Draft(path.parent)
    plan_settings(draft, locate(path.parent, native=True), SETTINGS)
    return draft


def read(path: Path) -> dict[str, object]:
    """Return what pytest itself reads from a file, with our settings in their types."""
    values = load_config_dict_from_file(path) or {}
    held = {name: value.value for name, value in values.items()}
    for name in held.keys() & set(LISTS):
        held[name] = listed(name, held[name])
    if "xfail_strict" in held:
        held["xfail_strict"] = str(held["xfail_strict"]).lower() == "true"
    return held


def listed(name: str, value: object) -> list[str]:
    """Return the values of a list, as pytest's `getini` does."""
    if isinstance(value, list):
        return cast("list[str]", value)
    if name == "filterwarnings":
        return [line.strip() for line in str(value).split("\n") if line.strip()]
    return shlex.split(str(value))


def expected(theirs: dict[str, object]) -> dict[str, object]:
    """Return what pytest is to read: what it read before, and ours."""
    result = theirs | {name: OURS[name] for name in ("asyncio_mode", "xfail_strict")}
    for setting in SETTINGS:
        if setting.extends:
            held = listed(setting.name, theirs.get(setting.name, []))
            known = ["." if value == "./" else value for value in held]
            wanted = listed(setting.name, setting.value)
            result[setting.name] = held + [one for one in wanted if one not in known]
    return result
