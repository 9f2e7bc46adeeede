"""Findings of plans: what is unguarded, where the guard belongs, and what is not probed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.config.exit_status import exit_status
from segkoch_lint.config.settings import Settings
from segkoch_lint.findings.finding import Severity
from segkoch_lint.rules.catalogue import built_in
from tests.plans.plan_files import (
    ALL_UNGUARDED,
    DEVICE,
    DRAFT,
    FORMATS,
    KOCHAVA_OFF,
    ORDER,
    Events,
    check,
    codes,
    config_api,
    guard,
    public_api,
    rule,
)

pytestmark = pytest.mark.slow

EVENTS: Events = {"Order Completed": ORDER, "Level Completed": {"type": "object"}}


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_a_plan_without_a_guard_is_reported_once_for_each_requirement(form: Any, tmp_path: Path) -> None:
    findings, checker = check(tmp_path, form(None, EVENTS))
    assert codes(findings) == ALL_UNGUARDED
    assert all(each.location.pointer.endswith("rules") or not each.location.pointer for each in findings)
    assert all(each.location.span is not None for each in findings)
    assert (checker.tally.plans, checker.tally.rules, checker.tally.checked) == (1, 2, 2)
    (file,) = checker.summary.files.values()
    assert (file.inputs, file.checked, file.findings) == (1, 2, len(findings))
    assert exit_status(checker.summary, Severity.ERROR, allow_empty=False) == 1


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_a_guard_in_the_common_schema_guards_every_rule(form: Any, tmp_path: Path) -> None:
    findings, checker = check(tmp_path, form(guard(), EVENTS))
    assert codes(findings) == []
    assert checker.tally.checked == 2
    assert exit_status(checker.summary, Severity.ERROR, allow_empty=False) == 0


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_a_guard_in_every_rule_is_as_good(form: Any, tmp_path: Path) -> None:
    findings, _ = check(tmp_path, form(None, {"A": guard(), "B": {"allOf": [ORDER, guard()]}}))
    assert codes(findings) == []


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_the_one_rule_without_a_guard_has_the_finding(form: Any, tmp_path: Path) -> None:
    findings, _ = check(tmp_path, form(None, {"A": guard(), "B": ORDER, "C": guard()}))
    assert codes(findings) == ALL_UNGUARDED
    assert {each.properties["event"] for each in findings} == {"B"}
    text = (tmp_path / "plan-1.json").read_text().splitlines()
    for each in findings:
        span = each.location.span
        assert span is not None
        assert text[span.line - 1][span.column - 1] in '{"'
        assert "/1/" in each.location.pointer


def test_a_schema_in_a_string_has_the_finding_as_the_string(tmp_path: Path) -> None:
    findings, _ = check(tmp_path, FORMATS["terraform"](None, {"A": guard(), "B": ORDER}))
    span = findings[0].location.span
    assert span is not None
    line = (tmp_path / "plan-1.json").read_text().splitlines()[span.line - 1]
    assert json.loads(line[span.column - 1 : span.end_column - 1]) == json.dumps(ORDER)


@pytest.mark.parametrize(
    ("device", "requirement", "pointer"),
    [
        ({**DEVICE, "required": ["id", "advertisingId"]}, "KCH102", "/properties/type"),
        (
            {**DEVICE, "properties": {**DEVICE["properties"], "type": {"type": "string"}}},
            "KCH102 KCH103",
            "/properties/type",
        ),
        ({**DEVICE, "properties": {**DEVICE["properties"], "id": {"type": "string"}}}, "KCH104", "/properties/id"),
        (
            {**DEVICE, "properties": {**DEVICE["properties"], "advertisingId": {"type": "string"}}},
            "KCH105",
            "/properties/advertisingId",
        ),
        (
            {**DEVICE, "properties": {"type": {"type": "string"}, "id": {}, "advertisingId": {"pattern": "."}}},
            "KCH102 KCH103 KCH104 KCH105",
            "/properties",
        ),
    ],
)
def test_a_finding_is_located_where_the_guard_belongs(
    device: dict[str, Any], requirement: str, pointer: str, tmp_path: Path
) -> None:
    findings, _ = check(tmp_path, config_api(guard(device), EVENTS))
    (found,) = findings
    assert found.properties["requirements"] == requirement
    assert found.location.pointer == "/rules/global/properties/context/properties/device" + pointer
    assert [each.message for each in found.related] == ['for example the rule for "Order Completed"']


def id_under(key: str) -> dict[str, Any]:
    return {"required": [key], "properties": {key: {"type": "string", "pattern": "[0-9A-Fa-f]{8}"}}}


PLATFORM_AND_ID = {"type": {"enum": ["ios", "android"]}, "id": {"type": "string", "pattern": "\\S"}}
REFUSED = {"required": ["adTrackingEnabled"], "properties": {"adTrackingEnabled": {"const": False}}}
BY_HAND: dict[str, dict[str, Any]] = {
    "an id in camel case": id_under("advertisingId"),
    "either spelling": {"anyOf": [id_under("advertisingId"), id_under("advertising_id")]},
    "one spelling": {"oneOf": [id_under("advertisingId"), id_under("advertising_id")]},
    "an id or a refusal": {"anyOf": [id_under("advertisingId"), REFUSED]},
    "an id unless there is a refusal": {"if": REFUSED, "else": id_under("advertisingId")},
    "an id by platform": {
        "oneOf": [
            {"properties": {"type": {"const": platform}}, "allOf": [id_under("advertisingId")]}
            for platform in ("ios", "android")
        ]
    },
}


@pytest.mark.parametrize("demand", BY_HAND.values(), ids=BY_HAND)
def test_a_sound_guard_by_hand_has_no_findings(demand: dict[str, Any], tmp_path: Path) -> None:
    device = {"type": "object", "required": ["type", "id"], "properties": PLATFORM_AND_ID, "allOf": [demand]}
    assert check(tmp_path, config_api(guard(device), EVENTS))[0] == []
    without = {"type": "object", "required": ["type", "id"], "properties": PLATFORM_AND_ID}
    assert codes(check(tmp_path, config_api(guard(without), EVENTS))[0]) == ["KCH401 KCH105"]


def test_a_second_spelling_beside_a_good_id_does_not_matter(tmp_path: Path) -> None:
    device = {keyword: value for keyword, value in DEVICE.items() if keyword != "additionalProperties"}
    findings, _ = check(tmp_path, config_api(guard(device), EVENTS), settings=Settings(select=("KCH106",)))
    assert findings == []


def test_deprecated_rules_are_skipped_and_counted(tmp_path: Path) -> None:
    plan = public_api(None, {"A": guard()})
    plan["data"]["rules"].append(rule("B", ORDER, deprecatedAt="2026-03-01T00:00:00.000Z"))
    plan["data"]["rules"].append({"type": "COMMON", "jsonSchema": False, "deprecatedAt": "2026-03-01T00:00:00.000Z"})
    findings, checker = check(tmp_path, plan)
    assert codes(findings) == []
    assert checker.tally.skipped == {"deprecated": 1}
    assert checker.summary.adds_up()


TRACK_ONLY = {"if": {"properties": {"type": {"const": "track"}}}, "then": guard()}


def test_a_common_schema_is_probed_with_every_type_of_call(tmp_path: Path) -> None:
    plan = public_api(TRACK_ONLY, {"A": ORDER})
    findings, checker = check(tmp_path, plan)
    assert codes(findings) == ALL_UNGUARDED
    assert findings[0].message.startswith(
        "for identify, page, group and alias calls, which have no rule, the common schema lets through"
    )
    assert {json.loads(each.properties["counterexample"])["type"] for each in findings} == {"identify"}
    assert {each.location.pointer for each in findings} == {"/data/rules/0/jsonSchema"}
    assert checker.tally.checked == 1


def test_a_type_with_a_rule_of_its_own_is_probed_with_that(tmp_path: Path) -> None:
    plan = public_api(TRACK_ONLY, {"A": ORDER})
    plan["data"]["rules"] += [{"type": each, "jsonSchema": guard()} for each in ("IDENTIFY", "GROUP", "ALIAS")]
    findings, _ = check(tmp_path, plan)
    assert codes(findings) == ALL_UNGUARDED
    assert {each.message.split(",")[0] for each in findings} == {"for page calls"}


def test_a_plan_that_guards_by_rules_need_not_have_one_for_every_type(tmp_path: Path) -> None:
    assert codes(check(tmp_path, public_api(ORDER, {"A": guard()}))[0]) == []


@pytest.mark.parametrize(
    ("planned", "reason"),
    [
        ({"type": "SCREEN", "key": "Home"}, "type not accepted"),
        ({"key": "Install Attributed"}, "event of Kochava or Segment"),
        ({"key": "Internal", "jsonSchema": KOCHAVA_OFF}, "switched off by integrations"),
    ],
)
def test_calls_that_never_reach_kochava_are_not_probed(planned: dict[str, Any], reason: str, tmp_path: Path) -> None:
    plan = public_api(None, {"A": guard()})
    plan["data"]["rules"].append({**rule("", {}), **planned})
    findings, checker = check(tmp_path, plan)
    assert codes(findings) == []
    assert checker.tally.skipped == {reason: 1}


@pytest.mark.parametrize("call_type", ["IDENTIFY", "PAGE", "GROUP", "TRACK"])
def test_every_other_type_of_call_is_probed_with(call_type: str, tmp_path: Path) -> None:
    plan = [rule("A", guard()), {"type": call_type, "jsonSchema": {}}]
    findings, _ = check(tmp_path, plan)
    assert codes(findings) == ALL_UNGUARDED
    assert {json.loads(each.properties["counterexample"])["type"] for each in findings} == {call_type.lower()}


def test_identify_and_group_of_the_config_api_have_rules_of_their_own(tmp_path: Path) -> None:
    plan = config_api(None, {"A": guard()})
    plan["rules"] |= {"identify": {"type": "object"}, "group": guard()}
    findings, _ = check(tmp_path, plan)
    assert {each.location.pointer for each in findings} == {"/rules/identify"}


VERSION_2 = {
    "if": {
        "required": ["context"],
        "properties": {
            "context": {
                "required": ["protocols"],
                "properties": {
                    "protocols": {"required": ["event_version"], "properties": {"event_version": {"const": 2}}}
                },
            }
        },
    },
    "then": guard(),
}


def test_a_later_version_of_an_event_is_probed_with_calls_that_name_it(tmp_path: Path) -> None:
    plan = [rule("A", guard()), rule("A", {}, version=2), rule("A", guard(), version=3)]
    findings, checker = check(tmp_path, plan)
    assert codes(findings) == ALL_UNGUARDED
    assert checker.tally.checked == 3
    for finding in findings:
        assert finding.message.startswith('version 2 of the rule for "A"')
        assert finding.location.pointer == "/1/jsonSchema"
        counterexample = json.loads(finding.properties["counterexample"])
        assert counterexample["context"]["protocols"] == {"event_version": 2}


@pytest.mark.parametrize(("version", "found"), [(2, []), (3, ALL_UNGUARDED)])
def test_a_guard_for_calls_that_name_a_version_guards_that_version(
    version: int, found: list[str], tmp_path: Path
) -> None:
    findings, _ = check(tmp_path, [rule("A", guard()), rule("A", VERSION_2, version=version)])
    assert codes(findings) == found


def test_a_version_that_the_rule_forbids_to_name_is_not_named(tmp_path: Path) -> None:
    closed = {"properties": {"context": {"properties": {"device": {}}, "additionalProperties": False}}}
    findings, _ = check(tmp_path, [rule("A", guard()), rule("A", closed, version=2)])
    assert codes(findings) == ALL_UNGUARDED


@pytest.mark.parametrize(("common", "found"), [(guard(), []), (ORDER, ALL_UNGUARDED)])
def test_a_plan_of_nothing_but_a_common_schema_is_probed_with_it(common: Any, found: list[str], tmp_path: Path) -> None:
    findings, checker = check(tmp_path, config_api(common, {}))
    assert codes(findings) == found
    assert {each.location.pointer[:13] for each in findings} <= {"/rules/global"}
    assert checker.tally.checked == 1


@pytest.mark.parametrize("code", ["KCH401", "KCH402", "KCH403", "KCH404"])
def test_the_examples_of_the_rules_about_plans_are_plans_with_nothing_wrong(code: str, tmp_path: Path) -> None:
    examples = next(each for each in built_in() if each.code == code).examples
    findings, checker = check(tmp_path, *examples)
    assert (codes(findings), checker.tally.checked) == ([], len(examples))


def test_a_key_that_is_repeated_in_a_plan_is_reported(tmp_path: Path) -> None:
    text = json.dumps(config_api(guard(), EVENTS)).replace('"required"', '"required": [], "required"', 1)
    findings, _ = check(tmp_path, text)
    assert codes(findings) == ["KCH003"]
    assert DRAFT not in findings[0].message
