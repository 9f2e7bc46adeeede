"""The hook, run by the real pre-commit in a real repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import IOS_CALL
from tests.plans.plan_files import config_api, guard

ROOT = Path(__file__).parents[1]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
HOOK, PLAN_HOOK = HOOKS


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the hook installed; it runs the program of this environment, so that nothing is downloaded."""
    assert shutil.which("segkoch-lint")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet")
    hooks = [{**hook, "language": "system"} for hook in HOOKS]
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}))
    subprocess.run(["pre-commit", "install"], cwd=folder, check=True, capture_output=True)
    return folder


def commit(folder: Path) -> subprocess.CompletedProcess[str]:
    git(folder, "add", ".")
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-m", "x"]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)


def test_a_good_fixture_is_committed(repository: Path) -> None:
    (repository / "order.json").write_text(json.dumps(IOS_CALL))
    (repository / "package.json").write_text('{"name": "x"}')
    ran = commit(repository)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "segkoch-lint" in ran.stderr + ran.stdout
    assert "Passed" in ran.stderr + ran.stdout


def test_a_bad_fixture_blocks_the_commit(repository: Path) -> None:
    (repository / "order.ndjson").write_text(json.dumps({**IOS_CALL, "context": {"device": {"type": "iOS"}}}) + "\n")
    ran = commit(repository)
    assert ran.returncode == 1
    assert "KCH103" in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("a.json", True),
        ("a.ndjson.gz", True),
        ("a.jsonl.zst", True),
        ("a.yml", True),
        ("a.yaml", True),
        ("a.har", True),
        ("a.py", False),
        ("a.gz", False),
        ("json", False),
    ],
)
def test_files_are_chosen_by_their_names(name: str, taken: bool) -> None:
    assert bool(re.search(HOOK["files"], name)) == taken


def test_the_hook_is_installed_from_this_repository_as_a_python_package() -> None:
    assert (HOOK["id"], HOOK["language"], HOOK["types"], HOOK["require_serial"]) == (
        "segkoch-lint",
        "python",
        ["file"],
        True,
    )


def test_an_unguarded_plan_blocks_the_commit_and_a_guarded_one_does_not(repository: Path) -> None:
    (repository / "plan.json").write_text(json.dumps(config_api(None, {"A": {}})))
    ran = commit(repository)
    assert ran.returncode == 1
    assert "KCH401" in ran.stdout + ran.stderr
    (repository / "plan.json").write_text(json.dumps(config_api(guard(), {"A": {}})))
    ran = commit(repository)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_hook_for_plans_takes_their_formats() -> None:
    assert (PLAN_HOOK["id"], PLAN_HOOK["language"], PLAN_HOOK["require_serial"]) == (
        "segkoch-lint-plan",
        "python",
        True,
    )
    assert all(re.search(PLAN_HOOK["files"], name) for name in ("plan.json", "plan.yaml", "shop.csv", "plan.json.gz"))
    assert not re.search(PLAN_HOOK["files"], "plan.tf")
