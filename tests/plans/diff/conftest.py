"""Repositories of git with tracking plans, for the tests of comparisons."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.plans.diff.plan_repository import GUARDED, OPEN, Git, run, write


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A repository in the working directory, and git in it."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "a repository"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def run_git(*arguments: str) -> None:
        names = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *names, *arguments], check=True, capture_output=True)

    run_git("init", "--quiet")
    return run_git


@pytest.fixture
def submodule(git: Git, tmp_path: Path) -> Path:
    """A repository with plans that is a submodule, called plans, of the one in the working directory."""
    origin = tmp_path / "origin"
    write(origin / "shop.json", GUARDED)
    run(origin, "init", "--quiet")
    run(origin, "add", ".")
    run(origin, "commit", "-m", "guarded")
    run(Path.cwd(), "submodule", "add", str(origin), "plans")
    git("commit", "-m", "with plans")
    write("plans/shop.json", OPEN)
    run(Path("plans"), "commit", "-a", "-m", "open")
    run(Path("plans"), "push", "--quiet", "origin", "HEAD:refs/heads/opened")
    git("commit", "-a", "-m", "opened")
    return Path.cwd() / "plans"
