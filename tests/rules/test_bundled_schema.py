"""The rules as one standard JSON Schema."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from segkoch_lint.rules.bundled_schema import bundled_schema
from segkoch_lint.rules.catalogue import built_in, find, rule_of
from segkoch_lint.rules.delivery import Delivery
from segkoch_lint.rules.examples import broken_examples
from tests.conftest import IOS_CALL

BARE = {"type": "track", "event": "Order Completed", "userId": "u-1"}

BUNDLE = bundled_schema(built_in(), Delivery())


def test_the_bundled_schema_uses_standard_keywords_only_and_names_the_rules_that_it_leaves_out() -> None:
    jsonschema.Draft202012Validator.check_schema(BUNDLE)
    text = json.dumps(BUNDLE)
    assert all(f'"{keyword}":' not in text for keyword in ("message", "spellings", "anyCase", "maxBytes"))
    assert "urn:segkoch-lint:" not in text
    assert '"$id"' not in text  # validators resolve references slowly below one
    assert [code in BUNDLE["$comment"] for code in ("KCH110", "KCH111", "KCH305", "KCH103")] == [True] * 3 + [False]
    comparing, elsewhere = BUNDLE["$comment"].split(". ")
    assert "KCH110" in comparing
    assert all(code in elsewhere for code in ("KCH001", "KCH201", "KCH401", "KCH503"))


@pytest.mark.parametrize("rule", [r for r in built_in() if r.applies_to in {"delivered", "call"}], ids=lambda r: r.code)
def test_any_validator_of_the_bundled_schema_agrees_with_the_rules_on_their_examples(rule: Any) -> None:
    expressed = rule.code not in BUNDLE.get("$comment", "")
    for validate in (jsonschema_rs.Draft202012Validator(BUNDLE), jsonschema.Draft202012Validator(BUNDLE)):
        assert validate.is_valid(rule.examples[0])
        if expressed:
            for counterexample, call in broken_examples(rule):
                assert not validate.is_valid(call), counterexample.summary


def test_members_named_like_our_annotations_stay_in_the_bundled_schema() -> None:
    document = {
        **find(built_in(), "KCH301").document,
        "properties": {"message": {"type": "string", "message": "no", "fix": "x"}},
    }
    bundled = bundled_schema([rule_of(document)], Delivery())
    assert bundled["allOf"][0]["properties"] == {"message": {"type": "string"}}


def test_the_bundled_schema_accepts_calls_that_are_not_delivered() -> None:
    assert jsonschema_rs.is_valid(BUNDLE, {**BARE, "integrations": {"Kochava": False}})
    assert not jsonschema_rs.is_valid(BUNDLE, BARE)
    assert jsonschema_rs.is_valid(BUNDLE, IOS_CALL)
