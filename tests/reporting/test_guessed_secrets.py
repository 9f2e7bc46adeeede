"""Ids in text that no parser reads."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.nesting import Nesting
from segkoch_lint.reporting.guessed_secrets import guessed_secrets


def shown(text: str, *, around: Nesting | None = None) -> str:
    """The text with a dot for each character to mask."""
    masked = list(text)
    for start, end in guessed_secrets(text, around=around):
        masked[start:end] = "." * (end - start)
    return "".join(masked)


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ('{"userId": "bob", "type": "iOS"', '"type": "iOS"'),
        ("{'userId': 'bob', 'type': 'iOS'}", "'type': 'iOS'}"),
        ("userId: bob smith\ntype: iOS [", "type: iOS ["),
        ('{"userId" "bob", "type": "iOS"}', '"type": "iOS"}'),
        ("?user_id=bob&type=ios", "&type=ios"),
        ('{"userI"d": "bob x", "type": "iOS"}', '"type": "iOS"}'),
        ('{"user\nId": "bob", "type": "iOS"}', '"type": "iOS"}'),
        ('{"note": "bob@example.com", "type": ', '", "type": '),
        ('{"cookie": {"value": "bob"', '{"cookie": {"value": '),
        ('{"userId": null, "type": NaN}', '{"userId": null, "type": NaN}'),
    ],
)
def test_an_id_is_masked_and_the_error_stays_readable(text: str, stays: str) -> None:
    masked = shown(text)
    assert "bob" not in masked
    assert stays in masked


def test_what_comes_before_the_first_key_may_be_an_id_where_the_text_has_begun_before() -> None:
    assert "bob" not in shown('bob", "type": "iOS"', around=Nesting())
    assert shown("bob") == "bob"


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ('bob.com", "type": "iOS", "userI": "x"}', '"type": "iOS", "userI": "x"}'),
        ("bob', 'type': 'iOS'}", "'type': 'iOS'}"),
        ('o\\"bob", "type": "iOS"}', '"type": "iOS"}'),
        ('bob"}', "}"),
        ("bob\ntype: iOS\nx: [", "type: iOS\nx: ["),
    ],
)
def test_the_rest_of_a_text_that_is_cut_off_at_its_beginning_is_masked_up_to_its_first_key(
    text: str, stays: str
) -> None:
    masked = shown(text)
    assert "bob" not in masked
    assert masked.endswith(stays)


@pytest.mark.parametrize(
    "text",
    [
        '{"type" "track"}',
        '[{"type" "track"}]',
        '# sample\n---\n{"type" "track"}',
        '// a sample\n{"type": "track"}',
        "- type: iOS\n  x: [",
        "--- type: iOS [",
        "Traceback (most recent call last):",
    ],
)
def test_what_opens_a_text_or_has_no_keys_is_no_rest_of_another(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ('{"event": "bob', '{"event": "'),
        ('{"event": "mail to bob', '{"event": "mail to '),
        ('{"event": "mail to bob\\', '{"event": "mail to '),
        ('{"event": "mail to \\"bob\\"', '{"event": "mail to '),
        ("{'event': 'bob", "{'event': '"),
        ("{event: bob", "{event: "),
        ('{"a":bob', '{"a":'),
    ],
)
def test_the_word_with_which_a_text_breaks_off_is_masked(text: str, stays: str) -> None:
    masked = shown(text)
    assert "bob" not in masked
    assert masked.startswith(stays)


def test_a_text_that_ends_with_a_value_keeps_it() -> None:
    for text in (
        '{"event": "Order", "x": "iOS"',
        '{"event" "Order"}',
        '{"x": [1, 2,',
        '{"x": tru, "y": nan',
        "type: [\nos: iOS",
    ):
        assert shown(text) == text


@given(st.text(alphabet="\"'{}[]:,=\\ \nabid-1@.", max_size=60), st.booleans())
def test_the_stretches_are_in_order_and_apart(text: str, begun: bool) -> None:
    found = guessed_secrets(text, around=Nesting(1) if begun else None)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(found))
