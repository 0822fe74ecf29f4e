"""The checks that CI runs beside the tests: lint, types, and every supported version.

`uv run --group lint nox` runs all of them, `nox --list` names them. A session whose
Python is missing is skipped with a word about it; in CI it is an error.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import nox
import tomlkit

ROOT = Path(__file__).parent
PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14", "3.15"]
OWN = ".".join(map(str, sys.version_info[:2]))
# The lowest that template/.../requirements.txt allows, and the newest.
VERSIONS = {
    "lowest": ["pytest==8.4.0", "pytest-asyncio==1.4.0"],
    "newest": ["pytest", "pytest-asyncio"],
}
EXAMPLES = ROOT / "hooks" / "verify" / "examples"
MEASURED = ROOT / ".nox" / "coverage" / "data"
# Not among them: what Copier and the documents do, and what `rendered` runs anyway.
VERSION_DEPENDENT = [
    *["tests/test_loop_fixtures.py", "tests/test_default_time_limit.py"],
    *["tests/test_four_problems.py", "tests/test_timed_programs.py"],
    "tests/test_verification.py::test_a_copy_ends_by_saying_what_was_verified",
]
# The same on every Python: what the safety net stands on differs most.
NET_DEPENDENT = [
    "tests/test_faults.py::test_in_any_order_each_fault_is_charged_to_its_own_test",
    "tests/test_faults.py::test_no_twin_is_complained_of[in-order]",
    "tests/test_faults.py::test_no_twin_is_complained_of[on-uvloop]",
    "tests/test_private_names.py",
]
# The hooks and the script read text whose syntax grows with Python, and messages change
# with it: the two ends of the range are enough, beside the one that runs all tests.
ENDS_DEPENDENT = [
    "tests/test_explained_errors.py",
    *["tests/test_fixer_rules.py", "tests/test_fixer_programs.py"],
    *["tests/test_fixer_imports.py", "tests/test_fixer_command.py"],
]
# The oldest has no tomllib, and its `ast` knows least.
OLDEST_DEPENDENT = [
    *["tests/test_adopt_settings.py", "tests/test_adopt_dependencies.py"],
    *["tests/test_adopt_conftest.py", "tests/test_adopt_comparison.py"],
]
# Where eager tasks are, and most messages are other ones.
NEWEST_DEPENDENT = [
    "tests/test_faults.py::test_on_other_loops_the_same_tests_fail",
    "tests/test_guide.py",
]

nox.options.default_venv_backend = "uv"
nox.options.error_on_missing_interpreters = bool(os.environ.get("CI"))
nox.options.sessions = ["lint", "rendered", "tests", "lowest"]


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Lint and type-check the hooks, the template in place, and what it renders."""
    places = ["fix_pytest_asyncio", "hooks", "tests", "benchmarks", "noxfile.py"]
    places += ["template"]
    session.run("ruff", "check", *places)
    session.run("ruff", "format", "--check", *places)
    session.run("mypy", *places[:-1])
    session.run("mypy", "lint")
    session.run("pyright")
    # It follows no links that it finds by itself.
    session.run("pyright", "lint/tests", "lint/conftest.py")

    for tests_dir in ("tests", "app/tests"):
        project = render(
            session, asyncio_tests_dir=tests_dir, asyncio_examples=all_examples()
        )
        settings: dict[str, object] = {"typeCheckingMode": "strict"}
        # Private names are ruff's to find, which wants a reason at each.
        settings |= {"pythonVersion": "3.10", "reportPrivateUsage": "none"}
        # Of all syntax trees, a rule of the fixer knows a few.
        settings |= {"reportMatchNotExhaustive": "none"}
        # redis 8.1 has types, but for what its commands take besides.
        unknown = ["Member", "Variable", "Argument"]
        settings["executionEnvironments"] = [
            {
                "root": f"{tests_dir}/asyncio_examples/with_redis",
                "extraPaths": ["."],
                **{f"reportUnknown{each}Type": "none" for each in unknown},
            }
        ]
        (project / "pyrightconfig.json").write_text(json.dumps(settings))
        strict = ["--strict", "--explicit-package-bases", "--python-version=3.10"]
        # git ignores the place where nox works, and ruff would with it.
        ruff = ["--no-cache", "--no-respect-gitignore"]
        ruff += ["--config", str(ROOT / "lint" / "rendered.toml")]
        with session.chdir(project):
            session.run("ruff", "check", *ruff)
            session.run("ruff", "format", "--check", *ruff)
            session.run("mypy", *strict, ".")
            if tests_dir == "tests":  # the other has the same code, with other imports
                session.run("pyright", "--pythonpath", sys.executable)

    # GitHub, GitLab and Renovate would be the first to read them otherwise.
    rooted = [ROOT]
    for shards in ("1", "3"):
        answers = {"asyncio_ci": "github", "asyncio_update_job": "github"}
        rooted.append(render(session, asyncio_ci_shards=shards, **answers))
    for place in rooted:
        workflows = sorted(map(str, place.glob(".github/workflows/*.yml")))
        session.run("actionlint", *workflows)
        pedantic = ["--offline", "--persona=pedantic", "--strict-collection"]
        session.run("zizmor", *pedantic, *workflows)
    for shards in ("1", "3"):
        answers = {"asyncio_ci": "gitlab", "asyncio_update_job": "renovate"}
        project = render(session, asyncio_ci_shards=shards, **answers)
        for schema, name in (
            ("vendor.gitlab-ci", ".gitlab/asyncio-tests.yml"),
            ("vendor.renovate", "renovate.json"),
        ):
            check = ["check-jsonschema", f"--builtin-schema={schema}"]
            session.run(*check, str(project / name))


