"""The keywords of rule files, in our validator and in the reference."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.redaction.sensitive_keys import fold
from segkoch_lint.rules.validator import compile_schema, matcher
from segkoch_lint.rules.vocabulary import expand, self_contained, size_of
from tests.rules.reference import reference_validator


def both(schema: dict[str, Any], value: Any) -> bool:
    expanded = expand(schema)
    verdict = compile_schema(expanded).is_valid(value)
    assert reference_validator(expanded).is_valid(value) == verdict
    return verdict


@pytest.mark.parametrize(
    "key", ["advertisingId", "advertising_id", "ADVERTISING-ID", "__advertising.id__", "Advertising Id"]
)
def test_spellings_match_every_spelling_of_a_name(key: str) -> None:
    assert not both({"spellings": {"advertisingId": {"type": "null"}}}, {key: 1})


@pytest.mark.parametrize("key", ["advertisingIds", "xadvertisingId", "advertising1id", "advertisng_id", ""])
def test_spellings_do_not_match_other_names(key: str) -> None:
    assert both({"spellings": {"advertisingId": {"type": "null"}}}, {key: 1})


@given(st.text(max_size=14) | st.text("advertisingIdADVERTISINGID_-. ", max_size=16))
def test_spellings_match_the_keys_that_fold_to_the_same_text(key: str) -> None:
    assert both({"spellings": {"advertisingId": {"not": {}}}}, {key: 1}) == (fold(key) != "advertisingid")


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ("testId", True),
        ("TEST_ID", True),
        ("id-of-nothing", False),
        ("your_AD_id", True),
        ("ad.id test", True),
        ("id", False),
        ("ID", False),
        ("ad-id", False),
        ("test1", False),
        ("contest id", False),
        ("", False),
        (4711, False),
    ],
)
def test_words_only_accepts_two_or_more_words_of_a_list_with_any_separators(value: Any, valid: bool) -> None:
    assert both({"wordsOnly": ["test", "id", "ad id", "your"]}, value) == valid


@given(
    st.lists(st.sampled_from(["test", "ID", "Ad-Id"]), min_size=2, max_size=5),
    st.lists(st.sampled_from(["", "-", "_", " ", "."]), min_size=6, max_size=6),
)
def test_words_of_a_list_are_found_in_any_order_and_with_anything_between(words: list[str], between: list[str]) -> None:
    text = "".join(filler + word for filler, word in zip(between, words, strict=False)) + between[-1]
    assert both({"wordsOnly": ["test", "id", "ad id"]}, text)


@pytest.mark.parametrize(
    ("value", "valid"),
    [("N/A", True), (" n/a\t", True), ("(NULL)", True), ("na", False), ("n/a.", False), (None, False), (1, False)],
)
def test_any_case_is_an_enumeration_without_regard_to_case_and_padding(value: Any, valid: bool) -> None:
    assert both({"anyCase": ["n/a", "(null)"]}, value) == valid


def test_short_keywords_can_be_combined_with_standard_ones() -> None:
    schema = {"allOf": [{"minLength": 3}], "anyCase": ["no", "none"]}
    assert [both(schema, value) for value in ("none", "no", "more")] == [True, False, False]


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ({"a": "X-1", "b": "x1"}, False),
        ({"A_": " x1 ", "b": "X1"}, False),
        ({"a": "x1", "b": "x2"}, True),
        ({"a": "x1"}, True),
        ({"a": "", "b": ""}, True),
        ({"a": 1, "b": 1}, True),
        ("ab", True),
    ],
)
def test_distinct_values_ignores_case_hyphens_and_padding(value: Any, valid: bool) -> None:
    assert both({"distinctValues": ["a", "b"]}, value) == valid


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ({"adId": "X", "ad_id": "x "}, True),
        ({"adId": "X", "ad_id": "y"}, False),
        ({"adId": "X", "ad_id": None}, True),
        ({"adId": "X-1", "ad_id": "X1"}, False),
        ([], True),
    ],
)
def test_same_value_requires_equal_texts_in_all_spellings(value: Any, valid: bool) -> None:
    assert both({"sameValue": "adId"}, value) == valid


@pytest.mark.parametrize(
    ("value", "valid", "exact"),
    [
        ({"id": "a", "sent": {"ids": ["b", "a"]}}, True, True),
        ({"id": "a", "sent": {"ids": ["b", "A"]}}, True, False),
        ({"id": "ß", "sent": {"ids": ["SS"]}}, True, False),
        ({"id": "a", "sent": {"ids": ["b", 1]}}, False, False),
        ({"id": "a", "sent": {"ids": []}}, True, True),
        ({"id": "a", "sent": {}}, True, True),
        ({"id": "a", "sent": ["b"]}, True, True),
        ({"id": 1, "sent": {"ids": ["b"]}}, True, True),
        ({"sent": {"ids": ["b"]}}, True, True),
        ("a", True, True),
    ],
)
def test_found_in_ignores_case_unless_it_is_exact(value: Any, valid: bool, exact: bool) -> None:
    schema = {"member": "id", "list": "/sent/ids"}
    assert both({"foundIn": schema}, value) == valid
    assert both({"foundIn": {**schema, "exactly": True}}, value) == exact


@pytest.mark.parametrize(("text", "valid", "exact"), [("a-b", True, True), ("ab", True, True), ("AB", True, False)])
def test_found_in_can_ignore_hyphens(text: str, valid: bool, exact: bool) -> None:
    schema = {"member": "id", "list": "/ids", "hyphens": False}
    value = {"id": text, "ids": ["c", "a-b-"]}
    assert both({"foundIn": schema}, value) == valid
    assert both({"foundIn": {**schema, "exactly": True}}, value) == exact
    assert not both({"foundIn": {**schema, "hyphens": True}}, value)


def test_max_bytes_counts_the_bytes_of_compact_json() -> None:
    assert size_of({"a": ["é", 1]}) == len('{"a":["é",1]}'.encode())
    assert both({"maxBytes": 5}, "abc")
    assert not both({"maxBytes": 4}, "abc")


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [("^a$", "a\n", False), (r"^\d$", "٣", False), (r"\s", "\ufeff", True), (r"^\w$", "é", False), ("a", "bab", True)],
)
def test_patterns_mean_what_ecma_262_says(pattern: str, text: str, matches: bool) -> None:
    assert matcher(pattern)(text) == matches
    assert both({"pattern": pattern}, text) == matches
    assert both({"patternProperties": {pattern: {"not": {}}}}, {text: 1}) != matches


def test_a_self_contained_schema_has_the_definitions_of_its_definitions_too() -> None:
    schema = expand({"$ref": "urn:segkoch-lint:definitions#/$defs/a", "$defs": {"own": True}})
    definitions = {"a": {"not": {"$ref": "#/$defs/b"}}, "b": expand({"anyCase": ["x"]}), "c": {}}
    whole = self_contained(schema, definitions)
    assert sorted(whole["$defs"]) == ["a", "b", "own"]
    assert not compile_schema(whole).is_valid("X")
