"""Where settings go that fixes need, and what happens if fixes want different ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fix_pytest_asyncio.files import UnusableFileError
from fix_pytest_asyncio.project import Project
from fix_pytest_asyncio.rule import Finding, Fix, Setting
from fix_pytest_asyncio.setting_changes import Agreement, changed_settings

if TYPE_CHECKING:
    from pathlib import Path

    from fixer_script import FixerRun

SCOPE = "asyncio_default_test_loop_scope"
PLACES: dict[str, tuple[dict[str, str], str]] = {
    "the file that pytest reads": ({"setup.cfg": "[tool:pytest]\n"}, "setup.cfg"),
    "the first that pytest finds": (
        {"pytest.ini": "", "pyproject.toml": "[tool.pytest.ini_options]\nx = 1\n"},
        "pytest.ini",
    ),
    "a new table": ({"pyproject.toml": "", "setup.py": ""}, "pyproject.toml"),
    "the nearest project": (
        {"pyproject.toml": "", "packages/one/pyproject.toml": ""},
        "packages/one/pyproject.toml",
    ),
    "a new file at the root": ({".git/HEAD": ""}, "pytest.ini"),
    "a new file where packaging begins": (
        {".git/HEAD": "", "packages/setup.py": ""},
        "packages/pytest.ini",
    ),
    "a new file where the user is": ({}, "pytest.ini"),
}


def write(directory: Path, files: dict[str, str]) -> None:
    """Write files."""
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("files", "expected"), PLACES.values(), ids=PLACES.keys())
def test_a_setting_goes_where_pytest_reads_it(
    files: dict[str, str],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Anywhere else it would do nothing."""
    monkeypatch.chdir(tmp_path)
    module = tmp_path / "packages" / "one" / "tests" / "test_it.py"
    write(tmp_path, {**files, "packages/one/tests/test_it.py": ""})

    path = Project().settings_path(module)

    assert path == tmp_path / expected
    for changed in changed_settings([Setting(path, SCOPE, "session")]):
        changed.write()
    configuration = Project().configuration(module)
    assert (configuration.path, configuration.test_loop_scope) == (path, "session")


def wanting(path: Path, value: str, name: str = SCOPE) -> Finding:
    """Return a finding whose fix sets something."""
    fix = Fix(settings=(Setting(path, name, value),))
    return Finding(1, 1, 1, "PTA104", "an override", fix)


def test_fixes_that_disagree_are_not_applied(tmp_path: Path) -> None:
    """Neither: the second would undo the first, and people have to decide."""
    path = tmp_path / "pytest.ini"
    findings = [
        wanting(path, "session"),
        wanting(path, "module"),
        wanting(path, "module"),
    ]
    agreement = Agreement(findings)

    kept = [agreement.kept(finding) for finding in findings]

    assert [finding.fix for finding in kept] == [None] * 3
    for finding in kept:
        assert finding.by_hand.startswith(
            f"not all fixes agree on `{SCOPE}` in {path}, they want `module` and "
            "`session`"
        )


def test_fixes_that_agree_are(tmp_path: Path) -> None:
    """On the same value, on another setting, or for another file."""
    one, other = tmp_path / "pytest.ini", tmp_path / "sub" / "pytest.ini"
    findings = [
        wanting(one, "session"),
        wanting(one, "session"),
        wanting(one, "module", "asyncio_default_fixture_loop_scope"),
        wanting(other, "module"),
    ]
    agreement = Agreement(findings)

    assert [agreement.kept(finding) for finding in findings] == findings


HOOK = """import pytest
from pytest_asyncio import is_async_test

def pytest_collection_modifyitems(items):
    for item in items:
        if is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="{}"), append=False)
"""


def test_modules_that_disagree_are_left_to_people(run_fixer: FixerRun) -> None:
    """Whichever of them is looked at, and each says what the other one wants."""
    files = {
        "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
        "one/conftest.py": HOOK.format("session"),
        "two/conftest.py": HOOK.format("module"),
        "three/conftest.py": HOOK.format("module"),
    }

    run = run_fixer(files, "--fix", "--select=PTA119")
    agreeing = {**files, "one/conftest.py": HOOK.format("module")}
    agreed = run_fixer(agreeing, "--fix", "--select=PTA119")

    assert (run.status, run.files) == (1, files)
    assert agreed.files["pytest.ini"] == (
        "[pytest]\nasyncio_mode = auto\nasyncio_default_test_loop_scope = module\n"
    )


@pytest.mark.parametrize("text", ["def f(:\n", f"pytest_asyncio = {'-' * 100_000}1\n"])
def test_a_module_that_is_no_python_disagrees_with_none(
    run_fixer: FixerRun, text: str
) -> None:
    """Whatever it would want cannot be told."""
    files = {
        "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
        "one/conftest.py": HOOK.format("session"),
        "two/conftest.py": f"# pytest_collection_modifyitems asyncio\n{text}",
    }

    run = run_fixer(files, "--fix", "--select=PTA119")

    assert "loop_scope = session" in run.files["pytest.ini"]


BY_HAND = {
    "in one file several times": (b"[pytest]\na = 1\na = 2\n", "cannot be set safely"),
    "not text": (b"[pytest]\na = \xff\n", "not in UTF-8"),
}


@pytest.mark.parametrize(("content", "why"), BY_HAND.values(), ids=BY_HAND.keys())
def test_a_fix_whose_setting_cannot_be_made_is_not_applied(
    content: bytes, why: str, tmp_path: Path
) -> None:
    """Without its setting, it would break what works."""
    path = tmp_path / "pytest.ini"
    path.write_bytes(content)

    kept = Agreement().kept(wanting(path, "session"))

    assert kept.fix is None
    assert why in kept.by_hand
    assert path.read_bytes() == content


def test_several_settings_of_a_file_are_made_together(tmp_path: Path) -> None:
    """In one step, so that it is never seen with half of them."""
    path = tmp_path / "pytest.ini"
    path.write_bytes(b"\xef\xbb\xbf[pytest]\r\nasyncio_mode = legacy\r\n")

    [changed] = changed_settings(
        [Setting(path, "asyncio_mode", "auto"), Setting(path, SCOPE, "session")]
    )
    changed.write()

    assert path.read_bytes() == (
        b"\xef\xbb\xbf[pytest]\r\nasyncio_mode = auto\r\n"
        b"asyncio_default_test_loop_scope = session\r\n"
    )


def test_a_file_that_cannot_be_written_is_as_it_was(tmp_path: Path) -> None:
    """Or not there, if it was not."""
    path = tmp_path / "pytest.ini"
    path.write_text("[pytest]\n", encoding="utf-8")
    path.chmod(0o444)
    nowhere = tmp_path / "missing" / "pytest.ini"

    for place in (path, nowhere):
        [changed] = changed_settings([Setting(place, SCOPE, "session")])
        with pytest.raises(UnusableFileError, match="cannot be written"):
            changed.write()

    assert path.read_text(encoding="utf-8") == "[pytest]\n"
    assert not nowhere.exists()
