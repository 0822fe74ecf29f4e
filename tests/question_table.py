"""The table of questions in README.md, made of copier.yml.

`uv run python tests/question_table.py` writes it anew; `test_readme.py` compares.
"""

from __future__ import annotations

import re
from typing import Any, cast

import yaml

from workbench import ROOT

README = ROOT / "README.md"
HEAD = "| question | answers |\n|---|---|\n"
_TABLE = re.compile(re.escape(HEAD) + r"(\|.*\n)*")
_BY_PLACE = "by default, as it suits what is there"


def asked() -> dict[str, dict[str, Any]]:
    """Return the questions that Copier asks, by name and in order."""
    content = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    return {
        name: question
        for name, question in cast("dict[str, Any]", content).items()
        if name[0] != "_" and not str(question["when"]).lower().endswith("false")
    }


def table() -> str:
    """Return the whole table, a line for each question."""
    return HEAD + "".join(
        f"| `{name}`<br>{question['help']} | {'<br>'.join(_answers(question))} |\n"
        for name, question in asked().items()
    )


def with_table(text: str) -> str:
    """Return a text with its table of questions made anew.

    Raises:
        ValueError: There is none in it, or more than one.
    """
    new, number = _TABLE.subn(lambda _: table(), text)
    if number != 1:
        msg = f"there are {number} tables of questions"
        raise ValueError(msg)
    return new


def _answers(question: dict[str, Any]) -> list[str]:
    choices, default = question.get("choices", {}), question["default"]
    if isinstance(choices, list):
        several = ", ".join(f"`{each}`" for each in cast("list[str]", choices))
        return [f"one of {several}; `{default}` by default"]
    answers = [
        f"`{value}`{' (default)' if value == default else ''}: "
        + label.removeprefix(f"{value}: ")
        for label, value in choices.items()
    ]
    if not choices:
        is_computed = "{" in default
        return [f"text; {_BY_PLACE if is_computed else f'`{default}` by default'}"]
    if question.get("multiselect"):
        first, *_, last = choices.values()
        answers.append(f"several, like `[{first}, {last}]`; none by default")
    elif default not in choices.values():
        answers.append(_BY_PLACE)
    return answers


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