# The lowest at the two ends, as whoever holds versions back is at one of them.
@nox.session
@nox.parametrize(
    ("python", "versions"),
    [(python, "newest") for python in PYTHONS]
    + [(python, "lowest") for python in (PYTHONS[0], PYTHONS[-1])],
)
def rendered(session: nox.Session, versions: str) -> None:
    """Run the rendered suite, and the tests of its helpers, with warnings as errors.

    With the examples of all libraries, and then with those of each alone. With the
    newest versions also in parallel and in random order.
    """
    # The constraints in pyproject.toml are those of the newest.
    config = ["--no-config"] if versions == "lowest" else []
    beside = [*VERSIONS[versions], "pytest-xdist", "pytest-randomly"]
    # Old versions of libraries have no wheels for a Python that came later.
    if versions == "lowest" and session.python == PYTHONS[0]:
        config.append("--resolution=lowest-direct")
        beside = [*VERSIONS[versions], "pytest-xdist>=3.6", "pytest-randomly>=3.16"]
    needed = [f"--requirement={path}" for path in EXAMPLES.glob("*.in")]
    session.install(*config, *beside, *needed)
    project = render(session, asyncio_examples=all_examples())
    shutil.copytree(ROOT / "tests" / "behaviour", project / "behaviour")
    plain = ["-q", "-W", "error", "-p", "no:cacheprovider"]
    quiet = {"PYTHONDONTWRITEBYTECODE": "1"}
    with session.chdir(project):
        alone = ["-p", "no:randomly", "-p", "no:xdist"]
        session.run("pytest", *plain, *alone, env=quiet)
        for place in sorted(map(str, Path().glob("tests/asyncio_examples/with_*/"))):
            session.run("pytest", *plain, *alone, place, env=quiet)
        # They do on purpose what the safety net is there to find.
        no_net = ["-o", "asyncio_checks=all: off"]
        # What Python itself says as it aborts would go where output is captured.
        seen = ["--capture=sys"]
        session.run("pytest", *plain, *alone, *no_net, *seen, "behaviour", env=quiet)
        if versions == "newest":
            session.run("pytest", *plain, "-p", "randomly", "-n", "2", env=quiet)


# Not on the one that nox itself runs on: there, `uv run pytest` runs all of them. Nor
# on 3.13, where what the net stands on is as in 3.12; `rendered` runs there.
@nox.session(python=[each for each in PYTHONS if each not in {OWN, "3.13"}])
def tests(session: nox.Session) -> None:
    """Run those of this repository's tests whose outcome the version can change."""
    chosen = list(NET_DEPENDENT)
    # Where the current loop is kept, and what warns of it, changed with 3.12 and 3.14.
    if session.python in {"3.10", "3.12", "3.14", "3.15"}:
        chosen += VERSION_DEPENDENT
    if session.python in {PYTHONS[0], PYTHONS[-1]}:
        chosen += ENDS_DEPENDENT
    if session.python == PYTHONS[0]:
        chosen += OLDEST_DEPENDENT
    if session.python == PYTHONS[-1]:
        chosen += NEWEST_DEPENDENT
    session.install("--group", "test")
    session.run("pytest", "-q", "-m", "not network and not release", *chosen)


