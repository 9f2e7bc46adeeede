"""The rules of a run: delivery, origin, usability and messages."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.position import pointer_of
from segkoch_lint.findings.redaction.masking import Secret
from segkoch_lint.rules.catalogue import built_in, find, rule_of
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.examples import apply_patch, broken_examples
from segkoch_lint.rules.ruleset import RuleSet
from segkoch_lint.rules.violations import resolve, shown_value

RULES = RuleSet(built_in(), Delivery(), built_in())
BARE = {"type": "track", "event": "Order Completed", "userId": "u-1"}


def reason(call: dict[str, Any], delivery: Delivery | None = None) -> str | None:
    return RuleSet([], delivery or Delivery()).verdict(call).not_delivered


@pytest.mark.parametrize(
    ("integrations", "delivered"),
    [
        ({}, True),
        (None, True),
        ([], True),
        ("none", True),
        ({"Kochava": False}, False),
        ({"Kochava": True}, True),
        ({"Kochava": {}}, True),
        ({"Kochava": None}, True),
        ({"All": False}, False),
        ({"All": False, "Kochava": False}, False),
        ({"All": False, "Kochava": None}, False),
        ({"All": False, "Kochava": True}, True),
        ({"All": False, "Kochava": {}}, True),
        ({"All": False, "kochava": True}, False),
        ({"kochava": False}, True),
        ({"All": True, "Kochava": False}, False),
        ({"All": 0}, True),
    ],
)
def test_the_integrations_object_decides_about_delivery(integrations: Any, delivered: bool) -> None:
    assert (reason({**BARE, "integrations": integrations}) is None) == delivered


@pytest.mark.parametrize("call_type", ["identify", "page", "group", "alias", "track"])
def test_these_types_are_delivered(call_type: str) -> None:
    assert reason({**BARE, "type": call_type}) is None


def test_screen_calls_are_not_delivered_unless_configured() -> None:
    screen = {**BARE, "type": "screen"}
    assert reason(screen) == "type not accepted"
    assert reason(screen, Delivery(accepted_types=("screen",))) is None


def test_web_calls_without_a_device_are_not_delivered() -> None:
    web = {**BARE, "context": {"library": {"name": "analytics.js"}}}
    assert reason(web) == "web without a device"
    assert reason({**web, "context": {**web["context"], "device": {}}}) is None  # type: ignore[dict-item]  # the context is a dict


@pytest.mark.parametrize("event", ["Install Attributed", "Violation Generated"])
def test_events_of_kochava_and_segment_themselves_are_not_delivered(event: str) -> None:
    assert reason({**BARE, "event": event}) == "event of Kochava or Segment"


def test_ignored_events_are_not_delivered() -> None:
    assert reason(BARE, Delivery(ignored_events=("Order Completed",))) == "ignored event"


def test_device_rules_do_not_apply_to_calls_that_are_not_delivered() -> None:
    assert RULES.verdict({**BARE, "integrations": {"All": False}}).violations == ()


@pytest.mark.parametrize(
    ("library", "device", "origin"),
    [
        ("analytics-ios", None, "mobile"),
        ("analytics-kotlin", {}, "mobile"),
        ("analytics-kotlin", None, "server"),
        ("analytics-swift", None, "server"),
        ("analytics-ruby", None, "server"),
        ("analytics.js", None, "web"),
        ("our-own", None, None),
    ],
)
def test_the_library_decides_the_origin(library: str, device: Any, origin: str | None) -> None:
    context = {"library": {"name": library}, **({} if device is None else {"device": device})}
    assert RULES.verdict({**BARE, "context": context}).origin == origin


def test_configured_libraries_override_the_table() -> None:
    ruleset = RuleSet([], Delivery(libraries={"our-own": "web", "analytics-kotlin": "server"}))
    assert ruleset.verdict({**BARE, "context": {"library": {"name": "our-own"}}}).origin == "web"
    kotlin = {"library": {"name": "analytics-kotlin"}, "device": {}}
    assert ruleset.verdict({**BARE, "context": kotlin}).origin == "server"


def test_a_call_is_usable_if_it_breaks_no_required_rule_and_no_error(good_call: dict[str, Any]) -> None:
    good_call["context"]["device"]["manufacturer"] = "Nokia"
    verdict = RuleSet([], Delivery(), built_in()).verdict(good_call)
    assert verdict.usable
    for member in ({"advertisingId": "{idfa}"}, {"id": "null"}):  # stand-ins, of which the page says nothing
        device = {**good_call["context"]["device"], **member}
        assert not RuleSet([], Delivery(), built_in()).verdict({**good_call, "context": {"device": device}}).usable
    assert not RuleSet([], Delivery(), built_in()).verdict({**good_call, "event": 5}).usable
    del good_call["context"]["device"]["id"]
    assert not RuleSet([], Delivery(), built_in()).verdict(good_call).usable


def test_messages_quote_strings_and_mask_ids(good_call: dict[str, Any]) -> None:
    good_call["context"]["device"]["advertisingId"] = "A1D4E8B7-not-a-uuid-at-all"
    (template,) = RULES.verdict(good_call).violations
    violation = template.fill(good_call)
    assert violation.template.startswith('the advertising id "{value}" is not a UUID')
    assert isinstance(violation.values["value"], Secret)


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("type", "iOS", "iOS"),
        ("type", {"a": 1}, "an object"),
        ("type", {}, "an empty object"),
        ("type", [1], "a list"),
        ("type", [], "an empty list"),
        ("type", 1.5, "1.5"),
        ("type", True, "true"),
        ("type", "x" * 80, "x" * 59 + "…"),
        ("id", "unknown", "unknown"),
        ("id", "0" * 16, "0" * 16),
        ("id", "0000-0000", "…"),
        ("id", "{idfa}", "{idfa}"),
        ("id", "{anna}", "…"),
        ("id", " ", " "),
        ("id", "device-4711-abcd", "…"),
        ("id", 1234567890123456, "1234…3456"),
    ],
)
def test_values_are_shown_like_this(key: str, value: Any, shown: str) -> None:
    assert str(shown_value(key, value)) == shown


def test_a_path_resolves_as_far_as_it_exists_and_in_any_spelling() -> None:
    value = {"context": {"device": {"advertising_id": "x", "advertisingId": None}}}
    assert resolve(value, ("context", "device", "advertisingId")) == (("context", "device", "advertising_id"), True)
    assert resolve(value, ("context", "device", "id")) == (("context", "device"), False)
    assert resolve({"context": 1}, ("context", "device", "id")) == (("context",), False)


def test_the_message_nearest_to_the_broken_keyword_wins() -> None:
    document = copy.deepcopy(dict(find(built_in(), "KCH103").document))
    document["rule"] = {**document["rule"], "code": "ABC001", "message": "outer"}
    del document["rule"]["place"]
    document["properties"] = {"event": {"allOf": [{"$ref": "#/$defs/short"}]}}
    document["$defs"] = {"short": {"maxLength": 3, "message": "inner"}}
    violations = RuleSet([rule_of(document)], Delivery()).verdict({**BARE, "context": {"device": {}}}).violations
    assert [(each.template, each.path) for each in violations] == [("inner", ("event",))]


DELIVERED = [rule for rule in built_in() if rule.applies_to == "delivered" and rule.counterexamples]


@given(st.data())
def test_any_mutation_that_a_rule_describes_is_found_at_the_mutated_place(data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(DELIVERED))
    counterexample, _ = data.draw(st.sampled_from(list(broken_examples(rule))))
    base = data.draw(st.sampled_from([rule.examples[0], {**rule.examples[0], "properties": {}, "version": 2}]))
    if any(operation["path"].startswith("/properties/") for operation in counterexample.patch):
        base = {**base, "properties": {}}
    broken = apply_patch(base, counterexample.patch)
    found = {(each.rule.code, pointer_of(each.path)) for each in RULES.verdict(broken).violations}
    assert {(rule.code, place) for place in counterexample.places} <= found


scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.text(max_size=6)
ids = st.sampled_from(
    ["ios", "android", "iOS ", "0", "0000-0000", "unknown", "{idfa}", "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954", "denied"]
    + ["a1d4e8b72c354f96b0e87d61c2f3a954", "\n", "\ufeff", "\x1c", "١٢", "17.5", "14.10", "Kochava", "analytics-swift"]
)
values = st.recursive(
    scalars | ids,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
member_names = ["type", "id", "advertisingId", "advertising_id", "AdvertisingID", "adTrackingEnabled"]
member_names += ["trackingStatus", "attTrackingStatus", "manufacturer", "model"]
devices = st.dictionaries(st.sampled_from(member_names), values | ids, max_size=6) | values
contexts = st.fixed_dictionaries(
    {},
    optional={
        "device": devices,
        "os": values | st.fixed_dictionaries({}, optional={"name": values, "version": values}),
        "library": values | st.fixed_dictionaries({}, optional={"name": values}),
    },
)
calls = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "identify", "page", "screen", "group", "alias"])},
    optional={
        "event": values | st.just("Install Attributed"),
        "userId": values,
        "user_id": values,
        "context": contexts | values,
        "integrations": values | st.dictionaries(st.sampled_from(["All", "Kochava", "kochava"]), values, max_size=3),
        "properties": values | st.dictionaries(st.sampled_from(["source", "provider", "campaign"]), values, max_size=3),
    },
)


@given(calls)
def test_the_path_of_every_violation_exists(call: dict[str, Any]) -> None:
    for violation in RULES.verdict(call).violations:
        value: Any = call
        for step in violation.path:
            value = value[step]


def test_the_place_of_a_rule_may_be_the_whole_call(good_call: dict[str, Any]) -> None:
    rule = next(each for each in built_in() if each.code == "KCH102")
    ruleset = RuleSet([msgspec.structs.replace(rule, place=())], Delivery())
    del good_call["context"]["device"]["type"]
    assert [each.rule.code for each in ruleset.verdict(good_call).violations] == ["KCH102"]
