"""Texts that hold several JSON documents, some of them broken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.json.splitter import split_documents
from segkoch_lint.findings.position import Span

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def test_each_document_of_a_text_has_its_place() -> None:
    text = '{"a":1}{"b":\n2} \x1e[3]\n\n"x"\n'
    documents = list(split_documents(text.encode(), line=10, depth=200))
    assert [d.value if isinstance(d, JsonDocument) else d for d in documents] == [{"a": 1}, {"b": 2}, [3], "x"]
    spans = [d.locate([()])[()] for d in documents if isinstance(d, JsonDocument)]
    assert spans == [Span(10, 1, 10, 8), Span(10, 8, 11, 3), Span(11, 5, 11, 8), Span(13, 1, 13, 4)]


def test_reading_goes_on_after_a_broken_document() -> None:
    text = b'{"a":1}\n{"b":\n  }\n{"c":3}\n{"d":' + b"[" * 300 + b"]" * 300 + b'}\n{"e":5}'
    read = [
        d.message.removeprefix("invalid JSON: ")[:12] if isinstance(d, ParseError) else d.value
        for d in split_documents(text, depth=200)
    ]
    assert read == [{"a": 1}, "a value is e", {"c": 3}, "nested deepe", {"e": 5}]


@pytest.mark.parametrize("levels", [250, 1_100, 100_000])
def test_a_document_that_is_too_deep_has_its_place(levels: int) -> None:
    text = '{"a":1}\n{"b":\n  ' + "[" * levels + "]" * levels + '}\n{"c":3}'
    error = parse_json(text[8 : -len('\n{"c":3}')].encode(), depth=200)
    assert isinstance(error, ParseError)
    assert error.span == Span(2, 202, 2, 203)
    first, second, third = split_documents(text.encode(), depth=200)
    assert isinstance(first, JsonDocument)
    assert isinstance(second, ParseError)
    assert isinstance(third, JsonDocument)
    assert (second.message, second.span) == ("nested deeper than 200 levels (limits.depth)", Span(3, 202, 3, 203))
    assert third.value == {"c": 3}


@pytest.mark.parametrize("levels", [250, 5_000, 100_000])  # how deep Python's parser reads depends on its version
def test_reading_goes_on_after_a_document_that_is_too_deep_and_not_closed(levels: int) -> None:
    error, document = split_documents(b"[" * levels + b'\n{"a":1}', depth=200)
    assert isinstance(error, ParseError)
    assert error.span == Span(1, 201, 1, 202)
    assert isinstance(document, JsonDocument)


def test_reading_goes_on_after_the_error_and_not_inside_the_broken_document() -> None:
    error, document = split_documents(b'[\n[1],\n{"b" 2}\n]\n{"c":3}', depth=200)
    assert isinstance(error, ParseError)
    assert error.span == Span(3, 6, 3, 7)
    assert isinstance(document, JsonDocument)
    assert document.value == {"c": 3}


def test_the_lines_of_a_document_that_is_too_deep_are_not_documents() -> None:
    error, document = split_documents(b"[\n" * 5_000 + b"]\n" * 5_000 + b'{"c":3}', depth=200)
    assert isinstance(error, ParseError)
    assert isinstance(document, JsonDocument)
    assert document.start == (10_001, 1)


def test_text_that_is_not_utf_8_is_one_error() -> None:
    (error,) = split_documents(b'{"a":1}\n{"b":"\xff"}', depth=200)
    assert isinstance(error, ParseError)
    assert error.span == Span(2, 7, 2, 7)


def test_a_million_brackets_need_no_recursion() -> None:
    (error,) = split_documents(b"[" * 1_000_000, depth=200)
    assert isinstance(error, ParseError)


@given(json_values, st.binary(min_size=1, max_size=2), st.data())
def test_broken_text_never_raises_an_exception(value: Any, damage: bytes, data: st.DataObject) -> None:
    text = json.dumps(value).encode()
    at = data.draw(st.integers(0, len(text)))
    for damaged in (text[:at], text[:at] + damage + text[at:]):
        parse_json(damaged, depth=200)
        list(split_documents(damaged, depth=200))


@pytest.mark.parametrize("text", [b'1{"a":1}', b'"x"[1]', b'true"x"', b"null[]"])
def test_after_a_scalar_something_has_to_stand_between_documents(text: bytes) -> None:
    (error,) = split_documents(text, depth=200)
    assert isinstance(error, ParseError)
    with_space = text.replace(b"{", b" {").replace(b"[", b" [").replace(b'true"', b'true "')
    assert all(isinstance(each, JsonDocument) for each in split_documents(with_space, depth=200))
    assert len(list(split_documents(with_space, depth=200))) == 2
