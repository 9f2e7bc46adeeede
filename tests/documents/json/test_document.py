"""A JSON document: every value and key is found in the text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.document import Boundary, Scalar
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.findings.position import Path, Span

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def paths_of(value: Any, path: Path = ()) -> list[Path]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for step, inner in items for found in paths_of(inner, (*path, step)))]


def text_at(text: str, span: Span) -> str:
    lines = text.split("\n")
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    first, *middle, last = lines[span.line - 1 : span.end_line]
    return "\n".join([first[span.column - 1 :], *middle, last[: span.end_column - 1]])


@given(json_values, st.sampled_from([None, 0, 2, "\t"]), st.booleans(), st.data())
def test_every_value_is_located(value: Any, indent: Any, ascii_only: bool, data: st.DataObject) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    document = parse_json(text.encode(), depth=200)
    assert isinstance(document, JsonDocument)
    assert not document.repeated
    everywhere = paths_of(value)
    wanted = data.draw(st.lists(st.sampled_from(everywhere), unique=True))
    found = document.locate([*wanted, ("no such", "path"), (99,)])
    assert set(found) == set(wanted)
    for path, span in found.items():
        expected = value
        for step in path:
            expected = expected[step]
        assert json.loads(text_at(text, span)) == expected


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_many_values_are_located_as_each_alone(separators: tuple[str, str]) -> None:
    value = {"rules": [{"key": f"Event {number}", "version": [number]} for number in range(20)]}
    document = parse_json(json.dumps(value, separators=separators).encode(), depth=200)
    assert isinstance(document, JsonDocument)
    alone = {path: document.locate([path])[path] for path in paths_of(value)}
    assert document.locate(list(alone)) == alone


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ('{"a":1,"a":2}', [("a",)]),
        ('{"a":1,"\\u0061":2}', [("a",)]),
        ('{"x":[{"b":1},{"b":1,"b":2}]}', [("x", 1, "b")]),
        ('{"a":{"b":1,"b":2},"a":{"b":1}}', [("a",)]),
        ('{"a":{"b":1,"b":2},"a":{"b":1,"b":2}}', [("a",), ("a", "b")]),
        ('{"a":{"b":1},"a":{"b":1,"b":2}}', [("a",), ("a", "b")]),
        ('[{"a":[{"b":1,"b":2}],"a":[{"b":1}]},{"b":1,"b":2}]', [(0, "a"), (1, "b")]),
        ('[[],[{"k":[1,{"q":0,"q":0}]}]]', [(1, 0, "k", 1, "q")]),
        ('{"a":"\\"a\\":1"}', []),
        ('{"a": 1.50}', []),
        ("5", []),
    ],
)
def test_repeated_keys_are_found(text: str, repeated: list[Path]) -> None:
    document = parse_json(text.encode(), depth=200)
    assert isinstance(document, JsonDocument)
    assert list(document.repeated) == repeated


def test_the_last_of_repeated_keys_counts() -> None:
    document = parse_json(b'{"a":{"b":1},"a":[2],"c":0}', depth=200)
    assert isinstance(document, JsonDocument)
    assert document.locate([("a",), ("a", "b"), ("a", 0)]) == {("a",): Span(1, 18, 1, 21), ("a", 0): Span(1, 19, 1, 20)}
    assert document.keys(("a",)) == [Span(1, 2, 1, 5), Span(1, 14, 1, 17)]


def test_scalars_have_the_keys_of_their_values() -> None:
    document = parse_json(
        b'{"device": {"id":\n "x", "ids": ["a", {"n": 1}, "b"]},\n"u": null, "v": "w"}', line=3, depth=200
    )
    assert isinstance(document, JsonDocument)
    line = document.lines(4, 4)[0]
    before, *after = document.scalars(4, 0, len(line))
    scalars = [each for each in after if isinstance(each, Scalar)]
    assert before == Boundary(-6, -6)  # the bracket of the object that holds the key
    assert [(scalar.parent, scalar.key, scalar.text, line[scalar.start : scalar.end]) for scalar in scalars] == [
        ("device", "id", "x", '"x"'),
        ("ids", "ids", "a", '"a"'),
        ("ids", "n", "1", "1"),
        ("ids", "ids", "b", '"b"'),
        (None, "v", "w", ""),  # the one after it, on the next line
    ]
    assert document.scalars(4, 14, 17) == [
        Boundary(14, 14),  # the bracket of the list
        Scalar("ids", 14, 17, "a", "ids"),
        Scalar("n", 25, 26, "1", "ids"),
    ]
    assert [*map(str, document.lines(1, 4))] == ['{"device": {"id":', ' "x", "ids": ["a", {"n": 1}, "b"]},']


def compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


@given(st.text("aé日😀\\", max_size=4), st.text("bü語🙂\\", max_size=4))
def test_columns_of_compact_text_count_characters_of_any_script(key: str, text: str) -> None:
    held = {"é" + key: text, "last": "x"}
    source = compact({key: text, "held": held})
    document = parse_json(source, depth=10)
    assert isinstance(document, JsonDocument)
    spans = document.locate([("held", "last"), ("held", "é" + key)])
    line = source.decode()
    for path, span in spans.items():
        assert line[span.column - 1 : span.end_column - 1] == compact(held[str(path[-1])]).decode()
    assert len(spans) == 2


@pytest.mark.parametrize(
    "text",
    [
        r'{"a": {"ABC": 1}, "id": "\u0041BC"}',  # written in another way, and somebody else's key
        '{"x": ": ", "id": ": "}',  # what stands between two other strings is the same text
        '{"x": ", ", "y": 1, "id": ", "}',
        '{"id": "x", "id": "y"}',  # the last one counts
        '{"id": ""}',
        '{"ID": "id", "id": "ID"}',
    ],
)
def test_a_string_is_located_at_its_key(text: str) -> None:
    document = parse_json(text.encode(), depth=9)
    assert isinstance(document, JsonDocument)
    span = document.locate([("id",)])[("id",)]
    assert json.loads(text[span.column - 1 : span.end_column - 1]) == document.value["id"]
    assert text[: span.column - 1].endswith('"id": ')
