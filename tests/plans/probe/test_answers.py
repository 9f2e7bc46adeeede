"""However a guard is written, the answers of a plan agree with trying every broken call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkoch_lint.plans.probe.answers import Answer, probe
from segkoch_lint.plans.probe.plan_values import plan_values
from segkoch_lint.plans.probe.probes import REQUIREMENTS, Probes, platform_of
from segkoch_lint.plans.probe.validators import compile_schema
from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.examples import broken_examples
from segkoch_lint.rules.ruleset import RuleSet
from tests.plans.plan_files import DEVICE, DRAFT, ORDER

PROBES = Probes(Delivery())

PARTS: dict[str, dict[str, Any]] = {
    "type": {"required": ["type"], "properties": {"type": {"enum": ["ios", "android"]}}},
    "type, loosely": {"required": ["type"], "properties": {"type": {"type": "string", "pattern": "^[a-zA-Z]+$"}}},
    "id": {"required": ["id"], "properties": {"id": {"type": "string", "pattern": "\\S"}}},
    "id, loosely": {"required": ["id"]},
    "advertising id": {
        "required": ["advertisingId"],
        "properties": {"advertisingId": {"type": "string", "pattern": "[1-9A-Fa-f]"}, "advertising_id": False},
    },
    "advertising id, loosely": {"required": ["advertisingId"], "properties": {"advertisingId": {"minLength": 1}}},
    "an object": {"type": "object"},
    "closed": {"additionalProperties": False, "properties": DEVICE["properties"]},
}
"""Demands on a device; taken together they guard everything, or leave something open."""


def in_all_of(schema: Any) -> Any:
    return {"allOf": [{}, schema]}


def in_a_definition(schema: Any) -> Any:
    return {"$defined": schema}


def in_then(schema: Any) -> Any:
    return {"if": {"type": ["object", "array", "string", "null", "number"]}, "then": schema}


def in_else(schema: Any) -> Any:
    return {"if": {"type": "boolean"}, "else": schema}


def in_not_not(schema: Any) -> Any:
    return {"not": {"not": schema}}


def in_any_of(schema: Any) -> Any:
    return {"anyOf": [schema, {"allOf": [schema, {"minProperties": 1}]}]}


def in_one_of(schema: Any) -> Any:
    return {"oneOf": [schema, {"allOf": [{"not": schema}, False]}]}


def in_patterns(schema: Any) -> Any:
    if not isinstance(schema, dict) or "additionalProperties" in schema:
        return schema
    rest = {keyword: value for keyword, value in schema.items() if keyword != "properties"}
    patterns = {f"^{name}$": value for name, value in schema.get("properties", {}).items()}
    return {**rest, "patternProperties": patterns} if patterns else rest


def in_dependencies(schema: Any) -> Any:
    present = {"type": "object", "required": ["type"]}
    return {"allOf": [{"dependencies": {"type": schema}}, {"anyOf": [present, schema]}]}


WAYS = [in_all_of, in_a_definition, in_then, in_else, in_not_not, in_any_of, in_one_of, in_patterns, in_dependencies]


def resolved(schema: Any, definitions: dict[str, Any]) -> Any:
    """Return a schema with what `in_a_definition` marked as references."""
    if isinstance(schema, list):
        return [resolved(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$defined" in schema:
        name = f"d{len(definitions)}"
        definitions[name] = {}
        definitions[name] = resolved(schema["$defined"], definitions)
        return {"$ref": f"#/definitions/{name}"}
    return {keyword: resolved(value, definitions) for keyword, value in schema.items()}


@st.composite
def guards(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a schema that demands something of a device, in any of the ways in which it can be written."""

    def written(schema: Any) -> Any:
        for way in draw(st.lists(st.sampled_from(WAYS), max_size=2)):
            schema = way(schema)
        return schema

    chosen = draw(st.lists(st.sampled_from(list(PARTS)), unique=True, max_size=6))
    parts = [written(PARTS[name]) for name in chosen]
    device = written({"allOf": parts} if parts else {})
    context = written({"type": "object", "required": ["device"], "properties": {"device": device}})
    if draw(st.booleans()):
        whole = written({"required": ["context"], "properties": {"context": context}})
    else:
        whole = written({"properties": {"context": context}})
    definitions: dict[str, Any] = {}
    schema = resolved(whole, definitions)
    return {"$schema": DRAFT, "definitions": definitions, "allOf": [schema, draw(st.sampled_from([{}, ORDER]))]}


def answer_of(schema: dict[str, Any]) -> Answer:
    return probe(PROBES, [compile_schema(schema)], "track", "Order Completed", REQUIREMENTS)


