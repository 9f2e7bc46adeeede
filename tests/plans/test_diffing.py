"""Two versions of a plan: what the change opens and closes."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.errors import UsageError
from segkoch_lint.plans.checking import PlanChecker
from segkoch_lint.plans.diffing import compare_files
from tests.conftest import IOS_CALL
from tests.plans.plan_files import (
    ALL_REMOVED,
    ALL_UNGUARDED,
    DEVICE,
    FORMATS,
    ORDER,
    codes,
    config_api,
    diff,
    guard,
    public_api,
    rule,
    told,
    written,
)


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
    assert told(checker) == [("guarded", False)] * 5
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
    assert codes(findings) == ALL_UNGUARDED + ALL_REMOVED
    assert [each.location.pointer for each in findings] == [
        "/tracking_plans/2/rules/events/0/rules",
        "/tracking_plans/2/rules",
    ]
    assert findings[1].message.startswith('the tracking plan "gone" is gone, and with it what stopped calls that break')
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
