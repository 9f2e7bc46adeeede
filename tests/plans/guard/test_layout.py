"""JSON for people: the same value, in few lines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.plans.guard.layout import format_json

values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=40,
)


@given(values)
def test_it_is_the_same_value(value: Any) -> None:
    assert json.loads(format_json(value)) == value


@given(values, st.sampled_from(["  ", "    ", "\t"]))
def test_lines_that_could_be_parted_are_short(value: Any, unit: str) -> None:
    lines = format_json(value, unit=unit).split("\n")
    flat = json.dumps(value, ensure_ascii=False)
    assert len(lines) == 1 or len(flat) > 100


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, 2], "b": {}}, '{"a": [1, 2], "b": {}}'),
        (
            {"name": "x" * 60, "other": "y" * 60, "last": True},
            f'{{\n  "name": "{"x" * 60}",\n  "other": "{"y" * 60}", "last": true\n}}',
        ),
        (
            {"properties": {"context": {"a": "x" * 70, "b": "y" * 70}}},
            f'{{"properties": {{"context": {{\n  "a": "{"x" * 70}",\n  "b": "{"y" * 70}"\n}}}}}}',
        ),
        (
            [{"a": "x" * 70, "b": "y" * 70}, {"a": 1}],
            f'[\n  {{"a": "{"x" * 70}",\n   "b": "{"y" * 70}"}},\n  {{"a": 1}}\n]',
        ),
    ],
)
def test_what_is_short_is_on_one_line(value: Any, text: str) -> None:
    assert format_json(value) == text
