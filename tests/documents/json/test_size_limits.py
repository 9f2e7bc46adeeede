"""Depth and number of values of JSON text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.json.size_limits import has_more_values, offset_beyond_depth

values = st.recursive(
    st.none() | st.integers() | st.text(st.sampled_from('[]{},:"\\a'), max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


def inner(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def count(value: Any) -> int:
    return 1 + sum(map(count, inner(value)))


def depth(value: Any) -> int:
    return 1 + max(map(depth, inner(value)), default=0) if isinstance(value, dict | list) else 0


@given(value=values, indent=st.sampled_from([None, 1]), most=st.integers(0, 30))
def test_values_are_counted_as_a_parser_does(value: Any, indent: int | None, most: int) -> None:
    assert has_more_values(json.dumps(value, indent=indent).encode(), most) == (count(value) > most)


@given(value=values, most=st.integers(0, 5))
def test_levels_are_counted_as_a_parser_does(value: Any, most: int) -> None:
    text = json.dumps(value).encode()
    offset = offset_beyond_depth(text, most)
    assert (offset is not None) == (depth(value) > most)
    if offset is not None:
        assert text[offset : offset + 1] in {b"{", b"["}
        assert offset_beyond_depth(text[:offset], most) is None


@pytest.mark.parametrize("text", [b'{"a": "[[[[', b'["a", "{{{{\\', b'{"a\\": [[[['])
def test_brackets_in_a_string_that_is_not_closed_count_as_nothing(text: bytes) -> None:
    assert offset_beyond_depth(text, 2) is None
    assert not has_more_values(text, 3)
