"""Two versions of a plan: what the change opens and closes, with old versions read by the real git."""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.errors import UsageError
from segkoch_lint.findings import Finding
from segkoch_lint.plans.checking import PlanChecker
from segkoch_lint.plans.diffing import compare_files, compare_revision
from tests.conftest import IOS_CALL
from tests.plans.plan_files import (
    ALL_UNGUARDED,
    DEVICE,
    FORMATS,
    ORDER,
    codes,
    config_api,
    guard,
    public_api,
    rule,
    written,
)

ALL_REMOVED = [each.replace("KCH401", "KCH404") for each in ALL_UNGUARDED]


def diff(tmp_path: Path, old: Any, new: Any, *logs: str, **options: Any) -> tuple[list[Finding], PlanChecker]:
    checker = PlanChecker(**options)
    before, after = written(tmp_path, [old, new])
    return list(compare_files(checker, before, after, logs)), checker


def told(checker: PlanChecker) -> list[tuple[str, bool]]:
    return [(each.kind, each.warning) for each in checker.tally.changes]


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_a_guard_that_is_gone_is_told_once_for_all_rules(form: Any, tmp_path: Path) -> None:
    events = {"A": ORDER, "B": {}}
    findings, checker = diff(tmp_path, form(guard(), events), form(None, events))
    assert codes(findings) == ALL_REMOVED
    assert all(each.location.path.endswith("plan-2.json") for each in findings)
    assert told(checker) == []


def test_a_guard_that_one_rule_lost_is_told_at_the_rule(tmp_path: Path) -> None:
    findings, _ = diff(
        tmp_path, config_api(None, {"A": guard(), "B": guard()}), config_api(None, {"A": guard(), "B": ORDER})
    )
    assert codes(findings) == ALL_REMOVED
    assert {each.properties["event"] for each in findings} == {"B"}


def test_a_guard_can_be_lost_for_types_of_calls_without_a_rule(tmp_path: Path) -> None:
    events = {"A": guard()}
    findings, _ = diff(tmp_path, config_api(guard(), events), config_api(None, events))
    assert codes(findings) == ALL_REMOVED
    assert findings[0].message.startswith("for identify, page, group and alias calls, which have no rule, the plan")
    assert {each.location.pointer for each in findings} == {"/rules"}


def test_a_guard_can_be_lost_with_the_rule_of_a_type(tmp_path: Path) -> None:
    old, new = config_api(ORDER, {"A": guard()}), config_api(ORDER, {"A": guard()})
    old["rules"]["identify"] = guard()
    findings, _ = diff(tmp_path, old, new)
    assert codes(findings) == ALL_REMOVED
    assert {each.location.pointer for each in findings} == {"/rules/global/properties"}
    assert {each.properties["type"] for each in findings} == {"identify"}


def test_one_requirement_can_be_lost_alone(tmp_path: Path) -> None:
    loose = {**DEVICE, "properties": {**DEVICE["properties"], "type": {"type": "string", "minLength": 3}}}
    findings, _ = diff(tmp_path, config_api(guard(), {"A": {}}), config_api(guard(loose), {"A": {}}))
    assert codes(findings) == ["KCH404 KCH103"]
    assert findings[0].location.pointer == "/rules/global/properties/context/properties/device/properties/type"


def test_what_was_open_before_is_no_finding_of_a_comparison(tmp_path: Path) -> None:
    plan = config_api(None, {"A": ORDER})
    findings, checker = diff(tmp_path, plan, plan)
    assert (findings, told(checker), checker.tally.checked) == ([], [], 1)


def test_what_a_change_closes_is_told(tmp_path: Path) -> None:
    events = dict.fromkeys("ABCDEFG", ORDER)
    findings, checker = diff(tmp_path, config_api(None, events), config_api(guard(), events))
    assert findings == []
    assert told(checker) == [("guarded", False)] * 6
    assert checker.tally.changes[0].message.endswith(
        'by the rule for "A", the rule for "B", the rule for "C", the rule for "D", the rule for "E" and 2 more'
    )


