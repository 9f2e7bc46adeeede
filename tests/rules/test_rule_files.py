"""The rule files: the contract they keep, and their examples, which are their tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from segkoch_lint import schema_files
from segkoch_lint.places import pointer_of
from segkoch_lint.rules.catalogue import Rule, built_in, problem_of
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.examples import broken_examples
from segkoch_lint.rules.ruleset import RuleSet
from segkoch_lint.rules.vocabulary import explainer, gate

CONTRACT = {
    "KCH001": ("invalid-syntax", "error"),
    "KCH002": ("not-a-call", "error"),
    "KCH003": ("duplicate-key", "error"),
    "KCH101": ("missing-device", "error"),
    "KCH102": ("missing-device-type", "error"),
    "KCH103": ("invalid-device-type", "error"),
    "KCH104": ("missing-device-id", "error"),
    "KCH105": ("missing-advertising-id", "error"),
    "KCH106": ("limited-ad-tracking", "error"),
    "KCH107": ("malformed-advertising-id", "warning"),
    "KCH108": ("placeholder-advertising-id", "error"),
    "KCH109": ("placeholder-device-id", "error"),
    "KCH110": ("advertising-id-is-device-id", "error"),
    "KCH111": ("conflicting-advertising-ids", "error"),
    "KCH112": ("ad-tracking-contradiction", "warning"),
    "KCH113": ("platform-contradiction", "warning"),
    "KCH114": ("missing-tracking-status", "info"),
    "KCH115": ("padded-value", "warning"),
    "KCH116": ("sample-id", "warning"),
    "KCH117": ("device-replaced", "warning"),
    "KCH118": ("unusual-device-id", "info"),
    "KCH301": ("missing-user", "error"),
    "KCH302": ("missing-event-name", "error"),
    "KCH303": ("reserved-property", "warning"),
    "KCH304": ("misspelled-integration", "warning"),
    "KCH305": ("oversized-payload", "warning"),
    "KCH306": ("snake-case-envelope", "warning"),
    "KCH501": ("malformed-install-attributed", "warning"),
    "KCH502": ("attribution-loop", "warning"),
    "KCH503": ("malformed-app-guid", "warning"),
}

REQUIRED = {"KCH101", "KCH102", "KCH103", "KCH104", "KCH105", "KCH106", "KCH201", "KCH202"}

JUDGED = [rule for rule in built_in() if rule.applies_to in {"delivered", "call", "request", "destination"}]


def name_of(rule: Rule) -> str:
    return rule.code


@pytest.fixture(scope="module")
def everything() -> RuleSet:
    return RuleSet(built_in(), Delivery(), built_in())


def test_the_contract_is_kept() -> None:
    rules = {rule.code: (rule.name, str(rule.severity)) for rule in built_in()}
    assert {code: rules.get(code) for code in CONTRACT} == CONTRACT


@pytest.mark.parametrize("rule", built_in(), ids=name_of)
def test_a_rule_is_required_exactly_when_the_kochava_page_demands_it(rule: Rule) -> None:
    assert rule.required == (rule.code in REQUIRED)


@pytest.mark.parametrize("file", sorted((schema_files.directory() / "rules").iterdir()), ids=lambda file: file.name)
def test_every_file_is_a_valid_rule_file_named_after_its_rule(file: Path) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    assert problem_of(document) == ""
    assert file.name == f"{document['rule']['code']}-{document['title']}.json"


@pytest.mark.parametrize("rule", JUDGED, ids=name_of)
def test_the_examples_pass_in_both_validators(rule: Rule) -> None:
    schema = RuleSet([], Delivery()).schema_of(rule)
    for example in rule.examples:
        assert gate(schema).is_valid(example)
        assert explainer(schema).is_valid(example)


@pytest.mark.parametrize("rule", JUDGED, ids=name_of)
def test_the_counterexamples_break_in_both_validators_at_the_places_they_say(rule: Rule) -> None:
    ruleset = RuleSet([rule], Delivery())
    schema = ruleset.schema_of(rule)
    for counterexample, value in broken_examples(rule):
        assert not gate(schema).is_valid(value), counterexample.summary
        assert not explainer(schema).is_valid(value), counterexample.summary
        blamed = sorted(pointer_of(each.path) for each in ruleset.violations(rule.applies_to, value))
        assert blamed == sorted(counterexample.places), counterexample.summary


@pytest.mark.parametrize("rule", [r for r in JUDGED if r.applies_to != "destination"], ids=name_of)
def test_the_first_example_breaks_no_rule_at_all(rule: Rule, everything: RuleSet) -> None:
    assert [each.rule.code for each in everything.judge(rule.examples[0]).violations] == []


@pytest.mark.parametrize("rule", JUDGED, ids=name_of)
def test_messages_name_no_placeholder_that_stays_empty(rule: Rule) -> None:
    ruleset = RuleSet([rule], Delivery())
    for _, value in broken_examples(rule):
        for violation in ruleset.violations(rule.applies_to, value):
            assert all(str(shown) not in {"", "absent"} for shown in violation.values.values())


@pytest.mark.parametrize("rule", JUDGED, ids=name_of)
def test_remedies_speak_to_libraries_that_exist(rule: Rule) -> None:
    table = schema_files.load("libraries")
    known = {"default", "mobile", "server", "web", *(name for names in list(table.values())[1:] for name in names)}
    assert set(rule.remedy) <= known


def device(**members: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {"type": "ios", "id": "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64", "model": "iPhone15,2"}
    whole |= {"advertisingId": "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954", "adTrackingEnabled": True}
    return {key: value for key, value in {**whole, **members}.items() if value != "DROP"}


ZERO = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        ({}, []),
        ({"advertisingId": ZERO, "adTrackingEnabled": False}, ["KCH106"]),
        ({"advertisingId": ZERO}, ["KCH106", "KCH112"]),
        ({"advertisingId": "DROP"}, ["KCH105"]),
        ({"advertisingId": "DROP", "adTrackingEnabled": False}, ["KCH106"]),
        ({"advertisingId": None, "trackingStatus": "TrackingStatus.Denied"}, ["KCH106"]),
        ({"advertisingId": "", "attTrackingStatus": 1}, ["KCH106"]),
        ({"advertisingId": "DROP", "attTrackingStatus": 3}, ["KCH105"]),
        ({"advertisingId": "DROP", "ADVERTISING-id": "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954"}, []),
        ({"advertisingId": None, "advertising_id": "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954"}, []),
        ({"advertisingId": 5}, ["KCH105"]),
        ({"advertisingId": "unknown"}, ["KCH108"]),
        ({"advertisingId": "not-a-uuid"}, ["KCH107"]),
        ({"advertisingId": "1"}, ["KCH107"]),
        ({"type": "IOS"}, ["KCH103"]),
        ({"type": None}, ["KCH102"]),
        ({"type": "ios\n"}, ["KCH103", "KCH115"]),
        ({"id": 7}, ["KCH104"]),
        ({"id": ZERO}, ["KCH109"]),
        ({"id": "UNKNOWN_ID"}, ["KCH109"]),
        ({"id": "a1d4e8b72c354f96b0e87d61c2f3a954"}, ["KCH110", "KCH118"]),
        ({"id": "9774d56d682e549c", "type": "android"}, ["KCH109"]),
        ({"advertising_id": "C47B0E9A-6D18-4F35-92A7-E80D5B3C1F26"}, ["KCH111"]),
        ({"advertising_id": "a1d4e8b7-2c35-4f96-b0e8-7d61c2f3a954"}, []),
        ({"adTrackingEnabled": False}, ["KCH112"]),
        ({"adTrackingEnabled": "false"}, ["KCH112"]),
        ({"type": "android", "manufacturer": "Apple"}, ["KCH113"]),
        ({"manufacturer": "Samsung"}, ["KCH113"]),
    ],
)
def test_a_device_breaks_exactly_these_rules(members: dict[str, Any], codes: list[str], everything: RuleSet) -> None:
    call = {"type": "track", "event": "Order Completed", "userId": "u", "context": {"device": device(**members)}}
    assert sorted({each.rule.code for each in everything.judge(call).violations}) == codes


@pytest.mark.parametrize("value", [None, [], "ios", 0, False])
def test_without_a_device_object_only_the_missing_device_is_reported(value: Any, everything: RuleSet) -> None:
    call = {"type": "track", "event": "x", "userId": "u", "context": {"device": value}}
    assert [each.rule.code for each in everything.judge(call).violations] == ["KCH101"]
