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

ROOT = Path(__file__).parents[1]
HOOK: dict[str, Any] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[0]


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
    hook = {**HOOK, "language": "system"}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": [hook]}]}))
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
