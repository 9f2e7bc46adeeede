"""Fingerprints: calls with equal fingerprints have equal verdicts."""

from __future__ import annotations

import copy
from collections.abc import Hashable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.rules.catalogue import built_in
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.fingerprint import Fingerprinter
from segkoch_lint.rules.read_set import ReadSet
from segkoch_lint.rules.ruleset import RuleSet, Verdict
from segkoch_lint.rules.validator import compile_schema
from segkoch_lint.rules.vocabulary import expand
from tests.conftest import IOS_CALL
from tests.rules.test_compiled_rules import keywords, references, schemas_around, values
from tests.rules.test_ruleset import calls


def are_equal(schema: dict[str, Any], a: Any, b: Any) -> bool:
    fingerprinter = Fingerprinter(ReadSet.of(expand(schema)))
    return fingerprinter.of(a) == fingerprinter.of(b)


@pytest.mark.parametrize(
    ("schema", "a", "b", "same"),
    [
        ({"properties": {"a": {"type": "string"}}}, {"a": "x"}, {"a": "y", "b": 1}, True),
        ({"properties": {"a": {"type": "string"}}}, {"a": "x"}, {"a": 1}, False),
        ({"properties": {"a": {"type": "string"}}}, {"a": "x"}, {}, False),
        ({"properties": {"a": {"const": 1}}}, {"a": 1}, {"a": True}, False),
        ({"properties": {"a": {"pattern": "^x"}}}, {"a": "xa"}, {"a": "xb"}, True),
        ({"properties": {"a": {"pattern": "^x"}}}, {"a": "xa"}, {"a": "ya"}, False),
        ({"properties": {"a": {"anyCase": ["x"]}}}, {"a": "X "}, {"a": "x"}, True),
        ({"spellings": {"ab": {"type": "string"}}}, {"ab": "x"}, {"a_b": "x"}, False),
        ({"required": ["a"]}, {"a": 1}, {"a": [1]}, False),
        ({"distinctValues": ["a", "b"]}, {"a": "1", "b": "2"}, {"a": "1", "b": "3"}, True),
        ({"distinctValues": ["a", "b"]}, {"a": "1", "b": "2"}, {"a": "1", "b": "1"}, False),
        ({"sameValue": "a"}, {"a": "1", "A": "1"}, {"a": "1", "A": "2"}, False),
        ({"maxBytes": 9}, {"a": "1"}, {"a": "123456789"}, False),
        ({"properties": {"a": {"maxBytes": 9}}}, {"a": "1"}, {"a": "123456789"}, False),
        ({"properties": {"a": {"maxBytes": 9}}}, {"a": "1"}, {"a": "2"}, True),
        ({"properties": {"a": {"maxBytes": 2}}}, {"a": 1}, {"a": 123}, False),
        ({"items": {"type": "string"}}, ["1"], ["2"], False),
        ({"properties": {"a": {"const": {"b": 1}}}}, {"a": {"b": 1}}, {"a": {"b": 2}}, False),
        (
            {"properties": {"a": {"$ref": "#"}}, "maxLength": 1},
            {"a": {"a": {"a": "12"}}},
            {"a": {"a": {"a": "1"}}},
            False,
        ),
    ],
)
def test_values_have_equal_fingerprints_if_no_keyword_distinguishes_them(
    schema: dict[str, Any], a: Any, b: Any, same: bool
) -> None:
    assert are_equal(schema, a, b) == same


RULES = RuleSet(built_in(), Delivery(ignored_events=("a",)), built_in())
FINGERPRINTER = Fingerprinter(RULES.read_set)
KNOWN: dict[Hashable, Any] = {}
"""What the rules parts of the first of the calls that are alike."""


def shown(verdict: Verdict) -> Any:
    violations = [(each.rule.code, each.path, each.template, each.exists, each.remedy) for each in verdict.violations]
    return verdict.not_delivered, verdict.usable, verdict.origin, verdict.readiness, verdict.circumstances, violations


@given(calls)
def test_calls_with_equal_fingerprints_have_equal_verdicts(call: dict[str, Any]) -> None:
    parts = shown(RULES.verdict(call))
    assert KNOWN.setdefault(FINGERPRINTER.of(call), parts) == parts


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["type", "id", "advertisingId", "advertising_id", "Advertising-Id", "model"]),
            st.sampled_from([None, "", " ", "unknown", "0-0", "ios", "IOS", 4, "A1D4E8B7-2C35-4F96-B0E8-7D61C2F3A954"])
            | st.uuids().map(str),
        ),
        max_size=3,
    )
)
def test_calls_whose_devices_have_equal_fingerprints_have_equal_verdicts(changes: list[tuple[str, Any]]) -> None:
    call = copy.deepcopy(IOS_CALL)
    call["context"]["device"].update(changes)
    parts = shown(RULES.verdict(call))
    assert KNOWN.setdefault(FINGERPRINTER.of(call), parts) == parts


@given(
    st.recursive(keywords | references, schemas_around, max_leaves=6),
    keywords,
    st.lists(values, min_size=2, max_size=6),
)
def test_a_schema_accepts_all_or_none_of_the_values_with_equal_fingerprints(
    schema: dict[str, Any], held: dict[str, Any], found: list[Any]
) -> None:
    expanded = expand({**schema, "$defs": {"held": {"$anchor": "held", **held}}})
    validator, fingerprinter = compile_schema(expanded), Fingerprinter(ReadSet.of(expanded))
    known: dict[Hashable, bool] = {}
    for value in [*found, *({"a": each, "b": each} for each in found)]:
        valid = validator.is_valid(value)
        assert known.setdefault(fingerprinter.of(value), valid) == valid
