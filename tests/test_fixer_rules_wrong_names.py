"""The rule on names that are not the ones to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixer_script import lines

if TYPE_CHECKING:
    from fixer_script import FixerRun

MENDED = {
    "a mark of the wrong module": (
        lines(
            "import pytest_asyncio",
            "",
            "",
            "@pytest_asyncio.mark.asyncio",
            "async def test(): ...",
        ),
        lines("import pytest", "", "", "@pytest.mark.asyncio", "async def test(): ..."),
    ),
    "with other names for the modules": (
        lines(
            "import pytest as p, pytest_asyncio as pa",
            "@pa.mark.asyncio(scope='module')",
            "async def test(): ...",
            "X = pa",
        ),
        lines(
            "import pytest as p, pytest_asyncio as pa",
            "@p.mark.asyncio(scope='module')",
            "async def test(): ...",
            "X = pa",
        ),
    ),
    "marks imported from the wrong module": (
        lines("from pytest_asyncio import mark  # marks", "pytestmark = mark.asyncio"),
        lines("from pytest import mark  # marks", "pytestmark = mark.asyncio"),
    ),
    "among other names": (
        lines(
            "from pytest_asyncio import (",
            "    fixture,",
            "    mark as m,  # marks",
            ")",
            "pytestmark = m.asyncio",
            "@fixture",
            "async def f(): ...",
        ),
        lines(
            "from pytest import mark as m",
            "from pytest_asyncio import (",
            "    fixture,",
            ")",
            "pytestmark = m.asyncio",
            "@fixture",
            "async def f(): ...",
        ),
    ),
    "a fixture of the plugin": (
        lines(
            "from pytest_asyncio.plugin import fixture",
            "@fixture(scope='module')",
            "async def f(): ...",
        ),
        lines(
            "from pytest_asyncio import fixture",
            "@fixture(scope='module')",
            "async def f(): ...",
        ),
    ),
    "the plugin as a whole": (
        lines(
            "import pytest_asyncio.plugin",
            "@pytest_asyncio.plugin.fixture",
            "async def f(): ...",
        ),
        lines(
            "import pytest_asyncio.plugin",
            "@pytest_asyncio.fixture",
            "async def f(): ...",
        ),
    ),
    "the plugin by its name": (
        lines(
            "from pytest_asyncio import plugin",
            "",
            "",
            "@plugin.fixture",
            "async def f(): ...",
        ),
        lines(
            "import pytest_asyncio",
            "",
            "",
            "@pytest_asyncio.fixture",
            "async def f(): ...",
        ),
    ),
    "a fixture of the wrong module": (
        lines(
            "import pytest",
            "",
            "",
            "@pytest.asyncio_fixture(scope='module')",
            "async def f(): pytest",
        ),
        lines(
            "import pytest",
            "import pytest_asyncio",
            "",
            "",
            "@pytest_asyncio.fixture(scope='module')",
            "async def f(): pytest",
        ),
    ),
    "the same, imported": (
        lines(
            "from pytest import asyncio_fixture",
            "@asyncio_fixture",
            "async def f(): ...",
        ),
        lines("from pytest_asyncio import fixture", "@fixture", "async def f(): ..."),
    ),
    "yield_fixture": (
        lines(
            "import pytest",
            "@pytest.yield_fixture(",
            "    scope='module',  # one",
            ")",
            "def f(): yield",
        ),
        lines(
            "import pytest",
            "@pytest.fixture(",
            "    scope='module',  # one",
            ")",
            "def f(): yield",
        ),
    ),
    "yield_fixture, imported": (
        lines(
            "from pytest import (raises, yield_fixture)",
            "@yield_fixture()",
            "def f(): yield",
            "X = raises",
        ),
        lines(
            "from pytest import (raises, fixture)",
            "@fixture()",
            "def f(): yield",
            "X = raises",
        ),
    ),
    "yield_fixture, imported, where the new name is taken": (
        lines(
            "from pytest import yield_fixture", "@yield_fixture", "def f(): fixture = 1"
        ),
        lines(
            "from pytest import fixture as yield_fixture",
            "@yield_fixture",
            "def f(): fixture = 1",
        ),
    ),
}
LEFT_ALONE = {
    "the right names": (
        lines(
            "import pytest, pytest_asyncio",
            "from pytest_asyncio import fixture",
            "pytestmark = pytest.mark.asyncio",
            "@pytest_asyncio.fixture",
            "async def f(): ...",
        )
    ),
    "names of another module": (
        lines(
            "from mine import mark, yield_fixture",
            "from .pytest import asyncio_fixture",
        )
    ),
    "a local name": "def f(pytest): pytest.yield_fixture\n",
    "a text": "X = '@pytest.yield_fixture'\n",
    "what else the plugin has": (
        lines("from pytest_asyncio.plugin import Mode", "X = Mode.AUTO")
    ),
    "another module's": lines("import pytest", "pytest.mark.asyncio_mode"),
}


@pytest.mark.parametrize("name", MENDED)
def test_a_wrong_name_becomes_the_right_one(run_fixer: FixerRun, name: str) -> None:
    """With the import that it takes."""
    before, after = MENDED[name]

    fixed = run_fixer.settled({"test_it.py": before}, "--select=PTA117")

    assert fixed == {"test_it.py": after}


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_another_name_is_left_alone(run_fixer: FixerRun, name: str) -> None:
    """Only what the imports lead to counts."""
    assert run_fixer.found(LEFT_ALONE[name], "--select=PTA117") == []


def test_a_name_that_is_taken_is_left_to_the_user(run_fixer: FixerRun) -> None:
    """It would mean something else."""
    text = "import pytest_asyncio\npytest = 1\nX = pytest_asyncio.mark.asyncio\n"

    assert run_fixer.found(text, "--select=PTA117") == ["PTA117"]
    assert run_fixer.fixed(text, "--select=PTA117") == text


def test_a_name_that_is_taken_in_a_function_is_left_as_well(
    run_fixer: FixerRun,
) -> None:
    """It may be where the right name would be read."""
    text = (
        "import pytest_asyncio\nX = pytest_asyncio.mark.asyncio\ndef f(pytest): ...\n"
    )

    run_fixer.only_reports({"test_it.py": text}, "--select=PTA117")
