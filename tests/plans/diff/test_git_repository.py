"""Repositories around plans: submodules, clones, hooks, sparse checkouts, and git LFS."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from segkoch_lint.errors import UsageError
from tests.plans.diff.plan_repository import GUARDED, OPEN, Git, against, committed, named, run, write
from tests.plans.plan_files import (
    ALL_REMOVED,
    changes,
    config_api,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("path", ["plans", "plans/shop.json", ".", "pl*/*.json"])
def test_a_revision_of_the_repository_around_counts_for_its_submodules(path: str, submodule: Path) -> None:
    assert against("HEAD", path)[0] == []
    found, checker = against("HEAD~1", path)
    assert (found, checker.summary.remarks) == (ALL_REMOVED, [])
    write(submodule / "shop.json", config_api(None, {"A": {}, "B": {}}))
    assert {each.split()[0] for each in against("HEAD", path)[0]} == {"KCH401"}


def test_inside_of_a_submodule_its_own_revisions_count(submodule: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(submodule, "tag", "own", "HEAD~1")
    with pytest.raises(UsageError, match='no revision "own"'):
        against("own", "plans/shop.json")
    monkeypatch.chdir(submodule)
    assert against("own", "shop.json")[0] == ALL_REMOVED
    monkeypatch.chdir("/")
    assert against("own", str(submodule / "shop.json"))[0] == ALL_REMOVED


def test_a_submodule_whose_files_are_not_here_is_reported(submodule: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    around = submodule.parent
    clone = around.parent / "clone"
    run(around.parent, "clone", "--quiet", str(around), str(clone))
    monkeypatch.chdir(clone)
    with pytest.raises(UsageError, match="HEAD:plans: the submodule is not checked out"):
        against("HEAD", "plans")
    write("plan.json", OPEN)
    assert {each.split()[0] for each in against("HEAD", ".")[0]} == {"KCH401"}
    run(clone, "submodule", "update", "--init")
    assert against("HEAD~1", "plans")[0] == ALL_REMOVED
    objects = clone / ".git" / "modules" / "plans" / "objects"
    old = run(clone / "plans", "rev-parse", "HEAD~1")
    (objects / old[:2] / old[2:]).unlink()
    with pytest.raises(UsageError, match=f"the submodule has no commit {old[:12]}"):
        against("HEAD~1", "plans")


def test_a_clone_inside_of_a_repository_has_revisions_of_its_own(git: Git) -> None:
    committed(git, "plan.json", GUARDED)
    write("inner/plan.json", GUARDED)
    run(Path("inner"), "init", "--quiet")
    run(Path("inner"), "add", ".")
    run(Path("inner"), "commit", "-m", "x")
    run(Path("inner"), "tag", "own")
    write("inner/plan.json", OPEN)
    assert against("own", "inner/plan.json")[0] == ALL_REMOVED
    assert against("HEAD", "inner")[0] == ALL_REMOVED


@pytest.mark.parametrize(
    ("arguments", "linked"),
    [("--against HEAD plans/plan.json", True), ("--against HEAD~1... plans", True), ("--against HEAD plans", False)],
)
def test_a_hook_compares_in_the_work_tree_that_it_runs_in(arguments: str, linked: bool, git: Git) -> None:
    # What git takes for the top of the work tree matters: the file at the top is another one.
    write("plan.json", {})
    committed(git, "plans/plan.json", GUARDED)
    committed(git, "other.txt", "")
    tree = Path.cwd()
    if linked:
        git("worktree", "add", "../linked", "-b", "topic")
        tree = Path.cwd().parent / "linked"
    hook = Path(".git/hooks/pre-commit")
    program = f"{sys.executable} -m segkoch_lint plan diff {arguments} --format json"
    hook.write_text(f"#!/bin/sh\nenv | grep ^GIT_DIR > ../seen\n{program} > ../report.json\n")
    hook.chmod(0o755)
    write(tree / "plans/plan.json", OPEN)
    with pytest.raises(subprocess.CalledProcessError):
        run(tree, "commit", "-a", "-m", "open")
    assert (tree.parent / "seen").read_text().startswith("GIT_DIR=") == linked
    report = json.loads((tree.parent / "report.json").read_text())
    assert {each["code"] for each in report["findings"]} == {"KCH404"}
    assert report["summary"]["exit_status"] == 1


def test_a_repository_that_the_environment_names_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: Git
) -> None:
    home, store = tmp_path / "home", tmp_path / "dotfiles"
    write(home / "plan.json", GUARDED)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    where = {"GIT_DIR": str(store), "GIT_WORK_TREE": str(home)}
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "-m", "x"]):
        run(home, *arguments, **where)
    write(home / "plan.json", OPEN)
    monkeypatch.chdir(home)
    with pytest.raises(UsageError, match="is not in a git repository"):
        against("HEAD", "plan.json")
    for name, value in where.items():
        monkeypatch.setenv(name, value)
    assert against("HEAD", "plan.json")[0] == ALL_REMOVED


def test_a_plan_outside_a_sparse_checkout_is_not_called_removed(git: Git) -> None:
    committed(git, "plans/a.json", GUARDED)
    committed(git, "plans/deep/b.json", named(GUARDED, "another"))
    git("sparse-checkout", "set", "--no-cone", "/plans/a.json")
    assert not Path("plans/deep").exists()
    found, checker = against("HEAD", "plans")
    assert (found, changes(checker)) == ([], [])


def test_a_plan_in_git_lfs_is_reported(git: Git) -> None:
    Path("plan.json").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    git("add", ".")
    git("commit", "-m", "x")
    write("plan.json", GUARDED)
    with pytest.raises(UsageError, match=r"plan\.json: its old version is in Git LFS and not here"):
        against("HEAD", "plan.json")
    Path(".gitattributes").write_text("plan.json filter=lfs\n")
    write("../fetched.json", GUARDED)
    git("config", "filter.lfs.smudge", "cat > /dev/null; cat ../fetched.json")
    write("plan.json", OPEN)
    assert against("HEAD", "plan.json")[0] == ALL_REMOVED
