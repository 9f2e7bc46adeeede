"""What rules ask of claims, and claims reduced to that."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from segkoch_lint import resources
from segkoch_lint.identity.claim_vectors import (
    ClaimVector,
    asks_of_each_claim,
    asks_only_how_many_names,
    summary_of_claim,
    summary_of_person,
)
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.ruleset import RuleSet

RULES = RuleSet(built_in(), Delivery())


def claims(items: Any) -> dict[str, Any]:
    return {"properties": {"server": {"items": items}}}


def found_in(member: str, path: str, **more: Any) -> dict[str, Any]:
    return claims({"foundIn": {"member": member, "list": path, **more}})


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, True),
        (False, True),
        ({"type": "object", "required": ["server", "userId"], "title": "t"}, True),
        ({"properties": {"devices": {"anyOf": [{"maximum": 3}, {"const": 7}]}}}, True),
        (
            {"if": {"properties": {"platform": {"const": "ios"}}}, "then": {"properties": {"devices": {"maximum": 1}}}},
            True,
        ),
        ({"properties": {"platform": {"enum": ["ios"]}}}, True),
        ({"properties": {"userId": {"pattern": "^u"}}}, False),
        ({"properties": {"userId": False}}, True),
        ({"properties": {"unknown": {"pattern": "^u"}}}, False),
        ({"properties": {"server": {"maxItems": 3}}}, False),
        ({"properties": {"server": {"contains": {}}}}, False),
        ({"not": claims({"required": ["deviceId"]})}, False),
        ({"if": {"properties": {"devices": {"minimum": 2}}}, "then": claims(False)}, False),
        ({"allOf": [claims({"required": ["deviceId"]}), {"properties": {"devices": {"maximum": 1}}}]}, True),
        (found_in("deviceId", "/mobile/deviceIds"), True),
        (found_in("deviceId", "/mobile/deviceIds", exactly=True), True),
        (found_in("deviceId", "/mobile/deviceIds", hyphens=False), False),
        (found_in("deviceId", "/mobile/advertisingIds"), False),
        (found_in("advertisingId", "/mobile/advertisingIds"), False),
        (found_in("advertisingId", "/mobile/advertisingIds", hyphens=False), True),
        (found_in("advertisingId", "/mobile/advertisingIdsOfDevice", hyphens=False, exactly=True), True),
        (claims({"properties": {"deviceId": {"minLength": 3}}}), False),
        (claims({"properties": {"deviceId": {"type": "string"}}}), True),
        (claims({"not": {"properties": {"mobile": {"properties": {"deviceIds": {"minItems": 1}}}}}}), True),
        (claims({"properties": {"mobile": {"properties": {"deviceIds": {"maxItems": 0}}}}}), True),
        (claims({"properties": {"mobile": {"properties": {"deviceIds": {"minItems": 2}}}}}), False),
        (claims({"properties": {"mobile": {"properties": {"deviceIds": {"allOf": [{"maxItems": 3}]}}}}}), False),
        (claims({"properties": {"mobile": {"properties": {"deviceIds": {"items": {"pattern": "A"}}}}}}), False),
        ({"$ref": "#/$defs/a", "$defs": {"a": {}}}, False),
        ({"patternProperties": {"a": {}}}, False),
    ],
)
def test_a_rule_is_judged_claim_by_claim_if_it_only_compares_ids(schema: Any, expected: bool) -> None:
    assert asks_of_each_claim(schema) is expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"properties": {"names": {"maxItems": 1}}}, True),
        ({"required": ["names"], "not": {"properties": {"names": {"minItems": 3}}}}, True),
        ({"properties": {"names": {"items": {"pattern": "^[A-Z]"}}}}, False),
        ({"properties": {"name": {"maxLength": 40}}}, False),
    ],
)
def test_event_names_are_only_counted_if_a_rule_asks_no_more(schema: Any, expected: bool) -> None:
    assert asks_only_how_many_names(schema) is expected


def test_the_built_in_rules_ask_of_each_claim_only() -> None:
    assert RULES.schemas("user")
    assert all(map(asks_of_each_claim, RULES.schemas("user")))
    assert all(map(asks_only_how_many_names, RULES.schemas("event-name")))


@pytest.mark.parametrize("kind", ["u", "a"])
def test_made_up_summaries_have_the_documented_shape(kind: str) -> None:
    shape = Draft202012Validator(resources.load("user-summary"))
    for vector in range(2 * max(ClaimVector)):
        shape.validate(summary_of_claim(kind, "ios", vector))
    shape.validate(summary_of_person(kind, "android", 12))


V = ClaimVector


@pytest.mark.parametrize(
    ("vector", "expected"),
    [
        (V.DEVICE, []),
        (V.DEVICE | V.APP_DEVICE, ["KCH201"]),
        (V.DEVICE | V.APP_DEVICE | V.SAME_DEVICE, ["KCH203"]),
        (V.DEVICE | V.APP_DEVICE | V.SAME_DEVICE | V.EXACT_DEVICE, []),
        (V.ADVERTISING | V.APP_ADVERTISING, ["KCH202"]),
        (V.ADVERTISING | V.APP_ADVERTISING | V.SAME_ADVERTISING, ["KCH203"]),
        (V.DEVICE | V.ADVERTISING | V.APP_DEVICE | V.SAME_DEVICE | V.EXACT_DEVICE | V.APP_ADVERTISING, []),
        (
            V.DEVICE | V.ADVERTISING | V.APP_DEVICE | V.SAME_DEVICE | V.EXACT_DEVICE | V.APP_ADVERTISING
            | V.SAME_ADVERTISING | V.EXACT_ADVERTISING | V.ANY_OF_DEVICE,
            ["KCH202"],
        ),
    ],
)  # fmt: skip
def test_a_vector_is_judged_as_the_claims_that_have_it(vector: ClaimVector, expected: list[str]) -> None:
    violations = RULES.violations("user", summary_of_claim("u", "ios", vector))
    assert [each.rule.code for each in violations] == expected
