"""Findings of plans: what is unguarded, where the guard belongs, and what is not probed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint.config.exit_status import exit_status
from segkoch_lint.config.settings import Settings
from segkoch_lint.findings.finding import Finding, Severity
from segkoch_lint.rules.catalogue import built_in
from tests.plans.plan_files import (
    ALL_UNGUARDED,
    DEVICE,
    DRAFT,
    FORMATS,
    ORDER,
    Events,
    check,
    codes,
    config_api,
    guard,
    public_api,
    rule,
)

EVENTS: Events = {"Order Completed": ORDER, "Level Completed": {"type": "object"}}


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_a_plan_without_a_guard_is_reported_once_for_each_requirement(form: Any, tmp_path: Path) -> None:
    findings, checker = check(tmp_path, form(None, EVENTS))
    assert codes(findings) == ALL_UNGUARDED
    assert all(each.location.pointer.endswith("rules") or not each.location.pointer for each in findings)
    assert all(each.location.span is not None for each in findings)
    assert (checker.tally.plans, checker.tally.rules, checker.tally.checked) == (1, 2, 2)
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


def counterexamples(finding: Finding) -> dict[str, Any]:
    """Return the calls that a finding shows, by the requirement that they break."""
    codes = finding.properties["requirements"].split()
    names = ["counterexample", *(f"counterexample {code}" for code in codes[1:])]
    return {code: json.loads(finding.properties[name]) for code, name in zip(codes, names, strict=True)}


def test_the_counterexamples_are_calls_that_the_plan_accepts_and_kochava_cannot_use(tmp_path: Path) -> None:
    from jsonschema import Draft7Validator

    from segkoch_lint.linter import lint

    findings, _ = check(tmp_path, public_api(None, {"Order Completed": ORDER}))
    assert codes(findings) == ALL_UNGUARDED
    for code, call in counterexamples(findings[0]).items():
        assert Draft7Validator(ORDER).is_valid(call)
        assert code in {each.code for each in lint(call)}
        assert call["event"] == "Order Completed"
    call = counterexamples(findings[0])["KCH101"]
    assert json.dumps(call, separators=(",", ":")) in findings[0].message


OWN_VALUES: dict[str, tuple[Any, str]] = {
    "an enum": ({"type": {"enum": ["ios", "android", "web"]}}, '"type":"web"'),
    "a const among others": ({"type": {"anyOf": [{"enum": ["ios", "android"]}, {"const": "tvos"}]}}, '"type":"tvos"'),
    "an example": (
        {"type": {"pattern": "^(ios|android|kai[a-z]{2})$", "type": "string", "examples": ["kaios"]}},
        '"type":"kaios"',
    ),
    "a default": ({"type": {"pattern": "^(ios|android|w.b)$", "type": "string", "default": "web"}}, '"type":"web"'),
    "a pattern": ({"type": {"pattern": "^(ios|android|windows)$", "type": "string"}}, '"type":"windows"'),
    "a number": (
        {"id": {"anyOf": [{"pattern": "[0-9A-F]{8}"}, {"const": 4711}], "type": ["string", "number"]}},
        '"id":4',
    ),
}


@pytest.mark.parametrize(("members", "shown"), OWN_VALUES.values(), ids=OWN_VALUES)
def test_calls_are_broken_with_the_values_that_the_plan_itself_names(
    members: dict[str, Any], shown: str, tmp_path: Path
) -> None:
    device = {**DEVICE, "properties": {**DEVICE["properties"], **members}}
    findings, _ = check(tmp_path, config_api(guard(device), EVENTS))
    assert len(findings) == 1
    assert shown in findings[0].message.replace("…", "")


def test_values_are_found_in_references_and_in_whole_devices(tmp_path: Path) -> None:
    good = {
        "type": "ios",
        "id": "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64",
        "advertisingId": "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954",
    }
    device = {"anyOf": [DEVICE, {"$ref": "#/definitions/tv"}]}
    definitions = {
        "tv": {"type": "object", "properties": {"type": {"pattern": "^tv"}}, "examples": [{**good, "type": "tvos"}]}
    }
    findings, _ = check(tmp_path, config_api(guard(device, definitions=definitions), EVENTS))
    shown = counterexamples(findings[0])
    assert "KCH103" in shown
    assert '"tvos"' in json.dumps(shown)


def test_a_number_of_the_plan_is_shown_as_a_number_and_masked(tmp_path: Path) -> None:
    members = {"id": {"anyOf": [{"pattern": "^[0-9A-F-]{36}$", "type": "string"}, {"const": 47110815}]}}
    device = {**DEVICE, "properties": {**DEVICE["properties"], **members}}
    findings, _ = check(tmp_path, config_api(guard(device), EVENTS))
    assert '"id":47110815' in findings[0].text(show_ids=True)
    assert "47110815" not in findings[0].message
    assert '"id":"' not in findings[0].message


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


KOCHAVA_OFF = {
    "required": ["integrations"],
    "properties": {"integrations": {"required": ["Kochava"], "properties": {"Kochava": {"const": False}}}},
}


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


def test_a_requirement_that_is_ignored_needs_no_guard(tmp_path: Path) -> None:
    findings, _ = check(tmp_path, config_api(None, EVENTS), settings=Settings(ignore=("KCH101", "KCH105")))
    assert codes(findings) == ["KCH401 KCH102 KCH103 KCH104"]


@pytest.mark.parametrize(
    ("device", "blocked"),
    [
        (DEVICE, {"KCH106": (2, 0, 0), "KCH119": (2, 0, 0)}),
        ({**DEVICE, "properties": {**DEVICE["properties"], "advertisingId": {"pattern": "\\S", "type": "string"}}},
         {"KCH106": (0, 2, 0), "KCH119": (2, 0, 0)}),
        ({"type": "object", "required": ["type", "id"]}, {"KCH106": (0, 0, 2), "KCH119": (0, 0, 2)}),
    ],
)  # fmt: skip
def test_rules_that_block_refusals_are_counted_though_they_were_not_selected(
    device: dict[str, Any], blocked: dict[str, Any], tmp_path: Path
) -> None:
    _, checker = check(tmp_path, config_api(guard(device), EVENTS))
    counted = {code: (each.guarded, each.partly, each.open) for code, each in checker.tally.refusals.items()}
    assert counted == blocked
    assert not {"KCH106", "KCH119"} & checker.tally.requirements.keys()


def test_a_configuration_that_ignores_all_requirements_is_reported(tmp_path: Path) -> None:
    findings, checker = check(tmp_path, config_api(None, EVENTS), settings=Settings(ignore=("KCH1",)))
    assert findings == []
    assert [path for path, _ in checker.summary.remarks] == ["requirements"]


@pytest.mark.parametrize("select", [("KCH4",), ("KCH401",), ("KCH1",), ("KCH103",), ("ALL",)])
def test_selecting_findings_leaves_the_requirements_alone(select: tuple[str, ...], tmp_path: Path) -> None:
    findings, _ = check(tmp_path, config_api(None, EVENTS), settings=Settings(select=select))
    assert codes(findings) == ALL_UNGUARDED


@pytest.mark.parametrize("select", [("KCH106",), ("limited-ad-tracking",), ("ALL", "KCH106"), ("KCH4", "kch106")])
def test_refusals_are_probed_only_if_selected(select: tuple[str, ...], tmp_path: Path) -> None:
    device = {**DEVICE, "properties": {**DEVICE["properties"], "advertisingId": {"type": "string", "pattern": "\\S"}}}
    plan = config_api(guard(device), EVENTS)
    assert check(tmp_path, plan)[0] == []
    findings, checker = check(tmp_path, plan, settings=Settings(select=select))
    assert codes(findings) == ["KCH401 KCH106"]
    assert any("every destination" in remark for _, remark in checker.summary.remarks)


@pytest.mark.parametrize("settings", [Settings(ignore=("KCH401",)), Settings(per_file_ignores={"*": ("KCH4",)})])
def test_ignored_findings_are_not_made(settings: Settings, tmp_path: Path) -> None:
    findings, checker = check(tmp_path, config_api(None, EVENTS), settings=settings)
    assert findings == []
    assert checker.summary.severities.total() == 0


def test_a_finding_weighs_no_more_than_its_requirement(tmp_path: Path) -> None:
    severity = {"KCH105": Severity.INFO, "KCH104": Severity.WARNING}
    device = {**DEVICE, "properties": {"type": {"enum": ["ios", "android"]}, "id": {}, "advertisingId": {}}}
    loose = {**device, "properties": {**device["properties"], "id": {"type": "string", "pattern": "\\S"}}}
    for schema, weight in ((None, "error"), (guard(device), "warning"), (guard(loose), "info")):
        findings, _ = check(tmp_path, config_api(schema, EVENTS), settings=Settings(severity=severity))
        assert [str(each.severity) for each in findings] == [weight]


def test_ids_that_come_from_the_plan_are_masked(tmp_path: Path) -> None:
    secret = "b7e41c09-55d2-4f3a-8a60-17c2d9e0f384"
    common = {"required": ["userId"], "properties": {"userId": {"const": secret}}}
    findings, _ = check(tmp_path, config_api(common, EVENTS))
    assert secret not in repr(findings)
    assert "b7e4…f384" in findings[0].message
    assert "b7e4…f384" in findings[0].properties["counterexample"]
    assert secret in findings[0].text(show_ids=True)


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
