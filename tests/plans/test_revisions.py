"""Old versions of plans, read by the real git."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.errors import UsageError
from segkoch_lint.plans.checking import PlanChecker
from segkoch_lint.plans.diffing import compare_files, compare_revision
from tests.plans.plan_files import (
    ALL_REMOVED,
    ALL_UNGUARDED,
    ORDER,
    codes,
    config_api,
    guard,
    public_api,
    rule,
    told,
    written,
)

Git = Callable[..., None]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A repository in the working directory, and git in it."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "a repository"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def run(*arguments: str) -> None:
        names = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *names, *arguments], check=True, capture_output=True)

    run("init", "--quiet")
    return run


def committed(git: Git, path: str, content: Any) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(json.dumps(content, indent=2))
    git("add", ".")
    git("commit", "-m", "x")


@pytest.mark.parametrize("path", ["plan.json", "plans/plan ä.json", "-plan.json"])
@pytest.mark.parametrize("revision", ["HEAD", "main", "HEAD~0", "v1"])
def test_old_versions_are_read_through_git(path: str, revision: str, git: Git) -> None:
    committed(git, path, config_api(guard(), {"A": {}}))
    git("tag", "v1")
    Path(path).write_text(json.dumps(config_api(None, {"A": {}})))
    checker = PlanChecker()
    findings = list(compare_revision(checker, f"git:{revision}", [path], ()))
    assert codes(findings) == ALL_REMOVED
    assert {each.location.path for each in findings} == {path}


def test_a_file_that_did_not_exist_then_is_all_new(git: Git) -> None:
    committed(git, "other.json", {})
    Path("plan.json").write_text(json.dumps(config_api(None, {"A": {}, "B": {}})))
    checker = PlanChecker()
    assert codes(compare_revision(checker, "git:HEAD", ["plan.json"], ())) == ALL_UNGUARDED
    assert checker.summary.remarks == [("plan.json", "there was no such file in HEAD; all of it is new")]


def test_a_folder_of_pages_is_compared_as_one_plan(git: Git) -> None:
    def page(rules: list[Any], current: str, following: str) -> Any:
        return {"data": {"rules": rules, "pagination": {"current": current, "next": following}}}

    common = {"type": "COMMON", "jsonSchema": guard()}
    committed(git, "1.json", page([common, rule("A", {})], "a", "b"))
    committed(git, "2.json", page([rule("B", {})], "b", ""))
    Path("1.json").write_text(json.dumps(page([rule("A", {})], "a", "b")))
    checker = PlanChecker()
    assert codes(compare_revision(checker, "git:HEAD", ["1.json", "2.json"], ())) == ALL_REMOVED
    assert checker.tally.plans == 1


def test_a_file_that_was_renamed_is_compared_with_what_it_was(git: Git) -> None:
    events = dict.fromkeys("ABCDEFG", ORDER)
    committed(git, "plans/shop.json", config_api(guard(), events))
    git("mv", "plans/shop.json", "store ä.json")
    Path("store ä.json").write_text(json.dumps(config_api(None, events), indent=2))
    checker = PlanChecker()
    assert codes(compare_revision(checker, "git:HEAD", ["store ä.json"], ())) == ALL_REMOVED
    assert checker.summary.remarks == [("store ä.json", "was plans/shop.json in HEAD")]


@pytest.mark.parametrize("path", ["plans", "plans/", "./plans", "plans/**", "plans/*.json", "."])
def test_a_folder_and_a_glob_are_compared_file_by_file(path: str, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path.cwd()
    committed(git, "plans/a.json", public_api(guard(), {"A": {}}))
    committed(git, "plans/b.json", public_api(guard(), {"B": {}, "C": {}}))
    committed(git, "plans/c.json", public_api(None, {"D": {}}))
    committed(git, "plans/broken.json", {})
    committed(git, "plans/list.json", {"no": "plan"})
    Path("plans/notes.md").write_text("nothing to compare")
    Path("plans/0.json").write_text(json.dumps(public_api(guard(), {"E": {}})))
    Path("plans/b.json").write_text(json.dumps(public_api(None, {"B": {}, "C": {}})))
    Path("plans/c.json").unlink()
    checker = PlanChecker()
    findings = list(compare_revision(checker, "git:HEAD", [path], ()))
    monkeypatch.chdir("/")
    elsewhere = list(compare_revision(PlanChecker(), "git:HEAD", [f"{root}/{path}"], ()))
    assert codes(elsewhere) == codes(findings) == ALL_REMOVED
    assert {Path(each.location.path) for each in findings} == {Path("plans/b.json")}
    assert told(checker) == [("removed", True)]
    assert checker.tally.plans == 3


def test_a_broken_file_of_an_old_folder_is_left_out(git: Git) -> None:
    Path("plans").mkdir()
    Path("plans/broken.json").write_text("{")
    committed(git, "plans/a.json", config_api(guard(), {"A": {}}))
    checker = PlanChecker(allow_empty=True)
    findings = list(compare_revision(checker, "git:HEAD", ["plans"], ()))
    assert codes(findings) == ["KCH001"]
    assert ("HEAD:plans/broken.json", "the old version cannot be read; it was left out") in checker.summary.remarks


def test_folders_are_compared(tmp_path: Path) -> None:
    for name, common in (("old", guard()), ("new", None)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.json").write_text(json.dumps(public_api(guard(), {"A": {}})))
        (tmp_path / name / "b.json").write_text(json.dumps(public_api(common, {"B": {}})))
        (tmp_path / name / "other.json").write_text('{"no": "plan"}')
    findings = list(compare_files(PlanChecker(), str(tmp_path / "old"), str(tmp_path / "new"), ()))
    assert codes(findings) == ALL_REMOVED
    assert {each.location.path for each in findings} == {str(tmp_path / "new" / "b.json")}


@pytest.mark.parametrize(
    ("against", "problem"),
    [
        ("git:no-such-branch", 'no revision "no-such-branch"'),
        ("git:", '"" is no revision'),
        ("git:--output=x", '"--output=x" is no revision'),
        ("main", "git:REV is expected"),
    ],
)
def test_a_revision_that_is_none_is_an_error(against: str, problem: str, git: Git) -> None:
    committed(git, "plan.json", config_api(guard(), {}))
    with pytest.raises(UsageError, match=problem):
        compare_revision(PlanChecker(), against, ["plan.json"], ())
    assert sorted(each.name for each in Path().iterdir()) == [".git", "plan.json"]


def test_a_folder_then_is_no_file(git: Git) -> None:
    committed(git, "plan/x.json", {})
    Path("plan/x.json").unlink()
    Path("plan").rmdir()
    Path("plan").write_text("{}")
    with pytest.raises(UsageError, match="is no file in HEAD"):
        compare_revision(PlanChecker(), "git:HEAD", ["plan"], ())


def test_standard_input_has_no_older_version(git: Git) -> None:
    with pytest.raises(UsageError, match="no older version"):
        compare_revision(PlanChecker(), "git:HEAD", ["-"], ())


def test_outside_of_a_repository_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (path,) = written(tmp_path, [config_api(guard(), {})])
    with pytest.raises(UsageError, match="is in no git repository"):
        compare_revision(PlanChecker(), "git:HEAD", [path], ())


def test_without_git_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = written(tmp_path, [config_api(guard(), {})])
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="git is not installed"):
        compare_revision(PlanChecker(), "git:HEAD", [path], ())
    (tmp_path / "git").write_text("no program")
    (tmp_path / "git").chmod(0o755)
    with pytest.raises(UsageError, match="git cannot be run"):
        compare_revision(PlanChecker(), "git:HEAD", [path], ())
