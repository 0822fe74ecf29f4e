"""The import fixer: where it puts the import."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from fixer_script import fix

if TYPE_CHECKING:
    from pathlib import Path

# What stands before the rest of a module; a `+` marks the lines that are put in.
PLACES = {
    "after pytest": """
          import asyncio

          import pytest
        + import pytest_asyncio

          from app import client
    """,
    "before a later name": """
          import asyncio

        + import pytest_asyncio
          import redis
    """,
    "between two names": """
          import httpx
        + import pytest_asyncio
          import redis
    """,
    "before what is imported from packages": """
          import asyncio

        + import pytest_asyncio
          from httpx import AsyncClient
    """,
    "by name where all imports are sorted by name": """
          from httpx import AsyncClient
          import pytest
        + import pytest_asyncio
          from redis import Redis
    """,
    "before its own names": """
          import pytest
        + import pytest_asyncio
          from pytest_asyncio import fixture
    """,
    "where capitals do not count": """
          import Pillow
        + import pytest_asyncio
          import Qt
    """,
    "after the standard library": """
          import asyncio
          from contextlib import suppress
        +
        + import pytest_asyncio
    """,
    "between the standard library and the project": """
          import asyncio
        +
        + import pytest_asyncio

          from . import client
    """,
    "without blank lines where there are none": """
          import asyncio
        + import pytest_asyncio
          from . import client
    """,
    "before the project's own": """
        + import pytest_asyncio
        +
          from .app import client
    """,
    "after imports from the future": """
          from __future__ import annotations
        +
        + import pytest_asyncio

          X = 1
    """,
    "after the docstring": '''
          """What is tested here."""
        +
        + import pytest_asyncio

          X = 1
    ''',
    "after a docstring right above code": '''
          """What is tested here."""
        +
        + import pytest_asyncio
        +
          X = 1
    ''',
    "with two blank lines before a definition": '''
          """What is tested here."""
        +
        + import pytest_asyncio
        +

          def make(): ...
    ''',
    "before a decorator": """
        + import pytest_asyncio
        +
        +
          @decorated
          def make(): ...
    """,
    "after shebang and encoding": """
          #!/usr/bin/env python
          # -*- coding: utf-8 -*-
        +
        + import pytest_asyncio
        +
          X = 1
    """,
    "after the licence": """
          # Copyright the authors.
          # All rights reserved.
        +
        + import pytest_asyncio
        +
          X = 1
    """,
    "after opening comments": """
          # What is tested here,

          # and how.
        +
        + import pytest_asyncio

          X = 1
    """,
    "before a comment on code": """
          #!/usr/bin/env python
        +
        + import pytest_asyncio
        +
          # One is enough.
          X = 1
    """,
    "below blank lines at the top": """
        + import pytest_asyncio

          X = 1
    """,
    "before a comment on an import": """
          import asyncio

        + import pytest_asyncio
          # The cache.
          # Needs a server.
          import redis
    """,
    "after the heading of a section": """
          import asyncio

          # Third-party imports
        + import pytest_asyncio
          import redis
    """,
    "after a statement of several lines": """
          import asyncio
          from pytest import (
              fixture,  # the sync one
              mark,
          )  # noqa
          import pytest, \\
              attr
        + import pytest_asyncio

          X = 1
    """,
    "after a line of several statements": """
          import pytest; import attr; X = 1  # one; two
        + import pytest_asyncio
    """,
    "after a line that goes on": """
          import asyncio; \\
          import pytest; \\

        + import pytest_asyncio
          X = 1
    """,
    "after a line that starts with something else": """
          import asyncio; import redis
        + import pytest_asyncio
    """,
    "not within try": """
          import pytest
        + import pytest_asyncio

          try:
              import uvloop
          except ImportError:
              uvloop = None
    """,
    "before try where it is all there is": """
        + import pytest_asyncio
        +
          try:
              import uvloop
          except ImportError:
              uvloop = None
    """,
    "not within the block for type checkers": """
          import typing
        +
        + import pytest_asyncio

          if typing.TYPE_CHECKING:
              import pytest_asyncio
    """,
    "not among imports far below": '''
          """What is tested here."""
        +
        + import pytest_asyncio
        +

          def make(): ...

          import pytest
    ''',
}


@pytest.mark.parametrize("drawing", PLACES.values(), ids=PLACES)
def test_the_import_is_put_where_a_person_would(drawing: str) -> None:
    """Formatters and reviewers should have nothing to say about it."""
    use = "\nfixture = pytest_asyncio.fixture\n"
    lines = textwrap.dedent(drawing).removeprefix("\n").splitlines()
    before = "".join(f"{line[2:]}\n" for line in lines if not line.startswith("+"))
    after = "".join(f"{line[2:]}\n" for line in lines)

    assert fix(before + use) == after + use
    assert fix(after + use) == after + use


SHARED_LINES = {
    "with the docstring": (
        '"""What."""; fixture = pytest_asyncio.fixture',
        '"""What."""; import pytest_asyncio; fixture = pytest_asyncio.fixture',
    ),
    "with the future": (
        "'.'\nfrom __future__ import division; pytest_asyncio\n",
        "'.'\nfrom __future__ import division; import pytest_asyncio; pytest_asyncio\n",
    ),
    "with another import": (
        "import pytest; fixture = pytest_asyncio.fixture",
        "import pytest_asyncio\n\nimport pytest; fixture = pytest_asyncio.fixture",
    ),
    "with more than the docstring": (
        '"""What."""; "why"\npytest_asyncio.x\n',
        '"""What."""; "why"\n\nimport pytest_asyncio\n\npytest_asyncio.x\n',
    ),
    "with nothing": ("pytest_asyncio", "import pytest_asyncio\n\npytest_asyncio"),
}


@pytest.mark.parametrize(("before", "after"), SHARED_LINES.values(), ids=SHARED_LINES)
def test_an_import_precedes_a_use_on_the_same_line(before: str, after: str) -> None:
    """Nothing may come before a docstring, and nothing that is used after its use."""
    assert fix(before) == after
    assert fix(after) == after


LINE_ENDS = {
    "LF": ("import os\n\nX = 1\n", "import os\n\nimport pytest_asyncio\n\nX = 1\n"),
    "CRLF": (
        "import os\r\n\r\nX = 1\r\n",
        "import os\r\n\r\nimport pytest_asyncio\r\n\r\nX = 1\r\n",
    ),
    "CR": ("import os\r\rX = 1\r", "import os\r\rimport pytest_asyncio\r\rX = 1\r"),
    "mixed": (
        "import os\r\nX = 1\nimport pytest\r\rY = 1\n",
        "import os\r\nX = 1\nimport pytest\rimport pytest_asyncio\r\rY = 1\n",
    ),
    "form feeds and separators": (
        "import os\n\f\nX = '\x1c\u2028\x85'\n",
        "import os\n\nimport pytest_asyncio\n\f\nX = '\x1c\u2028\x85'\n",
    ),
    "a form feed before the import": (
        "\fimport redis\n",
        "import pytest_asyncio\n\fimport redis\n",
    ),
    "none before, CRLF after": ("X = 1\r\n", "import pytest_asyncio\r\n\r\nX = 1\r\n"),
}


@pytest.mark.parametrize(("before", "after"), LINE_ENDS.values(), ids=LINE_ENDS)
def test_the_lines_end_as_their_neighbours_do(before: str, after: str) -> None:
    """Mixed line ends are shown as a change of every line by some tools."""
    use = "pytest_asyncio.fixture"

    assert fix(before + use) == after + use


OWN_PACKAGES = {
    "beside the project's settings": ["pyproject.toml", "app/__init__.py"],
    "a module there": ["setup.cfg", "app.py"],
    "below src": [".git/HEAD", "src/app/x.py"],
}


@pytest.mark.parametrize("files", OWN_PACKAGES.values(), ids=OWN_PACKAGES)
def test_the_projects_own_packages_come_last(files: list[str], tmp_path: Path) -> None:
    """As isort and ruff see it by default: what lies in the project's root or `src`."""
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    source = "import os\n\nimport app\n\npytest_asyncio.x\n"

    fixed = fix(source, tmp_path / "tests" / "test_it.py")

    assert fixed.startswith("import os\n\nimport pytest_asyncio\n\nimport app\n")


def test_the_package_that_the_module_is_in_is_the_projects_own(tmp_path: Path) -> None:
    """Also where no file marks the project's root."""
    unit = tmp_path / "app" / "tests" / "unit"
    unit.mkdir(parents=True)
    for package in (unit, unit.parent, unit.parent.parent):
        (package / "__init__.py").touch()
    source = "import os\n\nimport app\n\npytest_asyncio.x\n"

    fixed = fix(source, unit / "test_it.py")

    assert fixed.startswith("import os\n\nimport pytest_asyncio\n\nimport app\n")
