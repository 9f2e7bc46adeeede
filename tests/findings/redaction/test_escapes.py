"""Escapes of all kinds, undone with the places of what they stand for."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.findings.redaction.escapes import MOST_LEVELS, unescape, unescaped


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("anna%40example.com", "anna@example.com"),
        ("%C3%A9%FF", "\xc3\xa9\xff"),
        ("%C3%A9", "é"),
        ("user%255Fid%253D1", "user_id=1"),
        (r"anna\u0040example.com", "anna@example.com"),
        (r"\\u0040", "@"),
        (r"\x40\U00000040\u{40}", "@@@"),
        (r"{\"a\":\"b\/c\\n\"}", '{"a":"b/c\n"}'),
        ("a&#64;b&#x40;c&amp;d&quot;", 'a@b@c&d"'),
        ("100 % \\", "100 % \\"),
        ("a&nosuchname;b &copy", "a&nosuchname;b &copy"),
        ("\\uD83D\\uDE00", "\ud83d\ude00"),
        ("\\U99999999", "\\U99999999"),
    ],
)
def test_escapes_are_undone_until_there_are_none(text: str, meant: str) -> None:
    assert unescape(text) == meant


@given(st.text(max_size=20), st.text(min_size=1, max_size=10), st.text(max_size=20), st.sampled_from(["url", "json"]))
def test_a_range_of_the_unescaped_text_has_its_range_in_the_written_text(
    before: str, middle: str, after: str, how: str
) -> None:
    parts = [quote(part, safe="") if how == "url" else json.dumps(part)[1:-1] for part in (before, middle, after)]
    for level in unescaped("".join(parts)):
        if how == "json" and any("\ud800" <= character <= "\udfff" for character in level.text):
            return  # JSON writes what is beyond the first plane in two escapes
        if level.text == before + middle + after:
            start, end = level.written(len(before), len(before) + len(middle))
            assert (start, end) == (len(parts[0]), len(parts[0]) + len(parts[1]))
            return


def test_escaping_without_end_is_undone_only_so_often() -> None:
    levels = list(unescaped("%" + "25" * 50 + "40"))
    assert len(levels) == MOST_LEVELS
    assert levels[-1].has_more
