"""Plain mocks in the place of coroutine functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixer_script import named_files

if TYPE_CHECKING:
    from fixer_script import FixerRun

SERVICE = {
    "src/shop/__init__.py": "",
    "src/shop/service.py": """\
from .client import Client, fetch


async def describe():
    client = Client()
    await client.send(1)
    return await fetch()


def plain(): ...


async def spawned(): ...


create_task(spawned())
""",
    "src/shop/client.py": """\
async def fetch(): ...


class Base:
    async def send(self, x): ...

    def close(self): ...


class Client(Base):
    async def ping(self):
        await self.ping()
        await self.send(2)
""",
}
MOCKED = {
    "patch with new": (
        """
        from unittest.mock import MagicMock, patch

        def test():
            with patch("shop.service.fetch", new=MagicMock()):
                MagicMock()
        """,
        """
        from unittest.mock import AsyncMock, MagicMock, patch

        def test():
            with patch("shop.service.fetch", new=AsyncMock()):
                MagicMock()
        """,
    ),
    "patch with a second argument, as a decorator": (
        """
        from unittest import mock

        @mock.patch("shop.service.fetch", mock.Mock(return_value={}))
        def test(): ...
        """,
        """
        from unittest import mock

        @mock.patch("shop.service.fetch", mock.AsyncMock(return_value={}))
        def test(): ...
        """,
    ),
    "new_callable": (
        """
        from unittest.mock import (
            MagicMock,
            patch,
        )

        def test():
            with patch(
                "shop.client.Client.ping",
                new_callable=MagicMock,  # a comment
            ):
                pass
        """,
        """
        from unittest.mock import (
            AsyncMock,
            patch,
        )

        def test():
            with patch(
                "shop.client.Client.ping",
                new_callable=AsyncMock,  # a comment
            ):
                pass
        """,
    ),
    "a method of a class, and of its base": (
        """
        from unittest.mock import AsyncMock, MagicMock, patch
        from shop.client import Client

        def test():
            with patch.object(Client, "send", MagicMock(return_value=MagicMock())):
                AsyncMock
        """,
        """
        from unittest.mock import AsyncMock, MagicMock, patch
        from shop.client import Client

        def test():
            with patch.object(Client, "send", AsyncMock(return_value=MagicMock())):
                AsyncMock
        """,
    ),
    "monkeypatch with a module": (
        """
        from unittest.mock import Mock
        from shop import service

        def test(monkeypatch):
            monkeypatch.setattr(service, "fetch", Mock())
        """,
        """
        from unittest.mock import AsyncMock
        from shop import service

        def test(monkeypatch):
            monkeypatch.setattr(service, "fetch", AsyncMock())
        """,
    ),
    "monkeypatch with a name": (
        """
        import unittest.mock

        def test(monkeypatch):
            monkeypatch.setattr("shop.service.fetch", unittest.mock.Mock())
        """,
        """
        import unittest.mock

        def test(monkeypatch):
            monkeypatch.setattr("shop.service.fetch", unittest.mock.AsyncMock())
        """,
    ),
    "pytest-mock": (
        """
        def test(mocker):
            mocker.patch("shop.service.fetch", mocker.MagicMock(name="x"))
        """,
        """
        def test(mocker):
            mocker.patch("shop.service.fetch", mocker.AsyncMock(name="x"))
        """,
    ),
}
RIGHT = {
    "an AsyncMock": """
        from unittest.mock import AsyncMock, MagicMock, patch

        def test():
            with patch("shop.service.fetch", AsyncMock()):
                pass
        """,
    "what patch chooses by itself": """
        from unittest.mock import MagicMock, patch

        def test():
            with patch("shop.service.fetch", return_value=MagicMock()):
                pass
        """,
    "a function that is not async": """
        from unittest.mock import MagicMock, patch
        from shop.client import Client

        def test():
            with patch("shop.service.plain", MagicMock()):
                with patch.object(Client, "close", MagicMock()):
                    pass
        """,
    "what is not always awaited": """
        from unittest.mock import MagicMock, patch

        def test():
            with patch("shop.service.spawned", MagicMock()):
                pass
        """,
    "something to await": """
        from unittest.mock import MagicMock, patch

        def test(future, work):
            with patch("shop.service.fetch", MagicMock(return_value=future)):
                pass
            with patch("shop.service.fetch", MagicMock(side_effect=work)):
                pass
            with patch("shop.service.fetch", MagicMock(spec=work)):
                pass
        """,
    "something to await, later": """
        from unittest.mock import MagicMock, patch

        def test(future):
            with patch("shop.service.fetch", new_callable=MagicMock) as mock:
                mock.return_value = future
        """,
    "what must not be called": """
        from unittest.mock import MagicMock, patch

        def test():
            with patch("shop.service.fetch", new_callable=MagicMock) as mock:
                mock.assert_not_called()
        """,
    "an unknown function": """
        from unittest.mock import MagicMock, patch

        def test(service):
            with patch("elsewhere.fetch", MagicMock()):
                with patch.object(service, "fetch", MagicMock()):
                    pass
        """,
    "other mocks": """
        from mocks import MagicMock
        from unittest.mock import patch

        def test():
            with patch("shop.service.fetch", MagicMock()):
                pass
        """,
    "other patches": """
        from unittest.mock import MagicMock
        from patches import patch

        def test():
            with patch("shop.service.fetch", MagicMock()):
                pass
        """,
    "what is in no module": """
        from unittest.mock import MagicMock, patch

        async def test():
            with patch("fetch", MagicMock()), patch("shop.nowhere.fetch", MagicMock()):
                pass
        """,
    "what monkeypatch is to find out": """
        from unittest.mock import MagicMock

        async def test(monkeypatch):
            monkeypatch.setattr("shop.service.fetch", name="x", value=MagicMock())
        """,
    "what is not async, and what is replaced by names": """
        from unittest.mock import AsyncMock, MagicMock, patch

        async def test(monkeypatch):
            monkeypatch.setattr(target="shop.service.fetch", value=MagicMock())
            with patch("shop.service.fetch", AsyncMock()):
                with patch("shop.service.plain", MagicMock()):
                    pass
        """,
}


@pytest.mark.parametrize("name", MOCKED)
def test_a_plain_mock_becomes_one_to_await(run_fixer: FixerRun, name: str) -> None:
    """What calls the function awaits what it returns."""
    before, after = (named_files(text)["test_it.py"] for text in MOCKED[name])
    fixed = run_fixer.settled_if_told(
        {"test_it.py": before, **SERVICE}, "--select=PTA212"
    )

    assert fixed == {"test_it.py": after, **SERVICE}


@pytest.mark.parametrize("name", RIGHT)
def test_other_mocks_are_left_alone(run_fixer: FixerRun, name: str) -> None:
    """They can be awaited, or need not be."""
    files = {**SERVICE, **named_files(RIGHT[name])}

    run_fixer.leaves_alone(files, "--select=PTA212")


def test_without_being_told_no_mock_is_changed(run_fixer: FixerRun) -> None:
    """The test may pass because of an error that something catches."""
    before = named_files(MOCKED["patch with new"][0])["test_it.py"]

    assert run_fixer.fixed(before, "--select=PTA212", **SERVICE) == before
    assert run_fixer.found(before, "--select=PTA212") == ["PTA212"]


def test_where_the_name_is_taken_the_mock_is_left_to_people(
    run_fixer: FixerRun,
) -> None:
    """How the other mock is to be imported is for them to say."""
    text = """
        from unittest.mock import MagicMock, patch

        AsyncMock = None

        def test():
            with patch("shop.service.fetch", MagicMock()):
                pass
        """
    files = {**SERVICE, **named_files(text)}

    assert " PTA212 " in run_fixer.only_reports(files, "--select=PTA212")
