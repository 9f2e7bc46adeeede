"""Members are cut out of compact JSON only where nothing of it is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.reading.members import compact_extents, compact_members


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b'{"a":1,"a":2}', id="a key twice"),
        pytest.param(b'{"\\u0061":1}', id="an escaped key"),
        pytest.param(b'{"a" :1}', id="spaces"),
        pytest.param(b'{"a":1} ', id="a space after it"),
        pytest.param(b'{"a":1}{"b":2}', id="two objects"),
        pytest.param(b'{"a":1', id="no end"),
        pytest.param(b"[1]", id="a list"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_is_unusual_has_no_members(text: bytes) -> None:
    assert compact_members(text) is None


values = st.none() | st.integers(-5, 5) | st.text('aé"\\{}[],:\n', max_size=5) | st.just("x" * 300)
objects = st.dictionaries(st.sampled_from(["a", "b", "c", "ä"]), values | st.lists(values, max_size=2), max_size=4)


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@given(objects)
def test_members_are_the_texts_that_stand_in_the_object(found: dict[str, Any]) -> None:
    members = compact_members(compact(found))
    assert members is not None
    assert {key: bytes(text) for key, text in members.items()} == {key: compact(each) for key, each in found.items()}


@given(objects, objects)
def test_the_extent_of_a_member_is_its_text(inner: dict[str, Any], outer: dict[str, Any]) -> None:
    text = compact({**outer, "in": inner})
    values: dict[tuple[str, ...], Any] = {("in",): inner, **{("in", key): value for key, value in inner.items()}}
    extents = compact_extents(text, [*values, (), ("in", "absent"), ("absent", "in"), ("in", "a", "b")])
    assert extents is not None
    *found, whole, absent, around, inside = extents
    assert [text[slice(*extent)] for extent in found] == [compact(value) for value in values.values()]
    assert (whole, absent, around) == ((0, len(text)), (0, 0), (0, 0))
    assert inside == (0, 0)
    assert compact_extents(text + b"\r", [("in",)]) is None
    assert compact_extents(json.dumps({"in": inner, "a": 1}).encode(), [("in",)]) is None
