"""Documents that were made from another text than JSON, and their places in that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from segkoch_lint.documents.document import ParseError, Scalar
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.rewritten import RewrittenDocument, parse_relaxed_json
from segkoch_lint.findings.position import Path, Span

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.sampled_from(["", "ios", 'a"b', "it's", "\u00e9\U0001f600", "a\n\tb"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "type", "user_id", "a b", "\u00e9", "$"]), inner, max_size=3)
    ),
    max_leaves=12,
)
_BETWEEN = st.sampled_from(["", " ", "\n", "/* x, */", "// y' \"\n", "\u00a0", "\r\n", "/* \u00e9\n */"])


@st.composite
def written_in_json5(draw: st.DrawFn) -> tuple[str, Any]:
    """Return a text of JSON5 and its value."""
    value = draw(_VALUES)
    return draw(_BETWEEN) + "".join(_written(value, draw)) + draw(_BETWEEN), value


def _written(value: Any, draw: st.DrawFn) -> Iterator[str]:
    if isinstance(value, dict | list):
        yield "[" if isinstance(value, list) else "{"
        for index, key in enumerate(value):
            yield draw(_BETWEEN)
            if isinstance(value, dict):
                yield key if key.isidentifier() and draw(st.booleans()) else "".join(_written(key, draw))
                yield f"{draw(_BETWEEN)}:{draw(_BETWEEN)}"
            yield from _written(key if isinstance(value, list) else value[key], draw)
            yield draw(_BETWEEN)
            yield "," if index < len(value) - 1 or draw(st.booleans()) else ""
        yield draw(_BETWEEN) + ("]" if isinstance(value, list) else "}")
    elif isinstance(value, str):
        double = json.dumps(value, ensure_ascii=draw(st.booleans()))
        single = "'" + double[1:-1].replace('\\"', '"').replace("'", "\\'").replace("b", "\\x62") + "'"
        yield draw(st.sampled_from([double, single, single[:-1] + "\\\n'"]))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield draw(st.sampled_from([str(value), f"{value:#x}", f"{value:+d}"]))
    else:
        yield json.dumps(value)


def paths_in(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(value, dict | list):
        for step in value if isinstance(value, dict) else range(len(value)):
            yield from paths_in(value[step], (*path, step))


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def slice_of(text: str, span: Span) -> str:
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    return text[starts[span.line - 1] + span.column - 1 : starts[span.end_line - 1] + span.end_column - 1]


def parsed(
    text: str, *, json5: bool = True, depth: int = 100, values: int = 1000
) -> JsonDocument | RewrittenDocument | ParseError:
    return parse_relaxed_json(text.encode(), json5=json5, depth=depth, values=values)


@given(written_in_json5())
def test_every_value_is_found_where_it_stands(written: tuple[str, Any]) -> None:
    text, value = written

    document = parsed(text)

    assert not isinstance(document, ParseError)
    assert document.value == value
    spans = document.locate(list(paths_in(value)))
    assert set(spans) == set(paths_in(value))
    for path, span in spans.items():
        alone = parsed(slice_of(text, span))
        assert not isinstance(alone, ParseError)
        assert alone.value == at(value, path)


def test_the_key_and_the_scalars_around_a_place_are_those_of_the_source() -> None:
    text = "{\n  // who\n  user_id: 'u\\x2d1', 'user_id': 0x10,\n}"

    document = parsed(text)

    assert isinstance(document, RewrittenDocument)
    assert document.repeated == [("user_id",)]
    assert document.keys(("user_id",)) == [Span(3, 3, 3, 10), Span(3, 22, 3, 31)]
    scalars = [scalar for scalar in document.scalars(3, 0, 60) if isinstance(scalar, Scalar) and scalar.key]
    assert [(scalar.key, scalar.start, scalar.end, scalar.text) for scalar in scalars] == [
        ("user_id", 11, 19, "u-1"),
        ("user_id", 32, 36, "16"),
    ]
    assert [*map(str, document.lines(2, 3))] == ["  // who", "  user_id: 'u\\x2d1', 'user_id': 0x10,"]


@pytest.mark.parametrize(
    ("text", "json5", "problem", "line", "column"),
    [
        ("// a\n[1 2]", False, "a comma or the end is expected", 2, 4),
        ("{a: 1, // a\n b 2}", True, "a colon is expected", 2, 4),
        ("{a: 1}", False, "a key without quotes", 1, 2),
        ("{a: 'b}", True, "the text ends inside a string", 1, 5),
        ("[1,\n/* 2]", True, "the text ends inside a comment", 2, 1),
        ("# a\n[]", False, "a comment begins with // or /*, not with #", 1, 1),
        ("[0x10, NaN]", True, "NaN is not JSON", 1, 8),
        ("[0x10, 'a\nb']", True, "a bare control character", 1, 10),
        ("['x', '\\ud800']", True, "half of a surrogate pair", 1, 7),
        ("/* a */ {} {}", True, "more follows", 1, 12),
        ("// a", True, "the text ends before the document does", 1, 1),
        ("[.5, [[1]]]", True, "nested deeper than 2 levels", 1, 7),
        ("[.5, 1, 2, 3, 4, 5, 6]", True, "more than 5 values", 1, 1),
    ],
)
def test_what_is_wrong_is_named_with_its_place_in_the_source(
    text: str, json5: bool, problem: str, line: int, column: int
) -> None:
    error = parsed(text, json5=json5, depth=2, values=5)

    assert isinstance(error, ParseError)
    assert problem in error.message
    assert (error.span.line, error.span.column) == (line, column)


def test_text_that_is_not_utf_8_is_refused() -> None:
    error = parse_relaxed_json(b"// a\n['\xff']", json5=True, depth=5, values=5)

    assert isinstance(error, ParseError)
    assert (error.message, error.span.line, error.span.column) == ("not valid UTF-8", 2, 3)
