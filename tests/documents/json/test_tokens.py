"""Tokens of JSON and its dialects, in valid and in broken text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.json.tokens import JSON, Tokenizer, brackets

COMMENTS = Tokenizer(line_ends=r"\n\r")
BOTH_QUOTES = Tokenizer(space=r"\s", quotes="\"'")

broken_text = st.text(st.sampled_from("{}[]:,\"'\\/*\n\t  \u2028aé1-.\ud800"), max_size=30)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def written(tokenizer: Tokenizer, text: str) -> list[tuple[str, str]]:
    return [(kind, text[start:end]) for kind, start, end in tokenizer.tokens(text)]


@pytest.mark.parametrize(
    ("tokenizer", "text", "tokens"),
    [
        (JSON, ' {"a\\"": -1.5e3}\n', [("{", "{"), ("string", '"a\\""'), (":", ":"), ("word", "-1.5e3"), ("}", "}")]),
        (JSON, "[nul,'a b']", [("[", "["), ("word", "nul"), (",", ","), ("word", "'a"), ("word", "b'"), ("]", "]")]),
        (JSON, '"a": "b}, c', [("string", '"a"'), (":", ":"), ("unclosed", '"b}, c')]),
        (JSON, '"a\\', [("unclosed", '"a\\')]),
        (JSON, "a // b", [("word", "a"), ("word", "//"), ("word", "b")]),
        (COMMENTS, "1/2 // {\n/* } ** / */x", [("word", "1/2"), *[("comment", c) for c in ("// {", "/* } ** / */")]]
         + [("word", "x")]),
        (COMMENTS, '"// a" /* b', [("string", '"// a"'), ("comment", "/* b")]),
        (BOTH_QUOTES, "'a\"b':\u2028\"c'd", [("string", "'a\"b'"), (":", ":"), ("unclosed", "\"c'd")]),
    ],
)  # fmt: skip
def test_text_is_split_into_tokens(tokenizer: Tokenizer, text: str, tokens: list[tuple[str, str]]) -> None:
    assert written(tokenizer, text) == tokens


@pytest.mark.parametrize("tokenizer", [JSON, COMMENTS, BOTH_QUOTES])
@given(text=broken_text)
def test_tokens_leave_out_nothing_but_space(tokenizer: Tokenizer, text: str) -> None:
    at = 0
    for kind, start, end in tokenizer.tokens(text):
        assert text[at:start].strip() == ""
        assert start < end
        assert kind in {"string", "unclosed", "word", "comment"} or kind == text[start:end]
        assert kind != "unclosed" or end == len(text)
        at = end
    assert text[at:].strip() == ""


@given(value=json_values, indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
def test_tokens_of_json_are_its_strings_and_numbers(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    tokens = written(JSON, text)
    assert "".join(text for _, text in tokens) == json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"))
    for kind, token in tokens:
        if kind in {"string", "word"}:
            assert json.loads(token) is None or isinstance(json.loads(token), str if kind == "string" else int)


@given(text=broken_text, data=st.data())
def test_brackets_are_those_among_the_tokens(text: str, data: st.DataObject) -> None:
    text = text.encode("utf-8", "replace").decode()
    expected = [(start, 1 if kind in "{[" else -1) for kind, start, _ in JSON.tokens(text) if kind in "{}[]"]
    assert list(brackets(text)) == expected
    in_bytes = [(len(text[:offset].encode()), step) for offset, step in expected]
    assert list(brackets(text.encode())) == in_bytes
    stop = data.draw(st.sampled_from([0, len(text), *(offset for offset, _ in expected)]))
    assert list(brackets(text, 0, stop)) == [each for each in expected if each[0] < stop]


@pytest.mark.parametrize(
    "piece", ["[", "]", '"', "\\", '"\\', "'", " ", "\n", "/", "/*", "//", "a", "1,", '"a",', '{"a":']
)
def test_hostile_text_of_any_size_is_split(piece: str) -> None:
    text = piece * 300_000
    for tokenizer in (JSON, COMMENTS, BOTH_QUOTES):
        assert sum(end - start for _, start, end in tokenizer.tokens(text)) == len(text) - sum(map(str.isspace, text))
    assert sum(1 for _ in brackets(text)) in {0, len(text), 300_000}
