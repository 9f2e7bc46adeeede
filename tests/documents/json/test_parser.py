"""A parser of strict JSON: every error has its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkoch_lint.documents.document import ParseError
from segkoch_lint.documents.json.document import JsonDocument
from segkoch_lint.documents.json.parser import parse_json
from segkoch_lint.documents.json.syntax_errors import SOURCE_CODE
from segkoch_lint.findings.position import Span

GOOD = [
    "[]", "{}", " [ ] ", "0", "-0", "1", "-1", "0.1", "1e5", "1E+5", "1e-5", "-0.0e0", "123456789012345678901234567890",
    "1e999", "-1e999", "1" * 5000, '""', '"a"', '"\\u0061"', '"\\ud83d\\ude00"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"é"',
    '"\u2028"', '"\x7f"', '"\u0000x"'.replace("\u0000", "\\u0000"), "null", "true", "false", "[1,[2,[3]]]",
    '{"a":{"b":{}}}', '{"":0}', '{"a":1,"a":2}', "\t\r\n[1]\n", '{"__proto__":1}', '["\\uD834\\uDD1E"]', "[0e1]",
]  # fmt: skip


BAD = [
    "", " ", "\n\n", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1,,2]", "[1 2]", '{"a"}', '{"a":}', '{"a":1,}',
    '{"a" 1}', '{"a":1 "b":2}', "{a:1}", "{1:1}", "{'a':1}", "['a']", '{"a":1}}', "[1]]", '[1]"x"', "nul", "nulll",
    "tru", "True", "None", "NaN", "[NaN]", "Infinity", "-Infinity", "+1", ".5", "5.", "1e", "1e+", "01", "-01", "-",
    "--1", "0x1F", "1_000", '"', '"a', '"\\', '"\\u', '"\\u12', '"\\u12G4"', '"\\x41"', '"\\a"', '"\t"', '"a\nb"',
    '"\x00"', '"\\ud800"', '"\\udc00\\ud800"', '"\\ud800\\u0041"', '{"\\ud800":1}', "// c\n1", "/* c */ 1", "# c\n1",
    "undefined", "<html>", "[1;2]", '{"a":1;"b":2}', "\ufeff[]", "[1]\x00", "\x0b[]", "[\u00a01]", "{]", "[}",
    '{"a":[}', '["a",\n4\n,1,', '{"a":"b","c', "[" * 100_000, '{"a":' * 100_000, "[" * 500 + "]" * 500,
    "*", "a", "é", "[-]", "[1.]", "[.1]", '["\\u00A"]', '["\\u00"]', "[1]x", "1 1", '{"a":/**/1}',
]  # fmt: skip


BAD_BYTES = [b"\xff", b'"\xff"', b'"\xc3"', b'"\xed\xa0\x80"', b'{"\xe9":1}', b'["a\xe5"', b"[\xf0\x80\x80\x80]"]


def strict(text: str) -> Any:
    """The standard library's reader, made as strict as RFC 8259 and a little more tolerant of long numbers."""

    def refuse(_name: str) -> None:
        raise ValueError

    value = json.loads(text, parse_constant=refuse, parse_int=lambda d: int(d) if len(d) < 4000 else float(d))
    json.dumps(value, ensure_ascii=False).encode()
    return value


@pytest.mark.parametrize("text", GOOD, ids=lambda text: text[:20])
def test_good_json_is_read(text: str) -> None:
    document = parse_json(text.encode(), depth=200)
    assert isinstance(document, JsonDocument)
    assert document.value == strict(text)


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:20])
def test_bad_json_is_an_error_inside_the_text_or_at_its_end(text: str) -> None:
    error = parse_json(text.encode(), depth=200)
    assert isinstance(error, ParseError)
    lines = text.split("\n")
    assert 1 <= error.span.line <= len(lines)
    assert 1 <= error.span.column <= len(lines[error.span.line - 1]) + 1
    assert (error.span.line, error.span.column) <= (error.span.end_line, error.span.end_column)
    assert error.message


@pytest.mark.parametrize("text", BAD_BYTES)
def test_text_that_is_not_utf_8_is_an_error_at_the_first_such_byte(text: bytes) -> None:
    error = parse_json(text, depth=200)
    assert isinstance(error, ParseError)
    assert error.message == "not valid UTF-8"


