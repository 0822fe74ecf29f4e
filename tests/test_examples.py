"""Examples of libraries: rendered when asked for, with what they need, and verified."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from hooks_command import ANSWERS
from mutated_samples import EXAMPLES as PLACE
from updating import UPDATE, commit, status
from verify import examples, interpreters, isolated
from workbench import ROOT, changed, run_copier, tree, write_files

if TYPE_CHECKING:
    from collections.abc import Callable

LIBRARIES = sorted(path.name.removeprefix("with_") for path in PLACE.glob("with_*/"))
COPY = ("copy", "--trust", "--defaults")
ABSENT = "no-such-library>=1\n"

each_library = pytest.mark.parametrize("library", LIBRARIES)


def lines_of(path: Path) -> list[str]:
    """Return the lines of a requirements file that name something."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and line[0].isalnum()]


def pinned(path: Path) -> dict[str, set[str]]:
    """Return the pinned versions, by name; one that depends on Python has several."""
    found: dict[str, set[str]] = {}
    for line in lines_of(path):
        requirement = Requirement(line.rstrip("\\ "))
        (version,) = [each.version for each in requirement.specifier]
        found.setdefault(canonicalize_name(requirement.name), set()).add(version)
    return found


def data(*libraries: str) -> str:
    """Return the word that asks Copier for examples."""
    return f"--data=asyncio_examples=[{', '.join(libraries)}]"


@each_library
def test_what_is_asked_for_is_rendered_and_nothing_of_the_others(
    library: str, render: Callable[..., Path]
) -> None:
    """A library that a project does not use leaves no trace in it."""
    plain, project = render(), render(asyncio_examples=f"[{library}]")
    below = f"tests/asyncio_examples/with_{library}/"

    new = set(tree(project)) - set(tree(plain))
    assert new
    assert {name for name in new if not name.startswith(below)} == set()
    for name in ("tests/ASYNC_TESTING.md", "tests/requirements.txt"):
        text = (project / name).read_text(encoding="utf-8")
        assert set(re.findall(r"with_(\w+?)\b(?=[/.:])", text)) - {"decorator"} == {
            library
        }, name


def test_without_an_answer_no_library_is_named(render: Callable[..., Path]) -> None:
    """Whoever reads the guide should not wonder about files that are not there."""
    for name in ("tests/ASYNC_TESTING.md", "tests/requirements.txt"):
        assert "asyncio_examples/with_" not in (
            (render() / name).read_text("utf-8").replace("with_decorator", "")
        )


@each_library
def test_a_new_repository_declares_what_its_examples_need(
    library: str, render: Callable[..., Path]
) -> None:
    """In the one file that says what the tests need, and once."""
    project = render(asyncio_examples=f"[{library}]")

    declared = lines_of(project / "tests" / "requirements.txt")
    needed = lines_of(examples.PLACE / f"{library}.in")
    assert declared == ["pytest>=8.4", "pytest-asyncio>=1.4", *needed]


