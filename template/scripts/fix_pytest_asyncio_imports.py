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
import gc
import hashlib
import inspect
import io
import itertools
import json
import os
import re
import shlex
import signal
import stat
import sys
import tempfile
import textwrap
import time
import tokenize
import warnings
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib import import_module
from pathlib import Path
from tokenize import detect_encoding
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    TextIO,
    TypeVar,
    cast,
)
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Container,
        Generator,
        Hashable,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )
    from collections.abc import Set as AbstractSet
    from concurrent.futures import Executor
    from typing import TypeAlias

# copier:include pathjoin('fix_pytest_asyncio', 'join.jinja')
