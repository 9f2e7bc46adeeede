"""JSON in JSON strings: each character has its place in the file, however deep it is."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.document import Scalar
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.line_table import LineTable
from segkoch_lint.envelopes.inner_document import InnerDocument
from segkoch_lint.envelopes.reader import EnvelopeReader
from segkoch_lint.findings.position import Path, Span

TEXTS = st.text(max_size=8).filter(lambda text: text.encode("utf-8", "ignore").decode() == text)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def wrapped(value: Any, levels: int, *, ascii_only: bool, indent: int | None) -> Any:
    for _ in range(levels):
        value = {"before": "ü\n", "text": json.dumps(value, ensure_ascii=ascii_only, indent=indent)}
    return value


def innermost(source: str, levels: int) -> InnerDocument:
    reader = EnvelopeReader((), at=("/text" * levels,))
    opened = reader.open(JsonDocument(json.loads(source), source.encode()))
    assert opened is not None
    (document,) = opened.contents
    assert isinstance(document, InnerDocument)
    return document


def paths_of(value: Any, path: Path = ()) -> list[Path]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, member in members for each in paths_of(member, (*path, key)))]


def text_at(source: str, span: Span) -> str:
    table = LineTable(source)
    start = table.extent_of_line(span.line)[0] + span.column - 1
    return source[start : table.extent_of_line(span.end_line)[0] + span.end_column - 1]


@given(
    value=st.dictionaries(TEXTS, VALUES, max_size=3),
    levels=st.integers(1, 3),
    ascii_only=st.booleans(),
    indent=st.sampled_from([None, 1]),
)
def test_a_value_in_a_string_is_found_where_it_is_written(
    value: dict[str, Any], levels: int, ascii_only: bool, indent: int | None
) -> None:
    source = json.dumps(
        wrapped(value, levels, ascii_only=ascii_only, indent=indent), ensure_ascii=ascii_only, indent=indent
    )
    document = innermost(source, levels)
    paths = paths_of(value)

    spans = document.locate(paths)

    assert set(spans) == set(paths)
    for path, span in spans.items():
        written = text_at(source, span)
        for _ in range(levels):
            written = json.loads(f'"{written}"')
        expected = value
        for step in path:
            expected = expected[step]  # type: ignore[index]  # the steps lead through dicts and lists
        assert json.loads(written) == expected


@given(value=st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=3), levels=st.integers(1, 3))
def test_the_scalars_of_a_string_in_a_string_are_those_that_are_shown(value: dict[str, str], levels: int) -> None:
    source = json.dumps(wrapped(value, levels, ascii_only=True, indent=None))
    document = innermost(source, levels)
    (line,) = document.lines(1, 1)

    scalars = [each for each in document.scalars(1, 0, len(line)) if isinstance(each, Scalar)]

    assert [(scalar.key, scalar.text) for scalar in scalars] == list(value.items())
    for scalar in scalars:
        written = source[scalar.start : scalar.end]  # without its quotes
        for _ in range(levels + 1):
            written = json.loads(f'"{written}"')
        assert written == scalar.text
