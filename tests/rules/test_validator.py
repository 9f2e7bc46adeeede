"""Validators: jsonschema-rs, with our comparing keywords."""

from __future__ import annotations

import pytest

from segkoch_lint.rules.validator import compile_schema, may_use_comparison
from tests.rules.failing import fail_once


def test_a_validator_never_fetches_a_reference() -> None:
    with pytest.raises(ValueError, match="disabled"):
        compile_schema({"$ref": "http://127.0.0.1:9/never.json"})


@pytest.mark.parametrize("raised", [KeyboardInterrupt, ZeroDivisionError])
def test_an_exception_of_a_comparing_keyword_is_raised_and_is_no_verdict(
    raised: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_once(monkeypatch, "maxBytes", raised)
    validator = compile_schema({"properties": {"a": {"maxBytes": 1}}})
    with pytest.raises(raised):
        validator.is_valid({"a": 1})
    assert validator.is_valid({"a": 1})


def test_a_schema_compares_if_a_comparing_keyword_is_anywhere_in_it() -> None:
    assert may_use_comparison({"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"items": {"maxBytes": 1}}}})
    assert not may_use_comparison({"properties": {"a": {"maxLength": 1}}})