@nox.session(python=PYTHONS)
def programs(session: nox.Session) -> None:
    """Compare 1,000 random programs on virtual time with real time; for releases."""
    session.install("--group", "test")
    session.run("pytest", "-q", "-m", "release", "tests/test_timed_programs.py")


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """Run what the safety net stands on with the lowest supported versions."""
    session.install("--group", "test")
    session.install("--no-config", *VERSIONS["lowest"])
    session.run("pytest", "-q", "-m", "not network and not release", *NET_DEPENDENT)


@nox.session(venv_backend="none")
def coverage(session: nox.Session) -> None:
    """Run all tests and measure what they reach: close to all, on one Python."""
    shutil.rmtree(MEASURED.parent, ignore_errors=True)
    environment = {
        "COVERAGE_PROCESS_START": str(ROOT / "pyproject.toml"),
        "COVERAGE_FILE": str(MEASURED),
    }
    session.run("pytest", *session.posargs, env=environment)
    session.notify("report")


@nox.session(venv_backend="none")
def report(session: nox.Session) -> None:
    """Report what was measured, of the hooks, the rendered code and the tests.

    The rendered code runs in many temporary copies; `tool.coverage.paths` maps them to
    the one that is rendered here.
    """
    render(session)
    environment = {"COVERAGE_FILE": str(MEASURED)}
    session.run("coverage", "combine", "--quiet", env=environment)
    session.run("coverage", "report", env=environment)


@nox.session(venv_backend="none")
def pins(session: nox.Session) -> None:
    """Write the newest version of every development dependency into pyproject.toml.

    They stand there as constraints, since a committed uv.lock would hold the addresses
    of whatever package index made it.
    """
    path = ROOT / "pyproject.toml"
    content = tomlkit.parse(path.read_text(encoding="utf-8"))
    uv = content["tool"]["uv"]
    uv["constraint-dependencies"] = []
    path.write_text(tomlkit.dumps(content), encoding="utf-8")
    session.run("uv", "lock", "--quiet", "--upgrade", external=True)
    export = ["uv", "export", "--quiet", "--all-groups", "--no-hashes"]
    plain = ["--no-annotate", "--no-header", "--no-emit-project"]
    exported = session.run(*export, *plain, external=True, silent=True)
    lines = sorted(" ".join(line.split()) for line in str(exported).splitlines())
    array = tomlkit.array()
    for line in filter(None, lines):
        array.append(line)  # pyright: ignore[reportUnknownMemberType] (tomlkit leaves it untyped)
    uv["constraint-dependencies"] = array.multiline(multiline=True)
    path.write_text(tomlkit.dumps(content), encoding="utf-8")
    session.run("uv", "lock", "--quiet", external=True)


@nox.session(venv_backend="none")
def hook_pins(session: nox.Session) -> None:
    """Write the newest versions of what isolated environments hold, with hashes.

    Those of the examples of libraries agree with each other and with the suite's, as
    they are installed together.
    """
    compiling = ["uv", "pip", "compile", "--quiet", "--universal", "--no-config"]
    compiling += ["--python-version=3.10", "--no-header"]
    hashed = [*compiling, "--generate-hashes", "--output-file"]
    hooks = ROOT / "hooks"
    for name in ("adopt", "verify"):
        with session.chdir(hooks / name):  # comments in the result name what was given
            words = ["requirements.txt", "--upgrade", "requirements.in"]
            session.run(*hashed, *words, external=True)
    together = Path(session.create_tmp()).resolve() / "together.txt"
    # From nothing, so that nothing is held back.
    together.unlink(missing_ok=True)
    suite, examples = hooks / "verify" / "requirements.txt", EXAMPLES.glob("*.in")
    every = sorted(map(str, examples))
    words = ["--output-file", str(together), "--constraints", str(suite), *every]
    session.run(*compiling, *words, external=True)
    for path in every:
        pins = str(Path(path).with_suffix(".txt"))
        words = [pins, "--no-annotate", "--upgrade", "--constraints", str(together)]
        session.run(*hashed, *words, path, external=True)


def all_examples() -> str:
    """Return the answer that asks for the examples of all libraries."""
    names = sorted(path.stem for path in EXAMPLES.glob("*.in"))
    return f"[{', '.join(names)}]"


def render(session: nox.Session, **answers: str) -> Path:
    """Render the template into the session's directory, without running the suite."""
    target = Path(session.create_tmp()) / "project"
    shutil.rmtree(target, ignore_errors=True)
    data = [f"--data={name}={value}" for name, value in answers.items()]
    session.run(
        *["uv", "run", "--quiet", "--project", str(ROOT), "copier", "copy"],
        *["--quiet", "--skip-tasks", "--defaults", "--vcs-ref=HEAD", *data],
        *[str(ROOT), str(target)],
        external=True,
    )
    return target