@each_library
def test_what_is_installed_for_verifying_is_what_the_examples_need(
    library: str,
) -> None:
    """Pinned with hashes, and for all libraries alike: they are installed together."""
    (place,) = examples.pins([library])
    pins = pinned(place)
    for line in lines_of(examples.PLACE / f"{library}.in"):
        needed = Requirement(line)
        for version in pins[canonicalize_name(needed.name)]:
            assert needed.specifier.contains(version)
    for other in [isolated.REQUIREMENTS, *examples.pins(LIBRARIES)]:
        others = pinned(other)
        both = pins.keys() & others.keys()
        assert {name: pins[name] for name in both} == {
            name: others[name] for name in both
        }
    assert place.read_text(encoding="utf-8").count("--hash=sha256:") >= len(pins)


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The example of SQLAlchemy needs a library that no Python here has."""
    place = tmp_path / "examples"
    write_files(place, {"sqlalchemy.in": ABSENT, "sqlalchemy.txt": "# none\n"})
    monkeypatch.setattr(examples, "PLACE", place)
    return place


@pytest.mark.usefixtures("absent")
def test_an_environment_without_a_library_is_passed_over(
    tmp_path: Path, cache: Path
) -> None:
    """Its examples would be skipped there, and nothing would have been verified."""
    make_environment(tmp_path / "project" / ".venv")
    pins = [isolated.REQUIREMENTS, *examples.pins(["sqlalchemy"])]
    ready = cache / "environments" / isolated.key(*pins)
    make_environment(ready)

    found = interpreters.find_interpreter(
        tmp_path / "project", tmp_path / "requirements.txt", ["sqlalchemy"]
    )

    assert found.path == isolated.python_of(ready)
    assert found.notes[0].endswith(", which does not have no-such-library>=1")


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("", ["no-such-library>=1"]),
        ("No_Such.Library>=2\n", ["No_Such.Library>=2"]),
        ("other-library\n", ["no-such-library>=1"]),
    ],
    ids=["deleted", "raised", "another"],
)
@pytest.mark.usefixtures("absent")
def test_what_the_user_declares_for_a_library_is_what_counts(
    declared: str, expected: list[str], tmp_path: Path
) -> None:
    """By its normalised name, as package indexes have it."""
    file = tmp_path / "requirements.txt"
    file.write_text(declared, encoding="utf-8")

    required = interpreters.read_requirements(file, ["sqlalchemy"])

    assert list(map(str, required)) == ["pytest", "pytest-asyncio", *expected]


def test_what_other_platforms_need_is_not_looked_for() -> None:
    """Windows has no uvloop, and nothing else a winloop."""
    lines = ["uvloop; sys_platform == 'none'", "winloop; sys_platform != 'none'"]

    assert list(examples.parse(lines)) == ["winloop"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with a test, which declares pytest in a group."""
    place = tmp_path / "shop"
    group = '[dependency-groups]\ntest = ["pytest>=8.4"]\ndocs = ["hypothesis>=6"]\n'
    write_files(
        place,
        {
            "pyproject.toml": f'{group}\n[tool.pytest.ini_options]\naddopts = "-ra"\n',
            "tests/test_shop.py": "def test_shop():\n    assert True\n",
        },
    )
    commit(place)
    return place


def test_an_existing_repository_gets_what_is_not_declared_beside_pytest(
    template: Path, shop: Path
) -> None:
    """Hypothesis is declared, if elsewhere; SQLAlchemy goes where the tests' are."""
    words = (*COPY, data("hypothesis", "sqlalchemy"), template, ".")

    finished = run_copier(*words, cwd=shop)

    assert finished.returncode == 0, finished.stderr
    text = (shop / "pyproject.toml").read_text(encoding="utf-8")
    pytest_and_plugin = ["pytest>=8.4", "pytest-asyncio>=1.4"]
    lines = [*pytest_and_plugin, *lines_of(examples.PLACE / "sqlalchemy.in")]
    needed = sorted(lines, key=lambda line: Requirement(line).name)
    assert f"test = {needed}".replace("'", '"') in text
    assert 'docs = ["hypothesis>=6"]' in text
    assert "asyncio tests: verified. " in finished.stderr
    commit(shop)
    again = run_copier(*words, cwd=shop)
    assert again.returncode == 0, again.stderr
    assert "Nothing of yours needs to change" in again.stderr
    assert status(shop) == []


