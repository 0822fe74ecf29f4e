"""Find outdated and wrong asyncio test code, and fix what can be fixed safely.

    python scripts/fix_pytest_asyncio_imports.py                fix all files below here
    python scripts/fix_pytest_asyncio_imports.py --check tests  report, change nothing
    python scripts/fix_pytest_asyncio_imports.py --diff tests   show what would change

It needs nothing but Python. `--help` says more.
"""

# The parts are modules of the template's repository, in `fix_pytest_asyncio/`, where
# each has its tests. To mend something, mend it there.

from __future__ import annotations

import argparse
import ast
import bisect
import configparser
import contextlib
import copy
import difflib
import enum
import fnmatch
import io
import itertools
import os
import re
import shlex
import stat
import sys
import tempfile
import textwrap
import warnings
from abc import ABC, abstractmethod
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from tokenize import detect_encoding
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Generator,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )
    from collections.abc import Set as AbstractSet
    from typing import TypeAlias

# copier:include pathjoin('fix_pytest_asyncio', 'join.jinja')
