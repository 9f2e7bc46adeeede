"""Recognising envelopes: as a JSON Schema validator does, from a part of the document only."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from segkoch_lint.envelopes.envelope import Recogniser
from segkoch_lint.envelopes.loader import built_in

KEYS = st.sampled_from(["a", "b", "c"])
SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "Notification"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
TYPES = st.sampled_from(["object", "array", "string", "integer", "null"])
SCHEMAS = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES,
            "required": st.lists(KEYS, max_size=2, unique=True),
            "minItems": st.integers(0, 3),
            "maxItems": st.integers(0, 3),
            "const": VALUES,
            "enum": st.lists(VALUES, min_size=1, max_size=2),
            "minProperties": st.integers(0, 2),
        },
    ),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(KEYS, inner, max_size=2),
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "items": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "required": st.lists(KEYS, max_size=2, unique=True),
        },
    ),
    max_leaves=6,
)


@example(schema={"minItems": 2}, kind="array", value=[1, {}])
@example(schema={"enum": [{"a": 1}]}, kind="object", value={"a": 1})
@given(schema=SCHEMAS, kind=st.sampled_from(["object", "array"]), value=VALUES)
def test_a_document_is_recognised_as_its_schema_says(schema: dict[str, Any], kind: str, value: Any) -> None:
    whole = {**schema, "type": kind, "required": schema.get("required", [])}
    recogniser = Recogniser(replace(built_in()[0], recognise=whole))

    assert recogniser.recognises(value) == Draft202012Validator(whole).is_valid(value)


@pytest.mark.parametrize("envelope", built_in(), ids=lambda each: each.title)
def test_what_a_schema_looks_at_decides_for_the_built_in_envelopes(envelope: Any) -> None:
    validator = Draft202012Validator(dict(envelope.recognise))
    recogniser = Recogniser(envelope)
    for other in built_in():
        for each in other.examples:
            assert recogniser.recognises(each.document) == validator.is_valid(each.document)
