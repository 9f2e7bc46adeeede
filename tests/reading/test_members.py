"""Lines are split into the texts of their members, and only where nothing of them is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.reading.members import LineMembers, values_of


@pytest.mark.parametrize(
    ("text", "unsplit"),
    [
        pytest.param(b'{"a":1}\n{"b":2}\n', [], id="two lines"),
        pytest.param(b'{"a":1}\n{"b":2}', [], id="no end of the last line"),
        pytest.param(b'{"a":[1,\n2]}\n', [0, 1], id="an end of a line in a value"),
        pytest.param(b'{"a":1} {"b":[2,\n3]}\n', [0, 1], id="as many objects as lines"),
        pytest.param(b'{"a":1} {"b":[2,\n{}]}\n', [0, 1], id="a line that begins like an object"),
        pytest.param(b'{"a":1} {"b":[{}\n,3]}\n', [0, 1], id="a line that ends like an object"),
        pytest.param(b'{"a":1}{"b":2}\n\n', [0, 1], id="two objects on a line and none on the next"),
        pytest.param(b'{"a":1}\n{"a":1,"a":2}\n', [1], id="a key twice"),
        pytest.param(b'{"a":1}\n{"a":"\xff"}\n', [1], id="no UTF-8"),
        pytest.param('{"a":"é"}\n{"a":"ü"}\n'.encode(), [], id="UTF-8"),
        pytest.param(b'{"a":1}\n[]\n17\n\n', [1, 2, 3], id="no objects"),
        pytest.param(b"\n", [0], id="an empty line"),
        pytest.param(b'{"a" :1}\n{"a":2}\n', [], id="spaces"),
    ],
)
def test_every_line_is_split_or_left_alone(text: bytes, unsplit: list[int]) -> None:
    members = LineMembers(["a", "b"])
    lines = members.split(text)
    pieces = text.removesuffix(b"\n").split(b"\n")
    assert list(lines.unsplit) == unsplit
    assert list(map(lines.line, range(len(lines)))) == pieces
    assert list(lines.sizes) == list(map(len, pieces))
    for key in "ab":
        told = [b"" if index in unsplit else _text(json.loads(piece), key) for index, piece in enumerate(pieces)]
        assert lines.column(members.number(key)) == told


def _text(value: dict[str, Any], key: str) -> bytes:
    return json.dumps(value[key], ensure_ascii=False).encode() if key in value else b""


values = st.none() | st.integers(-5, 5) | st.text('aé"\\{}[],:\n', max_size=5) | st.just("x" * 300)
objects = st.dictionaries(st.sampled_from(["a", "b", "c", "ä"]), values | st.lists(values, max_size=2), max_size=4)


@given(st.lists(objects, min_size=1, max_size=8), st.booleans())
def test_columns_hold_what_stands_in_the_lines(found: list[dict[str, Any]], ended: bool) -> None:
    members = LineMembers(["a", "b", "c", "ä"])
    pieces = [json.dumps(each, ensure_ascii=False, separators=(",", ":")).encode() for each in found]
    lines = members.split(b"\n".join(pieces) + (b"\n" if ended else b""))
    assert lines.compact
    assert not lines.unsplit
    for key in members.keys:
        texts = [
            json.dumps(each[key], ensure_ascii=False, separators=(",", ":")) if key in each else "" for each in found
        ]
        column = lines.column(members.number(key))
        assert column == [text.encode() for text in texts]
        assert lines.longest([members.number(key)]) == max(map(len, column))
        assert lines.longest_around([members.number(key)]) == max(
            len(p) - len(t) for p, t in zip(pieces, column, strict=True)
        )
        assert values_of(column) == [each.get(key) for each in found]
    assert lines.longest([]) == 0
    assert lines.longest_around([]) == max(map(len, pieces))


def test_keys_that_come_up_later_are_known_in_all_lines() -> None:
    members = LineMembers(["a"])
    lines = members.split(b'{"a":1}\n{"b":2}\n{"a":3,"c":4}')
    assert [members.number(key) for key in members.keys] == [0, 1, 2]
    assert [lines.column(members.number(key)) for key in "abc"] == [
        [b"1", b"", b"3"],
        [b"", b"2", b""],
        [b"", b"", b"4"],
    ]
    assert members.split(b'{"c":5}\n').compact


def test_numbers_too_large_have_no_values() -> None:
    assert values_of([b"1", b"1e999"]) is None