def by_brute_force(schema: dict[str, Any]) -> tuple[bool, set[str]]:
    """Return whether some good call is accepted, and the requirements of which some broken call is, by jsonschema."""
    validator = jsonschema.Draft7Validator(schema)
    filler = {"event": "Order Completed", "properties": {"revenue": 1, "currency": "EUR"}}
    accepted = False
    unguarded: set[str] = set()
    for call in good_calls(filler):
        if not validator.is_valid(call):
            continue
        accepted = True
        for rule in built_in():
            if rule.code in set(REQUIREMENTS) - unguarded and any(map(validator.is_valid, broken_calls(rule, call))):
                unguarded.add(rule.code)
    return accepted, unguarded


def good_calls(filler: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for start in PROBES.good_calls("track", "Order Completed"):
        yield {**start, **filler}
        device = start["context"]["device"]
        kept = {name: value for name, value in device.items() if name in {"type", "id", "advertisingId"}}
        yield {**start, **filler, "context": {"device": kept}}


def broken_calls(rule: Any, call: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "advertisingId" not in call["context"].get("device", {}):
        return
    for each, _ in broken_examples(rule):
        from segkoch_lint.rules.examples import apply_patch

        try:
            broken = apply_patch(call, each.patch)
        except LookupError:
            continue
        if rule.code not in {"KCH105", "KCH106"} or not has_good_id(broken):
            yield broken


def has_good_id(call: dict[str, Any]) -> bool:
    """Tell whether a good id is left in one spelling, so that it is of no account what the other one holds."""
    device = call["context"]["device"]
    return any(str(device.get(key)).strip("0- ")[8:] for key in ("advertisingId", "advertising_id"))


@pytest.mark.slow
@given(guards())
@settings(max_examples=150, deadline=None)
def test_checking_agrees_with_trying_every_broken_call(schema: dict[str, Any]) -> None:
    accepted, open_requirements = by_brute_force(schema)
    answer = answer_of(schema)
    found_a_call = len(answer.over_strict) < 2 and answer.refusal is None
    assert found_a_call >= accepted
    if accepted:
        assert set(answer.unguarded) >= open_requirements
    # Each mutation that counts as accepted is accepted by another validator, too.
    validator = jsonschema.Draft7Validator(schema)
    for code, unguarded in answer.unguarded.items():
        rule = next(each for each in built_in() if each.code == code)
        for name, index in unguarded.accepted.items():
            broken = PROBES.mutation(answer.calls[index], code, name).call
            assert validator.is_valid(broken)
            assert not jsonschema.Draft202012Validator(RULE_SCHEMAS[rule.code]).is_valid(broken)


@pytest.mark.slow
@given(guards(), guards())
@settings(max_examples=60, deadline=None)
def test_every_counterexample_is_accepted_by_the_rule_and_by_the_common_schema(
    rule: dict[str, Any], common: dict[str, Any]
) -> None:
    schemas = [compile_schema(each) for each in (rule, common)]
    values = plan_values([rule, common])
    answer = probe(PROBES, schemas, "track", "Order Completed", REQUIREMENTS, values=values)
    validators = [jsonschema.Draft7Validator(each) for each in (rule, common)]
    for code, unguarded in answer.unguarded.items():
        for name, index in unguarded.accepted.items():
            broken = PROBES.mutation(answer.calls[index], code, name, values).call
            assert all(each.is_valid(broken) for each in validators)
            assert not jsonschema.Draft202012Validator(RULE_SCHEMAS[code]).is_valid(broken)


RULE_SCHEMAS = {
    rule.code: RuleSet([rule], Delivery()).schema_of(rule) for rule in built_in() if rule.code in REQUIREMENTS
}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_guard_is_a_guard_in_every_way_to_write_it(way: Any) -> None:
    definitions: dict[str, Any] = {}
    device = resolved(way(DEVICE), definitions)
    schema = {
        "$schema": DRAFT,
        "definitions": definitions,
        "required": ["context"],
        "properties": {"context": {"type": "object", "required": ["device"], "properties": {"device": device}}},
    }
    answer = answer_of(schema)
    assert (answer.unguarded, answer.over_strict, answer.refusal) == ({}, {}, None)


@pytest.mark.parametrize("guarded", ["ios", "android"])
def test_a_requirement_that_is_guarded_for_one_platform_is_open_for_the_other(guarded: str) -> None:
    device = {
        **PARTS["type"],
        "if": {"properties": {"type": {"const": guarded}}},
        "then": {"required": ["id"], "properties": {"id": {"type": "string", "pattern": "\\S"}}},
    }
    schema = {
        "$schema": DRAFT,
        "required": ["context"],
        "properties": {"context": {"type": "object", "required": ["device"], "properties": {"device": device}}},
    }
    answer = answer_of(schema)
    accepted = answer.unguarded["KCH104"].accepted
    assert accepted
    assert {platform_of(answer.calls[index]) for index in accepted.values()} == {"ios", "android"} - {guarded}