def test_a_pin_that_rules_a_library_out_is_refused_before_anything_is_done(
    template: Path, shop: Path
) -> None:
    """The line says which pin, and that the suite can be had without the library."""
    pin = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["sqlalchemy<2"]\n'
    file = shop / "pyproject.toml"
    file.write_text(f"{pin}\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    commit(shop)

    finished = run_copier(*COPY, data("sqlalchemy"), template, ".", cwd=shop)

    assert finished.returncode == 1
    assert "sqlalchemy<2 rules out sqlalchemy[asyncio]>=" in finished.stderr
    assert "or leave it out of asyncio_examples" in finished.stderr
    assert status(shop) == [f"?? {path}" for path in new_files(shop)]


def new_files(project: Path) -> list[str]:
    """Return what Copier has rendered, which the hook does not take away."""
    names = ("ASYNC_TESTING.md", "asyncio_", "utils/asyncio_", "utils/__init__")
    ours = tuple(f"tests/{name}" for name in names)
    return [
        path
        for path in tree(project)
        if path.startswith((*ours, "scripts/", ".copier-answers"))
    ]


@pytest.fixture
def lacking(template: Path, tmp_path: Path) -> Path:
    """The template, whose examples of SQLAlchemy need a library that is not there."""
    return changed(
        template,
        tmp_path / "template",
        {
            "hooks/verify/examples/sqlalchemy.in": ABSENT,
            "hooks/verify/examples/sqlalchemy.txt": "# none\n",
        },
    )


def test_examples_that_the_projects_python_lacks_the_library_for_run_apart(
    lacking: Path, shop: Path, cache: Path
) -> None:
    """The rest runs where the user's tests do, under the user's settings."""
    hooks = lacking / "hooks" / "verify"
    pins = [hooks / "requirements.txt", hooks / "examples" / "sqlalchemy.txt"]
    make_environment(cache / "environments" / isolated.key(*pins))

    words = (*COPY, data("hypothesis", "sqlalchemy"), lacking, ".")

    finished = run_copier(*words, cwd=shop)

    assert finished.returncode == 0, finished.stderr
    said = finished.stderr
    assert "asyncio tests: verified. " in said
    assert re.search(
        r"in the Python that ASYNCIO_TESTING_PYTHON names; with_sqlalchemy in an "
        r"isolated environment, \S+, since the other does not have no-such-library>=1",
        said,
    )


@pytest.mark.parametrize(("mode", "code"), [("standard", 0), ("strict", 1)])
@pytest.mark.usefixtures("cut_off")
def test_examples_that_nothing_can_run_are_named(
    mode: str, code: int, lacking: Path, shop: Path
) -> None:
    """Verified is said of what has been run, and of nothing else."""
    words = (f"--data=asyncio_verification={mode}", data("sqlalchemy"), lacking, ".")

    finished = run_copier(*COPY, *words, cwd=shop)

    assert finished.returncode == code, finished.stderr
    assert "asyncio tests: verified. " in finished.stderr
    assert "Not run: with_sqlalchemy, since " in finished.stderr


@pytest.mark.parametrize("kind", ["new", "existing"])
def test_examples_can_be_asked_for_later_and_declined_again(
    kind: str, begin: Callable[..., Path], update: Callable[..., object]
) -> None:
    """An update brings them with what they need, and takes their files away."""
    project = begin(kind)
    before = tree(project)
    declared = "tests/requirements.txt" if kind == "new" else "pyproject.toml"

    update(project, data("hypothesis"))

    below = "tests/asyncio_examples/with_hypothesis/"
    new = set(tree(project)) - set(before)
    assert new
    assert {name for name in new if not name.startswith(below)} == set()
    assert "hypothesis>=" in (project / declared).read_text(encoding="utf-8")
    commit(project)
    update(project, data())
    assert tree(project) == before
    # In a file of the user's a requirement stays: it may be wanted by now.
    text = (project / declared).read_text(encoding="utf-8")
    assert ("hypothesis>=" in text) is (kind == "existing")


def test_a_file_of_the_users_where_examples_would_go_is_refused(
    begin: Callable[..., Path],
) -> None:
    """Also in an update, when the rest has been rendered long ago."""
    project = begin()
    write_files(project, {"tests/asyncio_examples/with_sqlalchemy/test_mine.py": ""})
    commit(project)

    finished = run_copier(*UPDATE, data("sqlalchemy"), cwd=project)

    assert finished.returncode == 1
    assert "with_sqlalchemy/test_mine.py is in the way" in finished.stderr
    assert status(project) == []


def test_the_plan_takes_answers_with_examples(shop: Path) -> None:
    """`python hooks plan -d` is what shows them before anything is done."""
    answer = data("sqlalchemy").partition("=")[2]
    finished = subprocess.run(
        [sys.executable, "-I", "-B", ROOT / "hooks", "plan", "-d", answer, shop],
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    assert "sqlalchemy[asyncio]>=" in finished.stderr
    assert "asyncio_examples" in ANSWERS


def make_environment(place: Path) -> None:
    """Make an environment in which this run's packages are importable."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(place)}))
    here = sysconfig.get_path("purelib")
    (site / "linked.pth").write_text(here, encoding="utf-8")
