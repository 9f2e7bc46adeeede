"""Plans that refuse calls: those that Kochava needs, or all that can be made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.config.settings import Settings
from tests.plans.plan_files import (
    DEVICE,
    KOCHAVA_OFF,
    ORDER,
    Events,
    check,
    codes,
    config_api,
    guard,
)

pytestmark = pytest.mark.slow

EVENTS: Events = {"Order Completed": ORDER, "Level Completed": {"type": "object"}}


@pytest.mark.parametrize(
    ("device", "platforms", "keyword"),
    [
        (
            {"additionalProperties": False, "properties": {"type": {}, "id": {}}},
            {"ios", "android"},
            "additionalProperties",
        ),
        ({"properties": {"type": {"enum": ["ios"]}}}, {"android"}, "enum"),
        ({"properties": {"type": {"const": "android"}}}, {"ios"}, "const"),
        ({"properties": {"id": {"maxLength": 0}}}, {"ios", "android"}, "maxLength"),
        ({"maxProperties": 2}, {"ios", "android"}, "maxProperties"),
        (False, {"ios", "android"}, "false"),
        ({"type": "string"}, {"ios", "android"}, "type"),
    ],
)
def test_a_plan_that_refuses_every_good_call_is_over_strict(
    device: Any, platforms: set[str], keyword: str, tmp_path: Path
) -> None:
    findings, _ = check(tmp_path, config_api(guard(device), EVENTS))
    strict = [each for each in findings if each.code == "KCH403"]
    assert sorted(each.properties["platform"] for each in strict) == sorted(platforms)
    assert {each.properties["keyword"] for each in strict} == {keyword}
    assert all(each.location.pointer.startswith("/rules/global/properties/context/properties") for each in strict)


@pytest.mark.parametrize(("platform", "other"), [("ios", "android"), ("android", "ios")])
def test_a_plan_of_an_app_for_one_platform_is_probed_with_its_calls_only(
    platform: str, other: str, tmp_path: Path
) -> None:
    device = {**DEVICE, "properties": {**DEVICE["properties"], "type": {"const": platform}}}
    plan = config_api(guard(device), EVENTS)
    assert codes(check(tmp_path, plan)[0]) == ["KCH403"]
    assert check(tmp_path, plan, settings=Settings(platforms=(platform,)))[0] == []
    assert codes(check(tmp_path, plan, settings=Settings(platforms=(other,)))[0]) == ["KCH403"]


def test_a_plan_that_lets_calls_through_that_are_switched_off_is_probed_with_others(tmp_path: Path) -> None:
    for device, found in (
        (DEVICE, []),
        ({**DEVICE, "properties": {**DEVICE["properties"], "type": {"enum": ["android"]}}}, ["KCH403"]),
        ({"additionalProperties": False, "properties": {"type": {}, "id": {}}}, ["KCH403", "KCH403"]),
    ):
        findings, checker = check(tmp_path, config_api({"anyOf": [KOCHAVA_OFF, guard(device)]}, EVENTS))
        assert codes(findings) == found
        assert checker.tally.checked == 2


def test_an_over_strict_rule_has_the_finding_at_its_keyword(tmp_path: Path) -> None:
    closed = {"properties": {"context": {"additionalProperties": False, "properties": {"ip": {}}}}}
    findings, _ = check(tmp_path, config_api(guard(), {"A": closed, "B": ORDER}))
    assert [each.code for each in findings] == ["KCH403", "KCH403"]
    assert findings[0].location.pointer == "/rules/events/0/rules/properties/context/additionalProperties"
    assert "refuses context.device" in findings[0].message


def with_properties(schema: Any) -> Any:
    return {"required": ["properties"], "properties": {"properties": schema}}


@pytest.mark.parametrize(
    "schema",
    [
        with_properties({"required": ["a"], "properties": {"a": {"not": {}}}}),
        with_properties({"required": ["a"], "maxProperties": 0}),
    ],
)
def test_a_rule_for_which_no_call_is_found_is_reported_as_not_probed(schema: Any, tmp_path: Path) -> None:
    findings, checker = check(tmp_path, config_api(None, {"A": schema, "B": guard()}))
    assert codes(findings) == ["KCH402"]
    assert "no call was found" in findings[0].message
    assert checker.tally.skipped == {"no call could be made up": 1}
    assert checker.summary.adds_up()
