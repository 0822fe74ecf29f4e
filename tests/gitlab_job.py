"""Runs the scripts of a job as GitLab does, as far as ours go: one after the other."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import yaml

from github_job import Finished

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def run_job(
    file: Path, name: str, checkout: Path, environment: Mapping[str, str]
) -> Finished:
    """Run a job, up to its first command that fails.

    Args:
        file: Where the job is.
        name: The job.
        checkout: The repository as the job gets it.
        environment: Variables beside those of this process.
    """
    job = yaml.safe_load(file.read_text(encoding="utf-8"))[name]
    commands = [*job.get("before_script", []), *job["script"]]
    finished = subprocess.run(
        # GitLab's runner gives them to one shell, so that what they set lasts.
        ["bash", "-eo", "pipefail", "-c", "\n".join(commands)],
        cwd=checkout,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    allowed = job.get("allow_failure", {}).get("exit_codes", 0)
    succeeded = finished.returncode in {0, allowed}
    return Finished(succeeded=succeeded, ran=commands, said=finished.stdout)
