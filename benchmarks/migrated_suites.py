"""Real suites, at commits of when they were written for pytest-asyncio 0.x."""

from __future__ import annotations

from typing import NamedTuple


class Suite(NamedTuple):
    """A suite, and what it takes to run it as it was run then.

    Attributes:
        repository: The owner and the name on GitHub.
        commit: The last one before the date.
        date: Packages are installed as they were on that day.
        python: The version to run it with.
        packages: What is installed, beside the project itself.
        extras: What of the project is installed.
        pytest: What pytest is told.
        note: What a reader has to know of the run.
    """

    repository: str
    commit: str
    date: str
    python: str
    packages: tuple[str, ...]
    extras: str = ""
    pytest: tuple[str, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """The name of the repository."""
        return self.repository.partition("/")[2]


SUITES = (
    Suite(
        "graphql-python/gql",
        "483053febe2851e179dbd9641999658788786fa7",
        "2025-01-01",
        "3.12",
        (
            *("pytest==8.3.4", "pytest-asyncio==0.21.2", "pytest-cov==5.0.0"),
            *("pytest-console-scripts==1.4.1", "parse==1.15.0", "vcrpy==4.4.0"),
            *("aiofiles", "setuptools", "urllib3<2"),
        ),
        extras="[all]",
        pytest=("tests",),
        note=(
            "it had pinned pytest 7.4.2, with which one more test passed: pytest 8 "
            "runs directories among files, and that test fails behind another one"
        ),
    ),
    Suite(
        "pgjones/hypercorn",
        "3fbd5f245e5dfeaba6ad852d9135d6a32b228d05",
        "2024-03-01",
        "3.12",
        ("hypothesis", "pytest", "pytest-asyncio", "pytest-cov", "pytest-trio"),
        extras="[h3,trio]",
    ),
    Suite(
        "fastapi-users/fastapi-users",
        "0df82afb328fd7b1c726474e939de93064e27147",
        "2024-03-01",
        "3.11",
        (
            *("pytest", "pytest-asyncio", "pytest-cov", "pytest-mock"),
            *("httpx", "httpx-oauth", "asgi_lifespan", "uvicorn", "setuptools"),
        ),
        extras="[sqlalchemy,beanie,oauth,redis]",
    ),
    Suite(
        "Tinche/aiofiles",
        "e2bcd7f0bdc1eed1ba3beb863fa13f872df3090e",
        "2024-06-01",
        "3.12",
        ("pytest==7.4.0", "pytest-asyncio==0.21.1"),
        pytest=("tests",),
    ),
    Suite(
        "cole/aiosmtplib",
        "cdea7eb59275050d393c4beefe9b7f57dac9ac92",
        "2023-09-01",
        "3.11",
        (
            *("pytest<8", "pytest-asyncio<0.21", "hypothesis", "aiosmtpd", "trustme"),
            *("pytest-cov", "pytest-xdist"),
        ),
    ),
    Suite(
        "zigpy/zigpy",
        "08dbafe558f85b5612996180c283b096a3fde163",
        "2024-02-01",
        "3.11",
        (
            *("pytest<8", "pytest-asyncio", "pytest-cov", "pytest-timeout"),
            *("freezegun", "tomli", "coverage[toml]"),
        ),
    ),
    Suite(
        "esphome/aioesphomeapi",
        "c9227edf7fcee0f175c9f31c024ba71b0a0fac26",
        "2024-01-01",
        "3.11",
        ("pytest<8", "pytest-asyncio<=0.21.1", "mock<6", "pytest-cov"),
        pytest=("tests",),
    ),
    Suite(
        "python-telegram-bot/python-telegram-bot",
        "3fc50c78ebd4404ac5bb3d5646a7d7bed7672011",
        "2025-01-01",
        "3.12",
        (
            *("pytest==8.3.4", "pytest-asyncio==0.21.2", "pytest-xdist==3.6.1"),
            *("flaky>=3.8.1", "beautifulsoup4", "build"),
        ),
        extras="[all]",
        pytest=("-m", "no_req"),
        note="without the tests that talk to Telegram",
    ),
    Suite(
        "kyuupichan/aiorpcX",
        "a0be71c5671b07e02bedc51d7efaecda86f05128",
        "2022-09-01",
        "3.10",
        ("pytest", "pytest-asyncio", "attrs"),
        extras="[ws]",
    ),
    Suite(
        "jquast/telnetlib3",
        "5fbc6f723a6cb37651e782f6b35bd7e6cebabd5a",
        "2024-01-01",
        "3.11",
        ("pytest<8", "pytest-asyncio<0.22", "pytest-timeout", "pexpect"),
        pytest=("telnetlib3/tests",),
    ),
    Suite(
        "vxgmichel/aioconsole",
        "1a8fe280bd50fb9e69e345953323768b0b29a173",
        "2023-03-01",
        "3.10",
        ("pytest", "pytest-asyncio", "pytest-cov", "pytest-repeat"),
    ),
    Suite(
        "slackapi/bolt-python",
        "2452a927300ba5176e24f1a3afa1fa5dec1f83e5",
        "2023-03-01",
        "3.10",
        (
            *("pytest<7", "pytest-cov", "pytest-asyncio<0.21", "aiohttp", "moto<4"),
            *("docker<6", "boddle", "requests", "sanic-testing", "setuptools"),
            *("itsdangerous==2.0.1", "Jinja2==3.0.3", "click<=8.0.4"),
        ),
        extras="[async]",
        pytest=("tests/slack_bolt_async", "tests/scenario_tests_async"),
        note="its async tests, but those of adapters",
    ),
    Suite(
        "elastic/elasticsearch-py",
        "f0b0e9fa15af1496b3558fedf7ff2fdb1ea2804e",
        "2023-03-01",
        "3.10",
        (
            *("pytest", "pytest-asyncio", "pytest-cov", "pyyaml", "python-dateutil"),
            *("requests", "numpy", "pandas", "aiohttp", "orjson"),
        ),
        pytest=(
            "test_elasticsearch",
            "--ignore=test_elasticsearch/test_server",
            "--ignore=test_elasticsearch/test_async/test_server",
        ),
        note="without the tests that need a server",
    ),
    Suite(
        "achimnol/aiotools",
        "bd3e26ad07fe3ad9613fc8b2f9cae03598bfcfd3",
        "2023-03-01",
        "3.10",
        ("pytest", "pytest-asyncio", "pytest-mock", "pytest-cov"),
    ),
    Suite(
        "zigpy/bellows",
        "3c3ee0296d35eb43d0493eb9b2160bc4484e892c",
        "2022-10-01",
        "3.10",
        ("pytest", "pytest-asyncio", "pytest-timeout", "pytest-cov", "asynctest"),
        note="what of it runs with the zigpy of that day",
    ),
)
