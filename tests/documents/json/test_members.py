"""Members are cut out of JSON only where nothing of it is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.json.members import compact_members, value_extents


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
def test_unusual_text_has_no_members(text: bytes) -> None:
    assert compact_members(text) is None


values = st.none() | st.integers(-5, 5) | st.text('aé"\\{}[],:\n', max_size=5) | st.just("x" * 300)
objects = st.dictionaries(st.sampled_from(["a", "b", "c", "ä"]), values | st.lists(values, max_size=2), max_size=4)


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@given(objects)
def test_members_are_the_texts_in_the_object(found: dict[str, Any]) -> None:
    members = compact_members(compact(found))
    assert members is not None
    assert {key: bytes(text) for key, text in members.items()} == {key: compact(each) for key, each in found.items()}


def spaced(value: Any) -> bytes:
    return b" \n" + json.dumps(value, ensure_ascii=False, indent=1, separators=(" , ", "\t:\r\n")).encode() + b"\n"


@pytest.mark.parametrize("written", [compact, spaced])
@given(objects, objects)
def test_the_extent_of_a_member_is_its_text(
    written: Callable[[Any], bytes], inner: dict[str, Any], outer: dict[str, Any]
) -> None:
    text = written({**outer, "in": inner})
    values: dict[tuple[str, ...], Any] = {("in",): inner, **{("in", key): value for key, value in inner.items()}}
    extents = value_extents(text, [*values, (), ("in", "absent"), ("absent", "in"), ("in", "a", "b")])
    assert extents is not None
    *found, whole, absent, around, inside = extents
    assert [json.loads(text[slice(*extent)]) for extent in found] == list(values.values())
    assert [text[slice(*extent)] for extent in found] == [text[slice(*extent)].strip() for extent in found]
    assert text[slice(*whole)] == text.strip()
    assert (absent, around, inside) == ((0, 0), (0, 0), (0, 0))


@pytest.mark.parametrize("written", [compact, spaced])
@given(objects, st.sampled_from([0, 1, "x", "a longer text than any other", {"b": 1}]))
def test_a_repeated_key_has_no_extent(written: Callable[[Any], bytes], found: dict[str, Any], again: Any) -> None:
    text = written({**found, "twice": 1})
    text = text[: text.rindex(b"}")] + b" , " + written({"twice": again}).strip()[1:]
    assert value_extents(text, [("twice",)]) is None
    assert value_extents(text, [()]) == [(len(text) - len(text.lstrip()), len(text))]


@pytest.mark.parametrize(
    "text", [b'{"\\u0061": 1}', b'{"a" 1}', b'{"a": 1', b'"a": 1}', b"", b" ", b'{"a": 1} {"a": 2}']
)
def test_unusual_text_has_no_extents(text: bytes) -> None:
    assert value_extents(text, [("a",)]) is None
