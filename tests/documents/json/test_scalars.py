"""Scalar values near a stretch of JSON text, with the keys they stand under."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.json.scalars import ScalarReader

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
        found = list(reader.near(start, end, 0))
        near = [token for token in everything if token.end > start and token.start < end]
        near += [token for token in everything if token.start >= end and token.end > start][:1]
        before = found[: len(found) - len(near)]
        assert found[len(before) :] == near
        ended = max((token.end for token in everything if token.end <= start), default=0)
        assert [ended <= token.start == token.end <= start for token in before] == [True] * (
            1 if ended else len(before)
        )
