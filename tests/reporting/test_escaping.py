"""Text of a payload on its way to a terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.reporting.escaping import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日本 😀", "plain é 日本 😀"),
        ("a\x1b[31mb", "a\\u{1b}[31mb"),
        ("a\nb\tc\r", "a\\u{a}b\\u{9}c\\u{d}"),
        ("\x07\x9b\u202e\u2066\u200b\ufeff", "\\u{7}\\u{9b}\\u{202e}\\u{2066}\\u{200b}\\u{feff}"),
        ("\ud800", "\\u{d800}"),
        ("::error file=x::y", "\\u{3a}:error file=x::y"),
        ("  ::add-mask::x", "  \\u{3a}:add-mask::x"),
        ("a ##[group]x", "a \\u{23}#[group]x"),
        ("##vso[task]", "\\u{23}#vso[task]"),
        ("##teamcity[x]", "\\u{23}#teamcity[x]"),
        ("a :: b", "a :: b"),
    ],
)
def test_what_would_do_something_is_shown_instead(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters()))
def test_nothing_that_steers_is_left(text: str) -> None:
    shown = visible(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert not shown.lstrip().startswith("::")
    assert "##[" not in shown
