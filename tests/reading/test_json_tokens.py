"""Scalar values near a stretch of JSON text, with the keys they stand under."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.reading.documents import Token
from segkoch_lint.reading.json_tokens import ScalarReader

names = st.text(max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(names, inner, max_size=8),
    max_leaves=60,
)


def scalars(value: Any, key: str | None = None, parent: str | None = None) -> list[tuple[str | None, str | None, str]]:
    """What a reader is to find, told by the parsed value: key, key around, text."""
    if isinstance(value, dict):
        inside = parent if key is None else key
        return [each for name, held in value.items() for each in scalars(held, name, inside)]
    if isinstance(value, list):
        inside = parent if key is None else key
        return [each for held in value for each in scalars(held, key, inside)]
    if value is None or isinstance(value, bool):
        return []
    return [(key, parent, str(value))]


@given(value=values, indent=st.sampled_from([None, 1]), pad=st.integers(0, 1500), data=st.data())
def test_what_is_read_near_a_stretch_is_what_stands_there(
    value: Any, indent: int | None, pad: int, data: st.DataObject
) -> None:
    text = json.dumps([["x" * pad] * 3, value], indent=indent)
    everything = list(ScalarReader(text).near(0, len(text), 0))
    assert [(token.key, token.parent, token.text) for token in everything] == scalars(json.loads(text))

    reader = ScalarReader(text)
    for _ in range(4):  # also backwards: marks are left on the way
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        assert list(reader.near(start, end, 0)) in _expected(everything, start, end)


def _expected(everything: list[Token], start: int, end: int) -> list[list[Token]]:
    """The values that touch the stretch, with both neighbours; the one before may be left out if nothing is between."""
    before = [token for token in everything if token.end <= start][-1:]
    touching = [token for token in everything if token.end > start and token.start < end]
    after = [token for token in everything if token.start >= end and token.end > start][:1]
    around = [*before, *touching, *after]
    return [around, around[1:]] if touching and touching[0].start <= start else [around]


def test_what_was_opened_before_the_beginning_is_taken_for_what_it_is_told_to_be() -> None:
    text = '"a"], "name": "b", "n": {"m": 1}}'
    tokens = ScalarReader(text, 0, "id", "user").near(0, len(text), 0)
    assert [(token.key, token.parent, token.text) for token in tokens] == [
        ("id", "user", "a"),
        ("name", "user", "b"),
        ("m", "n", "1"),
    ]
