"""Two versions of a plan: what the change opens and closes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.errors import UsageError
from segkoch_lint.plans.check.checker import PlanChecker
from segkoch_lint.plans.diff.plan_diff import compare_files
from tests.conftest import IOS_CALL
from tests.plans.plan_files import (
    ALL_REMOVED,
    ALL_UNGUARDED,
    DEVICE,
    FORMATS,
    ORDER,
    changes,
    codes,
    config_api,
    diff,
    guard,
    public_api,
    rule,
    written,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_a_removed_guard_is_reported_once_for_all_rules(form: Any, tmp_path: Path) -> None:
    events = {"A": ORDER, "B": {}}
    findings, checker = diff(tmp_path, form(guard(), events), form(None, events))
    assert codes(findings) == ALL_REMOVED
    assert all(each.location.path.endswith("plan-2.json") for each in findings)
    assert changes(checker) == []


def test_a_guard_that_one_rule_lost_is_reported_at_the_rule(tmp_path: Path) -> None:
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


def test_a_requirement_that_was_open_before_is_not_a_finding_of_a_comparison(tmp_path: Path) -> None:
    plan = config_api(None, {"A": ORDER})
    findings, checker = diff(tmp_path, plan, plan)
    assert (findings, changes(checker), checker.tally.checked) == ([], [], 1)


def test_what_a_change_closes_is_reported(tmp_path: Path) -> None:
    events = dict.fromkeys("ABCDEFG", ORDER)
    findings, checker = diff(tmp_path, config_api(None, events), config_api(guard(), events))
    assert findings == []
    assert changes(checker) == [("guarded", False)] * 5
    assert checker.tally.changes[0].message.endswith(
        'by the rule for "A", the rule for "B", the rule for "C", the rule for "D", the rule for "E" and 2 more'
    )


def test_an_event_that_came_without_a_guard_is_a_finding(tmp_path: Path) -> None:
    findings, checker = diff(
        tmp_path, config_api(None, {"A": guard()}), config_api(None, {"A": guard(), "B": {}, "Kitchen Sink": guard()})
    )
    assert codes(findings) == ALL_UNGUARDED
    assert {each.properties["event"] for each in findings} == {"B"}
    assert changes(checker) == [("added", False)] * 2


@pytest.mark.parametrize(
    ("old", "new", "expected"),
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
def test_renamed_and_removed_events_are_reported_as_warnings(
    old: Any, new: Any, expected: list[tuple[str, bool]], tmp_path: Path
) -> None:
    findings, checker = diff(tmp_path, config_api(guard(), old), config_api(guard(), new))
    assert findings == []
    assert changes(checker) == expected


def test_an_event_that_is_deprecated_now_is_reported(tmp_path: Path) -> None:
    old = public_api(guard(), {"A": {}, "B": {}})
    new = copy.deepcopy(old)
    new["data"]["rules"][1] = rule("A", {}, deprecatedAt="2026-11-01T00:00:00.000Z")
    _, checker = diff(tmp_path, old, new)
    assert [each.message.split(":")[0] for each in checker.tally.changes] == ['event "A" is deprecated']


def test_new_strictness_is_reported_and_old_is_not(tmp_path: Path) -> None:
    closed = {"additionalProperties": False, "properties": {"type": {}, "id": {}}}
    findings, _ = diff(tmp_path, config_api(guard(), {"A": {}}), config_api(guard(closed), {"A": {}}))
    assert codes(findings) == ["KCH403", "KCH403"]
    findings, _ = diff(tmp_path, config_api(guard(closed), {"A": {}}), config_api(guard(closed), {"A": {}}))
    assert findings == []


def test_a_schema_that_broke_is_reported(tmp_path: Path) -> None:
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
    assert findings[1].message.startswith('the tracking plan "gone" was removed, and with it the guard of')
    assert findings[1].remedy.startswith("Put the plan back, or guard these calls")
    assert [each.message for each in checker.tally.changes] == [
        'the tracking plan "gone" was removed: it does not stop calls any more'
    ]


def test_of_formats_that_cannot_state_it_events_are_compared(tmp_path: Path) -> None:
    def typewriter(name: str) -> Any:
        return {"rules": [{"type": "TRACK", "key": name, "jsonSchema": {"eventMetadata": {"name": name}}}]}

    findings, checker = diff(tmp_path, typewriter("Order Completed"), typewriter("Order Complete"))
    assert (codes(findings), changes(checker)) == (["KCH402"], [("renamed", True)])
    findings, checker = diff(tmp_path, typewriter("A"), config_api(None, {"A": {}}))
    assert (codes(findings), changes(checker)) == (ALL_UNGUARDED, [])


@pytest.mark.parametrize(
    ("old", "problem"),
    [
        ('{"rules": [', "plan-1.json:1:12: the old version is broken"),
        (IOS_CALL, "events, not a tracking plan"),
        ({"x": 1}, "no tracking plan"),
    ],
)
def test_an_old_version_that_is_not_a_plan_is_an_error(old: Any, problem: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=problem):
        diff(tmp_path, old, config_api(guard(), {}))


def test_a_missing_old_version_is_an_error_and_a_missing_new_one_an_incomplete_run(tmp_path: Path) -> None:
    (path,) = written(tmp_path, [config_api(guard(), {"A": {}})])
    none = str(tmp_path / "none.json")
    with pytest.raises(UsageError, match="no such file"):
        compare_files(PlanChecker(), none, [path], ())
    checker = PlanChecker()
    assert list(compare_files(checker, path, [none], ())) == []
    assert checker.summary.unread == [(none, "no such file or folder")]


LOOSE_ID = {**DEVICE, "properties": {**DEVICE["properties"], "id": {"type": "string", "minLength": 1}}}
"""It lets white space through as the id, which `DEVICE` does not, but no empty text."""
OPEN_ID = {**DEVICE, "properties": {**DEVICE["properties"], "id": {}}}


def test_a_weakened_guard_is_a_finding_that_shows_what_passes_now(tmp_path: Path) -> None:
    findings, _ = diff(tmp_path, config_api(guard(LOOSE_ID), {"A": {}}), config_api(guard(OPEN_ID), {"A": {}}))
    assert codes(findings) == ["KCH404 KCH104"]
    shown = json.loads(findings[0].properties["counterexample"])
    assert not str(shown["context"]["device"].get("id", "")).isspace()
    assert diff(tmp_path, config_api(guard(OPEN_ID), {"A": {}}), config_api(guard(LOOSE_ID), {"A": {}}))[0] == []


def test_a_value_that_the_new_version_names_was_refused_before(tmp_path: Path) -> None:
    wide = {**DEVICE, "properties": {**DEVICE["properties"], "type": {"enum": ["ios", "android", "web"]}}}
    plans = {name: config_api(guard(device), {"A": {}}) for name, device in (("old", DEVICE), ("new", wide))}
    findings, _ = diff(tmp_path, plans["old"], plans["new"])
    assert codes(findings) == ["KCH404 KCH103"]
    assert '"type":"web"' in findings[0].message
    assert diff(tmp_path, plans["new"], plans["old"])[0] == []
    assert diff(tmp_path, plans["new"], plans["new"])[0] == []


def versions(*schemas: Any, first: int = 1) -> Any:
    return [rule("A", schema, version=first + number) for number, schema in enumerate(schemas)]


@pytest.mark.parametrize(
    ("old", "new", "found", "blamed"),
    [
        # One version loses its guard while another was open already.
        (versions(guard(), {}), versions({}, {}), ALL_REMOVED, "/0/"),
        (versions({}, guard()), versions({}, {}), ALL_REMOVED, "/1/"),
        (versions({}, {}), versions({}, {}), [], ""),
        (versions(guard(), {}), versions(guard(), guard()), [], ""),
        # Calls that name no version are held against the oldest one, so they lose their guard with it.
        (versions(guard(), {}), versions({}, first=2), ALL_REMOVED, "/0/"),
        # Calls that name a version that is gone are held against the oldest one.
        (versions({}, guard()), versions({}), ALL_REMOVED, "/0/"),
        # A new version takes the calls that name it from the oldest one.
        (versions(guard()), versions(guard(), {}), ALL_REMOVED, "/1/"),
        (versions(guard()), versions(guard(), guard()), [], ""),
    ],
)
def test_versions_are_compared_by_the_calls_that_each_is_for(
    old: Any, new: Any, found: list[str], blamed: str, tmp_path: Path
) -> None:
    findings, _ = diff(tmp_path, old, new)
    assert codes(findings) == found
    assert all(blamed in each.location.pointer for each in findings)


def test_repeated_rules_are_compared_in_their_order(tmp_path: Path) -> None:
    twice = [rule("A", guard()), rule("A", {})]
    assert diff(tmp_path, twice, twice)[0] == []
    findings, _ = diff(tmp_path, [rule("A", guard()), rule("A", guard())], twice)
    assert codes(findings) == ALL_REMOVED
    assert findings[0].location.pointer.startswith("/1/")


def test_an_event_that_is_no_longer_deprecated_is_probed_like_a_new_one(tmp_path: Path) -> None:
    old, new = public_api(None, {"A": guard()}), public_api(None, {"A": guard(), "B": {}})
    old["data"]["rules"].append(rule("B", {}, deprecatedAt="2026-03-01T00:00:00.000Z"))
    findings, _ = diff(tmp_path, old, new)
    assert codes(findings) == ALL_UNGUARDED
    assert findings[0].properties["event"] == "B"


BROKEN = {"type": "bogus"}


def test_a_schema_that_could_not_be_read_before_is_probed_like_a_new_one(tmp_path: Path) -> None:
    plans = {name: config_api(None, {"A": guard(), "B": schema}) for name, schema in (("old", BROKEN), ("new", {}))}
    findings, checker = diff(tmp_path, plans["old"], plans["new"])
    assert codes(findings) == ALL_UNGUARDED
    assert checker.tally.unasked == 0


def test_a_schema_that_is_broken_in_both_versions_is_counted_and_not_a_finding(tmp_path: Path) -> None:
    old = config_api(None, {"A": guard(), "B": BROKEN})
    new = config_api(None, {"C": guard(), "A": guard(), "B": BROKEN})
    findings, checker = diff(tmp_path, old, new)
    assert (codes(findings), checker.tally.unasked) == ([], 1)
    new["rules"]["events"][2]["rules"] = {"type": "other"}
    assert codes(diff(tmp_path, old, new)[0]) == ["KCH001"]


def test_a_rule_that_cannot_be_probed_any_more_is_reported(tmp_path: Path) -> None:
    never = {"required": ["properties"], "properties": {"properties": {"required": ["a"], "properties": {"a": False}}}}
    old, new = config_api(None, {"A": guard()}), config_api(None, {"A": never})
    findings, checker = diff(tmp_path, old, new)
    assert (codes(findings), checker.tally.unasked) == (["KCH402"], 1)
    findings, checker = diff(tmp_path, new, new)
    assert (findings, checker.tally.unasked) == ([], 1)


def test_a_rule_that_refuses_every_good_call_in_both_versions_is_counted_as_unasked(tmp_path: Path) -> None:
    closed = {"additionalProperties": False, "properties": {"type": {"enum": ["ios", "android"]}, "id": {}}}
    wider = {"additionalProperties": False, "properties": {"type": {}, "id": {}}}
    findings, checker = diff(tmp_path, config_api(guard(closed), {"A": {}}), config_api(guard(wider), {"A": {}}))
    assert (findings, checker.tally.unasked) == ([], 1)


def test_many_events_that_came_without_a_guard_are_one_finding_in_an_open_plan(tmp_path: Path) -> None:
    old = config_api({}, {"A": {}})
    new = config_api({}, {"A": {}, **{f"Cup {number}": {} for number in range(29)}})
    findings, _ = diff(tmp_path, old, new)
    assert codes(findings) == ALL_UNGUARDED
    assert findings[0].location.pointer == "/rules/global"
    assert "(29 of 30 rules)" in findings[0].message


def test_a_removed_plan_is_a_finding_if_it_guarded_anything(tmp_path: Path) -> None:
    kept = {**config_api(guard(), {"A": {}}), "display_name": "kept"}
    gone = {**config_api(guard(), {"B": {}}), "display_name": "gone"}
    open_plan = {**config_api(None, {"C": {}}), "display_name": "open"}
    findings, checker = diff(tmp_path, [kept, gone, open_plan], [kept])
    assert codes(findings) == ALL_REMOVED
    assert findings[0].message.startswith('the tracking plan "gone" was removed, and with it the guard of')
    assert changes(checker) == [("removed", True)] * 2


def test_the_figures_show_how_each_requirement_was_and_is_guarded(tmp_path: Path) -> None:
    old, new = config_api(None, {"A": guard(), "B": {}}), config_api(guard(LOOSE_ID), {"A": {}, "B": {}})
    _, checker = diff(tmp_path, old, new)
    assert {code: each.verdict for code, each in checker.tally.before.items()} == dict.fromkeys(
        ["KCH101", "KCH102", "KCH103", "KCH104", "KCH105"], "partly"
    )
    now = {
        code: (each.verdict, each.guarded, each.partly, each.open) for code, each in checker.tally.requirements.items()
    }
    assert now["KCH101"] == ("guarded", 2, 0, 0)
    assert now["KCH104"] == ("partly", 0, 2, 0)


@pytest.mark.parametrize(
    ("old", "new", "clause"),
    [
        ("Order completed", "Order Completed", "which differs only in case: names are matched exactly"),
        ("Order_Completed", "Order Completed", "seems to be renamed"),
    ],
)
def test_a_name_that_differs_only_in_case_is_named_as_such(old: str, new: str, clause: str, tmp_path: Path) -> None:
    _, checker = diff(tmp_path, config_api(guard(), {old: ORDER}), config_api(guard(), {new: ORDER}))
    (change,) = checker.tally.changes
    assert (change.kind, change.warning) == ("renamed", True)
    assert f'event "{old}"' in change.message
    assert clause in change.message
