"""Helpers of tests that keep tracking plans in git."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from segkoch_lint.plans.check.checker import PlanChecker
from segkoch_lint.plans.diff.plan_diff import compare_against
from tests.plans.plan_files import (
    codes,
    config_api,
    guard,
)

Git = Callable[..., None]
"""Runs git with arguments in the repository of the working directory."""

GUARDED, OPEN = config_api(guard(), {"A": {}}), config_api(None, {"A": {}})
"""Plans with and without a guard."""

NEW = "all of it is new"


def committed(git: Git, path: str, content: Any) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(json.dumps(content, indent=2))
    git("add", ".")
    git("commit", "-m", "x")


def run(folder: Path, *arguments: str, **environment: str) -> str:
    """Run git, or another program, in a folder."""
    names = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always")
    command = ["git", *names, "-c", "init.defaultBranch=main", *arguments]
    ran = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True, env={**os.environ, **environment}
    )
    return ran.stdout.strip()


def against(reference: str, *paths: str, **options: Any) -> tuple[list[str], PlanChecker]:
    checker = PlanChecker(**options)
    return codes(compare_against(checker, reference, paths, ())), checker


def write(path: str | Path, content: Any) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(content, indent=2))


def named(content: Any, name: str) -> Any:
    return {**content, "display_name": name}
