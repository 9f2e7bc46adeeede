"""Texts for patterns and formats."""

from __future__ import annotations

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.plans.probe.texts import FORMATS, WORDS, matching
from segkoch_lint.rules.vocabulary import matcher


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Z]{3}-\\d{4}$",
        "^(red|green|blue)$",
        "^(?:a|b)(?<name>c+)$",
        "^[^a-z]+$",
        "^[\\w.-]+@[\\w-]+\\.[a-z]{2,}$",
        "^#[0-9a-fA-F]{6}$",
        "^v\\d+(\\.\\d+)*$",
        "^\\x41\\u0042\\t?$",
        "^a{2,3}?b*c?d+?$",
        "^\\d{3}\\s\\S\\D\\W$",
        "^.{5}$",
        "\\bword\\b",
        "^[a\\-z\\]]$",
        "^\\$\\{\\w+\\}$",
        "Lawyer Morty|Evil Morty",
        "^((a|b){2}|c){2}$",
        "^[+-]?\\d+$",
        "^[-+]$",
    ],
)
def test_a_text_is_found_for_a_pattern(pattern: str) -> None:
    found = list(matching(pattern))
    assert any(map(matcher(pattern), found)), found


@pytest.mark.parametrize(
    "pattern", ["(", ")", "[a", "a{2", "(?=a)", "\\p{L}", "(a)\\1", "(" * 60 + ")" * 60, "a{9999}"]
)
def test_what_is_beyond_it_gives_no_text(pattern: str) -> None:
    assert list(matching(pattern)) == []


@given(st.text(alphabet="ab01^$.|()[]{}?*+\\-,dwsx", max_size=20))
def test_no_pattern_does_harm(pattern: str) -> None:
    assert all(len(text) <= 4000 for text in matching(pattern))


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_has_a_text(form: str) -> None:
    validator = jsonschema_rs.Draft202012Validator({"format": form}, validate_formats=True, offline=True)
    assert validator.is_valid(FORMATS[form])
    assert FORMATS[form] in WORDS