def test_an_event_that_came_without_a_guard_is_a_finding(tmp_path: Path) -> None:
    findings, checker = diff(
        tmp_path, config_api(None, {"A": guard()}), config_api(None, {"A": guard(), "B": {}, "Kitchen Sink": guard()})
    )
    assert codes(findings) == ALL_UNGUARDED
    assert {each.properties["event"] for each in findings} == {"B"}
    assert told(checker) == [("added", False)] * 2


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({"Order Completed": {}}, {"Order Complete": {}}, [("renamed", True)]),
        ({"order_completed": {}}, {"Order Completed": {}}, [("renamed", True)]),
        ({"Bought": ORDER}, {"Order Completed": ORDER}, [("renamed", True)]),
        ({"Bought": ORDER}, {"Level Started": {}}, [("removed", True), ("added", False)]),
        ({"Bought": {}}, {"Level Started": {}}, [("removed", True), ("added", False)]),
        ({"Bought": {}, "Sold": {}}, {"Sold": {}}, [("removed", True)]),
        ({"A1": ORDER, "A2": ORDER}, {"A1": ORDER}, [("removed", True)]),
    ],
)
def test_renamed_and_removed_events_are_told_as_warnings(
    old: Any, new: Any, changes: list[tuple[str, bool]], tmp_path: Path
) -> None:
    findings, checker = diff(tmp_path, config_api(guard(), old), config_api(guard(), new))
    assert findings == []
    assert told(checker) == changes


def test_an_event_that_is_deprecated_now_is_told(tmp_path: Path) -> None:
    old = public_api(guard(), {"A": {}, "B": {}})
    new = copy.deepcopy(old)
    new["data"]["rules"][1] = rule("A", {}, deprecatedAt="2026-11-01T00:00:00.000Z")
    _, checker = diff(tmp_path, old, new)
    assert [each.message.split(":")[0] for each in checker.tally.changes] == ['event "A" is deprecated']


def test_new_strictness_is_told_and_old_is_not(tmp_path: Path) -> None:
    closed = {"additionalProperties": False, "properties": {"type": {}, "id": {}}}
    findings, _ = diff(tmp_path, config_api(guard(), {"A": {}}), config_api(guard(closed), {"A": {}}))
    assert codes(findings) == ["KCH403", "KCH403"]
    findings, _ = diff(tmp_path, config_api(guard(closed), {"A": {}}), config_api(guard(closed), {"A": {}}))
    assert findings == []


def test_a_schema_that_broke_is_told(tmp_path: Path) -> None:
    findings, _ = diff(tmp_path, config_api(None, {"A": guard()}), config_api(None, {"A": {"type": "bogus"}}))
    assert codes(findings) == ["KCH001"]


def test_plans_of_a_file_are_compared_by_their_names(tmp_path: Path) -> None:
    def named(name: str, common: Any) -> Any:
        return {**config_api(common, {"A": {}}), "display_name": name}

    old = {"tracking_plans": [named("x", guard()), named("y", None), named("gone", guard())]}
    new = {"tracking_plans": [named("y", None), named("x", guard()), named("new", None)]}
    findings, checker = diff(tmp_path, old, new)
    assert codes(findings) == ALL_UNGUARDED
    assert {each.location.pointer for each in findings} == {"/tracking_plans/2/rules/events/0/rules"}
    assert [each.message for each in checker.tally.changes] == [
        'the tracking plan "gone" is gone: nothing that it stopped is stopped any more'
    ]


def test_of_formats_that_cannot_state_it_events_are_compared(tmp_path: Path) -> None:
    def typewriter(name: str) -> Any:
        return {"rules": [{"type": "TRACK", "key": name, "jsonSchema": {"eventMetadata": {"name": name}}}]}

    findings, checker = diff(tmp_path, typewriter("Order Completed"), typewriter("Order Complete"))
    assert (codes(findings), told(checker)) == (["KCH402"], [("renamed", True)])
    findings, checker = diff(tmp_path, typewriter("A"), config_api(None, {"A": {}}))
    assert (codes(findings), told(checker)) == (ALL_UNGUARDED, [])


@pytest.mark.parametrize(
    ("old", "problem"),
    [
        ('{"rules": [', "plan-1.json:1:12: the old version is broken"),
        (IOS_CALL, "events, not a tracking plan"),
        ({"x": 1}, "no tracking plan"),
    ],
)
def test_an_old_version_that_is_no_plan_is_an_error(old: Any, problem: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=problem):
        diff(tmp_path, old, config_api(guard(), {}))


