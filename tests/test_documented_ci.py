"""The jobs that docs/plan-ci.md shows for CI services, with their commands run in a real repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.documentation import ROOT, blocks
from tests.plans.plan_files import config_api, guard

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unmeasured_programs")]


def documented(first_line: str) -> Any:
    """Return the block of YAML that begins with this line."""
    (block,) = (each for each in blocks(ROOT / "docs" / "plan-ci.md", "yaml") if each.text.startswith(first_line))
    return yaml.safe_load(block.text)


GITHUB = documented("# .github/workflows/tracking-plan.yml")
GITLAB = documented("# .gitlab-ci.yml")


def github(folder: Path) -> dict[str, int]:
    """Run the steps as the runner does, and return their exit statuses."""
    statuses: dict[str, int] = {}
    for step in GITHUB["jobs"]["plan"]["steps"]:
        command = step.get("run", "")
        after_failure = "!cancelled()" in step.get("if", "") and "always()" not in step.get("if", "")
        if command.startswith("segkoch-lint") and (after_failure or not any(statuses.values())):
            statuses[command.split()[2]] = run(folder, ["bash", "-e", "-c", command], {"BASE": "main"})
    return statuses


def gitlab(folder: Path) -> dict[str, int]:
    """Run the jobs, each with its script up to the first command that fails, and return their exit statuses."""
    base = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": git(folder, "merge-base", "origin/main", "HEAD")}
    return {
        job["script"][0].split()[2]: run(folder, ["sh", "-e", "-c", "\n".join(job["script"])], base)
        for name, job in GITLAB.items()
        if not name.startswith(".")
    }


def run(folder: Path, command: list[str], variables: dict[str, str]) -> int:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(command, cwd=folder, check=False, env={**os.environ, "PATH": path, **variables}).returncode


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone whose branch has an unguarded plan, as main had it when the branch began; main guards it since."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    origin, folder = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    git(origin, "init", "--quiet", "-b", "main")
    save(origin, config_api(None, {"A": {}}), "x")
    git(tmp_path, "clone", "--quiet", str(origin), str(folder))
    git(folder, "checkout", "--quiet", "-b", "topic")
    save(origin, config_api(guard(), {"A": {}}), "guarded")
    git(folder, "fetch", "--quiet")
    return folder


def save(folder: Path, plan: Any, message: str) -> None:
    (folder / "tracking-plans").mkdir(exist_ok=True)
    (folder / "tracking-plans" / "shop.json").write_text(json.dumps(plan))
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", message)


@pytest.mark.parametrize("service", [github, gitlab])
def test_both_commands_run_and_only_the_check_minds_old_debt(service: Any, clone: Path) -> None:
    (clone / "tracking-plans" / "notes.txt").write_text("x")
    assert service(clone) == {"diff": 0, "check": 1}
    save(clone, config_api(None, {"A": {}, "B": {}}), "a new event without a guard")
    assert service(clone) == {"diff": 1, "check": 1}
    save(clone, config_api(guard(), {"A": {}, "B": {}}), "guarded")
    assert service(clone) == {"diff": 0, "check": 0}
