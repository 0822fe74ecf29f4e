"""A file of pytest's settings with one of them changed, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .source import NotFixableError

if TYPE_CHECKING:
    from .configuration import Configuration

# --- Changes of settings --------------------------------------------------------------


def with_setting(
    text: str, configuration: Configuration, name: str, value: str | None
) -> str:
    """Return the text of a configuration file with a setting changed.

    Args:
        text: The file's text; empty where there is none yet.
        configuration: What it is read as.
        name: The setting.
        value: What it becomes; None removes it.

    Raises:
        NotFixableError: If it stands in such a way that it is better changed by hand.
    """
    del text, configuration, name, value
    raise NotFixableError
