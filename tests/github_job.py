"""Runs the scripts of a workflow as GitHub Actions does, as far as ours go.

That is: jobs of one kind of machine, steps with `env`, `if` and outputs, and
expressions that compare a value with a text or fall back from one to another.
"""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")
_COMPARISON = re.compile(r"(\S+) (==|!=) '(\w*)'")
_BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]


class Finished(NamedTuple):
    """How a job went: whether it succeeded, its steps that ran, and what they said."""

    succeeded: bool
    ran: list[str]
    said: str


def run_job(
    workflow: Path,
    name: str,
    checkout: Path,
    scratch: Path,
    values: Mapping[str, str],
    environment: Mapping[str, str],
) -> Finished:
    """Run a job of a workflow, up to its first step that fails.

    Actions are not run: `checkout` is what they would have made.

    Args:
        workflow: The file.
        name: The job.
        checkout: The repository as the job gets it.
        scratch: An empty directory, the runner's.
        values: What `github`, `secrets` and `matrix` hold, by names with a dot.
        environment: Variables beside those of this process.
    """
    content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    job = content["jobs"][name]
    place = {**content, **job}["defaults"]["run"]["working-directory"]
    known, said = dict(values), ""
    ran: list[str] = []
    files = {each: scratch / each for each in ("output", "env", "path")}
    lasting = {**os.environ, **environment}
    for step in job["steps"]:
        if "run" not in step or evaluate(step.get("if", "always"), known) == "false":
            continue
        for file in files.values():
            file.write_text("", encoding="utf-8")
        finished = subprocess.run(
            [*_BASH, step["run"]],
            cwd=checkout / place,
            env={
                **lasting,
                **_filled(content.get("env", {}), known),
                **_filled(job.get("env", {}), known),
                **_filled(step.get("env", {}), known),
                **{f"GITHUB_{each.upper()}": str(files[each]) for each in files},
                "RUNNER_TEMP": str(scratch),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        ran.append(step["name"])
        said += finished.stdout
        if finished.returncode:
            return Finished(succeeded=False, ran=ran, said=said)
        for key, value in _pairs(files["output"]):
            known[f"steps.{step['id']}.outputs.{key}"] = value
        lasting |= _pairs(files["env"])
        for line in files["path"].read_text(encoding="utf-8").splitlines():
            lasting["PATH"] = f"{line}:{lasting['PATH']}"
    return Finished(succeeded=True, ran=ran, said=said)


def _pairs(file: Path) -> list[tuple[str, str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [(key, value) for key, _, value in (line.partition("=") for line in lines)]


def evaluate(expression: str, known: Mapping[str, str]) -> str:
    """Return the value of an expression; names that are not known are empty."""
    comparison = _COMPARISON.fullmatch(expression)
    if comparison:
        name, operator, text = comparison.groups()
        is_equal = known.get(name, "") == text
        return str(is_equal == (operator == "==")).lower()
    values = (known.get(name, "") for name in expression.split(" || "))
    return next(filter(None, values), "")


def _filled(variables: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    return {
        name: _EXPRESSION.sub(lambda match: evaluate(match[1], known), str(value))
        for name, value in variables.items()
    }