def test_a_missing_old_version_is_an_error_and_a_missing_new_one_an_incomplete_run(tmp_path: Path) -> None:
    (path,) = written(tmp_path, [config_api(guard(), {"A": {}})])
    none = str(tmp_path / "none.json")
    with pytest.raises(UsageError, match="no such file"):
        compare_files(PlanChecker(), none, path, ())
    checker = PlanChecker()
    assert list(compare_files(checker, path, none, ())) == []
    assert checker.summary.unread == [(none, "no such file or folder")]


# --- git ----------------------------------------------------------------------------------------------------------


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


# --- replay -------------------------------------------------------------------------------------------------------


def call(event: str = "A", **device: Any) -> dict[str, Any]:
    made = copy.deepcopy(IOS_CALL)
    made["event"] = event
    made["context"]["device"] = {
        name: value for name, value in {**made["context"]["device"], **device}.items() if value != "DROP"
    }
    return made


def logged(tmp_path: Path, *calls: Any) -> str:
    path = tmp_path / "log.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in calls))
    return str(path)


OPEN_GUARD = guard({key: value for key, value in DEVICE.items() if key != "additionalProperties"})


def test_a_replay_counts_what_the_new_version_blocks_and_lets_through(tmp_path: Path) -> None:
    screen = {**call(id="DROP"), "type": "screen"}
    calls = [call(), call(id="DROP"), call(type="iOS"), call(event="B"), call(event="B", id="DROP"), screen]
    old = config_api(None, {"A": {}, "B": {"required": ["nothing"]}})
    new = config_api(OPEN_GUARD, {"A": {}, "B": {}})
    _, checker = diff(tmp_path, old, new, logged(tmp_path, *calls))
    replay = checker.tally.replay
    assert replay is not None
    assert (replay.calls, replay.blocked, replay.useless_blocked, replay.useful_blocked) == (6, 3, 2, 0)
    assert (replay.let_through, replay.useless_left) == (1, 0)


def test_good_calls_that_would_be_blocked_are_counted_apart(tmp_path: Path) -> None:
    log = logged(tmp_path, call(), call(event="B"))
    _, checker = diff(tmp_path, config_api(None, {"A": {}}), config_api(None, {"A": {"required": ["x"]}}), log)
    replay = checker.tally.replay
    assert replay is not None
    assert (replay.blocked, replay.useful_blocked, replay.useless_blocked) == (1, 1, 0)


def test_calls_are_put_to_the_version_of_the_event_that_they_name_or_else_the_oldest(tmp_path: Path) -> None:
    plan = [rule("A", {"required": ["x"]}, version=2), rule("A", {})]
    log = [call(), call(), call(), call(event="C")]
    log[1]["context"]["protocols"] = {"event_version": 2}
    log[2]["context"]["protocols"] = {"event_version": 3.2}
    _, checker = diff(tmp_path, [rule("A", {}), rule("A", {}, version=2)], plan, logged(tmp_path, *log))
    replay = checker.tally.replay
    assert replay is not None
    assert (replay.calls, replay.blocked) == (4, 1)


def test_inputs_of_a_replay_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    log = Path(logged(tmp_path, call()))
    log.write_text(log.read_text() + '{"type": "tra\n')
    plan = config_api(guard(), {"A": {"$ref": "urn:x"}})
    _, checker = diff(tmp_path, plan, plan, str(log), str(tmp_path / "none"))
    assert checker.summary.unread == [(str(tmp_path / "none"), "no such file or folder")]
    assert checker.summary.remarks == [(str(log), "1 broken documents or lines were not replayed")]
    assert checker.tally.replay is not None
    assert checker.tally.replay.calls == 1


def test_a_replay_that_takes_too_long_makes_the_run_incomplete(tmp_path: Path) -> None:
    from tests.plans.test_schemas import bomb

    plan = config_api(None, {"B": bomb()})
    log = logged(tmp_path, call(event="B"))
    _, checker = diff(tmp_path, config_api(None, {"B": {}}), plan, log, seconds=1)
    assert "takes too long" in checker.summary.unread[-1][1]


def test_a_replay_is_of_one_plan(tmp_path: Path) -> None:
    several = {"tracking_plans": [config_api(None, {}), {**config_api(None, {}), "display_name": "Other"}]}
    with pytest.raises(UsageError, match="here are 2 plans"):
        diff(tmp_path, several, several, logged(tmp_path, call()))
