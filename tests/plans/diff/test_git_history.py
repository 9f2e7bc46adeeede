"""Old versions of plans, read by the real git."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.config.settings import Settings
from segkoch_lint.errors import UsageError
from segkoch_lint.plans.check.checker import PlanChecker
from segkoch_lint.plans.diff.plan_diff import compare_against, compare_files
from tests.plans.diff.plan_repository import GUARDED, NEW, OPEN, Git, against, committed, named, write
from tests.plans.plan_files import (
    ALL_REMOVED,
    ALL_UNGUARDED,
    ORDER,
    changes,
    codes,
    config_api,
    guard,
    public_api,
    rule,
    written,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("path", ["plan.json", "plans/plan ä.json", "-plan.json"])
@pytest.mark.parametrize("revision", ["HEAD", "main", "HEAD~0", "v1"])
def test_old_versions_are_read_through_git(path: str, revision: str, git: Git) -> None:
    committed(git, path, config_api(guard(), {"A": {}}))
    git("tag", "v1")
    Path(path).write_text(json.dumps(config_api(None, {"A": {}})))
    checker = PlanChecker()
    findings = list(compare_against(checker, f"git:{revision}", [path], ()))
    assert codes(findings) == ALL_REMOVED
    assert {each.location.path for each in findings} == {path}


def test_a_file_that_did_not_exist_then_is_all_new(git: Git) -> None:
    committed(git, "other.json", {})
    Path("plan.json").write_text(json.dumps(config_api(None, {"A": {}, "B": {}})))
    checker = PlanChecker()
    assert codes(compare_against(checker, "git:HEAD", ["plan.json"], ())) == ALL_UNGUARDED
    assert checker.summary.remarks == [("plan.json", "there was no such plan in HEAD; all of it is new")]


def test_a_folder_of_pages_is_compared_as_one_plan(git: Git) -> None:
    def page(rules: list[Any], current: str, following: str) -> Any:
        return {"data": {"rules": rules, "pagination": {"current": current, "next": following}}}

    common = {"type": "COMMON", "jsonSchema": guard()}
    committed(git, "1.json", page([common, rule("A", {})], "a", "b"))
    committed(git, "2.json", page([rule("B", {})], "b", ""))
    Path("1.json").write_text(json.dumps(page([rule("A", {})], "a", "b")))
    checker = PlanChecker()
    assert codes(compare_against(checker, "git:HEAD", ["1.json", "2.json"], ())) == ALL_REMOVED
    assert checker.tally.plans == 1


def test_a_file_that_was_renamed_is_compared_with_what_it_was(git: Git) -> None:
    events = dict.fromkeys("ABCDEFG", ORDER)
    committed(git, "plans/shop.json", config_api(guard(), events))
    git("mv", "plans/shop.json", "store ä.json")
    Path("store ä.json").write_text(json.dumps(config_api(None, events), indent=2))
    checker = PlanChecker()
    assert codes(compare_against(checker, "git:HEAD", ["store ä.json"], ())) == ALL_REMOVED
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
    findings = list(compare_against(checker, "git:HEAD", [path], ()))
    monkeypatch.chdir("/")
    elsewhere = list(compare_against(PlanChecker(), "git:HEAD", [f"{root}/{path}"], ()))
    assert codes(elsewhere) == codes(findings) == ALL_REMOVED
    assert {Path(each.location.path) for each in findings} == {Path("plans/b.json")}
    assert changes(checker) == [("removed", True)]
    assert checker.tally.plans == 3


def test_a_broken_file_of_an_old_folder_is_left_out(git: Git) -> None:
    Path("plans").mkdir()
    Path("plans/broken.json").write_text('{"rules": {"events": [')
    committed(git, "plans/a.json", config_api(guard(), {"A": {}}))
    checker = PlanChecker(allow_empty=True)
    findings = list(compare_against(checker, "git:HEAD", ["plans"], ()))
    assert codes(findings) == ["KCH001"]
    assert ("HEAD:plans/broken.json", "the old version cannot be read; it was left out") in checker.summary.remarks


def test_folders_are_compared(tmp_path: Path) -> None:
    for name, common in (("old", guard()), ("new", None)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.json").write_text(json.dumps(public_api(guard(), {"A": {}})))
        (tmp_path / name / "b.json").write_text(json.dumps(public_api(common, {"B": {}})))
        (tmp_path / name / "other.json").write_text('{"no": "plan"}')
    findings = list(compare_files(PlanChecker(), str(tmp_path / "old"), [str(tmp_path / "new")], ()))
    assert codes(findings) == ALL_REMOVED
    assert {each.location.path for each in findings} == {str(tmp_path / "new" / "b.json")}


@pytest.mark.parametrize(
    ("against", "problem"),
    [
        ("git:no-such-branch", 'no revision "no-such-branch"'),
        ("git:", '"" is not a revision'),
        ("git:--output=x", '"--output=x" is not a revision'),
        (
            "no-such-branch",
            '--against no-such-branch: there is no such file. The repository has no revision "no-such-branch"',
        ),
        ("git:HEAD~9", 'no revision "HEAD~9"'),
        ("git:HEAD..main", "is a range of revisions"),
        ("git:main...no-such-branch", 'no revision "no-such-branch"'),
    ],
)
def test_a_revision_that_is_none_is_an_error(against: str, problem: str, git: Git) -> None:
    committed(git, "plan.json", config_api(guard(), {}))
    with pytest.raises(UsageError, match=problem):
        compare_against(PlanChecker(), against, ["plan.json"], ())
    assert sorted(each.name for each in Path().iterdir()) == [".git", "plan.json"]


def test_standard_input_has_no_older_version(git: Git) -> None:
    with pytest.raises(UsageError, match="no older version"):
        compare_against(PlanChecker(), "git:HEAD", ["-"], ())


def test_outside_of_a_repository_that_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (path,) = written(tmp_path, [config_api(guard(), {})])
    with pytest.raises(UsageError, match="is not in a git repository"):
        compare_against(PlanChecker(), "git:HEAD", [path], ())


def test_without_git_that_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = written(tmp_path, [config_api(guard(), {})])
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="git is not installed"):
        compare_against(PlanChecker(), "git:HEAD", [path], ())
    (tmp_path / "git").write_text("no program")
    (tmp_path / "git").chmod(0o755)
    with pytest.raises(UsageError, match="git cannot be run"):
        compare_against(PlanChecker(), "git:HEAD", [path], ())


@pytest.mark.parametrize("revision", ["main...HEAD", "main...", "main...topic", "...main"])
def test_three_dots_mean_the_merge_base(revision: str, git: Git) -> None:
    committed(git, "plan.json", OPEN)
    git("checkout", "-b", "topic")
    committed(git, "other.txt", "mine")
    git("checkout", "main")
    committed(git, "plan.json", GUARDED)  # which the topic need not lose
    git("checkout", "topic")
    assert against("git:main", "plan.json")[0] == ALL_REMOVED
    assert against(f"git:{revision}", "plan.json")[0] == []
    write("plan.json", config_api(None, {"A": {}, "B": {}}))
    found, checker = against(f"git:{revision}", "plan.json", "none.json")
    assert {each.split()[0] for each in found} == {"KCH401"}
    Path("plan.json").unlink()
    _, checker = against(f"git:{revision}", "plan.json")
    assert changes(checker) == [("removed", True)]


def test_without_a_merge_base_that_is_an_error(git: Git) -> None:
    committed(git, "plan.json", GUARDED)
    git("checkout", "--orphan", "other")
    committed(git, "plan.json", OPEN)
    with pytest.raises(UsageError, match=r'no merge base of "main\.\.\.HEAD"') as raised:
        against("git:main...HEAD", "plan.json")
    assert "shallow clone" in raised.value.hint


def test_a_revision_needs_no_prefix_and_a_file_of_its_name_wins_with_a_note(git: Git) -> None:
    committed(git, "plan.json", GUARDED)
    write("plan.json", OPEN)
    found, checker = against("HEAD", "plan.json")
    assert (found, checker.summary.remarks) == (ALL_REMOVED, [])
    write("old.json", OPEN)
    assert against("old.json", "plan.json")[0] == []
    write("HEAD", OPEN)
    found, checker = against("HEAD", "plan.json")
    assert found == []
    ((path, remark),) = checker.summary.remarks
    assert (path, "git:HEAD means the revision" in remark) == ("HEAD", True)
    assert against("git:HEAD", "plan.json")[0] == ALL_REMOVED


def test_plans_are_paired_by_their_whole_paths(git: Git) -> None:
    # The name of the one ends with that of the other, and the names of the plans are the same.
    committed(git, "shop/plan.json", GUARDED)
    committed(git, "plan.json", OPEN)
    committed(git, "old/plan.json", OPEN)
    found, checker = against("HEAD", ".")
    assert (found, checker.summary.remarks) == ([], [])
    write("shop/plan.json", OPEN)
    found, checker = against("HEAD", ".")
    assert set(found) == set(ALL_REMOVED)


def test_files_of_two_folders_are_paired_by_their_whole_paths(tmp_path: Path) -> None:
    for top in ("old", "new"):
        write(tmp_path / top / "shop" / "plan.json", GUARDED)
        write(tmp_path / top / "plan.json", OPEN)
    new = [str(tmp_path / "new")]
    assert list(compare_files(PlanChecker(), str(tmp_path / "old"), new, ())) == []
    write(tmp_path / "new" / "shop" / "plan.json", OPEN)
    findings = list(compare_files(PlanChecker(), str(tmp_path / "old"), new, ()))
    assert {each.location.path for each in findings if each.code == "KCH404"} <= {f"{new[0]}/shop/plan.json"}
    assert {each.code for each in findings} == {"KCH404"}


@pytest.mark.parametrize(
    ("path", "staged"),
    [("plans", False), ("plans/", True), ("plans/*.json", False), ("plans/only.json", True), (".", False)],
)
def test_the_last_plan_of_a_folder_that_is_removed_is_reported(path: str, staged: bool, git: Git) -> None:
    committed(git, "plans/only.json", GUARDED)
    Path("plans/only.json").unlink()
    Path("plans").rmdir()
    if staged:
        git("add", ".")
    found, checker = against("HEAD", path)
    assert {each.split()[0] for each in found} == {"KCH404"}
    assert checker.summary.unread == []
    assert changes(checker) == [("removed", True)]


def test_what_was_never_there_is_still_missing(git: Git) -> None:
    committed(git, "plan.json", GUARDED)
    _, checker = against("HEAD", "none.json", "nowhere/")
    assert [path for path, _ in checker.summary.unread] == ["none.json", "nowhere/"]


@pytest.mark.parametrize(
    ("path", "staged"), [("tracking", False), ("tracking/", True), ("tracking/shop.json", False), ("tracking/*", True)]
)
def test_a_folder_that_was_renamed_is_compared_with_what_it_was(path: str, staged: bool, git: Git) -> None:
    for name in ("shop", "blog"):
        committed(git, f"plans/{name}.json", named(config_api(guard(), {name: {}, "A": {}}), name))
    Path("plans").rename("tracking")
    write("tracking/shop.json", named(config_api(None, {"shop": {}, "A": {}}), "shop"))
    if staged:
        git("add", ".")
    found, checker = against("HEAD", path)
    assert found == ALL_REMOVED
    assert ("tracking/shop.json", "was plans/shop.json in HEAD") in checker.summary.remarks
    assert not any(NEW in remark for _, remark in checker.summary.remarks)


def test_a_plan_that_is_renamed_with_its_file_is_known_by_its_events(git: Git) -> None:
    committed(git, "shop.json", named(config_api(guard(), dict.fromkeys("ABCD", ORDER)), "Shop"))
    Path("shop.json").unlink()
    write("store.json", named(config_api(None, dict.fromkeys("ABCE", ORDER)), "Store"))
    found, checker = against("HEAD", "store.json")
    assert "KCH404" in {each.split()[0] for each in found}
    assert checker.summary.remarks == [("store.json", "was shop.json in HEAD")]


def test_a_new_plan_is_not_paired_with_a_removed_one(git: Git) -> None:
    committed(git, "shop.json", named(config_api(guard(), dict.fromkeys("ABCD", ORDER)), "Shop"))
    Path("shop.json").unlink()
    write("blog.json", named(config_api(None, dict.fromkeys("DEFG", ORDER)), "Blog"))
    found, checker = against("HEAD", "blog.json")
    assert {each.split()[0] for each in found} == {"KCH401"}
    assert checker.summary.remarks == [("blog.json", f"there was no such plan in HEAD; {NEW}")]


def test_an_excluded_or_ignored_plan_is_not_called_removed(git: Git) -> None:
    committed(git, "plans/a.json", GUARDED)
    committed(git, "plans/vendor/b.json", named(GUARDED, "vendor's"))
    committed(git, "plans/built/c.json", named(GUARDED, "built"))
    Path(".gitignore").write_text("built/\n")
    found, checker = against("HEAD", "plans", settings=Settings(exclude=("vendor/",)))
    assert (found, changes(checker)) == ([], [])
    assert checker.summary.remarks == [
        ("HEAD:plans/built/c.json", "the file exists and is ignored, so its plan is not compared")
    ]


@pytest.mark.parametrize("path", ["plans", "link", "link/a.json", "linked.json", "plans/.."])
def test_links_are_followed_in_both_versions(path: str, git: Git) -> None:
    write("plans/a.json", GUARDED)
    Path("link").symlink_to("plans")
    Path("linked.json").symlink_to("plans/a.json")
    git("add", ".")
    git("commit", "-m", "x")
    assert against("HEAD", path)[0] == []
    write("plans/a.json", OPEN)
    found, checker = against("HEAD", path)
    assert (found, checker.tally.plans) == (ALL_REMOVED, 1)


@pytest.mark.parametrize("path", [".", "new.json"])
def test_what_cannot_be_read_of_files_that_were_not_named_does_not_matter(path: str, git: Git) -> None:
    Path("tsconfig.json").write_text("{ // strict\n}")
    Path("gone.json").write_text("{ // strict\n}")
    Path("data.json").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    committed(git, "plan.json", GUARDED)
    Path("gone.json").unlink()
    Path("data.json").unlink()
    write("new.json", named(config_api(guard(), {"Z": {}}), "new"))
    found, checker = against("HEAD", path)
    assert found == []
    assert checker.summary.remarks == [("new.json", f"there was no such plan in HEAD; {NEW}")]
