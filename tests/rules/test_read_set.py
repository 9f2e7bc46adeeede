"""Which parts of a call the rules read."""

from __future__ import annotations

from typing import Any

import pytest

from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.read_set import ReadSet
from segkoch_lint.rules.ruleset import RuleSet
from segkoch_lint.rules.vocabulary import expand


def footprint(schema: dict[str, Any]) -> ReadSet:
    made = ReadSet()
    expanded = expand(schema)
    made.read(expanded, expanded)
    return made


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
def test_what_a_schema_reads_is_read(schema: dict[str, Any]) -> None:
    made = footprint(schema)
    assert made.reads(("a", "b"))
    assert made.reads(("a",))
    assert not made.reads(("c",))


def test_a_keyword_that_nobody_knows_reads_everything_at_its_place_and_an_annotation_nothing() -> None:
    made = footprint({"properties": {"a": {"newKeyword": 1}, "b": {"title": "x", "message": "y", "$comment": "z"}}})
    assert made.reads(("a", "x", "y"))
    assert made.reads(("b",))
    assert not made.reads(("b", "x"))
    assert not made.reads(("c",))


def test_what_no_schema_names_is_not_read() -> None:
    made = footprint({"properties": {"a": {"required": ["b"], "enum": [1, 2], "const": 1}}})
    assert not made.reads(("a", "x"))
    assert not made.reads(("a", "b", "c"))


def test_a_schema_that_refers_to_itself_ends() -> None:
    assert footprint({"properties": {"a": {"$ref": "#"}}}).reads(("a",))


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
