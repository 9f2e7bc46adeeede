"""Values that a schema may accept."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from segkoch_lint.plans.probe.values import FORMATS, WORDS, nth_value, text_of_format


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_texts_that_differ(name: str) -> None:
    validator = jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True, offline=True)
    texts = [text_of_format(name, number) for number in range(30)]
    assert [text for text in texts if not validator.is_valid(text)] == []
    assert len(set(texts)) == len(texts)
    assert texts[0] in WORDS


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 7, "maximum": 9, "multipleOf": 4},
        {"type": "number", "minimum": 0.5},
        {"type": "number", "exclusiveMinimum": 7, "exclusiveMaximum": 8},
        {"type": "number", "maximum": -3},
        {"type": "number", "exclusiveMaximum": -3},
        {"type": "string", "minLength": 70},
        {"type": "string", "maxLength": 1},
        {"type": ["null", "boolean"]},
        {"type": "array", "minItems": 3, "items": {"enum": ["a", "b"]}},
        {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}, "maxProperties": 1},
    ],
)
def test_the_first_value_of_a_simple_schema_is_accepted(schema: Any) -> None:
    bounded = {key: value for key, value in schema.items() if key != "properties"}
    assert jsonschema_rs.Draft7Validator(bounded).is_valid(nth_value(schema, schema, 0))


def test_a_schema_that_refers_to_itself_has_a_value() -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}}
    assert nth_value(schema, schema, 0)
