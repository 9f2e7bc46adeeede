"""What rules read of a call."""

from __future__ import annotations

from typing import Any

import pytest

from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.fingerprint import Fingerprinter
from segkoch_lint.rules.read_set import ReadSet
from segkoch_lint.rules.ruleset import RuleSet
from segkoch_lint.rules.unknown_keywords import known_keywords
from segkoch_lint.rules.validator import compile_schema
from segkoch_lint.rules.vocabulary import expand


def read_set(schema: dict[str, Any]) -> ReadSet:
    return ReadSet.of(expand(schema))


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"properties": {"b": {"type": "string"}}}}},
        {"allOf": [{"properties": {"a": {"required": ["b"]}}}]},
        {"if": {"properties": {"a": {"not": {"properties": {"b": True}}}}}},
        {"properties": {"a": {"spellings": {"b": {}}}}},
        {"properties": {"a": {"distinctValues": ["b", "c"]}}},
        {"properties": {"a": {"sameValue": "b"}}},
        {"properties": {"a": {"additionalProperties": False}}},
        {"properties": {"a": {"const": {"b": 1}}}},
        {"properties": {"a": {"enum": [1, {"b": 1}]}}},
        {"$ref": "#/$defs/x", "$defs": {"x": {"properties": {"a": {"$ref": "#/$defs/y"}}}, "y": {"required": ["b"]}}},
    ],
)
def test_a_schema_reads_the_members_that_its_keywords_name(schema: dict[str, Any]) -> None:
    reads = read_set(schema)
    assert reads.reads(("a", "b"))
    assert reads.reads(("a",))
    assert not reads.reads(("c",))


@pytest.mark.parametrize("keyword", ["newKeyword", "definitions", "dependencies", "$recursiveRef"])
def test_an_unknown_keyword_reads_everything_at_its_place(keyword: str) -> None:
    reads = read_set({"properties": {"a": {keyword: {}}}})
    assert reads.reads(("a", "x", "y"))
    assert not reads.reads(("c",))


READ: list[tuple[dict[str, Any], Any, Any]] = [
    ({"$ref": "#/$defs/x", "$defs": {"x": {"required": ["a"]}}}, {"a": 1}, {}),
    ({"$dynamicRef": "#x", "$defs": {"y": {"$dynamicAnchor": "x", "required": ["a"]}}}, {"a": 1}, {}),
    ({"$ref": "#x", "$defs": {"y": {"$anchor": "x", "required": ["a"]}}}, {"a": 1}, {}),
    ({"properties": {"a": {"type": "string"}}}, {"a": "x"}, {"a": 1}),
    ({"patternProperties": {"^a": {"type": "string"}}}, {"ab": "x"}, {"ab": 1}),
    ({"additionalProperties": {"type": "string"}}, {"q": "x"}, {"q": 1}),
    ({"unevaluatedProperties": {"type": "string"}}, {"q": "x"}, {"q": 1}),
    ({"propertyNames": {"maxLength": 1}}, {"q": 1}, {"qq": 1}),
    ({"dependentRequired": {"a": ["b"]}}, {"a": 1, "b": 1}, {"a": 1}),
    ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1, "b": 1}, {"a": 1}),
    ({"required": ["a"]}, {"a": None}, {}),
    ({"minProperties": 1}, {"q": 1}, {}),
    ({"maxProperties": 1}, {"q": 1}, {"q": 1, "r": 1}),
    ({"items": {"type": "string"}}, ["x"], [1]),
    ({"prefixItems": [{"type": "string"}]}, ["x"], [1]),
    ({"unevaluatedItems": {"type": "string"}}, ["x"], [1]),
    ({"contains": {"type": "string"}}, [1, "x"], [1]),
    ({"contains": {"type": "string"}, "minContains": 2}, ["x", "y"], ["x"]),
    ({"contains": {"type": "string"}, "maxContains": 1}, ["x"], ["x", "y"]),
    ({"minItems": 1}, [1], []),
    ({"maxItems": 1}, [1], [1, 2]),
    ({"uniqueItems": True}, [1, 2], [1, 1]),
    ({"allOf": [{"required": ["a"]}]}, {"a": 1}, {}),
    ({"anyOf": [{"required": ["a"]}]}, {"a": 1}, {}),
    ({"oneOf": [{"required": ["a"]}]}, {"a": 1}, {}),
    ({"not": {"required": ["a"]}}, {}, {"a": 1}),
    ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {}, {"a": 1}),
    ({"if": {"required": ["a"]}, "else": {"required": ["b"]}}, {"a": 1}, {}),
    ({"type": "string"}, "x", 1),
    ({"type": "object"}, {}, []),
    ({"type": "integer"}, 1, 1.5),
    ({"const": 1}, 1, True),
    ({"const": {"a": [1]}}, {"a": [1]}, {"a": [2]}),
    ({"enum": [None, 1]}, None, 2),
    ({"enum": [[1], {"a": 1}]}, [1], [2]),
    ({"pattern": "^a"}, "a", "b"),
    ({"minLength": 2}, "ab", "a"),
    ({"maxLength": 1}, "a", "ab"),
    ({"multipleOf": 2}, 4, 3),
    ({"minimum": 2}, 2, 1),
    ({"maximum": 2}, 2, 3),
    ({"exclusiveMinimum": 2}, 3, 2),
    ({"exclusiveMaximum": 2}, 1, 2),
    ({"spellings": {"ab": {"type": "string"}}}, {"a_b": "x"}, {"a_b": 1}),
    ({"anyCase": ["x"]}, "X", "y"),
    ({"wordsOnly": ["x", "y"]}, "x-y", "x-z"),
    ({"distinctValues": ["a", "b"]}, {"a": "x", "b": "y"}, {"a": "x", "b": "X"}),
    ({"sameValue": "ab"}, {"ab": "x", "a_b": "X"}, {"ab": "x", "a_b": "y"}),
    ({"foundIn": {"member": "a", "list": "/b"}}, {"a": "x", "b": ["x"]}, {"a": "x", "b": ["y"]}),
    ({"maxBytes": 3}, "a", "ab"),
]
"""By keyword: a schema, a value that fulfils it, and one that does not."""

