"""Calls are changed until a plan accepts them, whatever it demands."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from segkoch_lint.plans.probe.completion import Refusal, complete
from segkoch_lint.plans.probe.validators import SchemaError, compile_schema

ID = "5F1B6C0E-93A4-4B7D-8E21-0C7D5A9B3F64"


def completed(*schemas: Any, begin: Any = None, keeps: Any = lambda _: True) -> Any:
    compiled = [compile_schema(schema) for schema in schemas]
    result = complete(begin or {"a": {}}, compiled, keeps, identifiers=(ID,))
    if not isinstance(result, Refusal):
        assert all(each.is_valid(result) for each in compiled)
    return result


def member(schema: Any, **more: Any) -> Any:
    return {"required": ["x"], "properties": {"x": schema}, **more}


@pytest.mark.parametrize(
    "schema",
    [
        member({"type": "string"}),
        member({"type": ["null", "integer"]}),
        member({"const": {"deep": [1]}}),
        member({"enum": ["p", "q"]}),
        member({"type": "string", "minLength": 70}),
        member({"type": "string", "maxLength": 1}),
        member({"type": "string", "pattern": "^[A-Z]{2}\\d+$", "maxLength": 4}),
        member({"type": "string", "format": "date-time"}),
        member({"type": "integer", "minimum": 7, "maximum": 9, "multipleOf": 4}),
        member({"type": "number", "exclusiveMinimum": 7, "exclusiveMaximum": 8}),
        member({"type": "number", "maximum": -3}),
        member({"type": "array", "minItems": 3, "uniqueItems": True, "items": {"type": "string"}}),
        member({"type": "array", "minItems": 3, "uniqueItems": True, "items": {"type": "integer"}}),
        member({"type": "array", "minItems": 2, "uniqueItems": True, "items": {"type": "object"}}),
        member({"type": "array", "contains": {"type": "boolean"}}),
        member({"type": "array", "minItems": 2, "items": {"type": "object", "required": ["y"]}}),
        member({"type": "object", "minProperties": 2, "additionalProperties": {"type": "string"}}),
        member({"type": "object", **member({"type": "object", **member({"type": "boolean"})})}),
        member({"allOf": [{"type": "string"}, {"minLength": 3}, {"not": {"const": "text"}}]}),
        member({"anyOf": [{"type": "object", "required": ["no"], "properties": {"no": False}}, {"type": "integer"}]}),
        member({"oneOf": [{"type": "integer", "minimum": 5}, {"type": "integer", "maximum": 3, "not": {"const": 1}}]}),
        member({"oneOf": [{"type": "object"}, {"required": ["y"]}]}),
        member({"type": "string", "examples": ["E-1"], "pattern": "^E-1$"}),
        member({"type": "string", "default": "d", "enum": ["c", "d"]}),
        {"additionalProperties": False},
        {"maxProperties": 0},
        {"propertyNames": {"pattern": "^b"}},
        {"not": {"required": ["a"]}},
        {"properties": {"a": False}},
        {"properties": {"a": {"type": "array"}}},
        {"properties": {"a": {"required": ["b"], "type": "array"}}},
        {"properties": {"a": {"type": "array", "required": ["b"]}}},
        {"properties": {"a": {"allOf": [{"type": "array"}, {"required": ["b"]}]}}},
        {"if": {"required": ["a"]}, "then": {"required": ["b"], "properties": {"b": {"type": "integer"}}}},
        {"dependencies": {"a": ["b", "c"]}},
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "unevaluatedProperties": False},
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "dependentRequired": {"a": ["b"]}},
        {"definitions": {"a": member({"$ref": "#/definitions/b"}), "b": {"type": "null"}}, "$ref": "#/definitions/a"},
        {"definitions": {"a": member({"pattern": "^SKU-[0-9]{4}$"})}, "$ref": "#/definitions/a"},
        member({"type": "array", "items": [{"type": "string"}], "additionalItems": False, "minItems": 1}),
        {"properties": {"a": {"type": "array", "minItems": 1, "maxItems": 1}}, "required": ["a"]},
    ],
)  # fmt: skip
def test_what_a_plan_demands_is_given(schema: Any) -> None:
    assert not isinstance(completed(schema), Refusal)


def distinct(items: Any, number: int, **more: Any) -> Any:
    return member({"type": "array", "uniqueItems": True, "minItems": number, "items": items}, **more)


@pytest.mark.parametrize(
    "schema",
    [
        distinct({"enum": ["x", "y", "z"]}, 3),
        distinct({"type": "string", "enum": ["u", "v", "w", "x"]}, 2),
        distinct({"$ref": "#/definitions/c"}, 3, definitions={"c": {"enum": ["x", "y", "z"]}}),
        distinct({"type": "string", "format": "uuid"}, 2),
        distinct({"type": "string", "format": "date"}, 12),
        distinct({"type": "string", "format": "email"}, 3),
        distinct({"type": "string", "pattern": "^[A-Z]{3}$"}, 9),
        distinct({"type": "string", "pattern": "^SKU-[0-9]+$"}, 4),
        distinct({"type": "string", "maxLength": 1}, 4),
        distinct({"type": "string", "minLength": 12}, 4),
        distinct({"type": "number", "minimum": 5, "maximum": 9}, 5),
        distinct({"type": "integer", "maximum": -3}, 3),
        distinct({"type": "integer", "exclusiveMinimum": 3, "multipleOf": 2}, 1),
        distinct({"type": "boolean"}, 2),
        distinct({}, 3),
        distinct({"type": "array", "minItems": 1, "items": {"type": "integer"}}, 3),
        distinct({"required": ["id"], "properties": {"id": {"type": "string"}}, "additionalProperties": False}, 2),
        distinct(
            {
                "type": "object",
                "required": ["id", "size"],
                "properties": {"id": {"type": "integer"}, "size": {"enum": ["s", "l"]}},
                "additionalProperties": False,
            },
            3,
        ),
        member({"type": "array", "uniqueItems": True, "minItems": 2}),
        member({"type": "array", "uniqueItems": True, "minItems": 2, "contains": {"const": "q"}}),
        member({"type": "array", "uniqueItems": True, "minItems": 2, "items": [{"enum": ["a"]}, {"enum": ["a", "b"]}]}),
        member(
            {"type": "array", "uniqueItems": True, "minItems": 2, "items": [{"enum": ["a", "b"]}, {"enum": ["b", "a"]}]}
        ),
    ],
)  # fmt: skip
def test_an_array_whose_items_have_to_differ_is_given_different_ones(schema: Any) -> None:
    assert not isinstance(completed(schema), Refusal)


@pytest.mark.parametrize("schema", [distinct({"const": 1}, 2), distinct({"type": "boolean"}, 3)])
def test_no_call_is_found_if_there_are_not_enough_different_items(schema: Any) -> None:
    assert isinstance(completed(schema), Refusal)


def test_too_much_is_taken_away() -> None:
    begin = {"a": "long text", "b": [1, 2, 3], "c": [1, 1]}
    schema = {
        "properties": {"a": {"maxLength": 4}, "b": {"maxItems": 2}, "c": {"uniqueItems": True}},
        "additionalProperties": False,
    }
    assert completed(schema, begin=begin) == {"a": "long", "b": [1, 2], "c": [1]}


def test_a_call_is_completed_for_all_schemas_at_once() -> None:
    both = completed(member({"type": "string"}), member({"pattern": "^z{3}$"}))
    assert both["x"] == "zzz"


def test_an_id_is_given_an_id() -> None:
    assert completed({"required": ["anonymousId"]})["anonymousId"] == ID


def test_what_has_to_stay_stays_and_is_reported_as_refused() -> None:
    refusal = completed({"additionalProperties": False}, keeps=lambda call: "a" in call)
    assert isinstance(refusal, Refusal)
    assert (refusal.keyword, refusal.at, refusal.path, refusal.member) == (
        "additionalProperties",
        ("additionalProperties",),
        (),
        "",
    )
    refusal = completed({"additionalProperties": False, "properties": {"b": {}}}, keeps=lambda call: "a" in call)
    assert isinstance(refusal, Refusal)
    assert (refusal.keyword, refusal.member) == ("additionalProperties", "a")


@pytest.mark.parametrize(
    "schema",
    [
        member({"type": "string", "minLength": 10**9}),
        member({"type": "array", "minItems": 10**9}),
        member({"type": "object", "minProperties": 10**9}),
        member({"allOf": [{"const": 1}, {"const": 2}]}),
        {"definitions": {"n": member({"$ref": "#/definitions/n"}, type="object")}, "$ref": "#/definitions/n"},
        False,
    ],
)
def test_what_nothing_can_meet_ends_with_what_is_in_the_way(schema: Any) -> None:
    assert isinstance(completed(schema), Refusal)


VALUES = st.sampled_from([None, True, 0, 1, 2.5, "a", "text", [], [1], {}, {"x": 1}])
NUMBERS = st.sampled_from([0, 1, 3, -2, 0.5, 10**9])
COUNTS = st.sampled_from([0, 1, 2, 5, 10**9])
NAMES = st.lists(st.sampled_from(["x", "y", "userId"]), max_size=2, unique=True)
TYPES = st.sampled_from(["string", "integer", "number", "object", "array", "boolean", "null", ["array", "object"]])
LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "type": TYPES,
    **dict.fromkeys(("enum", "examples"), st.lists(VALUES, min_size=1, max_size=2)),
    **dict.fromkeys(("const", "default"), VALUES),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), NUMBERS),
    "multipleOf": st.sampled_from([1, 3, 0.5]),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), COUNTS),
    "pattern": st.sampled_from(["^a+$", "[0-9]{3}", r"^\p{L}+$", "(?i)x|y"]),
    "uniqueItems": st.booleans(),
    "required": NAMES,
    "$ref": st.sampled_from(["#", "#/definitions/a"]),
}


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    one = ("items", "additionalItems", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else")
    members = st.dictionaries(st.sampled_from(["x", "y", "^z"]), inner, max_size=2)
    several = st.lists(inner, min_size=1, max_size=3)
    keywords = {
        **LEAVES,
        **dict.fromkeys(one, inner),
        **dict.fromkeys(("properties", "patternProperties"), members),
        **dict.fromkeys(("allOf", "anyOf", "oneOf"), several),
    }
    return st.fixed_dictionaries({}, optional=keywords)


@given(st.recursive(st.fixed_dictionaries({}, optional=LEAVES), nested, max_leaves=4), st.booleans() | NAMES)
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_every_schema_is_answered_by_an_accepted_call_or_a_refusal(schema: Any, required: Any) -> None:
    definition = {"required": required} if isinstance(required, list) else required
    try:
        completed({**schema, "definitions": {"a": definition}}, keeps=lambda call: isinstance(call, dict))
    except SchemaError:
        reject()
