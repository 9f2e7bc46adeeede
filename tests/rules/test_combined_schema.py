"""Schemas of several rules as one."""

from __future__ import annotations

from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from segkoch_lint.rules.combined_schema import conjunction
from segkoch_lint.rules.vocabulary import expand, self_contained, shared_definitions


def accepts(schema: dict[str, Any], value: Any) -> bool:
    verdicts = {
        jsonschema.Draft202012Validator(schema).is_valid(value),
        jsonschema_rs.Draft202012Validator(schema, offline=True).is_valid(value),
    }
    assert len(verdicts) == 1
    return verdicts.pop()


def test_shared_definitions_are_at_the_top_once() -> None:
    text = self_contained(expand({"$ref": "urn:segkoch-lint:definitions#/$defs/text"}), shared_definitions())
    combined = conjunction({"A1": {**text, "maxLength": 3}, "A2": {**text, "minLength": 2}})
    assert "$id" not in str(combined)
    assert set(combined["$defs"]) == set(text["$defs"])
    assert [accepts(combined, value) for value in ("ab", "a", "abcd", "  ")] == [True, False, False, False]


def test_definitions_of_the_same_name_are_kept_apart() -> None:
    one = {
        "properties": {"a": {"$ref": "#/$defs/x"}},
        "$defs": {"x": {"$ref": "#/$defs/y/not"}, "y": {"not": {"const": 1}}},
    }
    two = {"properties": {"b": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"const": 2}}}
    combined = conjunction({"A1": one, "A2": two})
    assert accepts(combined, {"a": 1, "b": 2})
    assert not accepts(combined, {"a": 2})
    assert not accepts(combined, {"b": 1})


@pytest.mark.parametrize(
    "tree",
    [
        {"type": "object", "additionalProperties": {"$ref": "#"}},
        {"$anchor": "top", "type": "object", "additionalProperties": {"$ref": "#top"}},
        {"$dynamicAnchor": "top", "type": "object", "additionalProperties": {"$dynamicRef": "#top"}},
    ],
)
def test_a_schema_that_refers_to_itself_still_does(tree: dict[str, Any]) -> None:
    combined = conjunction({"A1": tree, "A2": {"maxProperties": 2}})
    assert accepts(combined, {"a": {"b": {}, "c": {}, "d": {}}})
    assert not accepts(combined, {"a": {"b": 1}})


def test_a_member_named_like_a_reference_is_not_one() -> None:
    combined = conjunction({"A1": {"properties": {"$ref": {"const": 1}}}})
    assert accepts(combined, {"$ref": 1})
    assert not accepts(combined, {"$ref": 2})