@pytest.mark.parametrize(
    ("text", "message", "span"),
    [
        ('{"a":1,}', "trailing comma", Span(1, 7, 1, 8)),
        ('{"é": [1,\n ]}', "trailing comma", Span(1, 9, 1, 10)),
        ('{"a":"é\n', "a string holds a bare control character", Span(1, 8, 2, 1)),
        ('{"a":"xyz', "ends inside a string", Span(1, 6, 1, 10)),
        ("[1,\r\n2", "ends before the document does", Span(2, 2, 2, 2)),
        ("[NaN]", "NaN is not JSON", Span(1, 2, 1, 5)),
        ('["NaN", -Infinity]', "-Infinity is not JSON", Span(1, 9, 1, 18)),
        ("[True]", "True is not JSON", Span(1, 2, 1, 6)),
        ("['a']", 'quoted with "', Span(1, 2, 1, 3)),
        ('["\\x"]', "an escape that JSON does not have", Span(1, 3, 1, 5)),
        ('["a", "\\ud800"]', "half of a surrogate pair", Span(1, 7, 1, 15)),
        ("[1] 2", "more follows", Span(1, 5, 1, 6)),
        ("[1 2]", "a comma or the end is expected", Span(1, 4, 1, 5)),
        ('{"a" 1}', "a colon is expected", Span(1, 6, 1, 7)),
        ("{1:2}", "a key in double quotes is expected", Span(1, 2, 1, 3)),
        ("[\u00a0]", "a value is expected, not U+00A0", Span(1, 2, 1, 3)),
        ('["a" "b"]', "a comma or the end is expected, not a double quote", Span(1, 6, 1, 7)),
        ("[1] // x", "more follows", Span(1, 5, 1, 6)),
        ("[ /* x */ 1]", "no comments", Span(1, 3, 1, 13)),
        ("[" * 201 + "]" * 201, "deeper than 200 levels", Span(1, 201, 1, 202)),
    ],
)
def test_an_error_has_a_message_and_a_place(text: str, message: str, span: Span) -> None:
    error = parse_json(text.encode(), depth=200)
    assert isinstance(error, ParseError)
    assert message in error.message
    assert error.span == span


def test_a_place_counts_from_where_the_text_begins_in_its_input() -> None:
    error = parse_json(b'{"a":}\n', line=48213, column=5, depth=200)
    assert isinstance(error, ParseError)
    assert error.span == Span(48213, 10, 48213, 11)


def test_brackets_inside_strings_are_not_nesting() -> None:
    assert isinstance(parse_json(json.dumps("[{" * 500).encode(), depth=8), JsonDocument)


@given(st.text(st.sampled_from('{}[]",:0123.eE+-\\untrfalsbi /\u00e9\n\ud800'), max_size=12))
def test_the_verdict_is_that_of_the_strict_standard_library(text: str) -> None:
    encoded = text.encode("utf-8", "surrogatepass")
    document = parse_json(encoded, depth=200)
    try:
        expected = strict(encoded.decode())
    except (ValueError, RecursionError):
        assert isinstance(document, ParseError)
    else:
        assert isinstance(document, JsonDocument)
        assert document.value == expected


@pytest.mark.parametrize(
    "text",
    [
        "analytics.track({\n  userId: '019',\n  event: 'Item Purchased'\n});\n",
        "// how to track\nanalytics.track({})",
        "/* how */ const a = { b: 1 };",
        "curl https://api.segment.io/v1/track -d '{}'",
        "$ curl -X POST https://api.segment.io/v1/track",
        "#!/bin/sh\ncurl x",
        'import analytics\nanalytics.track("u", "E")\n',
        "await client.flush()",
    ],
)
def test_source_code_is_recognised(text: str) -> None:
    error = parse_json(text.encode(), depth=200)
    assert isinstance(error, ParseError)
    assert (error.message, error.cause) == ("invalid JSON: this is source code", "source-code")


@pytest.mark.parametrize("text", ['{"a": track()}', "// a comment\n{}", "track", '["curl "', "None", "x: y", "{a: 1}"])
def test_broken_json_is_not_called_source_code(text: str) -> None:
    error = parse_json(text.encode(), depth=200)
    assert isinstance(error, ParseError)
    assert error.message.startswith("invalid JSON: ")
    assert "source code" not in error.message


@given(st.text("/*# \n;curl{(.x'", max_size=60))
def test_only_source_code_has_its_cause(text: str) -> None:
    error = parse_json(text.encode(), depth=200)
    if isinstance(error, ParseError):
        assert (error.cause == "source-code") == (error.message == SOURCE_CODE)
