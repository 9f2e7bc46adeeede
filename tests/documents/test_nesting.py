"""The nesting of an offset in broken text."""

from __future__ import annotations

import pytest

from segkoch_lint.documents.nesting import Nesting, nesting_at


@pytest.mark.parametrize(
    ("text", "opened", "inside"),
    [
        ("", 0, False),
        ('{"type": {"a": ', 2, False),
        ('{"type": {"a": 1}, ', 1, False),
        ('{"userId": {"a": {', 3, True),
        ('{"userId": {"a": 1}, ', 1, False),
        ('{"note": "{[", ', 1, False),
        ('[{"a": ', 2, False),
        ('// a comment\n{"a": ', 1, False),
        ("---\n# a comment\ntype:\n  a: ", 0, False),
        ("- type:\n    a: ", 0, False),
        ("}}", 0, True),
        ('"a": {"b": 1}, "c": ', 0, True),
        ("  a: 1\n  b:\n    ", 0, True),
        ("userId:\n  a:\n    b: 1\n    ", 0, True),
        ("userId: x\ntype:\n  a: 1\n  ", 0, False),
        ("context:\n  device:\n    a: 1\n    ", 0, False),
    ],
)
def test_open_brackets_are_counted_and_a_text_under_an_id_or_an_unknown_key_is_detected(
    text: str, opened: int, inside: bool
) -> None:
    assert nesting_at(text, len(text)) == Nesting(opened, inside)