ANNOTATIONS = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:example:a",
    "$comment": "a",
    "$anchor": "a",
    "$dynamicAnchor": "a",
    "$defs": {"a": {"type": "string"}},
    "$vocabulary": {},
    "title": "a",
    "description": "a",
    "default": "a",
    "examples": ["a"],
    "deprecated": True,
    "readOnly": True,
    "writeOnly": True,
    "contentEncoding": "base64",
    "contentMediaType": "application/json",
    "contentSchema": {"type": "string"},
    "format": "date",
    "message": "a",
    "fix": "a",
}
"""The keywords that accept every value, each with a value."""


@pytest.mark.parametrize(("schema", "valid", "invalid"), READ, ids=str)
def test_values_on_which_a_keyword_decides_differently_have_different_fingerprints(
    schema: dict[str, Any], valid: Any, invalid: Any
) -> None:
    inside = {"properties": {"in": schema}, **({"$defs": schema["$defs"]} if "$defs" in schema else {})}
    for each, one, other in ((schema, valid, invalid), (inside, {"in": valid}, {"in": invalid})):
        expanded = expand(each)
        assert [compile_schema(expanded).is_valid(value) for value in (one, other)] == [True, False]
        fingerprinter = Fingerprinter(ReadSet.of(expanded))
        assert fingerprinter.of(one) != fingerprinter.of(other)


@pytest.mark.parametrize("keyword", ANNOTATIONS)
def test_a_keyword_that_reads_nothing_accepts_every_value(keyword: str) -> None:
    schema = {keyword: ANNOTATIONS[keyword]}
    assert not ReadSet.of(schema).all
    assert all(compile_schema(schema).is_valid(value) for value in (None, True, 1, "x", "e30", [1], {"a": 1}))


def test_every_keyword_of_json_schema_and_of_rule_files_is_tested() -> None:
    assert {keyword for schema, *_ in READ for keyword in schema} | ANNOTATIONS.keys() >= known_keywords()


def test_a_member_that_no_schema_names_is_not_read() -> None:
    reads = read_set({"properties": {"a": {"required": ["b"], "enum": [1, 2], "const": 1}}})
    assert not reads.reads(("a", "x"))
    assert not reads.reads(("a", "b", "c"))


def test_a_recursive_schema_has_a_read_set() -> None:
    assert read_set({"properties": {"a": {"$ref": "#"}}}).reads(("a",))


@pytest.mark.parametrize(
    ("path", "read"),
    [
        (("context", "device", "ADVERTISING_ID"), True),
        (("context", "os", "version"), True),
        (("integrations", "Kochava"), True),
        (("properties", "campaign"), True),
        (("properties", "order_id"), False),
        (("context", "app", "name"), False),
        (("type",), True),
    ],
)
def test_the_built_in_rules_read_these(path: tuple[str, ...], read: bool) -> None:
    assert RuleSet(built_in(), Delivery()).reads(path) == read
