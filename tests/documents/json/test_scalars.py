"""Scalar values near a stretch of JSON text, with the keys they stand under."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.document import Scalar
from segkoch_lint.documents.json.scalars import ScalarReader

names = st.text(max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(names, inner, max_size=8),
    max_leaves=60,
)


def expected_scalars(
    value: Any, key: str | None = None, parent: str | None = None
) -> list[tuple[str | None, str | None, str]]:
    """Return the key, parent key and text of each scalar of a parsed value."""
    if isinstance(value, dict):
        inside = parent if key is None else key
        return [each for name, held in value.items() for each in expected_scalars(held, name, inside)]
    if isinstance(value, list):
        inside = parent if key is None else key
        return [each for held in value for each in expected_scalars(held, key, inside)]
    if value is None or isinstance(value, bool):
        return []
    return [(key, parent, str(value))]


@given(value=values, indent=st.sampled_from([None, 1]), pad=st.integers(0, 1500), data=st.data())
def test_the_scalars_near_a_range_are_those_of_the_value(
    value: Any, indent: int | None, pad: int, data: st.DataObject
) -> None:
    text = json.dumps([["x" * pad] * 3, value], indent=indent)
    everything = [each for each in ScalarReader(text).near(0, len(text), 0) if isinstance(each, Scalar)]
    assert [(scalar.key, scalar.parent, scalar.text) for scalar in everything] == expected_scalars(json.loads(text))

    reader = ScalarReader(text)
    for _ in range(4):  # also backwards: marks are left on the way
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        found = list(reader.near(start, end, 0))
        near = [scalar for scalar in everything if scalar.end > start and scalar.start < end]
        near += [scalar for scalar in everything if scalar.start >= end and scalar.end > start][:1]
        before = found[: len(found) - len(near)]
        assert found[len(before) :] == near
        ended = max((scalar.end for scalar in everything if scalar.end <= start), default=0)
        assert [ended <= scalar.start == scalar.end <= start for scalar in before] == [True] * (
            1 if ended else len(before)
        )
